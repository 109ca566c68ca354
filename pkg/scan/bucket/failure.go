package bucket

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"whydenied/internal/awserr"
)

// failure is a call to S3 that failed, in one line: which call, on what, and why
// in a person's words. What the SDK said stays behind it for errors.Is.
type failure struct {
	call   string // "s3:GetObject"
	object string // an s3:// address
	reason string
	err    error
}

// Error is the line.
func (f *failure) Error() string { return f.call + " " + quote(f.object) + ": " + f.reason }

// Unwrap is what the SDK said.
func (f *failure) Unwrap() error { return f.err }

// failed reads what the SDK says of a call.
func (s *store) failed(call, key string, err error) *failure {
	f := &failure{call: call, object: s.at.of(key), err: err}
	var api smithy.APIError
	var network *net.OpError
	switch {
	case errors.Is(err, context.Canceled):
		f.reason = "canceled"
	case errors.As(err, &api):
		f.reason = s.answered(f, api)
	case awserr.WithoutCredentials(err):
		f.reason = awserr.NoCredentials
	case errors.As(err, &network):
		f.reason = "unreachable: " + line(network.Error())
	default:
		f.reason = line(innermost(err).Error())
	}
	return f
}

// answered reads an error that S3 answered with (S3 API Reference, "Error
// responses").
func (s *store) answered(f *failure, api smithy.APIError) string {
	switch code := api.ErrorCode(); code {
	case "AccessDenied", "Forbidden":
		return s.refused(f, api.ErrorMessage())
	case "NoSuchBucket":
		return "there is no bucket of this name"
	case "NoSuchKey", "NotFound":
		return "it is gone since it was listed"
	case "PreconditionFailed":
		return "it has changed since it was listed"
	case "InvalidObjectState":
		return "it is archived and cannot be read as it is: restore it first (aws s3api restore-object), or leave it out by the time or by the prefix"
	case "PermanentRedirect", "AuthorizationHeaderMalformed":
		if region := header(f.err, regionHeader); region != "" {
			return "the bucket is in another region: give " + line(region)
		}
		return "the bucket is in another region, and S3 did not say in which: give its region"
	case "ExpiredToken", "RequestExpired":
		return "the AWS credentials have expired"
	default:
		return line(strings.TrimSuffix(code+": "+api.ErrorMessage(), ": "))
	}
}

// permission is what a call needs, which is not always its own name (Service
// Authorization Reference, "Amazon S3").
func (f *failure) permission() string {
	if f.call == listCall {
		return "s3:ListBucket"
	}
	return f.call
}

// refused says what is missing. S3 names the action only to callers of the
// bucket's own account or organization (IAM User Guide, "Troubleshoot access
// denied error messages"); the others get two words for everything.
func (s *store) refused(f *failure, message string) string {
	const denied, explicit = "access denied: ", "with an explicit deny in "
	action, named := f.permission(), false
	if _, rest, ok := strings.Cut(message, "is not authorized to perform: "); ok {
		action, _, _ = strings.Cut(line(rest), " ")
		named = true
	}
	if _, where, ok := strings.Cut(message, explicit); ok {
		return denied + action + " is denied explicitly in " + line(where)
	}
	missing := denied + "the permission " + action + " is missing"
	if named {
		return missing
	}
	if f.call == getCall {
		missing += ", or kms:Decrypt for the key that the object is encrypted with"
	}
	if !s.o.RequesterPays {
		missing += ", or the bucket is one whose readers have to say that they pay"
	}
	return missing
}

// hopeless says whether every other call would fail like this one.
func hopeless(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.ErrorCode() {
	case "NoSuchBucket", "ExpiredToken", "RequestExpired", "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken":
		return true
	}
	return false
}

// header is one of the answer's headers, "" where there was no answer.
func header(err error, name string) string {
	var answer *smithyhttp.ResponseError
	if !errors.As(err, &answer) || answer.Response == nil {
		return ""
	}
	return answer.Response.Header.Get(name)
}

// elsewhere says whether an answer means that the bucket is in another region.
func elsewhere(err error) bool {
	var answer *smithyhttp.ResponseError
	var api smithy.APIError
	return errors.As(err, &answer) && answer.HTTPStatusCode() == http.StatusMovedPermanently ||
		errors.As(err, &api) && api.ErrorCode() == "AuthorizationHeaderMalformed"
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

// maxText is how much of a foreign text is shown, in bytes: a key has 1,024 at
// most, so that it can be told whole.
const (
	maxText   = 1100
	maxReason = 200
)

func line(text string) string { return cut(strings.Join(strings.Fields(text), " "), maxReason) }

// quote shows an address that anybody may have chosen.
func quote(text string) string { return fmt.Sprintf("%q", cut(text, maxText)) }

func cut(text string, most int) string {
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
