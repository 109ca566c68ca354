package stack_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"whydenied/internal/stack"
)

// Where an attribute's name is not that of the template's property, by type of
// resource. "" leaves it out: names that CloudFormation makes up itself, and what
// only one of the two needs. A name with dots is a path.
var renamed = map[string]map[string]string{
	"*": {"tags": "", "kms_master_key_id": "KmsMasterKeyId", "ok_actions": "OKActions"},
	"aws_lambda_function": {
		"function_name": "", "filename": "", "source_code_hash": "",
		"logging_config.log_format": "", // Text is Lambda's own default
	},
	"aws_lambda_function_event_invoke_config": {
		"function_name":                             "",
		"maximum_retry_attempts":                    "EventInvokeConfig.MaximumRetryAttempts",
		"maximum_event_age_in_seconds":              "EventInvokeConfig.MaximumEventAgeInSeconds",
		"destination_config.on_failure.destination": "EventInvokeConfig.DestinationConfig.OnFailure.Destination",
	},
	"aws_lambda_function_recursion_config": {"function_name": ""},
	"aws_iam_role":                         {"name": "RoleName", "assume_role_policy": "AssumeRolePolicyDocument"},
	"aws_iam_role_policy":                  {"role": "", "name": "Policies.PolicyName", "policy": "Policies.PolicyDocument"},
	"aws_cloudwatch_log_group":             {"name": "LogGroupName"},
	"aws_cloudwatch_event_rule":            {"name": ""},
	"aws_cloudwatch_event_target": {
		"rule": "", "event_bus_name": "", "target_id": "Targets.Id", "arn": "Targets.Arn", "input": "Targets.Input", "role_arn": "Targets.RoleArn",
		"retry_policy.maximum_event_age_in_seconds": "Targets.RetryPolicy.MaximumEventAgeInSeconds",
		"retry_policy.maximum_retry_attempts":       "Targets.RetryPolicy.MaximumRetryAttempts",
		"dead_letter_config.arn":                    "Targets.DeadLetterConfig.Arn",
	},
	"aws_cloudwatch_event_bus_policy": {"policy": "Policy"},
	"aws_sns_topic":                   {"name": ""},
	"aws_sns_topic_policy":            {"arn": "Topics", "policy": "PolicyDocument"},
	"aws_dynamodb_table": {
		"name": "", "hash_key": "KeySchema.HASH", "range_key": "KeySchema.RANGE", "attribute": "AttributeDefinitions",
		"ttl.attribute_name": "TimeToLiveSpecification.AttributeName", "ttl.enabled": "TimeToLiveSpecification.Enabled",
		"server_side_encryption.enabled":     "SSESpecification.SSEEnabled",
		"server_side_encryption.kms_key_arn": "SSESpecification.KMSMasterKeyId",
		"point_in_time_recovery.enabled":     "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
	},
	"aws_sqs_queue": {
		"name": "", "visibility_timeout_seconds": "VisibilityTimeout", "message_retention_seconds": "MessageRetentionPeriod",
	},
	"aws_sqs_queue_policy":        {"queue_url": "Queues", "policy": "PolicyDocument"},
	"aws_cloudwatch_metric_alarm": {"alarm_name": ""},
}

// whole are the attributes whose value is the operator's or a document, whose
// keys are not names of properties.
var whole = map[string]bool{"environment.variables": true, "dimensions": true}

// properties are a Terraform resource's attributes as the template names them.
func properties(kind string, attributes map[string]any) map[string]any {
	found := map[string]any{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		name, known := renamed[kind][path]
		if !known {
			name, known = renamed["*"][path]
		}
		if inner, nested := v.(map[string]any); nested && !known && !whole[path] {
			for key, value := range inner {
				walk(strings.TrimPrefix(path+"."+key, "."), value)
			}
			return
		}
		if known && name == "" {
			return
		}
		if !known {
			parts := strings.Split(path, ".")
			for i, part := range parts {
				parts[i] = camel(part)
			}
			name = strings.Join(parts, ".")
		}
		put(found, name, parsed(v))
	}
	walk("", attributes)
	return found
}

func put(m map[string]any, path string, v any) {
	for {
		first, rest, deeper := strings.Cut(path, ".")
		if !deeper {
			m[first] = v
			return
		}
		inner, _ := m[first].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
			m[first] = inner
		}
		m, path = inner, rest
	}
}

