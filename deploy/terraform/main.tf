# The stack of template.yaml, resource by resource. Names are those of the
# template in snake case, and internal/stack holds the two to each other. Why a
# thing is as it is stands there.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  suffix    = data.aws_partition.current.dns_suffix
  region    = data.aws_region.current.id # the one attribute that version 6 of the provider keeps

  has_email            = var.subscription_email != ""
  has_slack_secret     = var.slack_secret_arn != ""
  has_slack_secret_key = var.slack_secret_key_arn != ""
  has_github_secret    = var.git_hub_secret_arn != ""
  has_report_bus       = var.report_bus_arn != ""
  has_organization     = var.organization_id != ""
  has_central_changes  = local.has_organization && var.watch_changes
  has_reader_role      = var.reader_role_name != ""
  has_route_topics     = length(var.route_topic_arns) > 0
  has_vpc              = length(var.subnet_ids) > 0 && length(var.security_group_ids) > 0
  has_key              = var.kms_key_arn != ""
  has_heartbeat        = var.heartbeat_days > 0
  alarm_actions        = var.alarm_topic_arn == "" ? null : [var.alarm_topic_arn]
  customer_key         = local.has_key ? var.kms_key_arn : null
}

resource "aws_lambda_function" "why_denied" {
  function_name                  = var.name
  description                    = "Explains refused AssumeRoleWithWebIdentity calls"
  filename                       = var.package
  source_code_hash               = filebase64sha256(var.package)
  handler                        = "bootstrap"
  runtime                        = "provided.al2023"
  architectures                  = [var.architecture]
  memory_size                    = 256
  timeout                        = 60
  role                           = aws_iam_role.role.arn
  reserved_concurrent_executions = var.reserved_concurrency
  tags                           = var.tags

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.log_group.name
  }

  dynamic "vpc_config" {
    for_each = local.has_vpc ? [true] : []
    content {
      subnet_ids         = var.subnet_ids
      security_group_ids = var.security_group_ids
    }
  }

  environment {
    # What is off is not there.
    variables = { for name, value in {
      WHYDENIED_ACCOUNT             = local.account
      WHYDENIED_TABLE               = aws_dynamodb_table.table.name
      WHYDENIED_QUEUE_URL           = aws_sqs_queue.flush_queue.url
      WHYDENIED_TOPIC_ARN           = aws_sns_topic.topic.arn
      WHYDENIED_SNS_CHAT            = var.sns_chat ? "true" : ""
      WHYDENIED_SLACK_SECRET_ARN    = var.slack_secret_arn
      WHYDENIED_SLACK_CHANNEL       = var.slack_channel
      WHYDENIED_GITHUB_SECRET_ARN   = var.git_hub_secret_arn
      WHYDENIED_GITHUB_REPOSITORIES = var.git_hub_repositories
      WHYDENIED_BUS                 = var.report_bus_arn
      WHYDENIED_READER_ROLE         = var.reader_role_name
      WHYDENIED_EXTERNAL_ID         = var.external_id
      WHYDENIED_QUIET               = var.quiet_period
      WHYDENIED_CAP                 = tostring(var.incident_cap)
      WHYDENIED_CLOSING_SUMMARY     = var.closing_summary ? "true" : ""
      WHYDENIED_WATCH_CHANGES       = var.watch_changes ? "true" : ""
      WHYDENIED_ACCOUNT_NAMES       = var.account_names
      WHYDENIED_ROUTES              = var.routes
      WHYDENIED_DOCS_URL            = var.docs_url
      WHYDENIED_LOG                 = var.log_level
    } : name => value if value != "" }
  }

  # Lambda looks at the role when the function is attached to a VPC.
  depends_on = [aws_iam_role_policy.role]

  lifecycle {
    # The function takes no app without a place, and no place without an app.
    precondition {
      condition     = (var.git_hub_secret_arn == "") == (var.git_hub_repositories == "")
      error_message = "git_hub_secret_arn needs git_hub_repositories, and the other way round."
    }
    # Lambda takes one without the other for no VPC at all.
    precondition {
      condition     = (length(var.subnet_ids) == 0) == (length(var.security_group_ids) == 0)
      error_message = "subnet_ids needs security_group_ids, and the other way round."
    }
  }
}

resource "aws_lambda_function_event_invoke_config" "why_denied" {
  function_name                = aws_lambda_function.why_denied.function_name
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 21600

  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead_letter_queue.arn
    }
  }
}

# A flush may ask for another one, later; Lambda would take that for a loop.
resource "aws_lambda_function_recursion_config" "why_denied" {
  function_name  = aws_lambda_function.why_denied.function_name
  recursive_loop = "Allow"
}

resource "aws_cloudwatch_log_group" "log_group" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.customer_key
  tags              = var.tags
}
