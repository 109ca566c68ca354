package e2e_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"whydenied/e2e/lab"
)

// Whoever calls can invent names without end: beyond the cap, one summary
// stands for all of them.
func TestCap(t *testing.T) {
	t.Parallel()
	const limit, over = 5, 7
	denials := inventions("cap", limit+over)
	l := newLab(t, lab.Options{EachSecond: true})
	fill(t, l, denials)
	s := deploy(t, l, "capped", map[string]string{"IncidentCap": fmt.Sprint(limit)})
	inbox, err := l.Subscribe(t.Context(), s.Outputs["TopicArn"], "inbox")
	must(t, err)

	put(t, l, s, records("cap", denials, time.Now().Add(-20*time.Minute)))
	drained(t, l, s.Outputs["FlushQueueUrl"])

	var summaries, others []string
	for _, m := range l.Slack.Messages() {
		switch {
		case m.ThreadTS != "":
		case strings.Contains(m.Text, fmt.Sprintf("%d more kinds of refusals", over)):
			summaries = append(summaries, m.Plain())
		default:
			others = append(others, m.Plain())
		}
	}
	if len(others) != limit || len(summaries) != 1 {
		t.Errorf("Slack has %d messages and %d summaries, want %d and 1:\n%s", len(others), len(summaries), limit,
			strings.Join(append(others, summaries...), "\n"))
	}
	if want := fmt.Sprintf("%d attempts", over); len(summaries) == 1 && !strings.Contains(summaries[0], want) {
		t.Errorf("the summary does not say %q:\n%s", want, summaries[0])
	}

	plain, overflow := 0, 0
	for _, p := range inboxOf(t, l, inbox) {
		if p.Incident.Overflow {
			overflow++
		} else {
			plain++
		}
	}
	if plain != limit || overflow != 1 {
		t.Errorf("the topic had %d messages and %d summaries, want %d and 1", plain, overflow, limit)
	}
	if n, err := l.Waiting(t.Context(), s.Outputs["DeadLetterQueueUrl"]); err != nil || n > 0 {
		t.Errorf("the dead-letter queue holds %d messages (%v)", n, err)
	}
}

// inventions are so many denials of one role, each of an owner of its own, so that
// they are no wave.
func inventions(role string, n int) []denial {
	var all []denial
	for i := range n {
		all = append(all, denial{
			role: role, policy: trusts(github, "sts.amazonaws.com", "repo:octo-org/"+role+":ref:refs/heads/main"), provider: github,
			aud: "sts.amazonaws.com", sub: always(fmt.Sprintf("repo:invented-%02d/%s:ref:refs/heads/main", i, role)),
			attempts: run(0, 1), cause: "sub_mismatch",
		})
	}
	return all
}
