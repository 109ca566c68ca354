# whydenied for one account: messages to Slack and by e-mail. "make package" builds
# the zip file.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100"
    }
  }
}

provider "aws" {
  region = "us-east-1" # denials of the global endpoint, and changes of roles, come up here
}

module "whydenied" {
  source = "../.."

  package            = "${path.root}/../../../../dist/whydenied-lambda-arm64.zip"
  subscription_email = "platform@example.com"
  slack_secret_arn   = "arn:aws:secretsmanager:us-east-1:111122223333:secret:whydenied/slack-a1b2c3"
  slack_channel      = "C0123456789"
  watch_changes      = true

  # What this company requires of a stack.
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"
  role_path                = "/ops/"
  subnet_ids               = ["subnet-0a1b2c3d4e5f60718", "subnet-1a2b3c4d5e6f70819"]
  security_group_ids       = ["sg-0a1b2c3d4e5f60718"]
  kms_key_arn              = "arn:aws:kms:us-east-1:111122223333:key/66666666-7777-8888-9999-000000000000"
  tags                     = { owner = "platform" }
}

output "function_name" {
  description = "For aws lambda invoke."
  value       = module.whydenied.function_name
}
