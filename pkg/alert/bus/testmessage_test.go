package bus_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"whydenied/pkg/alert"
	"whydenied/pkg/alert/bus"
)

// A rule that opens a ticket for each denial opens none for a test.
func TestSendTest(t *testing.T) {
	m := alert.TestMessage{Function: "whydenied-1", Account: "111122223333", Region: "eu-west-1", Time: time.Date(2026, 11, 24, 14, 2, 0, 0, time.UTC)}
	p := &putter{}
	if err := newNotifier(p).SendTest(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	e := p.entries[0]
	if aws.ToString(e.DetailType) == bus.DetailType || aws.ToString(e.Source) != bus.Source || !strings.Contains(aws.ToString(e.Detail), "TEST of whydenied") {
		t.Errorf("got %+v", e)
	}
	for _, tt := range []struct {
		label string
		bus   *putter
		want  string
	}{
		{"an entry fails", &putter{code: "AccessDeniedException"}, "has to allow events:PutEvents"},
		{"the call fails", &putter{err: &smithy.GenericAPIError{Code: "ResourceNotFoundException"}}, "there is no such bus"},
	} {
		if err := newNotifier(tt.bus).SendTest(t.Context(), m); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.label, err, tt.want)
		}
	}
}
