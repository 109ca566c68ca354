package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"whydenied/e2e/lab"
	"whydenied/e2e/stack"
	"whydenied/internal/slacktest"
	"whydenied/pkg/alert"
	"whydenied/pkg/alert/dynamo"
	"whydenied/pkg/evidence"
)

const (
	externalID = "whydenied-e2e"
	changer    = "arn:aws:iam::222233334444:user/ana"
)

// members are the accounts that forward to the hub, which is a sixth.
var members = []string{"222233334444", "333344445555", "444455556666", "555566667777", "666677778888"}

// organization is a lab of six accounts: the stack with its central bus in the
// one, deploy/member.yaml in the five others.
func organization(t *testing.T, parameters map[string]string) (*lab.Lab, *stack.Stack) {
	t.Helper()
	l := newLab(t, lab.Options{})
	all := map[string]string{
		"OrganizationId": "o-a1b2c3d4e5", "ReaderRoleName": readerRole, "ExternalId": externalID, "WatchChanges": "true",
	}
	maps.Copy(all, parameters)
	hub := deploy(t, l, "hub", all)
	for _, id := range members {
		_, err := l.In(id).Join(t.Context(), hub, map[string]string{"ExternalId": externalID, "WatchChanges": "true"})
		must(t, err)
	}
	return l, hub
}

// 40 repositories of an organization that was given other subjects, each
// refused twelve times in each of six accounts: three messages, of which one
// stands for all, is kept up to date, and has each exact line in its thread.
// Then a role of them is repaired, which that line says.
func TestWave(t *testing.T) {
	t.Parallel()
	const repositories, attempts, accounts = 40, 12, 6
	l, hub := organization(t, nil)
	inbox, err := l.Subscribe(t.Context(), hub.Outputs["TopicArn"], "inbox")
	must(t, err)
	var denials []denial
	for i := range repositories {
		denials = append(denials, renamed(i, attempts))
	}
	for _, id := range append([]string{account}, members...) {
		there := l.In(id)
		must(t, there.Provide(t.Context(), github, providers[github]))
		for i := range denials {
			must(t, there.Role(t.Context(), denials[i].role, inAccount(t, id, denials[i].policy)))
		}
	}

	start := time.Now()
	for attempt := range attempts {
		for _, id := range append([]string{account}, members...) {
			storm(t, l.In(id), id, denials, attempt, start.Add(-20*time.Minute))
		}
	}
	t.Logf("%d events were put in %s", repositories*attempts*accounts, time.Since(start).Round(time.Second))
	all := "2,880 attempts in 240 runs"
	await(t, "the wave to count all of it", 10*time.Minute, func() (bool, string) {
		parent := parentOf(l.Slack.Messages())
		return parent != nil && strings.Contains(parent.Plain(), all), fmt.Sprintf("%d messages", len(l.Slack.Messages()))
	})
	t.Logf("all of it was told after %s", time.Since(start).Round(time.Second))
	threeMessages(t, l, all, denials, accounts)
	saysSo := repairOne(t, l, denials)
	loopCloses(t, l, hub)
	saysSo()

	// Nothing that was still to come made more of them.
	drained(t, l, hub.Outputs["FlushQueueUrl"])
	threeMessages(t, l, all, denials, accounts)
	published := slices.DeleteFunc(inboxOf(t, l, inbox), func(p payload) bool { return strings.HasSuffix(p.Incident.Role, "/lone") })
	if len(published) != 3 {
		t.Errorf("the topic had %d messages of the wave, want 3", len(published))
	}
	if n, err := l.Waiting(t.Context(), hub.Outputs["DeadLetterQueueUrl"]); err != nil || n > 0 {
		t.Errorf("the dead-letter queue holds %d messages (%v)", n, err)
	}
}

// threeMessages looks for two messages and the one that stands for all, and in
// its thread for each line.
func threeMessages(t *testing.T, l *lab.Lab, counts string, denials []denial, accounts int) {
	t.Helper()
	messages := l.Slack.Messages()
	top := slices.DeleteFunc(topOf(messages), func(m slacktest.Message) bool { return strings.Contains(m.Text, "role lone") })
	if len(top) != 3 {
		t.Errorf("%d messages at the top level, want two and the one that stands for all: %q", len(top), headlines(top))
	}
	parent := parentOf(messages)
	for _, want := range []string{"40 repositories of octo-org refused", "240 roles, 6 accounts", counts} {
		if !strings.Contains(parent.Plain(), want) {
			t.Errorf("the parent does not say %q:\n%s", want, parent.Plain())
		}
	}
	if len(parent.Edits) == 0 {
		t.Error("the parent was never brought up to date")
	}
	thread := plainThread(messages, parent.TS)
	for i := range denials {
		if n := strings.Count(thread, denials[i].sub(0)+"\n"); n != accounts {
			t.Errorf("the thread has the line %q %d times, want once for each account", denials[i].sub(0), n)
		}
	}
}

