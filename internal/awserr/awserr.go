// Package awserr says in words why a call of AWS failed, for packages that have
// one service each: what a [Service] has of its own is its codes, and the rest
// is the same for all.
package awserr

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
)

// Service is what is particular about a service's errors.
type Service struct {
	// Name is whom a call reaches: "SQS".
	Name string
	// Busy is what takes no more calls for a while, where that is not the
	// service: "the table".
	Busy string
	// Codes say what an error code means. They come before the codes that all
	// services have.
	Codes map[string]string
	// Permission is what a call needs where AWS does not name it; nil stands
	// for the name of the call itself.
	Permission func(call, message string) string
	// Parts are the errors, as code and message, that an error is made of: the
	// reasons of a canceled transaction. It is nil, or returns none, where the
	// error stands for itself.
	Parts func(err error) []smithy.APIError
	// Sealed: an answer may hold a secret, so that nothing of the SDK's error is
	// wrapped but the end of a context, and no answer is shown that cannot be
	// read.
	Sealed bool
}

// Error is a call that failed. What the SDK said is wrapped, unless the service
// is sealed.
type Error struct {
	words string
	cause error
}

// Error is one line: the call, what it was about, and why it failed.
func (e *Error) Error() string { return e.words }

// Unwrap is what the SDK said.
func (e *Error) Unwrap() error { return e.cause }

// Failed words the error of a call, such as "sqs:SendMessage", on an object.
func (s *Service) Failed(call, object string, err error) *Error {
	words := strings.Join(strings.Fields(s.reason(call, err)), " ")
	return &Error{fmt.Sprintf("%s %q: %s", call, object, words), s.cause(err)}
}

func (s *Service) cause(err error) error {
	if !s.Sealed {
		return err
	}
	for _, end := range []error{context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, end) {
			return end
		}
	}
	return nil
}

// reason names what is missing, where it is known.
func (s *Service) reason(call string, err error) string {
	var refused smithy.APIError
	var unreadable *smithy.DeserializationError
	var unreachable net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer before the deadline"
	case errors.Is(err, context.Canceled):
		return "given up, nobody waits for the answer"
	case errors.As(err, &refused):
		return s.refusals(call, refused)
	case s.Sealed && errors.As(err, &unreadable):
		return "the answer cannot be read" // and its beginning may be the value
	case WithoutCredentials(err):
		return NoCredentials
	case errors.As(err, &unreachable):
		return s.Name + " cannot be reached: " + unreachable.Error()
	}
	return err.Error()
}

// NoCredentials says in words what [WithoutCredentials] tells.
const NoCredentials = "AWS credentials: none in the environment, in the shared files, or of an instance"

// WithoutCredentials says whether the SDK found no credentials. It has no type
// for that; the last of the places where it looks is the instance's role, and
// what it says is that it is on no instance.
func WithoutCredentials(err error) bool {
	text := err.Error()
	return strings.Contains(text, "credentials") && strings.Contains(text, "EC2 IMDS")
}

// refusals are the parts of an error in words, each once.
func (s *Service) refusals(call string, refused smithy.APIError) string {
	var parts []string
	if s.Parts != nil {
		for _, part := range s.Parts(refused) {
			parts = append(parts, s.refusal(call, part.ErrorCode(), part.ErrorMessage()))
		}
	}
	if len(parts) == 0 {
		return s.refusal(call, refused.ErrorCode(), refused.ErrorMessage())
	}
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), "; ")
}

// refusal puts an error code and its message into words.
func (s *Service) refusal(call, code, message string) string {
	said := strings.TrimSuffix(code+": "+message, ": ")
	busy := s.Busy
	if busy == "" {
		busy = s.Name
	}
	if words := s.Codes[code]; words != "" {
		return fmt.Sprintf("%s (%s)", words, said)
	}
	switch strings.TrimSuffix(code, "Exception") {
	case "AccessDenied":
		return fmt.Sprintf("%s is not allowed (%s)", s.permission(call, message), said)
	case "Throttling", "ThrottlingError", "TooManyRequests", "RequestLimitExceeded", "RequestThrottled", "SlowDown":
		return fmt.Sprintf("%s takes no more at this moment; try again (%s)", busy, said)
	case "ExpiredToken", "UnrecognizedClient", "InvalidClientTokenId", "InvalidSignature",
		"SignatureDoesNotMatch", "MissingAuthenticationToken", "InvalidAccessKeyId":
		return fmt.Sprintf("AWS does not accept the credentials (%s)", said)
	}
	return said
}

// permission is the one that is missing. AWS names it, be it one of a key with
// which something is encrypted.
func (s *Service) permission(call, message string) string {
	if _, rest, named := strings.Cut(message, "not authorized to perform: "); named {
		action, _, _ := strings.Cut(rest, " ")
		if strings.EqualFold(action, call) { // SQS names its own in lower case
			return call
		}
		return action
	}
	if s.Permission != nil {
		return s.Permission(call, message)
	}
	return call
}
