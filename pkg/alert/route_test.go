package alert_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/alert"
)

const rules = `[
	{"match": {"account": "222233334444", "role": "/ci/*"}, "slackChannel": "C0000000CI"},
	{"match": {"role": "payments-*"}, "slackChannel": "C00000PAY1", "mention": "S0123456789"},
	{"match": {"tags": {"team": "data*", "tier": "1"}}, "topicArn": "arn:aws:sns:eu-west-1:111122223333:data", "mention": "here"},
	{"match": {}, "slackChannel": "C0DEFAULT01"}
]`

func TestFirstRuleWins(t *testing.T) {
	routes, err := alert.ParseRoutes([]byte(rules))
	if err != nil {
		t.Fatal(err)
	}
	ci, pay := alert.Route{SlackChannel: "C0000000CI"}, alert.Route{SlackChannel: "C00000PAY1", Mention: "S0123456789"}
	data := alert.Route{TopicARN: "arn:aws:sns:eu-west-1:111122223333:data", Mention: "here"}
	other := alert.Route{SlackChannel: "C0DEFAULT01"}
	for _, tt := range []struct {
		label, reason, account, role string
		tags                         map[string]string
		want                         alert.Route
	}{
		{"path", "a pattern with a slash is one of the path", "222233334444", "arn:aws:iam::222233334444:role/ci/deploy", nil, ci},
		{"deeper path", "* takes slashes", "222233334444", "arn:aws:iam::222233334444:role/ci/web/deploy", nil, ci},
		{"path of another account", "both have to hold", "111122223333", "arn:aws:iam::111122223333:role/ci/deploy", nil, other},
		{"name under a path", "a pattern without one is of the name", "222233334444", "arn:aws:iam::222233334444:role/teams/payments-api", nil, pay},
		{"first of two", "both would match", "222233334444", "arn:aws:iam::222233334444:role/ci/payments-api", nil, ci},
		{"a path that looks like a name", "names do not reach over a slash", "111122223333", "arn:aws:iam::111122223333:role/payments-x/deploy", nil, other},
		{"tags", "each of them", "111122223333", "arn:aws:iam::111122223333:role/x", map[string]string{"team": "data-eng", "tier": "1"}, data},
		{"one tag", "not all of them", "111122223333", "arn:aws:iam::111122223333:role/x", map[string]string{"team": "data-eng"}, other},
		{"other value", "the pattern is for the whole value", "111122223333", "arn:aws:iam::111122223333:role/x", map[string]string{"team": "big data", "tier": "1"}, other},
		{"no role", "no record, no role's rule", "222233334444", "", nil, other},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got := routes.For(&alert.Incident{Account: tt.account, Role: tt.role}, tt.tags)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
	if got := routes[:3].For(&alert.Incident{Account: "111122223333"}, nil); got != (alert.Route{}) {
		t.Errorf("got %+v, want the zero Route: without a rule for all it goes where it went before", got)
	}
}

func TestPatterns(t *testing.T) {
	for _, tt := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true}, {"a*", "a", true}, {"a*c*", "abcd", true}, {"a*b", "aXbY", false}, {"?", "é", true}, {"??", "a", false},
		{"*a*b*c", "aabbc", true}, {"", "", true}, {"", "a", false}, {"a", "A", false}, {"*ab", "aab", true},
		{strings.Repeat("*a", 200) + "b", strings.Repeat("a", 4000), false},
	} {
		routes := alert.Routes{{Match: alert.Match{Tags: map[string]string{"k": tt.pattern}}, Route: alert.Route{Mention: "here"}}}
		if got := routes.For(&alert.Incident{}, map[string]string{"k": tt.text}).Mention != ""; got != tt.want {
			t.Errorf("%.20q like %.20q: got %v, want %v", tt.text, tt.pattern, got, tt.want)
		}
	}
}