// repairOne lets the subject of a line of the wave in. What it returns waits for
// the line to say so, which it does with the parent's next edit. The two roles
// that were first have messages of their own.
func repairOne(t *testing.T, l *lab.Lab, denials []denial) (saysSo func()) {
	t.Helper()
	id := members[0]
	messages := l.Slack.Messages()
	parent := parentOf(messages).TS
	title := func(d *denial) string { return fmt.Sprintf("role %s · %s", d.role, id) }
	first := func(d denial) bool {
		return slices.ContainsFunc(topOf(messages), func(m slacktest.Message) bool { return strings.Contains(m.Text, title(&d)) })
	}
	d := &slices.DeleteFunc(slices.Clone(denials), first)[0]
	change(t, l.In(id), id, d.role, inAccount(t, id, trusts(github, "sts.amazonaws.com", d.sub(0))))
	return func() {
		t.Helper()
		await(t, "the line of "+title(d)+" to say that it is let in", 2*time.Minute, func() (bool, string) {
			for line := range strings.Lines(plainThread(l.Slack.Messages(), parent)) {
				if strings.Contains(line, title(d)+" ") && strings.Contains(line, "let in") {
					return true, ""
				}
			}
			return false, "it does not"
		})
	}
}

// loopCloses has a role of a member account refuse, be repaired wrongly, be
// repaired, and refuse again, and waits for the thread to say each.
func loopCloses(t *testing.T, l *lab.Lab, hub *stack.Stack) {
	t.Helper()
	id := members[1]
	there := l.In(id)
	d := denial{
		role: "lone", policy: inAccount(t, id, trusts(github, "sts.amazonaws.com", "repo:lone-org/lone:ref:refs/heads/main")), provider: github,
		aud: "sts.amazonaws.com", sub: always("repo:lone-org/lone:environment:production"), attempts: run(0, 1),
	}
	must(t, there.Role(t.Context(), d.role, d.policy))
	must(t, there.Put(t.Context(), recordIn(t, id, &d, "lone-1", 0, time.Now().Add(-5*time.Minute))))
	// told waits for what its nth message says, with its thread.
	told := func(nth int, texts ...string) {
		t.Helper()
		await(t, strings.Join(texts, ", "), 2*time.Minute, func() (bool, string) {
			messages := l.Slack.Messages()
			own := slices.DeleteFunc(topOf(messages), func(m slacktest.Message) bool { return !strings.Contains(m.Text, "role lone · "+id) })
			if len(own) != nth {
				return false, fmt.Sprintf("%d messages of the role, want %d", len(own), nth)
			}
			all := own[nth-1].Plain() + plainThread(messages, own[nth-1].TS)
			return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(all, text) }), all
		})
	}
	told(1, "sub does not match", ":role/lone")
	change(t, there, id, d.role, inAccount(t, id, trusts(github, "sts.amazonaws.com", "repo:lone-org/lone:environment:prod")))
	told(1, "changed since, still refused", "Still refuses after UpdateAssumeRolePolicy by ana at", "sub does not match.")
	change(t, there, id, d.role, inAccount(t, id, trusts(github, "sts.amazonaws.com", d.sub(0))))
	told(1, "let in now", "This change lets it in: UpdateAssumeRolePolicy by ana at")
	if in := incidentOf(t, l, hub, "lone"); !in.Closed {
		t.Errorf("the incident of the repaired role is open: %+v", in)
	}

	// Its next refusal, two minutes after a repair that somebody took back.
	_, err := iam.NewFromConfig(there.Config).UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: &d.role, PolicyDocument: &d.policy})
	must(t, err)
	must(t, there.Put(t.Context(), recordIn(t, id, &d, "lone-2", 0, time.Now().Add(2*time.Minute))))
	told(2, "refused again", "UpdateAssumeRolePolicy by ana at", "had let it in")
}

