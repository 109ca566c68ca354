package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// kind is why a call failed.
type kind uint8

const (
	other kind = iota
	absent
	denied
	throttled
	unreachable
	credentials
	late
	canceled
)

// failure is a call to AWS that failed, in one line: which call, on what, and
// why in a person's words. What the SDK said stays behind it for errors.Is,
// and is never printed whole: it may hold a request.
type failure struct {
	call   string // "iam:GetRole", which is the permission that it needs, too
	object string // what the call was about, "" for nothing in particular
	kind   kind
	reason string
	err    error
}

// Error is the line.
func (f *failure) Error() string {
	if f.object == "" {
		return f.call + ": " + f.reason
	}
	return f.call + " " + f.object + ": " + f.reason
}

// Unwrap is what the SDK said.
func (f *failure) Unwrap() error { return f.err }

// MissingCredentials tells whether a call failed since there are no usable AWS
// credentials: none were found, or AWS knows those not, or not any more.
func MissingCredentials(err error) bool { return is(err, credentials) }

func is(err error, k kind) bool {
	var f *failure
	return errors.As(err, &f) && f.kind == k
}

// failed reads what the SDK says of a call. ctx is the caller's, without the
// time limit of this one call.
func failed(ctx context.Context, call, object string, limit time.Duration, err error) *failure {
	f := &failure{call: call, object: object, err: err}
	var api smithy.APIError
	var garbled *smithy.DeserializationError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		f.kind, f.reason = canceled, "canceled"
	case ctx.Err() != nil:
		f.kind, f.reason = late, tooLate
	case errors.As(err, &api):
		f.kind, f.reason = f.answered(api)
	case errors.Is(err, context.DeadlineExceeded):
		f.kind, f.reason = late, fmt.Sprintf("no answer within %s", limit)
	case unreached(err) != nil:
		f.kind, f.reason = unreachable, "unreachable: "+line(unreached(err).Error())
	case errors.As(err, &garbled):
		f.reason = "the answer cannot be read: " + line(innermost(err).Error())
	default:
		f.reason = line(innermost(err).Error())
	}
	return f
}

// ended is the failure of a call that was never made, since its turn would
// come after the deadline, or since nobody waits for it any more.
func ended(ctx context.Context, call, object string, err error) *failure {
	f := &failure{call: call, object: object, kind: late, reason: tooLate, err: err}
	if errors.Is(ctx.Err(), context.Canceled) {
		f.kind, f.reason = canceled, "canceled"
	}
	return f
}

const tooLate = "no answer before the deadline"

// answered reads an error that AWS answered with. The codes differ by protocol:
// "AccessDenied" of IAM and STS is "AccessDeniedException" of CloudTrail.
func (f *failure) answered(api smithy.APIError) (kind, string) {
	code := api.ErrorCode()
	switch strings.TrimSuffix(code, "Exception") {
	case "NoSuchEntity":
		return absent, "there is none"
	case "AccessDenied", "UnauthorizedOperation", "NotAuthorized":
		return denied, f.refused(api.ErrorMessage())
	case "ExpiredToken", "ExpiredTokenId", "RequestExpired":
		return credentials, "the AWS credentials have expired"
	case "InvalidClientTokenId", "UnrecognizedClient", "SignatureDoesNotMatch", "InvalidSignature",
		"IncompleteSignature", "MissingAuthenticationToken", "InvalidAccessKeyId", "AuthFailure":
		return credentials, fmt.Sprintf("AWS does not accept the credentials (%s)", code)
	}
	if throttling(api) {
		return throttled, "throttled by AWS, which limits how often this may be called"
	}
	return other, line(code + ": " + api.ErrorMessage())
}

// refused says what is missing. AWS's message names the kind of policy that
// refused where one does so explicitly (IAM User Guide, "access denied error
// messages").
func (f *failure) refused(message string) string {
	const explicit = "with an explicit deny in "
	if _, where, ok := strings.Cut(message, explicit); ok {
		return "access denied: " + f.call + " is denied explicitly in " + line(where)
	}
	if strings.Contains(message, "no service control policy allows") {
		return "access denied: no service control policy of the organization allows " + f.call
	}
	return "access denied: the permission " + f.call + " is missing"
}

func throttling(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	_, ok := retry.DefaultThrottleErrorCodes[api.ErrorCode()]
	return ok
}

// unreached is the reason for which no answer came, nil where one did. The URL
// of the request is left out.
func unreached(err error) error {
	var operation *net.OpError
	var name *net.DNSError
	var address *url.Error
	var sending *smithyhttp.RequestSendError
	switch {
	case errors.As(err, &name):
		return fmt.Errorf("the host %s is not known", name.Name)
	case errors.As(err, &operation):
		return operation
	case errors.As(err, &address):
		return address.Err
	case errors.As(err, &sending):
		return sending.Err
	}
	return nil
}

// innermost is the error that the others are wrapped around: the SDK's own
// layers say the same with more words.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// maxReason is how much of a foreign text is shown, in bytes.
const maxReason = 200

// line makes one line of a foreign text, and cuts it.
func line(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxReason {
		text = strings.ToValidUTF8(text[:maxReason], "") + "…"
	}
	return text
}
