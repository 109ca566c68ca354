output "function_name" {
  description = "For aws lambda invoke."
  value       = aws_lambda_function.why_denied.function_name
}

output "function_arn" {
  description = "The function."
  value       = aws_lambda_function.why_denied.arn
}

output "function_role_arn" {
  description = "hub_role_arn of the member module."
  value       = aws_iam_role.role.arn
}

output "topic_arn" {
  description = "Subscribe queues, addresses and endpoints to it."
  value       = aws_sns_topic.topic.arn
}

output "table_name" {
  description = "The state of incidents."
  value       = aws_dynamodb_table.table.name
}

output "flush_queue_url" {
  description = "Updates that wait."
  value       = aws_sqs_queue.flush_queue.url
}

output "dead_letter_queue_url" {
  description = "What could not be delivered."
  value       = aws_sqs_queue.dead_letter_queue.url
}

output "redrive_mapping_id" {
  description = "For aws lambda update-event-source-mapping --uuid."
  value       = aws_lambda_event_source_mapping.redrive_mapping.uuid
}

output "denial_rule_arn" {
  description = "The rule on denials of this account."
  value       = aws_cloudwatch_event_rule.denial_rule.arn
}

output "central_bus_arn" {
  description = "central_bus_arn of the member module; null without organization_id."
  value       = one(aws_cloudwatch_event_bus.central_bus[*].arn)
}

output "log_group_name" {
  description = "The log of the function."
  value       = aws_cloudwatch_log_group.log_group.name
}

output "dashboard_name" {
  description = "The dashboard in CloudWatch."
  value       = aws_cloudwatch_dashboard.dashboard.dashboard_name
}
