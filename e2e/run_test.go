package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"whydenied/e2e/lab"
	"whydenied/internal/slacktest"
	"whydenied/pkg/alert/dynamo"
)

// payload is what whydenied publishes for programs, as far as it is looked at.
type payload struct {
	Kind     string `json:"kind"`
	Incident struct {
		ID       string `json:"id"`
		Role     string `json:"role"`
		Cause    string `json:"cause"`
		Shape    string `json:"shape"`
		Attempts int    `json:"attempts"`
		Overflow bool   `json:"overflow"`
	} `json:"incident"`
}

// Two hundred events: thirty reasons, attempts in no order, some events twice,
// one record that lacks parts, four that are none.
func TestRun(t *testing.T) {
	t.Parallel()
	denials := thirty()
	l := newLab(t, lab.Options{})
	fill(t, l, denials)
	s := deploy(t, l, "whydenied", map[string]string{"Architecture": architecture()})
	inbox, err := l.Subscribe(t.Context(), s.Outputs["TopicArn"], "inbox")
	must(t, err)

	start := time.Now().Add(-8 * time.Minute)
	whole, broken := records("run", denials, start), unreadable(start)
	events := shuffled(slices.Concat(whole, everySixth(whole)[:26], broken))
	if len(denials) != 30 || len(events) != 200 {
		t.Fatalf("the run has %d denials and %d events", len(denials), len(events))
	}
	put(t, l, s, events)
	letters := deadLetters(t, l, s.Outputs["DeadLetterQueueUrl"], len(broken))
	drained(t, l, s.Outputs["FlushQueueUrl"])

	if diff := cmp.Diff(byID(broken), letters); diff != "" {
		t.Errorf("what could not be handled is not whole in the dead-letter queue (-want +got):\n%s", diff)
	}
	published := inboxOf(t, l, inbox)
	var causes []string
	for i := range published {
		causes = append(causes, published[i].Incident.Role+" "+published[i].Incident.Cause)
	}
	slices.Sort(causes)
	if diff := cmp.Diff(wantIncidents(denials), causes); diff != "" {
		t.Errorf("messages on the topic (-want +got):\n%s", diff)
	}
	if got := stored(t, l, s.Outputs["TableName"], published); got != len(whole) {
		t.Errorf("the table counts %d attempts, want %d", got, len(whole))
	}
	want, got := wantCounts(denials), counts(l.Slack.Messages(), denials)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages in Slack (-want +got):\n%s", diff)
	}
	for _, m := range l.Slack.Messages() {
		if m.ThreadTS == "" && replies(l.Slack.Messages(), m.TS) == 0 {
			t.Errorf("there is nothing in the thread of %q", m.Text)
		}
	}
}

func everySixth(all []map[string]any) []map[string]any {
	var some []map[string]any
	for i := 0; i < len(all); i += 6 {
		some = append(some, all[i])
	}
	return some
}

// drained waits until no update of a message is due any more.
func drained(t *testing.T, l *lab.Lab, queue string) {
	t.Helper()
	await(t, "the flush queue to drain", 3*time.Minute, func() (bool, string) {
		n, err := l.Waiting(t.Context(), queue)
		must(t, err)
		return n == 0, fmt.Sprintf("%d flushes are due", n)
	})
}

// deadLetters waits for so many messages in the dead-letter queue, and returns
// the records in them, by their event IDs.
func deadLetters(t *testing.T, l *lab.Lab, queue string, want int) map[string]map[string]any {
	t.Helper()
	await(t, "dead letters", 2*time.Minute, func() (bool, string) {
		n, err := l.Waiting(t.Context(), queue)
		must(t, err)
		return n >= want, fmt.Sprintf("%d of %d", n, want)
	})
	messages, err := l.Take(t.Context(), queue)
	must(t, err)
	var details []map[string]any
	for _, m := range messages {
		var letter struct {
			RequestPayload struct {
				Source string         `json:"source"`
				Detail map[string]any `json:"detail"`
			} `json:"requestPayload"`
		}
		must(t, json.Unmarshal([]byte(*m.Body), &letter))
		if letter.RequestPayload.Source != "aws.sts" {
			t.Errorf("a dead letter without its event: %s", *m.Body)
		}
		details = append(details, letter.RequestPayload.Detail)
	}
	return byID(details)
}

