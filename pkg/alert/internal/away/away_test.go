package away_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"

	"whydenied/pkg/alert/internal/away"
)

func TestReason(t *testing.T) {
	const secret = "https://hooks.example/secret"
	at := func(err error) error { return &url.Error{Op: "Post", URL: secret, Err: err} }
	for _, tt := range []struct {
		label string
		err   error
		want  string
	}{
		{"deadline", at(context.DeadlineExceeded), "context deadline exceeded"},
		{"canceled", fmt.Errorf("post: %w", at(context.Canceled)), "context canceled"},
		{"no such host", at(&net.OpError{Op: "dial", Err: &net.DNSError{Name: "hooks.example"}}), "the name of the host cannot be looked up"},
		{"slow", at(os.ErrDeadlineExceeded), "no answer in time"},
		{"refused", at(&net.OpError{Op: "dial", Err: errors.New("connection refused")}), "cannot dial the host: connection refused"},
		{"broken off", at(errors.New("EOF")), "the connection failed"},
		{"garbled", errors.New("invalid character in " + secret), "the answer cannot be read"},
	} {
		got := away.Reason(tt.err)
		if got.Error() != tt.want || strings.Contains(fmt.Sprintf("%+v", got), "secret") {
			t.Errorf("%s: got %q, want %q", tt.label, got, tt.want)
		}
	}
}
