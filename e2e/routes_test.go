package e2e_test

import (
	"strings"
	"testing"
	"time"

	"whydenied/e2e/lab"
)

// Rules that the template cannot see to be wrong do not keep anybody from being
// told: the message comes to the stack's own channel, and says why.
func TestRulesThatAreNotValid(t *testing.T) {
	t.Parallel()
	denials := inventions("routed", 1)
	l := newLab(t, lab.Options{})
	fill(t, l, denials)
	s := deploy(t, l, "routes", map[string]string{
		"Routes": `[{"match": {"role": "routed"}, "slackChannel": "C0ELSEWHERE"}, {"match": {"role": "leads-nowhere"}}]`})
	put(t, l, s, records("routed", denials, time.Now().Add(-20*time.Minute)))
	drained(t, l, s.Outputs["FlushQueueUrl"])

	const want = "Not valid, so not used: WHYDENIED_ROUTES. whydenied doctor says what is wrong."
	top := topOf(l.Slack.Messages())
	if len(top) != 1 || top[0].Channel == "C0ELSEWHERE" || !strings.Contains(top[0].Plain(), want) {
		t.Errorf("want one message, in the stack's own channel, that says %q: %+v", want, headlines(top))
		for _, m := range top {
			t.Log(m.Channel + "\n" + m.Plain())
		}
	}
	if n, err := l.Waiting(t.Context(), s.Outputs["DeadLetterQueueUrl"]); err != nil || n > 0 {
		t.Errorf("the dead-letter queue holds %d messages (%v)", n, err)
	}
}
