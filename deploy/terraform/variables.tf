variable "name" {
  description = "Name of the function, and what every other name begins with. Two stacks of a region need two."
  type        = string
  default     = "whydenied"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,39}$", var.name))
    error_message = "The value must be up to 40 letters, digits and hyphens, and begin with a letter."
  }
}

variable "package" {
  description = "The zip file of the function, for the architecture: dist/whydenied-lambda-arm64.zip of \"make package\"."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of everything that knows tags."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "subscription_email" {
  description = "Address that is subscribed to the topic; it is asked to confirm. Empty subscribes nobody."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([^@\\s]+@[^@\\s]+\\.[^@\\s]+)?$", var.subscription_email))
    error_message = "The value must be one e-mail address, or empty."
  }
}

variable "sns_chat" {
  description = "True sends HTTPS subscribers the custom notification of Amazon Q Developer in chat applications instead of the JSON report."
  type        = bool
  default     = false
  nullable    = false
}

variable "slack_secret_arn" {
  description = "Secret or SSM parameter that holds a Slack bot token or a webhook URL. Empty means no Slack."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\\d{12}:secret:[A-Za-z0-9/_+=.@-]+|ssm:[a-z0-9-]+:\\d{12}:parameter/[A-Za-z0-9/_.-]+))?$", var.slack_secret_arn))
    error_message = "The value must be the whole ARN of a Secrets Manager secret or of an SSM parameter, or empty."
  }
}

variable "slack_secret_key_arn" {
  description = "Customer-managed key that slack_secret_arn is encrypted with. Empty where AWS manages the key."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[A-Za-z0-9-]+)?$", var.slack_secret_key_arn))
    error_message = "The value must be the ARN of a KMS key, not of an alias, or empty."
  }
}

variable "slack_channel" {
  description = "Channel that a bot token posts to. A webhook has its channel in itself."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([CGD][A-Z0-9]{6,20})?$", var.slack_channel))
    error_message = "The value must be a channel's ID such as C0123456789, not its name, or empty."
  }
}

variable "git_hub_secret_arn" {
  description = "Secret or SSM parameter that holds a GitHub App's id and private key as JSON. Empty means no check runs."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\\d{12}:secret:[A-Za-z0-9/_+=.@-]+|ssm:[a-z0-9-]+:\\d{12}:parameter/[A-Za-z0-9/_.-]+))?$", var.git_hub_secret_arn))
    error_message = "The value must be the whole ARN of a Secrets Manager secret or of an SSM parameter, or empty."
  }
}

variable "git_hub_repositories" {
  description = "Repositories that may get check runs, as in octo-org/api,octo-labs/*. git_hub_secret_arn needs at least one."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([A-Za-z0-9][A-Za-z0-9_-]{0,38}/(\\.{0,2}[A-Za-z0-9_-][A-Za-z0-9._-]{0,97}|\\*)(,[A-Za-z0-9][A-Za-z0-9_-]{0,38}/(\\.{0,2}[A-Za-z0-9_-][A-Za-z0-9._-]{0,97}|\\*))*)?$", var.git_hub_repositories))
    error_message = "The value must be repositories such as octo-org/api,octo-labs/* separated by commas, or empty."
  }
}

variable "report_bus_arn" {
  description = "Bus that gets a \"Denial Diagnosed\" event for each new incident. Empty means off."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:events:[a-z0-9-]+:\\d{12}:event-bus/[A-Za-z0-9/_.-]+)?$", var.report_bus_arn))
    error_message = "The value must be the ARN of an event bus, or empty."
  }
}

variable "account_names" {
  description = "Names that messages give to accounts. One without has its IAM alias, or else its id."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(\\s*\\d{12}=[^,\\s][^,]{0,99}(,\\s*\\d{12}=[^,\\s][^,]{0,99})*|\\s*\\{\\s*(\"\\d{12}\"\\s*:\\s*\"[^\"\\\\\\x00-\\x20][^\"\\\\\\x00-\\x1f]{0,99}\"(\\s*,\\s*\"\\d{12}\"\\s*:\\s*\"[^\"\\\\\\x00-\\x20][^\"\\\\\\x00-\\x1f]{0,99}\")*)?\\s*\\}\\s*)?$", var.account_names))
    error_message = "The value must be names such as 111122223333=prod,222233334444=data, or a JSON object of names by account without escapes, or empty."
  }

  validation {
    condition     = length(var.account_names) <= 2048
    error_message = "The value must be at most 2048 characters."
  }
}

