package slack_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"whydenied/internal/golden"
	"whydenied/pkg/alert"
	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/report"
	"whydenied/pkg/trail"
)

const (
	gitHub  = "token.actions.githubusercontent.com"
	prefect = "api.prefect.cloud/oidc-provider"
	cluster = "oidc.eks.eu-west-1.amazonaws.com/id/4F1D0C7B2A9E4D5886F3B1C0A7E29D64"
	stsAud  = "sts.amazonaws.com"
	flows   = "3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8"
)

// names are what people call the accounts of the cases.
var names = map[string]string{"111122223333": "data-prod", "222233334444": "prod", "333344445555": "dev"}

// call is a refused one, whose record and account a case describes.
type call struct {
	account, role, provider, aud, sub string
	at, ip, agent, session, region    string
	trusts                            map[string][]string // subjects that each role expects, by its name
	changed                           string              // role whose policy was changed after the call, at 14:05:40
	unread                            bool                // the account could not be read whole
}

// stored is a message as the other packages read it from testdata.
type stored struct {
	Kind     alert.Kind      `json:"kind"`
	Incident alert.Incident  `json:"incident"`
	Report   json.RawMessage `json:"report,omitempty"`
	Growing  bool            `json:"growing,omitempty"`
}

func cases(t testing.TB) map[string]*alert.Message {
	immutable := "repo:octo-org@1234567/api@456789012:ref:refs/heads/main"
	gitHubCall := call{account: "222233334444", role: "api-deploy", provider: gitHub, aud: stsAud, sub: "repo:octo-org/api:environment:production",
		at: "2026-11-24T09:41:12Z", ip: "198.51.100.15", agent: "aws-sdk-nodejs/2.1691.0 configure-aws-credentials-for-github-actions", session: "GitHubActions", region: "us-east-1",
		trusts: map[string][]string{"api-deploy": {"repo:octo-org/api:ref:refs/heads/main"}}}
	with := func(c call, change func(*call)) call { change(&c); return c }
	m := map[string]*alert.Message{
		"1-prefect": opened(t, call{account: "111122223333", role: "prefect-flows", provider: prefect, aud: "prefect-cloud", sub: "prefect:account:" + flows,
			at: "2026-11-24T14:02:11Z", ip: "198.51.100.15", agent: "Boto3/1.40.21 md/Botocore#1.40.21 lang/python#3.12.11", session: "prefect", region: "us-east-1",
			trusts: map[string][]string{"prefect-flows": {"prefect:cloud:" + flows}}}, 24, 2, "2026-11-24T14:02:11Z", "2026-11-24T14:09:40Z"),
		"2-environment": opened(t, gitHubCall, 12, 1, "2026-11-24T09:41:12Z", "2026-11-24T09:41:58Z"),
		"3-immutable":   opened(t, with(gitHubCall, func(c *call) { c.sub = immutable }), 740, 61, "2026-11-23T16:55:02Z", "2026-11-24T10:12:44Z"),
		"4-stranger": opened(t, with(gitHubCall, func(c *call) {
			c.sub, c.ip, c.agent, c.session, c.at = "repo:someone-else/api:ref:refs/heads/main", "203.0.113.7", "aws-cli/2.17.4", "botocore-session-1764", "2026-11-24T02:11:07Z"
		}), 3, 1, "2026-11-24T02:11:07Z", "2026-11-24T02:12:30Z"),
		"5-no-role": opened(t, with(gitHubCall, func(c *call) {
			c.role, c.sub = "", "repo:octo-org/web:environment:staging"
			c.trusts = map[string][]string{"web-staging": {"repo:octo-org/web:ref:refs/heads/main"}, "web-prod": {"repo:octo-org/web:environment:production"}, "api-deploy": {"repo:octo-org/api:ref:refs/heads/main"}}
		}), 12, 1, "2026-11-24T09:41:12Z", "2026-11-24T09:41:58Z"),
		"6-matches": opened(t, call{account: "333344445555", role: "loader", provider: cluster, aud: stsAud, sub: "system:serviceaccount:data:loader",
			at: "2026-11-24T11:06:02Z", ip: "198.51.100.90", agent: "aws-sdk-go-v2/1.39.0 os/linux lang/go#1.26.3", session: "loader", region: "eu-west-1",
			trusts: map[string][]string{"loader": {"system:serviceaccount:data:loader"}}}, 12, 1, "2026-11-24T11:06:02Z", "2026-11-24T11:06:49Z"),
		"already-fixed": opened(t, with(gitHubCall, func(c *call) { c.changed, c.at = "api-deploy", "2026-11-24T14:02:11Z" }), 1, 1, "2026-11-24T14:02:11Z", "2026-11-24T14:02:11Z"),
		"partial":       opened(t, with(gitHubCall, func(c *call) { c.unread = true }), 1, 1, "2026-11-24T09:41:12Z", "2026-11-24T09:41:12Z"),
		"hostile": opened(t, with(gitHubCall, func(c *call) {
			c.account = "444455556666" // which the operator calls nothing
			c.sub = "repo:octo-org/api:environment:<!channel> *b* _i_ `c` @here :fire: «x» \u202e&amp;<https://evil.example|click> \x1b[31m" + strings.Repeat("A", 900)
			c.session, c.agent = "<!here>:tada:", "curl/8 <!channel> \"quoted\"\r\nX: y"
		}), 2, 2, "2026-11-24T09:41:12Z", "2026-11-24T10:41:58Z"),
		"overflow": {Kind: alert.KindOpened, Incident: alert.Incident{Account: "222233334444", Overflow: true, Attempts: 160,
			First: at("2026-11-24T16:02:10Z"), Last: at("2026-11-24T16:58:41Z"), MoreRuns: 40}},
	}
	h := m["hostile"]
	h.Incident.Alias = "<!here> *prod* `x` (222233334444) @ops <https://evil.example|x> :fire: \u202e\x1b[31m"
	h.Report.AccountAlias = h.Incident.Alias
	over := m["overflow"]
	for i := range 37 {
		over.Incident.Reasons.Add(fmt.Sprintf("api-deploy: sub_mismatch: repo:octo-org/api:ref:refs/heads/try-%d", i))
		over.Incident.Subjects.Add(fmt.Sprintf("repo:octo-org/api:ref:refs/heads/try-%d", i))
	}
	again := *m["2-environment"]
	again.Incident.Previous = &alert.Previous{ID: "0123456789ab", First: at("2026-11-20T08:00:00Z"), Last: at("2026-11-20T09:12:00Z"), Attempts: 36}
	m["again"] = &again
	known := &alert.Mute{Since: at("2026-11-20T10:00:00Z"), Until: at("2026-11-24T08:00:00Z"), By: "arn:aws:sts::222233334444:assumed-role/Admin/ana",
		Reason: "being moved, <!here> *see* OPS-12", Attempts: 1240}
	unmuted := again
	unmuted.Incident.Previous = &alert.Previous{ID: "0123456789ab", First: at("2026-11-20T08:00:00Z"), Last: at("2026-11-24T07:12:00Z"), Attempts: 1276, Mute: known}
	m["was-muted"] = &unmuted
	muted := *m["2-environment"]
	muted.Incident.Mute = known
	m["muted"] = &muted
	wrong := alert.Answer{Verdict: alert.AnswerRefuses, Cause: "sub does not match", Event: "UpdateAssumeRolePolicy", By: "arn:aws:sts::222233334444:assumed-role/Admin/<!here> bob", At: at("2026-11-24T10:02:00Z")}
	right := alert.Answer{Verdict: alert.AnswerAllows, Event: "UpdateAssumeRolePolicy", By: "arn:aws:iam::222233334444:user/ana", At: at("2026-11-24T10:20:00Z")}
	answered := *m["2-environment"]
	answered.Incident.Answers, answered.Incident.Answered, answered.Incident.Closed = []alert.Answer{wrong, right}, 2, true
	m["answered"] = &answered
	refused := *m["2-environment"]
	refused.Incident.Answers, refused.Incident.Answered = []alert.Answer{wrong}, 1
	m["still-refused"] = &refused
	reopened := *m["2-environment"]
	reopened.Incident.Previous = &alert.Previous{ID: "0123456789ab", First: at("2026-11-20T08:00:00Z"), Last: at("2026-11-20T09:12:00Z"), Attempts: 36, Answer: &right}
	m["reopened"] = &reopened
	m["wave"] = wave(m["3-immutable"], 40, "octo-org")
	past := *wave(m["3-immutable"], 40, "octo-org")
	past.Kind, past.Growing, past.Incident.Closed, past.Incident.Answered = alert.KindClosing, false, true, 1
	past.Incident.Wave.Members[3].LetIn = at("2026-11-24T10:20:00Z")
	m["wave-closing"] = &past
	m["wave-stranger"] = wave(m["4-stranger"], 12, "someone-else")
	closing := *m["1-prefect"]
	closing.Kind, closing.Incident.Closed = alert.KindClosing, true
	m["closing"] = &closing
	mutedThen := closing
	mutedThen.Incident.Mute = &alert.Mute{Until: at("2026-11-05T09:00:00Z"), By: "arn:aws:iam::111122223333:user/ana", Reason: "moves to the new organization, OPS-12", Attempts: 20}
	m["closing-muted"] = &mutedThen
	repaired := answered
	repaired.Kind = alert.KindClosing
	m["closing-repaired"] = &repaired
	several := *m["2-environment"]
	several.Incident.Subjects = alert.Distinct{}
	for i := range 25 {
		several.Incident.Subjects.Add(fmt.Sprintf("repo:octo-org/api:environment:preview-%d", i))
	}
	m["several"] = &several
	for name, one := range m {
		one.Incident.ID = fmt.Sprintf("%012x", len(name)*7919)
	}
	return m
}

