# CloudWatch and EventBridge cannot use alias/aws/sns: alarms have their own topic.
resource "aws_sns_topic" "topic" {
  name              = var.name
  display_name      = "whydenied"
  kms_master_key_id = local.has_key ? var.kms_key_arn : "alias/aws/sns"
  tags              = var.tags
}

resource "aws_sns_topic_policy" "topic_policy" {
  arn = aws_sns_topic.topic.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTLS"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.topic.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_sns_topic_subscription" "email_subscription" {
  count     = local.has_email ? 1 : 0
  topic_arn = aws_sns_topic.topic.arn
  protocol  = "email"
  endpoint  = var.subscription_email
}

resource "aws_dynamodb_table" "table" {
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  range_key    = "sk"
  tags         = var.tags

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  ttl {
    attribute_name = "expires"
    enabled        = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = local.customer_key
  }

  point_in_time_recovery {
    enabled = true
  }
}

# Visibility is six times the function's timeout, as Lambda asks for.
resource "aws_sqs_queue" "flush_queue" {
  name                       = "${var.name}-flush"
  visibility_timeout_seconds = 360
  sqs_managed_sse_enabled    = local.has_key ? null : true
  kms_master_key_id          = local.customer_key
  tags                       = var.tags

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letter_queue.arn
    maxReceiveCount     = 5
  })
}

resource "aws_lambda_event_source_mapping" "flush_mapping" {
  event_source_arn        = aws_sqs_queue.flush_queue.arn
  function_name           = aws_lambda_function.why_denied.function_name
  batch_size              = 1
  function_response_types = ["ReportBatchItemFailures"]
  tags                    = var.tags

  scaling_config {
    maximum_concurrency = 2
  }
}

resource "aws_sqs_queue" "dead_letter_queue" {
  name                       = "${var.name}-dead-letters"
  message_retention_seconds  = 1209600
  visibility_timeout_seconds = 360
  sqs_managed_sse_enabled    = local.has_key ? null : true
  kms_master_key_id          = local.customer_key
  tags                       = var.tags
}

# Disabled: somebody mends the cause first, then redrives (deploy/README.md). That
# it is enabled meanwhile is not for the next apply to undo.
resource "aws_lambda_event_source_mapping" "redrive_mapping" {
  event_source_arn        = aws_sqs_queue.dead_letter_queue.arn
  function_name           = aws_lambda_function.why_denied.function_name
  enabled                 = false
  batch_size              = 1
  function_response_types = ["ReportBatchItemFailures"]
  tags                    = var.tags

  scaling_config {
    maximum_concurrency = 2
  }

  lifecycle {
    ignore_changes = [enabled]
  }
}

resource "aws_sqs_queue_policy" "flush_queue_policy" {
  queue_url = aws_sqs_queue.flush_queue.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTLS"
      Effect    = "Deny"
      Principal = "*"
      Action    = ["sqs:SendMessage", "sqs:ReceiveMessage"]
      Resource  = aws_sqs_queue.flush_queue.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_sqs_queue_policy" "dead_letter_queue_policy" {
  queue_url = aws_sqs_queue.dead_letter_queue.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "RulesLeaveUndelivered"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.dead_letter_queue.arn
        Condition = { ArnEquals = { "aws:SourceArn" = concat(
          [aws_cloudwatch_event_rule.denial_rule.arn],
          aws_cloudwatch_event_rule.central_denial_rule[*].arn,
          aws_cloudwatch_event_rule.change_rule[*].arn,
          aws_cloudwatch_event_rule.central_change_rule[*].arn,
        ) } }
      },
      {
        Sid       = "OnlyOverTLS"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["sqs:SendMessage", "sqs:ReceiveMessage"]
        Resource  = aws_sqs_queue.dead_letter_queue.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}
