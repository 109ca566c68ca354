package queue

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/aws/smithy-go"
)

// callError says in words why a call failed. What the SDK said is wrapped.
type callError struct {
	words string
	cause error
}

func (e *callError) Error() string { return e.words }
func (e *callError) Unwrap() error { return e.cause }

func (q *Queue) failed(err error) error {
	words := strings.Join(strings.Fields(reason(err)), " ")
	return &callError{fmt.Sprintf("sqs:SendMessage %q: %s", q.url, words), err}
}

// reason names what is missing, where it is known.
func reason(err error) string {
	var refused smithy.APIError
	var unreachable net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer before the deadline"
	case errors.Is(err, context.Canceled):
		return "given up, nobody waits for the answer"
	case errors.As(err, &refused):
		return refusal(refused.ErrorCode(), refused.ErrorMessage())
	case errors.As(err, &unreachable):
		return "SQS cannot be reached: " + unreachable.Error()
	}
	return err.Error()
}

// refusal puts one of SQS's codes into words. Some have two spellings, by the
// protocol in which the answer came.
func refusal(code, message string) string {
	said := code + ": " + message
	switch code {
	case "AccessDenied", "AccessDeniedException":
		return fmt.Sprintf("%s is not allowed (%s)", permission(message), said)
	case "KmsAccessDenied", "KMS.AccessDeniedException":
		return fmt.Sprintf("kms:GenerateDataKey or kms:Decrypt is not allowed on the queue's key (%s)", said)
	case "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue":
		return fmt.Sprintf("there is no such queue (%s)", said)
	case "RequestThrottled", "ThrottlingException", "Throttling", "KmsThrottled", "KMS.ThrottlingException":
		return fmt.Sprintf("SQS takes no more at this moment; try again (%s)", said)
	case "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch":
		return fmt.Sprintf("AWS does not accept the credentials (%s)", said)
	}
	return said
}

// permission is the one that is missing, as AWS names it in lower case; else
// that of the call.
func permission(message string) string {
	if _, rest, named := strings.Cut(message, "not authorized to perform: "); named {
		action, _, _ := strings.Cut(rest, " ")
		return strings.Replace(action, "sqs:sendmessage", "sqs:SendMessage", 1)
	}
	return "sqs:SendMessage"
}
