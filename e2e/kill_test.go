package e2e_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"whydenied/e2e/lab"
	"whydenied/e2e/stack"
)

// place is where the function is killed: at its nth call of a name, before the
// server knows of it, or when the server has done what it asks for.
type place struct {
	service, call string
	nth           int
	done          bool
}

func (p *place) String() string {
	return fmt.Sprintf("call %d of %s:%s, done: %t", p.nth, p.service, p.call, p.done)
}

// places are all calls by which the function changes something on an event, by
// what the gates saw of one. Two channels record at once what they did, and the
// one that comes second does so again: so another event may lead to fewer.
func places(gates map[string]*gate) []place {
	var all []place
	for _, service := range []string{"dynamodb", "slack", "sns", "sqs"} {
		nth := map[string]int{}
		for _, call := range gates[service].called() {
			if nth[call]++; call != "GetItem" {
				all = append(all, place{service, call, nth[call], false}, place{service, call, nth[call], true})
			}
		}
	}
	return all
}

// killing is a lab whose function can be killed at each of its calls.
type killing struct {
	*lab.Lab

	gates map[string]*gate
	stack *stack.Stack
	inbox string
}

func newKilling(t *testing.T, denials []denial) *killing {
	t.Helper()
	k := &killing{gates: map[string]*gate{}}
	k.Lab = newLab(t, lab.Options{Between: func(service, url string) string {
		k.gates[service] = newGate(t, url)
		return k.gates[service].URL
	}})
	fill(t, k.Lab, denials)
	k.stack = deploy(t, k.Lab, "killed", nil)
	var err error
	k.inbox, err = k.Subscribe(t.Context(), k.stack.Outputs["TopicArn"], "inbox")
	must(t, err)
	must(t, k.Retry(t.Context(), k.stack.Outputs["FlushQueueUrl"], 5))
	return k
}

// Killed at any of its calls, the function loses nothing: Lambda tries again,
// and at most what was under way is sent twice.
func TestKilled(t *testing.T) {
	t.Parallel()
	denials := inventions("kill", 40)
	k := newKilling(t, denials)
	start := time.Now().Add(-8 * time.Minute)
	put(t, k.Lab, k.stack, []map[string]any{denials[0].record("kill-first", 0, start)})
	all := places(k.gates)
	if len(all)+1 > len(denials) {
		t.Fatalf("an event leads to %d calls: %v", len(all), all)
	}
	denials = denials[:len(all)+1]
	killed := 0
	for i := range all {
		if killedAt(t, k, &all[i], denials[i+1].record(fmt.Sprintf("kill-%02d", i), 0, start)) {
			killed++
		}
	}
	t.Logf("killed at %d of %d places", killed, len(all))
	if killed < 10 {
		t.Errorf("killed at %d of %d places only: %v", killed, len(all), all)
	}
	want := map[string]int{} // attempts by subject
	for i := range denials {
		want[denials[i].sub(0)] = 1
	}
	nothingLost(t, k, want, denials)
}

// Killed while it brings a message up to date, which it does for a message of
// the flush queue, it does so again when that message comes back.
func TestKilledInUpdate(t *testing.T) {
	t.Parallel()
	denials := inventions("kill", 1)
	k := newKilling(t, denials)
	start := time.Now().Add(-8 * time.Minute)
	put(t, k.Lab, k.stack, []map[string]any{denials[0].record("kill-1", 0, start)})
	trap := k.gates["slack"].set(true, func(call string) bool { return call == "chat.update" })
	put(t, k.Lab, k.stack, []map[string]any{denials[0].record("kill-2", 0, start)})
	await(t, "an update of the message", 2*time.Minute, func() (bool, string) { return trap.isCaught(), "it has not come to that" })
	kill(t, k)
	nothingLost(t, k, map[string]int{denials[0].sub(0): 2}, denials)
}