// byID are records as they are after JSON, by their event IDs. One that is
// there twice has a key of its own.
func byID(all []map[string]any) map[string]map[string]any {
	m := map[string]map[string]any{}
	for _, record := range all {
		data, err := json.Marshal(record)
		if err != nil {
			panic(err) // it came from JSON
		}
		var plain map[string]any
		if err := json.Unmarshal(data, &plain); err != nil {
			panic(err)
		}
		key := fmt.Sprint(plain["eventID"])
		for m[key] != nil {
			key += " again"
		}
		m[key] = plain
	}
	return m
}

// inboxOf is what was published.
func inboxOf(t *testing.T, l *lab.Lab, queue string) []payload {
	t.Helper()
	messages, err := l.Take(t.Context(), queue)
	must(t, err)
	all := make([]payload, len(messages))
	for i, m := range messages {
		must(t, json.Unmarshal([]byte(*m.Body), &all[i]))
	}
	return all
}

// stored is how many attempts the table holds, in the incidents that were
// published.
func stored(t *testing.T, l *lab.Lab, table string, published []payload) int {
	t.Helper()
	client := dynamodb.NewFromConfig(l.Config)
	store := dynamo.New(dynamo.Config{Table: table, Client: func(context.Context) (dynamo.API, error) { return client, nil }})
	n := 0
	for i := range published {
		in, err := store.Incident(t.Context(), published[i].Incident.ID)
		must(t, err)
		n += in.Attempts
	}
	return n
}

func wantIncidents(denials []denial) []string {
	var want []string
	for _, d := range denials {
		want = append(want, d.roleARN()+" "+d.cause)
	}
	slices.Sort(want)
	return want
}

// wantCounts are the counts that the messages have to show, by role: made of
// the events alone.
func wantCounts(denials []denial) map[string][]string {
	want := map[string][]string{}
	for _, d := range denials {
		want[d.role] = append(want[d.role], d.tally())
	}
	for role := range maps.Keys(want) {
		slices.Sort(want[role])
	}
	return want
}

// tally is the denial's count in words.
func (d *denial) tally() string {
	attempts, runs := len(d.attempts), d.runs()
	switch {
	case attempts == 1:
		return "1 attempt"
	case runs == 1:
		return fmt.Sprintf("%d attempts in 1 run", attempts)
	}
	return fmt.Sprintf("%d attempts in %d runs", attempts, runs)
}

// counted is where a message shows its count. That runs are inferred is said
// beside it.
var counted = regexp.MustCompile(`1 attempt\b|\d+ attempts in \d+ runs?`)

// counts are those that Slack's messages show, by role: the longest of the names
// that stands in a headline.
func counts(messages []slacktest.Message, denials []denial) map[string][]string {
	got := map[string][]string{}
	for _, m := range messages {
		if m.ThreadTS != "" {
			continue
		}
		role := ""
		for _, d := range denials {
			if strings.Contains(m.Text, d.role) && len(d.role) > len(role) {
				role = d.role
			}
		}
		shown := counted.FindString(m.Plain())
		if role == "" || shown == "" {
			shown = m.Plain() // so that the test shows what it is
		}
		got[role] = append(got[role], shown)
	}
	for role := range maps.Keys(got) {
		slices.Sort(got[role])
	}
	return got
}

func replies(messages []slacktest.Message, ts string) int {
	n := 0
	for _, m := range messages {
		if m.ThreadTS == ts {
			n++
		}
	}
	return n
}