variable "routes" {
  description = "Rules that choose channel, mention and topic, as JSON. All variables of a function have 4 KB between them. Empty sends everything to one place."
  type        = string
  default     = ""
  nullable    = false

  # What "whydenied routes check" asks for. jsonencode shows of which type a value is.
  validation {
    condition = var.routes == "" || can(regex("^\\s*\\[([^\\\\]*\\})?\\s*\\]\\s*$", var.routes)) && try(alltrue([for rule in jsondecode(var.routes) :
      can(regex("^\\{", jsonencode(rule))) && alltrue([for key, value in rule : contains(["match", "slackChannel", "mention", "topicArn"], key)])
    ]), false)
    error_message = "The value must be a JSON list of objects with match, slackChannel, mention and topicArn, without escapes, or empty."
  }

  # From here on try is true for what was refused already.
  validation {
    condition = try(alltrue([for rule in jsondecode(var.routes) :
      can(regex("^\\{", jsonencode(try(rule.match, {})))) && alltrue([for key, value in try(rule.match, {}) : contains(["account", "role", "tags"], key)])
    ]), true)
    error_message = "Each match must be an object with account, role and tags; any of them may be left out."
  }

  validation {
    condition = try(alltrue([for rule in jsondecode(var.routes) :
      can(regex("^\"\\d{12}\"$", jsonencode(try(rule.match.account, "000000000000")))) &&
      can(regex("^\"(/[A-Za-z0-9_+=,.@/*?-]{0,511}|[A-Za-z0-9_+=,.@*?-]{1,512})\"$", jsonencode(try(rule.match.role, "*")))) &&
      can(regex("^\\{", jsonencode(try(rule.match.tags, {})))) &&
      alltrue([for key, value in try(rule.match.tags, {}) : key != "" && can(regex("^\".+\"$", jsonencode(value)))])
    ]), true)
    error_message = "In a match, account must be twelve digits, role a pattern such as deploy-* or /ci/*, tags an object of patterns by key, none of them empty."
  }

  validation {
    condition = try(alltrue([for rule in jsondecode(var.routes) :
      can(regex("^\"([CGD][A-Z0-9]{6,20})?\"$", jsonencode(try(rule.slackChannel, "")))) &&
      can(regex("^\"(here|channel|everyone|[UWS][A-Z0-9]{6,20})?\"$", jsonencode(try(rule.mention, "")))) &&
      can(regex("^\"(arn:aws[a-z-]*:sns:[a-z0-9-]+:\\d{12}:[A-Za-z0-9_-]{1,256})?\"$", jsonencode(try(rule.topicArn, "")))) &&
      anytrue([for key in ["slackChannel", "mention", "topicArn"] : try(rule[key], "") != ""])
    ]), true)
    error_message = "A rule must lead somewhere: slackChannel is a channel's ID, mention here, channel, everyone or an ID of a user or user group, topicArn the ARN of a topic."
  }

  validation {
    condition = try(alltrue([for at, rule in jsondecode(var.routes) :
      at == length(jsondecode(var.routes)) - 1 || try(rule.match.account, rule.match.role, keys(rule.match.tags)[0], "") != ""
    ]), true)
    error_message = "Only the last rule may match everything: one that follows it would never be reached."
  }

  validation {
    condition     = length(var.routes) <= 4096
    error_message = "The value must be at most 4096 characters."
  }
}

variable "route_topic_arns" {
  description = "Topics that routes names, for the function to publish to. None means none but the module's own."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.route_topic_arns) <= 20 && alltrue([for item in var.route_topic_arns : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:\\d{12}:[A-Za-z0-9_-]+$", item))])
    error_message = "The value must be up to 20 ARNs of SNS topics."
  }
}

variable "docs_url" {
  description = "Where docs/causes is published, so that each message links its cause's page. Empty means that messages name the page and link none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?)?$", var.docs_url))
    error_message = "The value must be an address such as https://docs.example.com/causes, without a query, or empty."
  }

  validation {
    condition     = length(var.docs_url) <= 256
    error_message = "The value must be at most 256 characters."
  }
}

variable "quiet_period" {
  description = "An incident closes after this long without a denial; a later one opens a new message."
  type        = string
  default     = "24h"
  nullable    = false

  validation {
    condition     = can(regex("^[1-9][0-9]{0,5}(h|m|s)([0-9]{1,5}(h|m|s)){0,2}$", var.quiet_period))
    error_message = "The value must be a duration such as 24h or 1h30m."
  }
}

variable "incident_cap" {
  description = "New incidents for one account and hour that get a message each; one summary stands for the rest."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.incident_cap >= 1 && var.incident_cap <= 10000 && floor(var.incident_cap) == var.incident_cap
    error_message = "The value must be a whole number from 1 to 10000."
  }
}

variable "closing_summary" {
  description = "True sends one closing summary for each incident to channels that cannot edit (webhook, SNS): from an hourly sweep, or when a change repairs it."
  type        = bool
  default     = false
  nullable    = false
}

variable "rule_state" {
  description = "State of the rules on calls. Denials are recorded as read-only, which ENABLED may filter out; emulators fire on ENABLED alone."
  type        = string
  default     = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
  nullable    = false

  validation {
    condition     = contains(["ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", "ENABLED", "DISABLED"], var.rule_state)
    error_message = "The value must be ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS, ENABLED or DISABLED."
  }
}

