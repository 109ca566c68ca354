variable "name" {
  description = "What the names of rules and of the forwarding role begin with."
  type        = string
  default     = "whydenied"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,39}$", var.name))
    error_message = "The value must be up to 40 letters, digits and hyphens, and begin with a letter."
  }
}

variable "tags" {
  description = "Tags of everything that knows tags."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "central_bus_arn" {
  description = "Output central_bus_arn of the central module."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:events:[a-z0-9-]+:\\d{12}:event-bus/[A-Za-z0-9/_.-]+$", var.central_bus_arn))
    error_message = "The value must be the ARN of an event bus."
  }
}

variable "hub_role_arn" {
  description = "Output function_role_arn of the central module."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::\\d{12}:role/.+$", var.hub_role_arn))
    error_message = "The value must be the ARN of a role."
  }
}

variable "external_id" {
  description = "The central module's variable of that name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@:/-]{2,}$", var.external_id))
    error_message = "The value must be 2 to 1224 characters that sts:AssumeRole takes for an external ID."
  }

  validation {
    condition     = length(var.external_id) <= 1224
    error_message = "The value must be at most 1224 characters."
  }
}

variable "reader_role_name" {
  description = "The central module's variable of that name, without the path that may stand before it there."
  type        = string
  default     = "whydenied-reader"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.reader_role_name))
    error_message = "The value must be a role's name without path."
  }
}

variable "reader_role_region" {
  description = "Only the module of this region makes the role, of which an account has one for all regions; it must be among those deployed to. Empty makes none."
  type        = string
  default     = "us-east-1"
  nullable    = false

  validation {
    condition     = can(regex("^([a-z]{2}(-[a-z]+)+-[0-9])?$", var.reader_role_region))
    error_message = "The value must be a region's code, or empty."
  }
}

variable "rule_state" {
  description = "State of the forwarding rules. Denials are recorded as read-only, which ENABLED may filter out."
  type        = string
  default     = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
  nullable    = false

  validation {
    condition     = contains(["ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", "ENABLED", "DISABLED"], var.rule_state)
    error_message = "The value must be ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS, ENABLED or DISABLED."
  }
}

variable "watch_changes" {
  description = "True also forwards changes of roles and identity providers. They come up in one region only: us-east-1 in aws, cn-north-1 in aws-cn, us-gov-west-1 in aws-us-gov."
  type        = bool
  default     = false
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of both roles, where the account asks for one."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:iam::(\\d{12}|aws):policy/.+)?$", var.permissions_boundary_arn))
    error_message = "The value must be the ARN of a managed policy, or empty."
  }
}

variable "role_path" {
  description = "Path of both roles. Empty means /. The central module's reader_role_name has to name it."
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