func TestBadRules(t *testing.T) {
	for _, tt := range []struct{ label, rules, want string }{
		{"no list", `{}`, "a list of rules is expected: cannot unmarshal object"},
		{"cut", `[{"match": {}`, "a list of rules is expected: the JSON ends too early"},
		{"more", `[] []`, "something follows the JSON"},
		{"misspelled", `[{"match": {"acount": "1"}, "mention": "here"}]`, `rule 1: unknown field "acount"`},
		{"nowhere", `[{"match": {"role": "a"}}]`, "rule 1: it says nowhere to go"},
		{"account", `[{"match": {"account": "prod"}, "mention": "here"}]`, `rule 1: match.account is "prod", expected twelve digits`},
		{"role", `[{"match": {"role": "a b"}, "mention": "here"}]`, `rule 1: match.role is "a b"`},
		{"nothing", `null`, "a list of rules is expected: found null"},
		{"a rule that is null", `[null]`, "rule 1: it is null, expected an object"},
		{"a match that is null", `[{"match": null, "mention": "here"}]`, "rule 1: match is null, expected an object"},
		{"null", `[{"match": {"role": null}, "mention": "here"}]`, "rule 1: match.role is null; leave it out"},
		{"other letters", `[{"Match": {"role": "a"}, "mention": "here"}]`, `rule 1: unknown field "Match"`},
		{"other letters within", `[{"match": {"ROLE": "a"}, "mention": "here"}]`, `rule 1: unknown field "ROLE"`},
		{"twice", `[{"match": {"role": "a"}, "match": {}, "mention": "here"}]`, `rule 1: "match" stands in it twice`},
		{"a tag twice", `[{"match": {"tags": {"a": "b", "a": "c"}}, "mention": "here"}]`, `rule 1: "a" stands in it twice`},
		{"an escape", `[{"match": {"role": "\/ci\/*"}, "mention": "here"}]`, "there is a backslash in it"},
		{"empty role", `[{"match": {"role": ""}, "mention": "here"}]`, "rule 1: match.role is empty"},
		{"empty account", `[{"match": {"account": "", "role": "a"}, "mention": "here"}]`, "rule 1: match.account is empty"},
		{"path", `[{"match": {"role": "ci/*"}, "mention": "here"}]`, `or a path's, which begins with /`},
		{"tag", `[{"match": {"tags": {"team": ""}}, "mention": "here"}]`, "match.tags has an empty key or pattern"},
		{"channel", `[{"match": {}, "slackChannel": "https://hooks.slack.com/services/T0/B0/SECRET"}]`, "rule 1: slackChannel is no channel's ID"},
		{"mention", `[{"match": {}, "mention": "@ana"}]`, `mention is "@ana", expected here`},
		{"topic", `[{"match": {}, "topicArn": "arn:aws:sqs:eu-west-1:111122223333:q"}]`, "expected the ARN of an SNS topic"},
		{"FIFO topic", `[{"match": {}, "topicArn": "arn:aws:sns:eu-west-1:111122223333:q.fifo"}]`, "expected the ARN of an SNS topic"},
		{"unreachable", `[{"match": {}, "mention": "here"}, {"match": {"role": "a"}, "mention": "here"}]`, "rule 1 matches everything, so that rule 2 is never reached"},
		{"second", `[{"match": {"role": "a"}, "mention": "here"}, {"match": 7, "mention": "here"}]`, "rule 2: "},
	} {
		t.Run(tt.label, func(t *testing.T) {
			_, err := alert.ParseRoutes([]byte(tt.rules))
			fails(t, err, tt.want)
			if text := err.Error(); strings.Contains(text, "\n") || strings.Contains(text, "SECRET") {
				t.Errorf("got %q, want one line without what may be a secret", text)
			}
		})
	}
}

