package sns

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/smithy-go"

	"whydenied/pkg/alert"
)

// hints say what somebody can do about an error of SNS, by its code.
var hints = map[string]string{
	"NotFound":              "there is no such topic",
	"AuthorizationError":    "the function may not publish: its role, or the topic's policy, has to allow sns:Publish",
	"AccessDenied":          "the function may not publish: its role, or the topic's policy, has to allow sns:Publish",
	"KMSAccessDenied":       "the topic's key does not let the function in: the key's policy has to allow kms:GenerateDataKey and kms:Decrypt",
	"KMSDisabled":           "the topic's key is disabled",
	"KMSNotFound":           "the topic's key does not exist",
	"KMSInvalidState":       "the topic's key cannot be used in its state",
	"InvalidParameter":      "SNS does not take the form of the message",
	"ParameterValueInvalid": "SNS does not take the form of the message",
	"InternalError":         "SNS has trouble of its own",
	"InternalFailure":       "SNS has trouble of its own",
	"ValidationException":   "SNS does not take the form of the message",
	"InvalidParameterValue": "SNS does not take the form of the message",
}

// throttles are the codes that ask to come back later.
var throttles = map[string]bool{"Throttled": true, "Throttling": true, "ThrottledException": true, "ThrottlingException": true, "KMSThrottling": true, "KMSThrottlingException": true}

// explained says in people's words what SNS refused. It leaves out SNS's own
// text, which repeats what was sent.
func explained(topic string, err error) error {
	var api smithy.APIError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fmt.Errorf("sns:Publish %q: no answer before the deadline: %w", topic, err)
	case !errors.As(err, &api):
		return fmt.Errorf("sns:Publish %q: %w", topic, err)
	case throttles[api.ErrorCode()]:
		const pause = 10 * time.Second // after the SDK's own tries
		return &alert.RateLimitedError{Place: "SNS", After: pause}
	}
	hint := hints[api.ErrorCode()]
	if hint == "" {
		hint = "SNS refused it"
	}
	return fmt.Errorf("sns:Publish %q: %s (%s)", topic, hint, api.ErrorCode())
}
