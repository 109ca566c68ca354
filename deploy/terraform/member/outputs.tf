output "forward_rule_arn" {
  description = "The rule that forwards denials."
  value       = aws_cloudwatch_event_rule.forward_rule.arn
}

output "reader_role_arn" {
  description = "The role that the function reads this account by; null in other regions than reader_role_region."
  value       = one(aws_iam_role.reader_role[*].arn)
}
