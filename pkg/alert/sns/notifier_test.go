package sns_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go"

	"whydenied/internal/golden"
	"whydenied/pkg/alert"
	"whydenied/pkg/alert/sns"
	"whydenied/pkg/report"
)

const topic = "arn:aws:sns:us-east-1:999900001111:denials"

// names are what people call the accounts of the cases.
var names = map[string]string{"111122223333": "data-prod", "222233334444": "prod", "333344445555": "dev"}

// publisher is a topic that refuses what SNS refuses.
type publisher struct {
	published []*awssns.PublishInput
	regions   []string // that each was asked for in
	err       error
}

func (p *publisher) Publish(_ context.Context, in *awssns.PublishInput, options ...func(*awssns.Options)) (*awssns.PublishOutput, error) {
	o := awssns.Options{Region: "us-east-1"}
	for _, f := range options {
		f(&o)
	}
	if p.err != nil {
		return nil, p.err
	}
	if wrong := invalid(in); wrong != "" {
		return nil, &smithy.GenericAPIError{Code: "InvalidParameter", Message: wrong}
	}
	p.published, p.regions = append(p.published, in), append(p.regions, o.Region)
	return &awssns.PublishOutput{MessageId: aws.String("5d1f0c6a")}, nil
}

// invalid says what SNS would not take of a message (SNS API reference, Publish).
func invalid(in *awssns.PublishInput) string {
	subject, message := aws.ToString(in.Subject), aws.ToString(in.Message)
	var texts map[string]string
	size := len(message)
	for name, a := range in.MessageAttributes {
		value := aws.ToString(a.StringValue)
		if value == "" || aws.ToString(a.DataType) != "String" {
			return "attribute " + name
		}
		size += len(name) + len("String") + len(value)
	}
	switch {
	case subject == "" || len(subject) >= 100 || strings.IndexFunc(subject, func(r rune) bool { return r > unicode.MaxASCII || unicode.IsControl(r) }) >= 0:
		return "subject"
	case subject[0] == ' ':
		return "subject's beginning"
	case aws.ToString(in.MessageStructure) != "json" || json.Unmarshal([]byte(message), &texts) != nil || texts["default"] == "":
		return "structure"
	case size > 262_144:
		return "size"
	case !utf8.ValidString(message):
		return "encoding"
	}
	return ""
}

func newNotifier(p sns.Publisher, chat bool) *sns.Notifier {
	return sns.New(sns.Config{Client: func(context.Context) (sns.Publisher, error) { return p, nil }, Topic: topic, Accounts: names, Chat: chat})
}

// stored are the messages that all notifiers are tested with.
func stored(t testing.TB) map[string]*alert.Message {
	t.Helper()
	files, err := filepath.Glob("../testdata/messages/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no messages: %v", err)
	}
	all := map[string]*alert.Message{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var m alert.Message
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = &m
	}
	return all
}

func nothing(alert.Ref) error { return nil }

func TestGolden(t *testing.T) {
	for name, m := range stored(t) {
		t.Run(name, func(t *testing.T) {
			p := &publisher{}
			if err := newNotifier(p, true).Deliver(t.Context(), m, "", nothing); err != nil {
				t.Fatal(err)
			}
			in := p.published[0]
			var texts map[string]string
			if err := json.Unmarshal([]byte(*in.Message), &texts); err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, filepath.Join("testdata", name+".mail.txt"), "Subject: "+*in.Subject+"\n\n"+texts["email"])
			golden.Compare(t, filepath.Join("testdata", name+".sms.txt"), texts["sms"]+"\n")
			golden.Compare(t, filepath.Join("testdata", name+".chat.json"), indented(t, texts["https"]))
			attributes := map[string]string{}
			for name, a := range in.MessageAttributes {
				attributes[name] = *a.StringValue
			}
			data, err := json.Marshal(attributes)
			if err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, filepath.Join("testdata", name+".attributes.json"), indented(t, string(data)))
			if texts["sqs"] == texts["https"] || texts["sqs"] != texts["http"] || texts["default"] != texts["email"] {
				t.Error("the texts are not where they belong")
			}
		})
	}
}

