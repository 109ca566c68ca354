resource "aws_cloudwatch_metric_alarm" "undelivered_alarm" {
  alarm_name          = "${var.name}-undelivered"
  alarm_description   = "whydenied could not deliver something: it waits in the dead-letter queue. deploy/README.md says how to redrive it."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letter_queue.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags
}

# Single failures are retried and no news: two of three spans of five minutes are.
resource "aws_cloudwatch_metric_alarm" "errors_alarm" {
  alarm_name          = "${var.name}-errors"
  alarm_description   = "whydenied keeps failing. Its log says which channel or store."
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.why_denied.function_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "throttles_alarm" {
  alarm_name          = "${var.name}-throttles"
  alarm_description   = "Lambda keeps whydenied waiting for want of concurrency. Events wait for up to six hours; then they go to the dead-letter queue."
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions          = { FunctionName = aws_lambda_function.why_denied.function_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "evidence_alarm" {
  alarm_name          = "${var.name}-evidence"
  alarm_description   = "whydenied could not read all that it needed and says less than it could. The notes of its messages, and its log, name the call."
  namespace           = "whydenied"
  metric_name         = "EvidenceErrors"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags
}

# Silence must not look like health: EventBridge counts how often this rule fires.
resource "aws_cloudwatch_event_rule" "heartbeat_rule" {
  count         = local.has_heartbeat ? 1 : 0
  name          = "${var.name}-heartbeat"
  description   = "AssumeRoleWithWebIdentity calls of any outcome, to be counted"
  state         = var.rule_state
  event_pattern = local.calls
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "heartbeat_rule" {
  count     = local.has_heartbeat ? 1 : 0
  rule      = aws_cloudwatch_event_rule.heartbeat_rule[0].name
  target_id = "forgotten"
  arn       = aws_sqs_queue.heartbeat_queue[0].arn
}

# A rule without a target is not counted. Nobody reads this one, and it forgets.
resource "aws_sqs_queue" "heartbeat_queue" {
  count                     = local.has_heartbeat ? 1 : 0
  name                      = "${var.name}-heartbeat"
  message_retention_seconds = 60
  sqs_managed_sse_enabled   = local.has_key ? null : true
  kms_master_key_id         = local.customer_key
  tags                      = var.tags
}

resource "aws_sqs_queue_policy" "heartbeat_queue_policy" {
  count     = local.has_heartbeat ? 1 : 0
  queue_url = aws_sqs_queue.heartbeat_queue[0].url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "HeartbeatIsCounted"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.heartbeat_queue[0].arn
        Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.heartbeat_rule[0].arn } }
      },
      {
        Sid       = "OnlyOverTLS"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["sqs:SendMessage", "sqs:ReceiveMessage"]
        Resource  = aws_sqs_queue.heartbeat_queue[0].arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

# EventBridge writes no zeros, so no data counts as none.
resource "aws_cloudwatch_metric_alarm" "heartbeat_alarm" {
  count               = local.has_heartbeat ? 1 : 0
  alarm_name          = "${var.name}-heartbeat"
  alarm_description   = "No web-identity call of any outcome has come up for days. Is there still a trail that logs, and are the rules in the right state?"
  namespace           = "AWS/Events"
  metric_name         = "Invocations"
  dimensions          = { RuleName = one(aws_cloudwatch_event_rule.heartbeat_rule[*].name) }
  statistic           = "Sum"
  period              = 86400
  evaluation_periods  = var.heartbeat_days
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags
}

resource "aws_cloudwatch_dashboard" "dashboard" {
  dashboard_name = "${var.name}-${local.region}"

  dashboard_body = jsonencode({ widgets = [
    { type = "metric", x = 0, y = 0, width = 12, height = 6, properties = {
      title   = "Denials, by verdict and cause", region = local.region, view = "timeSeries", stacked = true
      metrics = [[{ expression = "SEARCH('{whydenied,Verdict,Cause} MetricName=\"Denials\"', 'Sum', 300)", id = "denials" }]]
    } },
    { type = "metric", x = 12, y = 0, width = 12, height = 6, properties = {
      title = "From event to alert, in seconds", region = local.region, view = "timeSeries", period = 300
      metrics = [
        ["whydenied", "EventToAlertSeconds", { stat = "p50", label = "median" }],
        ["...", { stat = "p95", label = "95 of 100" }],
        ["...", { stat = "Maximum", label = "slowest" }],
      ]
    } },
    { type = "metric", x = 0, y = 6, width = 12, height = 6, properties = {
      title = "Deliveries and failures, by channel", region = local.region, view = "timeSeries"
      metrics = [
        [{ expression = "SEARCH('{whydenied,Channel} MetricName=\"Deliveries\"', 'Sum', 300)", id = "deliveries" }],
        [{ expression = "SEARCH('{whydenied,Channel} MetricName=\"DeliveryFailures\"', 'Sum', 300)", id = "failures", yAxis = "right" }],
      ]
    } },
    { type = "metric", x = 12, y = 6, width = 12, height = 6, properties = {
      title = "The function", region = local.region, view = "timeSeries", stat = "Sum", period = 300
      metrics = [
        ["AWS/Lambda", "Invocations", "FunctionName", aws_lambda_function.why_denied.function_name],
        [".", "Errors", ".", "."],
        [".", "Throttles", ".", "."],
        ["whydenied", "EvidenceErrors"],
        ["AWS/Lambda", "Duration", "FunctionName", aws_lambda_function.why_denied.function_name, { stat = "p95", yAxis = "right" }],
      ]
    } },
    { type = "metric", x = 0, y = 12, width = 12, height = 6, properties = {
      title = "Waiting, and given up", region = local.region, view = "timeSeries", stat = "Maximum", period = 60
      metrics = [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.flush_queue.name, { label = "flushes waiting" }],
        [".", ".", ".", aws_sqs_queue.dead_letter_queue.name, { label = "dead letters" }],
      ]
    } },
    { type = "log", x = 12, y = 12, width = 12, height = 6, properties = {
      title = "Latest denials", region = local.region, view = "table"
      query = "SOURCE '${aws_cloudwatch_log_group.log_group.name}' | fields @timestamp, account, role, verdict, cause, event_id | filter message = 'denial explained' | sort @timestamp desc | limit 50"
    } },
  ] })
}
