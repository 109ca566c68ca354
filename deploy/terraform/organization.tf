# Denials that member accounts forward, for an organization. The bus takes events
# from its accounts only; PutEvents refuses a made-up event of aws.sts.
resource "aws_cloudwatch_event_bus" "central_bus" {
  count       = local.has_organization ? 1 : 0
  name        = "${var.name}-denials"
  description = "Denials that the accounts of the organization forward to whydenied"
  tags        = var.tags
}

resource "aws_cloudwatch_event_bus_policy" "central_bus_policy" {
  count          = local.has_organization ? 1 : 0
  event_bus_name = aws_cloudwatch_event_bus.central_bus[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OrganizationForwards"
      Effect    = "Allow"
      Principal = "*"
      Action    = "events:PutEvents"
      Resource  = aws_cloudwatch_event_bus.central_bus[0].arn
      Condition = { StringEquals = { "aws:PrincipalOrgID" = var.organization_id } }
    }]
  })
}

resource "aws_cloudwatch_event_rule" "central_denial_rule" {
  count          = local.has_organization ? 1 : 0
  name           = "${var.name}-central-denial"
  description    = "Refused AssumeRoleWithWebIdentity calls of member accounts, to whydenied"
  event_bus_name = aws_cloudwatch_event_bus.central_bus[0].name
  state          = var.rule_state
  event_pattern  = local.denied_calls
  tags           = var.tags
}

resource "aws_cloudwatch_event_target" "central_denial_rule" {
  count          = local.has_organization ? 1 : 0
  rule           = aws_cloudwatch_event_rule.central_denial_rule[0].name
  event_bus_name = aws_cloudwatch_event_bus.central_bus[0].name
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

resource "aws_lambda_permission" "central_denial_rule_permission" {
  count         = local.has_organization ? 1 : 0
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.why_denied.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.central_denial_rule[0].arn
}

resource "aws_cloudwatch_event_rule" "central_change_rule" {
  count          = local.has_central_changes ? 1 : 0
  name           = "${var.name}-central-change"
  description    = "Changes of roles and identity providers of member accounts, to whydenied"
  event_bus_name = aws_cloudwatch_event_bus.central_bus[0].name
  state          = var.rule_state
  event_pattern  = local.changes
  tags           = var.tags
}

resource "aws_cloudwatch_event_target" "central_change_rule" {
  count          = local.has_central_changes ? 1 : 0
  rule           = aws_cloudwatch_event_rule.central_change_rule[0].name
  event_bus_name = aws_cloudwatch_event_bus.central_bus[0].name
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

resource "aws_lambda_permission" "central_change_rule_permission" {
  count         = local.has_central_changes ? 1 : 0
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.why_denied.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.central_change_rule[0].arn
}