// wave is a message on many incidents such as one.
func wave(one *alert.Message, n int, owner string) *alert.Message {
	in := alert.Incident{Provider: one.Incident.Provider, Cause: one.Incident.Cause, Stranger: one.Incident.Stranger, Attempts: 740, MoreRuns: 61,
		First: one.Incident.First, Last: one.Incident.Last, Wave: &alert.Wave{Issuer: gitHub, Owner: owner, Hint: "immutable_subject", Declared: true}}
	cause := one.Report.Causes[0]
	for i := range n {
		name := "api"
		if i > 0 {
			name = fmt.Sprintf("service-%d", i)
		}
		rename := strings.NewReplacer("/api", "/"+name, "456789012", fmt.Sprint(456789012+i)).Replace
		m := alert.Member{ID: fmt.Sprintf("%012x", i), Account: []string{"222233334444", "111122223333", "444455556666"}[i%3], Line: 8,
			Resource: name, Expected: rename(cause.Expected[0]), Presented: rename(cause.Presented[0])}
		m.Alias = map[string]string{"222233334444": "octo-prod", "444455556666": "octo-data"}[m.Account]
		m.Role = "arn:aws:iam::" + m.Account + ":role/" + name + "-deploy"
		w := in.Wave
		w.Members = append(w.Members, m)
		w.Resources.Add(m.Resource)
		w.Roles.Add(m.Role)
		w.Accounts.Add(m.Account)
	}
	return &alert.Message{Kind: alert.KindOpened, Incident: in, Report: one.Report, Growing: true}
}