func indented(t *testing.T, text string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What was published is not published again; the closing summary is another
// message.
func TestOnce(t *testing.T) {
	p := &publisher{}
	n := newNotifier(p, false)
	m := *stored(t)["1-prefect"]
	var kept alert.Ref
	keep := func(r alert.Ref) error { kept = r; return nil }
	for range 3 {
		if err := n.Deliver(t.Context(), &m, kept, keep); err != nil {
			t.Fatal(err)
		}
	}
	m.Kind = alert.KindClosing
	for range 2 {
		if err := n.Deliver(t.Context(), &m, kept, keep); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(p.published); got != 2 {
		t.Errorf("%d messages, want 2", got)
	}
	if n.Edits() || n.Name() != "sns" {
		t.Error("a message of SNS cannot be changed, and its name is kept with incidents")
	}
}

func TestKeepFails(t *testing.T) {
	broken := errors.New("the table is away")
	err := newNotifier(&publisher{}, false).Deliver(t.Context(), stored(t)["1-prefect"], "", func(alert.Ref) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

func TestErrors(t *testing.T) {
	m := stored(t)["1-prefect"]
	for _, tt := range []struct {
		label, reason string
		err           error
		want          string
	}{
		{"no topic", "a name was mistyped", &smithy.GenericAPIError{Code: "NotFound", Message: "Topic does not exist"},
			`sns:Publish "` + topic + `": there is no such topic (NotFound)`},
		{"not allowed", "the role lacks a permission", &smithy.GenericAPIError{Code: "AuthorizationError"},
			`sns:Publish "` + topic + `": the function may not publish: its role, or the topic's policy, has to allow sns:Publish (AuthorizationError)`},
		{"key", "the key's policy is another's", &smithy.GenericAPIError{Code: "KMSAccessDenied", Message: "ciphertext refers to sub"},
			`sns:Publish "` + topic + `": the topic's key does not let the function in: the key's policy has to allow kms:GenerateDataKey and kms:Decrypt (KMSAccessDenied)`},
		{"throttled", "the queue waits, not the function", &smithy.GenericAPIError{Code: "Throttled"}, "SNS takes no more messages for 10s"},
		{"unknown", "the code is said in any case", &smithy.GenericAPIError{Code: "Teapot"}, `sns:Publish "` + topic + `": SNS refused it (Teapot)`},
		{"deadline", "it may have been taken", context.DeadlineExceeded, `sns:Publish "` + topic + `": no answer before the deadline: context deadline exceeded`},
	} {
		t.Run(tt.label, func(t *testing.T) {
			err := newNotifier(&publisher{err: tt.err}, false).Deliver(t.Context(), m, "", nothing)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s (%s)", err, tt.want, tt.reason)
			}
		})
	}
}

func TestNoClient(t *testing.T) {
	n := sns.New(sns.Config{Topic: topic, Client: func(context.Context) (sns.Publisher, error) { return nil, errors.New("no region") }})
	if err := n.Deliver(t.Context(), stored(t)["1-prefect"], "", nothing); err == nil || err.Error() != "sns: no region" {
		t.Errorf("got %v", err)
	}
}

// A report of any length fits, and the causes are still in it.
func TestLongReport(t *testing.T) {
	m := *stored(t)["2-environment"]
	r := *m.Report
	r.Causes = slices.Clone(r.Causes)
	long := strings.Repeat(`"\<&é`, 25_000)
	for range 2000 {
		r.Candidates = append(r.Candidates, report.Candidate{RoleARN: "arn:aws:iam::222233334444:role/" + long[:200], Checks: r.Checks, Causes: m.Report.Causes})
	}
	sub := "repo:octo-org/api:" + long
	r.Denial.Sub, r.Causes[0].Presented, r.Causes[0].Message = &sub, []string{sub}, "sub is "+sub
	r.Notes = []string{long, long}
	m.Report, m.Incident.Shape = &r, sub
	for _, chat := range []bool{false, true} {
		p := &publisher{}
		if err := newNotifier(p, chat).Deliver(t.Context(), &m, "", nothing); err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal([]byte(*p.published[0].Message), &texts); err != nil {
			t.Fatal(err)
		}
		var got struct{ Report report.Report }
		if err := json.Unmarshal([]byte(texts["sqs"]), &got); err != nil {
			t.Fatal(err)
		}
		if len(got.Report.Causes) != 1 || got.Report.Causes[0].Code != "sub_mismatch" || got.Report.Causes[0].Message == "" {
			t.Errorf("causes: %+v", got.Report.Causes)
		}
		if len(texts["sms"]) > 140 {
			t.Errorf("an SMS of %d characters", len(texts["sms"]))
		}
	}
}
