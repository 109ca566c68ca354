locals {
  calls = jsonencode({
    source        = ["aws.sts"]
    "detail-type" = ["AWS API Call via CloudTrail"]
    detail = {
      eventSource = ["sts.amazonaws.com"]
      eventName   = ["AssumeRoleWithWebIdentity"]
    }
  })

  denied_calls = jsonencode({
    source        = ["aws.sts"]
    "detail-type" = ["AWS API Call via CloudTrail"]
    detail = {
      eventSource = ["sts.amazonaws.com"]
      eventName   = ["AssumeRoleWithWebIdentity"]
      errorCode   = [{ exists = true }]
    }
  })

  changes = jsonencode({
    source        = ["aws.iam"]
    "detail-type" = ["AWS API Call via CloudTrail"]
    detail = {
      eventSource = ["iam.amazonaws.com"]
      eventName = [
        "CreateRole",
        "DeleteRole",
        "UpdateAssumeRolePolicy",
        "CreateOpenIDConnectProvider",
        "DeleteOpenIDConnectProvider",
        "AddClientIDToOpenIDConnectProvider",
        "RemoveClientIDFromOpenIDConnectProvider",
      ]
      errorCode = [{ exists = false }]
    }
  })
}

# Denials in this account and region.
resource "aws_cloudwatch_event_rule" "denial_rule" {
  name           = "${var.name}-denial"
  description    = "Refused AssumeRoleWithWebIdentity calls, to whydenied"
  event_bus_name = var.event_bus_name
  state          = var.rule_state
  event_pattern  = local.denied_calls
  tags           = var.tags
}

resource "aws_cloudwatch_event_target" "denial_rule" {
  rule           = aws_cloudwatch_event_rule.denial_rule.name
  event_bus_name = var.event_bus_name
  target_id      = "whydenied"
  arn            = aws_lambda_function.why_denied.arn

  retry_policy {
    maximum_event_age_in_seconds = 21600
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = aws_sqs_queue.dead_letter_queue.arn
  }
}

resource "aws_lambda_permission" "denial_rule_permission" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.why_denied.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.denial_rule.arn
}

# What may cure a denial, or cause the next. IAM's events come up in one region of
# the partition (us-east-1 in aws); elsewhere this rule never fires.
resource "aws_cloudwatch_event_rule" "change_rule" {
  count          = var.watch_changes ? 1 : 0
  name           = "${var.name}-change"
  description    = "Changes of roles and identity providers, to whydenied"
  event_bus_name = var.event_bus_name
  state          = var.rule_state
  event_pattern  = local.changes
  tags           = var.tags
}

resource "aws_cloudwatch_event_target" "change_rule" {
  count          = var.watch_changes ? 1 : 0
  rule           = aws_cloudwatch_event_rule.change_rule[0].name
  event_bus_name = var.event_bus_name
  target_id      = "whydenied"
  arn            = aws_lambda_function.why_denied.arn

  retry_policy {
    maximum_event_age_in_seconds = 21600
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = aws_sqs_queue.dead_letter_queue.arn
  }
}

resource "aws_lambda_permission" "change_rule_permission" {
  count         = var.watch_changes ? 1 : 0
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.why_denied.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.change_rule[0].arn
}

resource "aws_cloudwatch_event_rule" "sweep_rule" {
  count               = var.closing_summary ? 1 : 0
  name                = "${var.name}-sweep"
  description         = "Closing summaries of whydenied's quiet incidents"
  schedule_expression = "rate(1 hour)"
  state               = "ENABLED"
  tags                = var.tags
}

resource "aws_cloudwatch_event_target" "sweep_rule" {
  count     = var.closing_summary ? 1 : 0
  rule      = aws_cloudwatch_event_rule.sweep_rule[0].name
  target_id = "whydenied"
  arn       = aws_lambda_function.why_denied.arn
  input     = "{\"sweep\": true}"
}

resource "aws_lambda_permission" "sweep_rule_permission" {
  count         = var.closing_summary ? 1 : 0
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.why_denied.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.sweep_rule[0].arn
}
