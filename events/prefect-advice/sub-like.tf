locals {
  prefect_account = "3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8" # from the URL
}

data "aws_iam_policy_document" "prefect" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::123456789012:oidc-provider/api.prefect.cloud/oidc-provider"]
    }

    condition {
      test     = "StringEquals"
      variable = "api.prefect.cloud/oidc-provider:aud"
      values   = ["prefect-cloud"]
    }

    condition {
      test     = "StringLike" # a wildcard needs Like!!
      variable = "api.prefect.cloud/oidc-provider:sub"
      values   = ["prefect:cloud:${local.prefect_account}:*"] # any flow, any deployment
    }
  }
}

resource "aws_iam_role" "prefect" {
  name               = "prefect-flows"
  assume_role_policy = data.aws_iam_policy_document.prefect.json
}
