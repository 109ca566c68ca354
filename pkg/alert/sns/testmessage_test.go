package sns_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"whydenied/pkg/alert"
)

// A test is marked as one in every form, and reads like a denial in none.
func TestSendTest(t *testing.T) {
	m := alert.TestMessage{Function: "whydenied-1", Account: "111122223333", Region: "eu-west-1", Time: time.Date(2026, 11, 24, 14, 2, 0, 0, time.UTC)}
	for _, chat := range []bool{false, true} {
		p := &publisher{}
		if err := newNotifier(p, chat).SendTest(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		in := p.published[0]
		var texts map[string]string
		if err := json.Unmarshal([]byte(aws.ToString(in.Message)), &texts); err != nil {
			t.Fatal(err)
		}
		if got := aws.ToString(in.Subject); got != "TEST of whydenied: nothing was refused" {
			t.Errorf("subject %q", got)
		}
		for protocol, text := range texts {
			if !strings.Contains(text, "TEST of whydenied") || strings.Contains(text, `"verdict"`) {
				t.Errorf("%s: %s", protocol, text)
			}
		}
		if got := strings.Contains(texts["https"], `"textType":"client-markdown"`); got != chat {
			t.Errorf("the form of chats: %v, want %v", got, chat)
		}
		if !strings.Contains(texts["default"], "function whydenied-1 in account 111122223333, region eu-west-1, at 2026-11-24 14:02:00 UTC") || !strings.HasPrefix(texts["sqs"], `{"schema":"whydenied/test/v1"`) {
			t.Errorf("got %v", texts)
		}
		if got := aws.ToString(in.MessageAttributes["kind"].StringValue); got != "test" || len(in.MessageAttributes) != 1 {
			t.Errorf("attributes %v", in.MessageAttributes)
		}
	}
	err := newNotifier(&publisher{err: &smithy.GenericAPIError{Code: "NotFound"}}, false).SendTest(t.Context(), m)
	if err == nil || !strings.Contains(err.Error(), "there is no such topic") {
		t.Errorf("got %v", err)
	}
}
