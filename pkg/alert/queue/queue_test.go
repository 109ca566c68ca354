package queue_test

import (
	"context"
	"crypto/md5"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/alert/queue"
)

const queueURL = "https://sqs.eu-central-1.amazonaws.com/111122223333/whydenied-later"

func client(url string) *sqs.Client {
	return sqs.New(sqs.Options{
		Region: "eu-central-1", BaseEndpoint: &url, Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
	})
}

// queueAt is one whose client talks to a server.
func queueAt(t *testing.T, handler http.HandlerFunc) *queue.Queue {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	return queue.New(queue.Config{
		QueueURL: queueURL,
		Client:   func(context.Context) (queue.API, error) { return client(srv.URL), nil },
	})
}

// sent is a request as SQS's JSON protocol has it.
type sent struct {
	QueueURL     string `json:"QueueUrl"`
	MessageBody  string
	DelaySeconds int
}

func TestLater(t *testing.T) {
	for _, tt := range []struct {
		after  time.Duration
		want   int
		reason string
	}{
		{0, 0, "at once"},
		{-time.Hour, 0, "it is late already"},
		{time.Nanosecond, 1, "never too early"},
		{time.Second, 1, "a whole one"},
		{90*time.Second + time.Millisecond, 91, "rounded up"},
		{899*time.Second + time.Nanosecond, 900, "rounded up to the longest"},
		{15 * time.Minute, 900, "the longest that SQS takes"},
		{24 * time.Hour, 900, "cut to the longest"},
		{math.MaxInt64, 900, "cut, with no overflow"},
	} {
		t.Run(tt.after.String(), func(t *testing.T) {
			var got sent
			q := queueAt(t, func(w http.ResponseWriter, r *http.Request) {
				if target := r.Header.Get("X-Amz-Target"); target != "AmazonSQS.SendMessage" {
					t.Errorf("got call %q, want SendMessage", target)
				}
				if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
					t.Error(err)
				}
				// The SDK checks that SQS got what it was sent.
				_, _ = fmt.Fprintf(w, `{"MessageId":"1","MD5OfMessageBody":"%x"}`, md5.Sum([]byte(got.MessageBody)))
			})
			if err := q.Later(t.Context(), `01"23`, tt.after); err != nil {
				t.Fatal(err)
			}
			want := sent{QueueURL: queueURL, MessageBody: `{"flush":"01\"23"}`, DelaySeconds: tt.want}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct{ label, code, query, message, want string }{
		{
			"denied", "AccessDeniedException", "AccessDenied", "User: u is not authorized to perform: sqs:sendmessage on resource: r because no policy allows it",
			"sqs:SendMessage is not allowed (AccessDenied: User: u is not authorized to perform: sqs:sendmessage on resource: r because no policy allows it)",
		},
		{"denied in few words", "AccessDeniedException", "", "no", "sqs:SendMessage is not allowed (AccessDeniedException: no)"},
		{
			"key denied", "KmsAccessDenied", "KMS.AccessDeniedException", "The caller\ndoes not have access",
			"kms:GenerateDataKey or kms:Decrypt is not allowed on the queue's key (KMS.AccessDeniedException: The caller does not have access)",
		},
		{
			"no queue", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.",
			"there is no such queue (AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist.)",
		},
		{"throttled", "RequestThrottled", "", "slow", "SQS takes no more at this moment; try again (RequestThrottled: slow)"},
		{"credentials", "ExpiredTokenException", "", "old", "AWS does not accept the credentials (ExpiredTokenException: old)"},
		{"anything else", "InvalidMessageContents", "", "odd", "InvalidMessageContents: odd"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			q := queueAt(t, func(w http.ResponseWriter, _ *http.Request) {
				if tt.query != "" {
					w.Header().Set("X-Amzn-Query-Error", tt.query+";Sender")
				}
				w.WriteHeader(http.StatusBadRequest)
				_, _ = fmt.Fprintf(w, `{"__type":"com.amazonaws.sqs#%s","message":%q}`, tt.code, tt.message)
			})
			want := fmt.Sprintf("sqs:SendMessage %q: %s", queueURL, tt.want)
			if err := q.Later(t.Context(), "0123456789ab", time.Minute); err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	srv := httptest.NewServer(nil)
	srv.Close()
	q := queue.New(queue.Config{QueueURL: queueURL, Client: func(context.Context) (queue.API, error) { return client(srv.URL), nil }})
	err := q.Later(t.Context(), "0123456789ab", 0)
	if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("sqs:SendMessage %q: SQS cannot be reached: ", queueURL)) {
		t.Errorf("got error %v, want one that says that nothing answered", err)
	}
}

func TestContextEnds(t *testing.T) {
	q := queueAt(t, func(http.ResponseWriter, *http.Request) { t.Error("got a call, want none") })
	late, cancel := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancel()
	want := fmt.Sprintf("sqs:SendMessage %q: no answer before the deadline", queueURL)
	if err := q.Later(late, "0123456789ab", 0); err == nil || err.Error() != want || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestClientIsMadeOnce(t *testing.T) {
	made := 0
	q := queue.New(queue.Config{QueueURL: queueURL, Client: func(context.Context) (queue.API, error) {
		if made++; made == 1 {
			return nil, io.ErrUnexpectedEOF
		}
		return takesAll{}, nil
	}})
	want := fmt.Sprintf("queue %q: no SQS client: unexpected EOF", queueURL)
	if err := q.Later(t.Context(), "0123456789ab", 0); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	for range 2 {
		if err := q.Later(t.Context(), "0123456789ab", 0); err != nil {
			t.Error(err)
		}
	}
	if made != 2 {
		t.Errorf("the client was made %d times, want once after the error", made)
	}
	if err := queue.New(queue.Config{}).Later(t.Context(), "0123456789ab", 0); err == nil {
		t.Error("got no error, want one: there is no client")
	}
}

// takesAll takes every message.
type takesAll struct{}

func (takesAll) SendMessage(context.Context, *sqs.SendMessageInput, ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	return &sqs.SendMessageOutput{}, nil
}
