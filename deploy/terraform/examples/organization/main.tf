# whydenied for an organization: the function in one account, and in each other
# account and region the rule that forwards to it. The reader role is made once for
# an account. A call of the member module for each account and region is fit for a
# handful; for more, the StackSet of deploy/member.yaml follows the organization by
# itself, and works with this central module too.

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
  region = "us-east-1"
}

provider "aws" {
  alias  = "prod"
  region = "us-east-1"

  assume_role {
    role_arn = "arn:aws:iam::444455556666:role/terraform"
  }
}

provider "aws" {
  alias  = "prod_europe"
  region = "eu-west-1"

  assume_role {
    role_arn = "arn:aws:iam::444455556666:role/terraform"
  }
}

variable "external_id" {
  description = "What the reader roles ask the function for: a text of your choice."
  type        = string
  nullable    = false
}

module "whydenied" {
  source = "../.."

  package          = "${path.root}/../../../../dist/whydenied-lambda-arm64.zip"
  slack_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:whydenied/slack-a1b2c3"
  slack_channel    = "C0123456789"
  organization_id  = "o-a1b2c3d4e5"
  reader_role_name = "ops/whydenied-reader" # with the members' role_path
  external_id      = var.external_id
  watch_changes    = true
}

module "prod" {
  source    = "../../member"
  providers = { aws = aws.prod }

  central_bus_arn = module.whydenied.central_bus_arn
  hub_role_arn    = module.whydenied.function_role_arn
  external_id     = var.external_id
  role_path       = "/ops/"
  watch_changes   = true
}

module "prod_europe" {
  source    = "../../member"
  providers = { aws = aws.prod_europe }

  central_bus_arn = module.whydenied.central_bus_arn
  hub_role_arn    = module.whydenied.function_role_arn
  external_id     = var.external_id
  role_path       = "/ops/" # only of the forwarding role here: the reader role is made above
}
