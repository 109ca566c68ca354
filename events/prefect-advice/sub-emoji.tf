locals {
  account = "3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8" # from the URL
}
/* thanks 🙌 */
resource "aws_iam_role" "prefect" {
  assume_role_policy = <<-EOF
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/api.prefect.cloud/oidc-provider"},
          "Action": "sts:AssumeRoleWithWebIdentity",
          "Condition": {
            "StringEquals": {"api.prefect.cloud/oidc-provider:aud": "prefect-cloud"},
            "StringLike": {"api.prefect.cloud/oidc-provider:sub": "prefect☁️${local.account}:*"}
          }
        }
      ]
    }
  EOF
}