// parsed is a text of JSON as what it says.
func parsed(v any) any {
	s, ok := v.(string)
	if !ok || !strings.HasPrefix(s, "{") {
		return v
	}
	var tree any
	decoder := json.NewDecoder(strings.NewReader(s))
	decoder.UseNumber()
	if decoder.Decode(&tree) != nil {
		return v
	}
	return spelled(tree)
}

// spelled has numbers and booleans spelled out, as the reader of templates keeps
// them. One action or resource in a list is the same as that one alone.
func spelled(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := map[string]any{}
		for key, value := range v {
			m[key] = spelled(value)
			if items, ok := m[key].([]any); ok && len(items) == 1 && (key == "Action" || key == "Resource" || key == "aws:SourceArn") {
				m[key] = items[0]
			}
		}
		return m
	case []any:
		items := []any{}
		for _, value := range v {
			items = append(items, spelled(value))
		}
		return items
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// normal is a template's resource in the form that both are compared in: of a
// list of one, that one; statements by Sid, for their order does not count.
func normal(r stack.Resource) map[string]any {
	p, _ := bySid(spelled(r.Properties)).(map[string]any)
	switch r.Type {
	case "AWS::Serverless::Function":
		delete(p, "CodeUri")
		if destination, ok := at(p, "EventInvokeConfig", "DestinationConfig", "OnFailure").(map[string]any); ok {
			delete(destination, "Type")
		}
	case "AWS::Events::Rule":
		p["Targets"] = at(p["Targets"], 0)
		if target, ok := p["Targets"].(map[string]any); ok && target["Input"] != nil {
			target["Input"] = parsed(target["Input"])
		}
	case "AWS::Events::EventBusPolicy":
		statement, _ := p["Statement"].(map[string]any)
		statement["Sid"] = p["StatementId"]
		p = map[string]any{"EventBusName": p["EventBusName"],
			"Policy": bySid(map[string]any{"Version": "2012-10-17", "Statement": []any{statement}})}
	case "AWS::IAM::Role":
		p["Policies"] = at(p["Policies"], 0)
	case "AWS::SNS::TopicPolicy":
		p["Topics"] = at(p["Topics"], 0)
	case "AWS::SQS::QueuePolicy":
		p["Queues"] = at(p["Queues"], 0)
	case "AWS::DynamoDB::Table":
		table(p)
	case "AWS::CloudWatch::Alarm":
		if named := at(p["Dimensions"], 0); named != nil {
			p["Dimensions"] = map[string]any{fmt.Sprint(at(named, "Name")): at(named, "Value")}
		}
	}
	for key, value := range p {
		p[key] = parsed(value)
	}
	return p
}

// table puts a table's keys and attributes as Terraform has them.
func table(p map[string]any) {
	keys, attributes := map[string]any{}, []any{}
	for i := range 2 {
		keys[fmt.Sprint(at(p["KeySchema"], i, "KeyType"))] = at(p["KeySchema"], i, "AttributeName")
		attributes = append(attributes, map[string]any{
			"name": at(p["AttributeDefinitions"], i, "AttributeName"), "type": at(p["AttributeDefinitions"], i, "AttributeType")})
	}
	p["KeySchema"], p["AttributeDefinitions"] = keys, attributes
	if sse, ok := p["SSESpecification"].(map[string]any); ok {
		delete(sse, "SSEType") // KMS is its only value; Terraform sets it itself
	}
}

// bySid makes each list of statements a map by Sid, and leaves out what has none.
func bySid(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := map[string]any{}
		for key, value := range v {
			m[key] = bySid(value)
			if key == "Statement" {
				m[key] = statements(m[key])
			}
		}
		return m
	case []any:
		items := []any{}
		for _, value := range v {
			items = append(items, bySid(value))
		}
		return items
	default:
		return v
	}
}

func statements(v any) any {
	items, ok := v.([]any)
	if !ok {
		return v
	}
	m := map[string]any{}
	for i, s := range items {
		sid, named := at(s, "Sid").(string)
		if !named {
			sid = fmt.Sprint(i)
		}
		m[sid] = s
	}
	return m
}