variable "event_bus_name" {
  description = "Bus that the rules of this account are on. CloudTrail's events come to \"default\"."
  type        = string
  default     = "default"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9/_.-]{1,256}$", var.event_bus_name))
    error_message = "The value must be the name of an event bus of this account."
  }
}

variable "organization_id" {
  description = "Makes a central bus that accounts of this organization may forward denials to."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(o-[a-z0-9]{10,32})?$", var.organization_id))
    error_message = "The value must be an AWS Organizations ID such as o-a1b2c3d4e5, or empty."
  }
}

variable "watch_changes" {
  description = "True also tells the function of changes of roles and identity providers, so that it says what a repair does. They come up in one region only: us-east-1 in aws, cn-north-1 in aws-cn, us-gov-west-1 in aws-us-gov."
  type        = bool
  default     = false
  nullable    = false
}

variable "reader_role_name" {
  description = "Role of the member module that is assumed in other accounts to read evidence, with its path (ops/whydenied-reader). Empty reads this account only."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(([!-.0-~]+/)*[A-Za-z0-9_+=,.@-]{1,64})?$", var.reader_role_name))
    error_message = "The value must be a role's name, after its path without the first slash where it has one, or empty."
  }

  validation {
    condition     = length(var.reader_role_name) <= 576
    error_message = "The value must be at most 576 characters."
  }
}

variable "external_id" {
  description = "External ID that the reader roles ask for, the same as in the member module."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([A-Za-z0-9_+=,.@:/-]{2,})?$", var.external_id))
    error_message = "The value must be 2 to 1224 characters that sts:AssumeRole takes for an external ID, or empty."
  }

  validation {
    condition     = length(var.external_id) <= 1224
    error_message = "The value must be at most 1224 characters."
  }
}

variable "architecture" {
  description = "The function's instruction set, the one that package was built for."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The value must be arm64 or x86_64."
  }
}

variable "log_level" {
  description = "What the function logs."
  type        = string
  default     = "info"
  nullable    = false

  validation {
    condition     = contains(["debug", "info", "warn", "error"], var.log_level)
    error_message = "The value must be debug, info, warn or error."
  }
}

variable "log_retention_days" {
  description = "How many days the function's log is kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653], var.log_retention_days)
    error_message = "The value must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653."
  }
}

variable "alarm_topic_arn" {
  description = "Topic that the alarms notify; not the stack's own, and none encrypted with alias/aws/sns, which CloudWatch may not use. Empty leaves the alarms silent."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:sns:[a-z0-9-]+:\\d{12}:[A-Za-z0-9_-]+)?$", var.alarm_topic_arn))
    error_message = "The value must be the ARN of an SNS topic, or empty."
  }
}

variable "heartbeat_days" {
  description = "Alarm when for so many days no web-identity call of any outcome came up in this account and region. CloudWatch looks back seven at most. 0 means no such alarm."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = contains(range(8), var.heartbeat_days)
    error_message = "The value must be a whole number from 1 to 7, or 0 for no such alarm."
  }
}

variable "reserved_concurrency" {
  description = "Concurrent executions kept for the function. -1 keeps none: a new account's quota is 10, of which none can be reserved."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = var.reserved_concurrency == -1 || var.reserved_concurrency >= 1 && var.reserved_concurrency <= 9999 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "The value must be a whole number from 1 to 9999, or -1 to reserve none."
  }
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the function's role, where the account asks for one."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:iam::(\\d{12}|aws):policy/.+)?$", var.permissions_boundary_arn))
    error_message = "The value must be the ARN of a managed policy, or empty."
  }
}

variable "role_path" {
  description = "Path of the function's role. Empty means /."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(/([!-.0-~]+/)*)?$", var.role_path))
    error_message = "The value must be a path such as /ops/, with a slash at both ends, or empty."
  }

  validation {
    condition     = length(var.role_path) <= 512
    error_message = "The value must be at most 512 characters."
  }
}

variable "subnet_ids" {
  description = "Subnets of the function, with security_group_ids. None means no VPC."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) <= 16 && alltrue([for item in var.subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", item))])
    error_message = "The value must be up to 16 ids of subnets."
  }
}

variable "security_group_ids" {
  description = "Security groups of the function, with subnet_ids. None means no VPC."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) <= 5 && alltrue([for item in var.security_group_ids : can(regex("^sg-[0-9a-f]{8,17}$", item))])
    error_message = "The value must be up to 5 ids of security groups."
  }
}

variable "kms_key_arn" {
  description = "Customer-managed key for topic, queues, table and log group, of this region. deploy/README.md has the policy that it needs. Empty means keys of AWS."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[A-Za-z0-9-]+)?$", var.kms_key_arn))
    error_message = "The value must be the ARN of a KMS key, not of an alias, or empty."
  }
}
