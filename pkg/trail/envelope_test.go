package trail_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"whydenied/pkg/trail"
)

var sample = trail.Denial{
	EventID:              "5d1f0000-0000-4000-8000-000000000001",
	RequestID:            "0a1b2c3d-0000-4000-8000-000000000001",
	Time:                 time.Date(2026, 3, 4, 9, 41, 7, 0, time.UTC),
	Account:              "222233334444",
	Region:               "eu-west-1",
	ErrorCode:            "AccessDenied",
	ErrorMessage:         "An unknown error occurred",
	Provider:             trail.Known(provider),
	Audience:             trail.Known("sts.amazonaws.com"),
	Subject:              trail.Known("repo:octo-org/api:environment:production"),
	RoleARN:              trail.Known("arn:aws:iam::222233334444:role/api-deploy"),
	SessionName:          trail.Known("GitHubActions"),
	DurationSeconds:      3600,
	HasRequestParameters: true,
	SourceIP:             "192.0.2.10",
	UserAgent:            "aws-sdk-nodejs/3.0",
	HostHeader:           "sts.eu-west-1.amazonaws.com",
	TLS:                  true,
}

var envelopes = []struct{ file, place, reason string }{
	{"record.json", "f:1:1", "a bare record"},
	{"eventbridge.json", "f:10:13 (detail)", "EventBridge"},
	{"log.json", "f:1:13 (Records[0])", "a log file"},
	{"lookup-cli.json", "f:16:32 (Events[0].CloudTrailEvent)", "LookupEvents as the AWS CLI prints it"},
	{"lookup-api.json", "f:1:58 (Events[0].CloudTrailEvent)", "the same as the API gives it, in another order"},
	{"lookup-query.json", "f:2:5 ([0])", "the same with --query 'Events[].CloudTrailEvent'"},
	{"lines.jsonl", "f:1:1", "JSON lines"},
	{"array.json", "f:11:13 ([0].detail)", "an array of EventBridge events"},
	{"concatenated.json", "f:1:1", "values one after the other, empty lists among them"},
	{"sqs-batch.json", "f:6:15 (Records[0].body.detail)", "SQS to Lambda, under the same key as a log file"},
	{"sqs-message.json", "f:4:11 (body.detail)", "one SQS message"},
	{"sqs-receive.json", "f:7:21 (Messages[0].Body)", "aws sqs receive-message"},
	{"sns.json", "f:5:14 (Message.detail)", "an SNS notification"},
	{"sns-lambda.json", "f:11:20 (Records[0].Sns.Message.detail)", "SNS to Lambda"},
	{"sns-in-sqs.json", "f:6:15 (Records[0].body.Message.detail)", "EventBridge in SNS in SQS"},
	{"on-failure.json", "f:19:15 (requestPayload.detail)", "Lambda's on-failure destination"},
	{"on-failure-bus.json", "f:28:17 (detail.requestPayload.detail)", "the same on an event bus"},
}

func TestEnvelopes(t *testing.T) {
	for _, tt := range envelopes {
		t.Run(tt.file, func(t *testing.T) {
			data := read(t, tt.file)
			for form, packed := range map[string][]byte{
				"plain":      data,
				"mark":       append([]byte("\ufeff"), data...),
				"gzip":       zipped(t, data),
				"members":    append(zipped(t, data[:len(data)/2]), zipped(t, data[len(data)/2:])...),
				"mark+gzip":  zipped(t, append([]byte("\ufeff"), data...)),
				"with lines": bytes.Join([][]byte{[]byte("\r\n"), data, []byte("\r\n\r\n")}, nil),
			} {
				items := trail.Parse("f", packed)
				if len(items) != 1 || items[0].Kind != trail.KindDenied {
					t.Fatalf("%s: %s: got %v", form, tt.reason, items)
				}
				if diff := cmp.Diff(sample, items[0].Denial); diff != "" {
					t.Errorf("%s: %s: (-want +got)\n%s", form, tt.reason, diff)
				}
				if got := items[0].Pos.String(); got != tt.place && form != "with lines" {
					t.Errorf("%s: %s: place is %s, want %s", form, tt.reason, got, tt.place)
				}
			}
		})
	}
}

func TestOffsetIsWhereTheRecordBegins(t *testing.T) {
	for _, file := range []string{"record.json", "eventbridge.json", "log.json", "array.json", "on-failure-bus.json"} {
		data := append([]byte("\ufeff\n"), read(t, file)...)
		at := trail.Parse("", data)[0].Pos
		if rest := string(data[at.Offset:]); !strings.HasPrefix(rest, "{") || !strings.HasPrefix(strings.TrimSpace(rest[1:]), `"eventVersion"`) {
			t.Errorf("%s: at %d stands %.20q", file, at.Offset, rest)
		}
	}
}

func TestSeveralInOneInput(t *testing.T) {
	a, b := denied("a"), denied("b")
	event := `{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":` + b + `}`
	for _, tt := range []struct {
		name, in string
		want     []string
		reason   string
	}{
		{"shapes by line", a + "\n{\"Records\":[" + a + "," + event + "]}\n[" + event + "]\n", []string{"a", "a", "b", "b"}, "each line may be another shape"},
		{"same line", a + b + " " + event, []string{"a", "b", "b"}, "JSON values need nothing between them"},
		{"marks between", "\ufeff" + a + "\n\ufeff" + b, []string{"a", "b"}, "files written one after the other"},
		{"nested arrays", "[[" + a + "],[],[" + b + "]]", []string{"a", "b"}, "an array of any of these"},
		{"empty lists", `{"Records":[]} {"Events":null} [] {"Messages": [ ]}`, []string{}, "a list without records is no fault"},
		{"tail before list", `{"NextToken":"x","Events":[],"Records":[` + a + `],"ResultMetadata":{}}`, []string{"a"}, "the SDK's order is free"},
		{"other event", `{"detail-type":"EC2 Instance State-change Notification","source":"aws.ec2","detail":{"state":"running"}}`,
			[]string{"aws.ec2:EC2 Instance State-change Notification"}, "another kind of event is not malformed"},
		{"subscription", `{"Type":"SubscriptionConfirmation","Message":"You have chosen","TopicArn":"arn"}`,
			[]string{"sns.amazonaws.com:SubscriptionConfirmation"}, "SNS sends this once to each new queue"},
		{"S3 notification", `{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{}}]}`,
			[]string{"aws:s3:ObjectCreated:Put"}, "it names a log file and is none"},
		{"keys of another case", `{"EventSource":"sts.amazonaws.com","EventName":"AssumeRoleWithWebIdentity"}`, []string{"malformed"}, "keys are read exactly"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, outline(trail.Parse("", []byte(tt.in)))); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tt.reason, diff)
			}
		})
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func zipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
