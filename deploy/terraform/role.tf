resource "aws_iam_role" "role" {
  name                 = "${var.name}-${local.region}"
  description          = "What whydenied may do. Each statement has its reason in template.yaml."
  path                 = var.role_path == "" ? null : var.role_path
  permissions_boundary = var.permissions_boundary_arn == "" ? null : var.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "role" {
  name = "whydenied"
  role = aws_iam_role.role.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
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
        # One item for each incident and each event. Nothing is deleted or scanned.
        {
          Sid      = "KeepIncidents"
          Effect   = "Allow"
          Action   = ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"]
          Resource = aws_dynamodb_table.table.arn
        },
        # The message to everyone who subscribes.
        {
          Sid      = "PublishMessages"
          Effect   = "Allow"
          Action   = "sns:Publish"
          Resource = aws_sns_topic.topic.arn
        },
        # An update of a message that has to wait comes back by the queue.
        {
          Sid      = "ScheduleFlush"
          Effect   = "Allow"
          Action   = "sqs:SendMessage"
          Resource = aws_sqs_queue.flush_queue.arn
        },
        # Lambda reads both queues as this role and hands the messages over.
        {
          Sid      = "ReceiveFlushAndRedrive"
          Effect   = "Allow"
          Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
          Resource = [aws_sqs_queue.flush_queue.arn, aws_sqs_queue.dead_letter_queue.arn]
        },
        # Lambda puts what failed for good there, as this role.
        {
          Sid      = "KeepFailed"
          Effect   = "Allow"
          Action   = "sqs:SendMessage"
          Resource = aws_sqs_queue.dead_letter_queue.arn
        },
        # The doctor: which trails and rules there are. IAM takes only "*" for both.
        {
          Sid      = "DoctorListsTrailsAndRules"
          Effect   = "Allow"
          Action   = ["cloudtrail:DescribeTrails", "events:ListRules"]
          Resource = "*"
        },
        # A trail of the organization is of another account.
        {
          Sid      = "DoctorLooksAtTrails"
          Effect   = "Allow"
          Action   = ["cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"]
          Resource = "arn:${local.partition}:cloudtrail:*:*:trail/*"
        },
        # Does the rule lead here. Its name is not known before there is one.
        {
          Sid      = "DoctorLooksAtTargets"
          Effect   = "Allow"
          Action   = "events:ListTargetsByRule"
          Resource = "arn:${local.partition}:events:*:${local.account}:rule/*"
        },
        # Is anybody subscribed, and did they confirm it.
        {
          Sid      = "DoctorCountsSubscribers"
          Effect   = "Allow"
          Action   = "sns:GetTopicAttributes"
          Resource = aws_sns_topic.topic.arn
        },
        # Its own log group, which exists: it need not create one.
        {
          Sid      = "WriteLog"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "${aws_cloudwatch_log_group.log_group.arn}:*"
        },
      ],
      # The same reads in a member account, through its reader role.
      local.has_reader_role ? [merge(
        {
          Sid      = "ReadMemberAccounts"
          Effect   = "Allow"
          Action   = "sts:AssumeRole"
          Resource = "arn:${local.partition}:iam::*:role/${var.reader_role_name}"
        },
        local.has_organization ? { Condition = { StringEquals = { "aws:ResourceOrgID" = var.organization_id } } } : {},
      )] : [],
      # The bot token or webhook, in a secret or a parameter.
      local.has_slack_secret ? [{
        Sid      = "ReadSlackSecret"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue", "ssm:GetParameter"]
        Resource = var.slack_secret_arn
      }] : [],
      # The key of that secret, and only by way of the service that keeps it.
      local.has_slack_secret_key ? [{
        Sid      = "DecryptSlackSecret"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = var.slack_secret_key_arn
        Condition = { StringEquals = { "kms:ViaService" = [
          "secretsmanager.${local.region}.${local.suffix}",
          "ssm.${local.region}.${local.suffix}",
        ] } }
      }] : [],
      # The GitHub App's id and private key, in a secret or a parameter too.
      local.has_github_secret ? [{
        Sid      = "ReadGitHubSecret"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue", "ssm:GetParameter"]
        Resource = var.git_hub_secret_arn
      }] : [],
      # The message to the topics that routes name, and to no others.
      local.has_route_topics ? [{
        Sid      = "PublishRoutes"
        Effect   = "Allow"
        Action   = ["sns:Publish", "sns:GetTopicAttributes"]
        Resource = var.route_topic_arns
      }] : [],
      # "Denial Diagnosed", for whoever builds on it; the doctor looks whether the
      # bus is there.
      local.has_report_bus ? [{
        Sid      = "PutDiagnoses"
        Effect   = "Allow"
        Action   = ["events:PutEvents", "events:DescribeEventBus"]
        Resource = var.report_bus_arn
      }] : [],
      # The key of topic, queues and table, and of the secrets if they are under
      # the same, and only by way of those services.
      local.has_key ? [{
        Sid      = "UseKey"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.kms_key_arn
        Condition = { StringEquals = { "kms:ViaService" = [
          for service in ["sns", "sqs", "dynamodb", "secretsmanager", "ssm"] : "${service}.${local.region}.${local.suffix}"
        ] } }
      }] : [],
      # Lambda makes the network interfaces in the subnets, as this role.
      local.has_vpc ? [{
        Sid      = "AttachToVpc"
        Effect   = "Allow"
        Action   = local.network_interfaces
        Resource = "*"
      }] : [],
      # Lambda, that is, and not the function's code, whose calls carry its ARN.
      local.has_vpc ? [{
        Sid       = "CodeLeavesVpcAlone"
        Effect    = "Deny"
        Action    = local.network_interfaces
        Resource  = "*"
        Condition = { Null = { "lambda:SourceFunctionArn" = "false" } }
      }] : [],
    )
  })
}

locals {
  network_interfaces = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ]
}
