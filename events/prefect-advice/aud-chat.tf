resource "aws_iam_role" "prefect" {
  name               = "prefect-flows"
  assume_role_policy = jsonencode({
    Version = "2012-10-17" # :point_down: 👇
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/api.prefect.cloud/oidc-provider" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "api.prefect.cloud/oidc-provider:aud" = "<http://sts.amazonaws.com|sts.amazonaws.com>" # 🎉
          "api.prefect.cloud/oidc-provider:sub" = "prefect:cloud:3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8"
        }
      }
    }]
  })
}
