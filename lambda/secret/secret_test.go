package secret_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"whydenied/lambda/secret"
)

const (
	token     = "xoxb-hidden-and-never-leaked"
	secretARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:slack-AbCdEf"
	paramARN  = "arn:aws-cn:ssm:cn-north-1:111122223333:parameter/whydenied/slack"
)

// from is where the clients find AWS: at a server.
func from(url string) func(context.Context) (aws.Config, error) {
	return func(context.Context) (aws.Config, error) {
		return aws.Config{
			Region: "us-east-1", BaseEndpoint: &url,
			Credentials: credentials.NewStaticCredentialsProvider("id", "key", ""),
			Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
		}, nil
	}
}

// holder answers as both services do, with one status and body.
func holder(t *testing.T, status int, body string) func(context.Context) (aws.Config, error) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body)
	}))
	t.Cleanup(srv.Close)
	return from(srv.URL)
}

// inSecret and inParameter are the answers that hold a value.
func inSecret(value string) string    { return answer(map[string]any{"SecretString": value}) }
func inParameter(value string) string { return typed(value, "SecureString") }
func typed(value, kind string) string {
	return answer(map[string]any{"Parameter": map[string]any{"Value": value, "Type": kind}})
}

func answer(fields map[string]any) string {
	body, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	return string(body)
}

func TestValue(t *testing.T) {
	const webhook = "https://hooks.slack.com/services/T0/B0/x"
	for _, tt := range []struct{ label, text, want, reason string }{
		{"plain", token, token, "most people paste the token"},
		{"newline", " " + token + "\r\n", token, "a file ends in a newline"},
		{"token", `{"token":"` + token + `"}`, token, "the key says what it is"},
		{"webhook", `{"webhook":"` + webhook + `","channel":"C1"}`, webhook, "other strings are no rivals to the key"},
		{"url", "\n{\"url\": \" " + webhook + "\"}", webhook, "white space around it is nobody's wish"},
		{"one string", `{"slack-bot":"` + token + `","version":2}`, token, "the console makes a key of any name"},
		{"not empty, of two", `{"a":null,"b":"` + token + `"}`, token, "null is no string"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			for arn, body := range map[string]string{secretARN: inSecret(tt.text), paramARN: inParameter(tt.text)} {
				got, err := secret.New(holder(t, 200, body), arn).Get(t.Context())
				if err != nil || got != tt.want {
					t.Errorf("%s: got %q, %v, want %q: %s", arn, got, err, tt.want, tt.reason)
				}
			}
		})
	}
}

// Who knows the form reads all of it, with its errors as those of Get.
func TestText(t *testing.T) {
	const app = `{"app_id":"1","private_key":"-----BEGIN\nhidden\n"}`
	for arn, body := range map[string]string{secretARN: inSecret(" " + app + "\n"), paramARN: inParameter(app)} {
		got, err := secret.New(holder(t, 200, body), arn).Text(t.Context())
		if err != nil || got != app {
			t.Errorf("%s: got %q, %v", arn, got, err)
		}
	}
	_, err := secret.New(holder(t, 200, inSecret(" ")), secretARN).Text(t.Context())
	if err == nil || !strings.HasSuffix(err.Error(), ": the value is empty") {
		t.Errorf("got %v", err)
	}
}

func TestRequests(t *testing.T) {
	for _, tt := range []struct{ arn, region, target, want, answer string }{
		{secretARN, "eu-central-1", "secretsmanager.GetSecretValue", `{"SecretId":"` + secretARN + `"}`, inSecret(token)},
		{paramARN, "cn-north-1", "AmazonSSM.GetParameter", `{"Name":"` + paramARN + `","WithDecryption":true}`, inParameter(token)},
	} {
		t.Run(tt.target, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var body json.RawMessage
				if err := json.NewDecoder(r.Body).Decode(&body); err != nil || string(body) != tt.want {
					t.Errorf("got request %s, %v, want %s", body, err, tt.want)
				}
				if got := r.Header.Get("X-Amz-Target"); got != tt.target {
					t.Errorf("got call %q, want %q", got, tt.target)
				}
				if got := r.Header.Get("Authorization"); !strings.Contains(got, "/"+tt.region+"/") {
					t.Errorf("got signature %q, want one for the ARN's region %s", got, tt.region)
				}
				_, _ = fmt.Fprint(w, tt.answer)
			}))
			defer srv.Close()
			if _, err := secret.New(from(srv.URL), tt.arn).Get(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// A value is rotated while the process lives: who uses it keeps it, and asks
// again when it is refused.
func TestReadsEachTime(t *testing.T) {
	reads := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reads++
		_, _ = fmt.Fprint(w, inSecret(fmt.Sprintf("token-%d", reads)))
	}))
	defer srv.Close()
	s := secret.New(from(srv.URL), secretARN)
	for _, want := range []string{"token-1", "token-2"} {
		if got, err := s.Get(t.Context()); err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
}
