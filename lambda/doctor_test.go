package main_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/lambda/doctor/checkup"
)

// refusing is an AWS that lets nobody do anything, in the protocols of all
// services.
func refusing(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusForbidden)
	if r.Header.Get("X-Amz-Target") != "" {
		_, _ = w.Write([]byte(`{"__type":"AccessDeniedException","message":"no"}`))
		return
	}
	_, _ = w.Write([]byte("<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"))
}

// All that the function was given is looked at, and none of it holds up the
// answer.
func TestDoctorIsWired(t *testing.T) {
	aws := httptest.NewServer(http.HandlerFunc(refusing))
	t.Cleanup(aws.Close)
	address, answers := runtimeAPI(t, []byte(`{"doctor": true, "accounts": ["444455556666"], "testAlert": true}`))
	cmd, _ := command(t, "AWS_LAMBDA_RUNTIME_API="+address, "AWS_ENDPOINT_URL="+aws.URL, "AWS_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=111122223333", "AWS_SECRET_ACCESS_KEY=none", "WHYDENIED_ACCOUNT=111122223333", "WHYDENIED_READER_ROLE=reader",
		"WHYDENIED_TABLE=t", "WHYDENIED_QUEUE_URL="+aws.URL+"/q", "WHYDENIED_TOPIC_ARN=arn:aws:sns:us-east-1:111122223333:t",
		"WHYDENIED_SLACK_SECRET_ARN=arn:aws:ssm:us-east-1:111122223333:parameter/slack", "WHYDENIED_SLACK_CHANNEL=C0123456789", "WHYDENIED_BUS=b", "WHYDENIED_WATCH_CHANGES=true",
		"WHYDENIED_GITHUB_SECRET_ARN=arn:aws:secretsmanager:us-east-1:111122223333:secret:github-a1b2c3", "WHYDENIED_GITHUB_REPOSITORIES=octo-org/*",
		`WHYDENIED_ROUTES=[{"match": {}, "slackChannel": "C0000000PAY", "topicArn": "arn:aws:sns:us-east-1:111122223333:pay"}]`)
	a := answered(t, cmd, answers)
	var r checkup.Report
	if err := json.Unmarshal(a.body, &r); err != nil {
		t.Fatalf("%s: %v in %s", a.path, err, a.body)
	}
	var got []string
	for _, c := range r.Checks {
		status := string(c.Status)
		if c.Unasked {
			status = "unasked"
		}
		got = append(got, strings.TrimSpace(c.Name+" "+c.On)+": "+status)
	}
	want := []string{"calls us-east-1: unasked", "trail us-east-1: unasked", "rule us-east-1: unasked", "change rule us-east-1: unasked", "account 444455556666: failed",
		"secret: failed", "channel slack: unknown", "channel github: failed", "table: failed", "queue: failed", "topic: unasked", "topic arn:aws:sns:us-east-1:111122223333:pay: unasked", "bus: unasked",
		"test alert slack: failed", "test alert slack C0000000PAY: failed", "test alert sns: failed", "test alert sns arn:aws:sns:us-east-1:111122223333:pay: failed", "test alert bus: failed", "test alert github: unknown"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s\n%s", a.path, diff, a.body)
	}
}