// incidentOf is the stored incident whose role has a name.
func incidentOf(t *testing.T, l *lab.Lab, hub *stack.Stack, name string) alert.Incident {
	t.Helper()
	client := dynamodb.NewFromConfig(l.Config)
	a := alert.New(alert.Config{Now: time.Now, Store: dynamo.New(dynamo.Config{
		Table: hub.Outputs["TableName"], Client: func(context.Context) (dynamo.API, error) { return client, nil },
	})})
	all, err := a.List(t.Context(), time.Now().Add(-time.Hour))
	must(t, err)
	for i := range all {
		if evidence.RoleName(all[i].Role) == name {
			return all[i]
		}
	}
	t.Fatalf("%d incidents are stored, and none of role %s", len(all), name)
	return alert.Incident{}
}

// renamed is a denial of a repository whose subjects carry ids now.
func renamed(i, attempts int) denial {
	role := fmt.Sprintf("service-%02d", i)
	d := denial{
		role: role, policy: trusts(github, "sts.amazonaws.com", "repo:octo-org/"+role+":ref:refs/heads/main"), provider: github, aud: "sts.amazonaws.com",
		sub: always(fmt.Sprintf("repo:octo-org@1234567/%s@%d:ref:refs/heads/main", role, 456789012+i)), cause: "sub_mismatch",
	}
	for n := range attempts {
		d.attempts = append(d.attempts, time.Duration(n)*9*time.Second)
	}
	return d
}

// storm puts one attempt of each denial into an account.
func storm(t *testing.T, there *lab.Lab, id string, denials []denial, attempt int, start time.Time) {
	t.Helper()
	for i := 0; i < len(denials); i += lab.AtOnce {
		var batch []any
		for k := i; k < min(i+lab.AtOnce, len(denials)); k++ {
			batch = append(batch, recordIn(t, id, &denials[k], fmt.Sprintf("wave-%s-%02d-%02d", id, k, attempt), attempt, start))
		}
		must(t, there.Put(t.Context(), batch...))
	}
}

// recordIn is a denial's record as another account has it.
func recordIn(t *testing.T, id string, d *denial, event string, attempt int, start time.Time) json.RawMessage {
	t.Helper()
	data, err := json.Marshal(d.record(event, attempt, start))
	must(t, err)
	return json.RawMessage(inAccount(t, id, string(data)))
}

// inAccount is a text about the hub's account, about another one.
func inAccount(t *testing.T, id, text string) string {
	t.Helper()
	return strings.ReplaceAll(text, account, id)
}

// change changes a role's trust policy, and has CloudTrail tell of it.
func change(t *testing.T, there *lab.Lab, id, role, policy string) {
	t.Helper()
	_, err := iam.NewFromConfig(there.Config).UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: &role, PolicyDocument: aws.String(policy)})
	must(t, err)
	now := time.Now().UTC()
	must(t, there.Put(t.Context(), map[string]any{
		"eventVersion": "1.11", "userIdentity": map[string]any{"type": "IAMUser", "arn": changer, "accountId": id, "userName": "ana"},
		"eventTime": now.Format(time.RFC3339), "eventSource": "iam.amazonaws.com", "eventName": "UpdateAssumeRolePolicy", "awsRegion": "us-east-1",
		"sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.28.1", "requestParameters": map[string]any{"roleName": role, "policyDocument": policy},
		"responseElements": nil, "eventID": fmt.Sprintf("change-%s-%s-%d", id, role, now.UnixNano()), "readOnly": false,
		"eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": id, "eventCategory": "Management",
	}))
}

func topOf(messages []slacktest.Message) []slacktest.Message {
	return slices.DeleteFunc(slices.Clone(messages), func(m slacktest.Message) bool { return m.ThreadTS != "" })
}

// parentOf is the message that stands for a wave; nil while there is none.
func parentOf(messages []slacktest.Message) *slacktest.Message {
	for i := range messages {
		if m := &messages[i]; m.ThreadTS == "" && strings.Contains(m.Text, "repositories of octo-org refused") {
			return m
		}
	}
	return nil
}

func headlines(messages []slacktest.Message) (texts []string) {
	for i := range messages {
		texts = append(texts, messages[i].Text)
	}
	return texts
}

func plainThread(messages []slacktest.Message, ts string) string {
	var b strings.Builder
	for _, m := range slacktest.Thread(messages, ts) {
		b.WriteString(m.Plain())
	}
	return b.String()
}
