# What deploy/member.yaml makes in a member account, once for each region: a module
# call for each, with its own provider. Why a thing is as it is stands there.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.id

  # An account has one for all regions.
  makes_reader_role = local.region == var.reader_role_region

  path     = var.role_path == "" ? null : var.role_path
  boundary = var.permissions_boundary_arn == "" ? null : var.permissions_boundary_arn
}

resource "aws_iam_role" "reader_role" {
  count                = local.makes_reader_role ? 1 : 0
  name                 = var.reader_role_name
  description          = "What the function of whydenied may read in this account. It may change nothing."
  path                 = local.path
  permissions_boundary = local.boundary
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = var.hub_role_arn }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "sts:ExternalId" = var.external_id } }
    }]
  })
}

resource "aws_iam_role_policy" "reader_role" {
  count = local.makes_reader_role ? 1 : 0
  name  = "read-evidence"
  role  = aws_iam_role.reader_role[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # The trust policy of the role that refused. Any role may.
      {
        Sid      = "ReadRefusingRole"
        Effect   = "Allow"
        Action   = "iam:GetRole"
        Resource = "arn:${local.partition}:iam::${local.account}:role/*"
      },
      # Which client IDs the token's provider has.
      {
        Sid      = "ReadProvider"
        Effect   = "Allow"
        Action   = "iam:GetOpenIDConnectProvider"
        Resource = "arn:${local.partition}:iam::${local.account}:oidc-provider/*"
      },
      # None of the four knows resources: IAM takes only "*".
      {
        Sid      = "ListAndLookUp"
        Effect   = "Allow"
        Action   = ["iam:ListRoles", "iam:ListOpenIDConnectProviders", "iam:ListAccountAliases", "cloudtrail:LookupEvents"]
        Resource = "*"
      },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "forward_rule" {
  name          = "${var.name}-forward"
  description   = "Refused AssumeRoleWithWebIdentity calls, to the central bus of whydenied"
  state         = var.rule_state
  event_pattern = local.denied_calls
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "forward_rule" {
  rule      = aws_cloudwatch_event_rule.forward_rule.name
  target_id = "central"
  arn       = var.central_bus_arn
  role_arn  = aws_iam_role.forward_role.arn
}

# In the one region of the partition that IAM's events come up in.
resource "aws_cloudwatch_event_rule" "forward_change_rule" {
  count         = var.watch_changes ? 1 : 0
  name          = "${var.name}-forward-change"
  description   = "Changes of roles and identity providers, to the central bus of whydenied"
  state         = var.rule_state
  event_pattern = local.changes
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "forward_change_rule" {
  count     = var.watch_changes ? 1 : 0
  rule      = aws_cloudwatch_event_rule.forward_change_rule[0].name
  target_id = "central"
  arn       = var.central_bus_arn
  role_arn  = aws_iam_role.forward_role.arn
}

# A bus that is opened to an organization asks the sender for a role. One for each
# region, so the region is in its name.
resource "aws_iam_role" "forward_role" {
  name                 = "${var.name}-forward-${local.region}"
  description          = "Lets EventBridge forward denials to the central bus of whydenied."
  path                 = local.path
  permissions_boundary = local.boundary
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "forward_role" {
  name = "forward"
  role = aws_iam_role.forward_role.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # To that one bus. It is EventBridge that puts them, not a person.
      {
        Sid      = "ForwardDenials"
        Effect   = "Allow"
        Action   = "events:PutEvents"
        Resource = var.central_bus_arn
      },
    ]
  })
}

locals {
  denied_calls = jsonencode({
    source        = ["aws.sts"]
    "detail-type" = ["AWS API Call via CloudTrail"]
    detail = {
      eventSource = ["sts.amazonaws.com"]
      eventName   = ["AssumeRoleWithWebIdentity"]
      errorCode   = [{ exists = true }]
    }
  })

  changes = jsonencode({
    source        = ["aws.iam"]
    "detail-type" = ["AWS API Call via CloudTrail"]
    detail = {
      eventSource = ["iam.amazonaws.com"]
      eventName = [
        "CreateRole",
        "DeleteRole",
        "UpdateAssumeRolePolicy",
        "CreateOpenIDConnectProvider",
        "DeleteOpenIDConnectProvider",
        "AddClientIDToOpenIDConnectProvider",
        "RemoveClientIDFromOpenIDConnectProvider",
      ]
      errorCode = [{ exists = false }]
    }
  })
}