func opened(t testing.TB, c call, attempts, runs int, first, last string) *alert.Message {
	t.Helper()
	r := explained(t, c)
	in := alert.Incident{Account: c.account, Provider: provider(c), Shape: c.sub, Attempts: attempts, First: at(first), Last: at(last), MoreRuns: runs}
	if c.role != "" {
		in.Role = "arn:aws:iam::" + c.account + ":role/" + c.role
	}
	if len(r.Causes) > 0 {
		in.Cause, in.Stranger = r.Causes[0].Code, r.Stranger
	}
	in.Subjects.Add(c.sub)
	return &alert.Message{Kind: alert.KindOpened, Incident: in, Report: &r}
}

// explained is the report of a call, as it comes back from where it is kept.
func explained(t testing.TB, c call) report.Report {
	t.Helper()
	items := trail.Parse("event.json", c.record(t))
	if len(items) != 1 || items[0].Kind != trail.KindDenied {
		t.Fatalf("no denial: %+v", items)
	}
	snapshot, err := evidence.ParseSnapshot("account.json", c.snapshot(t))
	if err != nil {
		t.Fatal(err)
	}
	var source evidence.Source = snapshot
	if c.unread {
		source = withoutChanges{snapshot}
	}
	r := explain.Call(t.Context(), items[0].Denial, false, source)
	data, err := report.JSON(&r)
	if err != nil {
		t.Fatal(err)
	}
	var back report.Report
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func provider(c call) string { return "arn:aws:iam::" + c.account + ":oidc-provider/" + c.provider }

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestCasesAreCurrent(t *testing.T) {
	for name, m := range cases(t) {
		s := stored{Kind: m.Kind, Incident: m.Incident, Growing: m.Growing}
		if m.Report != nil {
			data, err := report.JSON(m.Report)
			if err != nil {
				t.Fatal(err)
			}
			s.Report = data
		}
		data, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden.Compare(t, filepath.Join("..", "testdata", "messages", name+".json"), string(data)+"\n")
	}
}