// killedAt puts an event and kills the function at a place, if the event leads
// there. Then it waits for the next try.
func killedAt(t *testing.T, k *killing, p *place, record map[string]any) bool {
	t.Helper()
	n := 0
	trap := k.gates[p.service].set(p.done, func(call string) bool {
		if call == p.call {
			n++
		}
		return n == p.nth
	})
	must(t, k.Put(t.Context(), record))
	tries := func() int {
		log, err := k.Log(t.Context(), k.stack)
		must(t, err)
		return triesOf(log, fmt.Sprint(record["eventID"]))
	}
	await(t, p.String(), time.Minute, func() (bool, string) {
		return trap.isCaught() || tries() > 0, "it has not come to that"
	})
	if k.gates[p.service].clear(trap) {
		return false
	}
	kill(t, k)
	await(t, "the next try", time.Minute, func() (bool, string) { return tries() > 1, "killed at " + p.String() })
	return true
}

// triesOf is how often Lambda tried an event, as far as the tries have ended:
// they have one request ID, which some of them wrote beside the event's.
func triesOf(log, event string) int {
	ids, id, reports := map[string]bool{}, "", map[string]int{}
	for line := range strings.Lines(log) {
		if after, found := strings.CutPrefix(line, "START RequestId: "); found {
			id, _, _ = strings.Cut(after, " ")
		}
		ids[id] = ids[id] || strings.Contains(line, `"event_id":"`+event+`"`)
		if strings.HasPrefix(line, "REPORT ") {
			reports[id]++
		}
	}
	n := 0
	for id, mentioned := range ids {
		if mentioned {
			n += reports[id]
		}
	}
	return n
}

// nothingLost compares what was said with the attempts that were made, by
// subject: each has its message, none has more than one that was repeated.
func nothingLost(t *testing.T, k *killing, want map[string]int, denials []denial) {
	t.Helper()
	drained(t, k.Lab, k.stack.Outputs["FlushQueueUrl"])
	onceOrTwice(t, "Slack", want, slackBySubject(k.Lab, denials))
	onceOrTwice(t, "the topic", want, topicBySubject(t, k.Lab, k.inbox, denials))
	if n, err := k.Waiting(t.Context(), k.stack.Outputs["DeadLetterQueueUrl"]); err != nil || n > 0 {
		t.Errorf("the dead-letter queue holds %d messages (%v)", n, err)
	}
}

// kill ends all processes of the function at once, as nothing in the function
// can see coming.
func kill(t *testing.T, k *killing) {
	t.Helper()
	pids, err := k.AWS.Functions(k.stack.Outputs["FunctionName"])
	must(t, err)
	if len(pids) == 0 {
		t.Fatal("the function does not run")
	}
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
	}
}

// said is what one place has on an incident.
type said struct {
	messages, attempts int
}

// onceOrTwice does so for one place.
func onceOrTwice(t *testing.T, where string, want map[string]int, got map[string]said) {
	t.Helper()
	twice := 0
	for subject, attempts := range want {
		g := got[subject]
		if g.messages < 1 || g.messages > 2 {
			t.Errorf("%s has %d messages on %q", where, g.messages, subject)
		}
		if g.attempts != attempts && where == "Slack" { // what was published is not edited
			t.Errorf("%s tells of %d attempts of %q, want %d", where, g.attempts, subject, attempts)
		}
		if g.messages == 2 {
			twice++
		}
	}
	t.Logf("%s has %d of %d messages twice", where, twice, len(want))
}

// slackBySubject reads Slack. Of a message that is there twice, the one that is
// kept up to date counts: the other is what was in flight.
func slackBySubject(l *lab.Lab, denials []denial) map[string]said {
	got := map[string]said{}
	for _, m := range l.Slack.Messages() {
		if m.ThreadTS != "" {
			continue
		}
		text := strings.NewReplacer("«", "", "»", "").Replace(m.Plain())
		for i := range denials {
			if subject := denials[i].sub(0); strings.Contains(text, subject) {
				var attempts int
				_, _ = fmt.Sscan(counted.FindString(text), &attempts)
				got[subject] = said{got[subject].messages + 1, max(got[subject].attempts, attempts)}
			}
		}
	}
	return got
}

func topicBySubject(t *testing.T, l *lab.Lab, queue string, denials []denial) map[string]said {
	t.Helper()
	got := map[string]said{}
	for _, p := range inboxOf(t, l, queue) {
		for i := range denials {
			if subject := denials[i].sub(0); p.Incident.Shape == subject {
				got[subject] = said{got[subject].messages + 1, p.Incident.Attempts}
			}
		}
	}
	return got
}
