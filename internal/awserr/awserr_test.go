package awserr_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/aws/smithy-go"

	"whydenied/internal/awserr"
)

func said(code, message string) error {
	return fmt.Errorf("operation error: %w", &smithy.GenericAPIError{Code: code, Message: message})
}

func TestFailed(t *testing.T) {
	parts := func(error) []smithy.APIError {
		return []smithy.APIError{
			&smithy.GenericAPIError{Code: "B", Message: "b"}, &smithy.GenericAPIError{Code: "A", Message: "a"}, &smithy.GenericAPIError{Code: "B", Message: "b"},
		}
	}
	for _, tt := range []struct {
		label   string
		service awserr.Service
		err     error
		want    string
		reason  string
	}{
		{"denied", awserr.Service{}, said("AccessDenied", "no"), `s:Do "it": s:Do is not allowed (AccessDenied: no)`, "the call is the permission"},
		{
			"named", awserr.Service{}, said("AccessDeniedException", "u is not authorized to perform: kms:Decrypt on k"),
			`s:Do "it": kms:Decrypt is not allowed (AccessDeniedException: u is not authorized to perform: kms:Decrypt on k)`, "AWS names the permission",
		},
		{
			"lower case", awserr.Service{}, said("AccessDenied", "u is not authorized to perform: s:do on k"),
			`s:Do "it": s:Do is not allowed (AccessDenied: u is not authorized to perform: s:do on k)`, "as the documentation spells it",
		},
		{
			"own permission", awserr.Service{Permission: func(string, string) string { return "s:Other" }}, said("AccessDenied", ""),
			`s:Do "it": s:Other is not allowed (AccessDenied)`, "a call may need another one",
		},
		{
			"own code", awserr.Service{Codes: map[string]string{"AccessDenied": "closed"}}, said("AccessDenied", "no"),
			`s:Do "it": closed (AccessDenied: no)`, "the service's own words come first",
		},
		{"busy", awserr.Service{Name: "S"}, said("ThrottlingException", "slow"), `s:Do "it": S takes no more at this moment; try again (ThrottlingException: slow)`, ""},
		{"parts", awserr.Service{Parts: parts}, said("Canceled", "x"), `s:Do "it": A: a; B: b`, "each once, in order"},
		{"late", awserr.Service{}, context.DeadlineExceeded, `s:Do "it": no answer before the deadline`, ""},
		{"away", awserr.Service{Name: "S"}, &net.DNSError{Err: "no such host", Name: "s"}, `s:Do "it": S cannot be reached: lookup s: no such host`, ""},
		{
			"no credentials", awserr.Service{}, errors.New("get credentials: failed to refresh cached credentials, no EC2 IMDS role found"),
			`s:Do "it": AWS credentials: none in the environment, in the shared files, or of an instance`, "the SDK's last words are of an instance that there is not",
		},
		{"lines", awserr.Service{}, errors.New("a\nb"), `s:Do "it": a b`, "one line, whatever AWS says"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			err := tt.service.Failed("s:Do", "it", tt.err)
			if err.Error() != tt.want {
				t.Errorf("got  %s\nwant %s: %s", err, tt.want, tt.reason)
			}
			if !errors.Is(err, tt.err) {
				t.Errorf("got an error that does not wrap the SDK's")
			}
		})
	}
}

func TestSealed(t *testing.T) {
	sealed := awserr.Service{Sealed: true}
	unreadable := &smithy.DeserializationError{Err: errors.New("xoxb"), Snapshot: []byte("xoxb")}
	err := sealed.Failed("s:Get", "it", unreadable)
	if want := `s:Get "it": the answer cannot be read`; err.Error() != want || errors.Unwrap(err) != nil {
		t.Errorf("got %q wrapping %v, want %q wrapping nothing", err, errors.Unwrap(err), want)
	}
	if err := sealed.Failed("s:Get", "it", fmt.Errorf("x: %w", context.Canceled)); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want one that wraps the end of the context", err)
	}
}
