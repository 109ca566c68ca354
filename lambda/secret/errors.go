package secret

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/aws/smithy-go"
)

// readError says in words why a secret could not be read. Of the cause only
// the end of a context is wrapped: an error of the SDK may hold the answer.
type readError struct {
	words string
	cause error
}

func (e *readError) Error() string { return e.words }
func (e *readError) Unwrap() error { return e.cause }

func (s *Secret) failed(call string, err error) error {
	var cause error
	for _, end := range []error{context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, end) {
			cause = end
		}
	}
	words := strings.Join(strings.Fields(reason(call, err)), " ")
	return &readError{fmt.Sprintf("%s %q: %s", call, s.arn, words), cause}
}

// reason names what is missing, where it is known.
func reason(call string, err error) string {
	var refused smithy.APIError
	var unreadable *smithy.DeserializationError
	var unreachable net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer before the deadline"
	case errors.Is(err, context.Canceled):
		return "given up, nobody waits for the answer"
	case errors.As(err, &refused):
		return refusal(call, refused.ErrorCode(), refused.ErrorMessage())
	case errors.As(err, &unreadable):
		return "the answer cannot be read" // and its beginning may be the value
	case errors.As(err, &unreachable):
		return "AWS cannot be reached: " + unreachable.Error()
	}
	return err.Error()
}

// refusal puts one of AWS's codes into words.
func refusal(call, code, message string) string {
	said := code + ": " + message
	switch code {
	case "AccessDeniedException", "AccessDenied":
		return fmt.Sprintf("%s is not allowed (%s)", permission(call, message), said)
	case "ResourceNotFoundException", "ParameterNotFound", "ParameterVersionNotFound":
		return fmt.Sprintf("there is no such secret, or it has no value (%s)", said)
	case "InvalidRequestException":
		return fmt.Sprintf("the secret cannot be read; it may be marked for deletion (%s)", said)
	case "DecryptionFailure", "InvalidKeyId":
		return fmt.Sprintf("its key cannot decrypt it: the key may be disabled or gone, or kms:Decrypt is not allowed on it (%s)", said)
	case "ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded":
		return fmt.Sprintf("AWS takes no more calls at this moment; try again (%s)", said)
	case "ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException":
		return fmt.Sprintf("AWS does not accept the credentials (%s)", said)
	}
	return said
}

// permission is the one that is missing. AWS names it, or says that it is the
// key's without naming it ("Access to KMS is not allowed").
func permission(call, message string) string {
	if _, rest, named := strings.Cut(message, "not authorized to perform: "); named {
		action, _, _ := strings.Cut(rest, " ")
		return action
	}
	if strings.Contains(message, "KMS") {
		return "kms:Decrypt"
	}
	return call
}