func TestParseAccounts(t *testing.T) {
	want := map[string]string{"111122223333": "data-prod", "222233334444": "prod"}
	for _, text := range []string{`{"111122223333": "data-prod", "222233334444": "prod"}`, "111122223333=data-prod, 222233334444=prod"} {
		got, err := alert.ParseAccounts(text)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", text, err, diff)
		}
	}
	if got, err := alert.ParseAccounts("111122223333=" + strings.Repeat("本", 100)); err != nil || len(got) != 1 {
		t.Errorf("a name of 100 characters, which the template takes: got %v, %v", got, err)
	}
	for _, text := range []string{"111122223333=" + strings.Repeat("本", 101), "prod", "1=prod", "111122223333=", `{"111122223333": 7}`, `{"a": "b"}`, "111122223333=a,111122223333=b"} {
		if _, err := alert.ParseAccounts(text); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got error %v, want one of one line", text, err)
		}
	}
}

// A route is that of the rules when the incident was opened, whatever is said
// of the role later; nothing of the token takes part.
func TestRouteOfAnIncident(t *testing.T) {
	routes, err := alert.ParseRoutes([]byte(`[{"match": {"tags": {"team": "data"}}, "slackChannel": "C000000DATA"}, {"match": {"role": "*C0EVIL*"}, "mention": "channel"}]`))
	if err != nil {
		t.Fatal(err)
	}
	w, chat := newWorld(), &place{name: "slack", edits: true}
	a := w.instance("one", func(c *alert.Config) { c.Routes = routes }, chat)
	first := w.denied("e1", "sub_mismatch")
	first.RoleTags = map[string]string{"team": "data"}
	tell(t, a, first, w.denied("e2", "sub_mismatch"), denied("e3", "repo:C0EVIL00000/x:pull_request", "sub_mismatch", w.clock()))
	for i, want := range []string{"C000000DATA", ""} {
		in, err := w.store.Incident(t.Context(), chat.messages[i].incident)
		if err != nil || in.Route != (alert.Route{SlackChannel: want}) {
			t.Errorf("message %d goes to %+v, %v; want channel %q", i, in.Route, err, want)
		}
	}
}

// What the function does without is told to each place, for each message.
func TestUnusedIsTold(t *testing.T) {
	var got [][]string
	w, p := newWorld(), &place{edits: true}
	told := toldUnused{p, &got}
	a := w.instance("one", func(c *alert.Config) { c.Unused = []string{"WHYDENIED_ROUTES"} }, told)
	tell(t, a, denied("e1", mainBranch, "sub_mismatch", start))
	if diff := cmp.Diff([][]string{{"WHYDENIED_ROUTES"}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// toldUnused is a place that keeps what it is told of settings.
type toldUnused struct {
	*place

	unused *[][]string
}

func (p toldUnused) Deliver(ctx context.Context, m *alert.Message, sent alert.Ref, keep func(alert.Ref) error) error {
	tally := m.Tally(nil)
	*p.unused = append(*p.unused, tally.Unused)
	return p.place.Deliver(ctx, m, sent, keep)
}

func TestCheckSlack(t *testing.T) {
	const channel, mention = `[{"match": {"role": "a"}, "topicArn": "arn:aws:sns:eu-west-1:111122223333:d"}, {"slackChannel": "C0123456789"}]`, `[{"mention": "here"}]`
	for _, tt := range []struct {
		rules string
		kind  alert.SlackKind
		want  string
	}{
		{channel, alert.SlackBot, ""}, {channel, alert.SlackWebhook, "rule 2 has a slackChannel, which takes a bot token"}, {channel, alert.SlackNone, "rule 2 has a slackChannel"},
		{mention, alert.SlackBot, ""}, {mention, alert.SlackWebhook, ""}, {mention, alert.SlackNone, "rule 1 has a mention, and there is no Slack"},
	} {
		routes, err := alert.ParseRoutes([]byte(tt.rules))
		if err != nil {
			t.Fatal(err)
		}
		if err := routes.CheckSlack(tt.kind); tt.want != "" {
			fails(t, err, tt.want)
		} else if err != nil {
			t.Errorf("%s for %s: %v", tt.rules, tt.kind, err)
		}
	}
}
