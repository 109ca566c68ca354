package evidence_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/evidence"
)

// timeline is what an account held, in few words: subjects stand for policies.
type timeline struct {
	taken   string // clock time of the reading, "" for undated
	created string // the role's CreateDate
	role    string // subject of the policy that was read, "none" for no such role, "unread", "bad" for one that does not parse
	events  string // "create 08:00:00 A, update 09:00:00 ?": ? for a text that is not held
}

func (l timeline) account(t *testing.T) evidence.Account {
	t.Helper()
	members := []string{`"AccountId":"111122223333"`}
	var events []string
	if l.taken != "" {
		members = append(members, `"TakenAt":"2026-05-12T`+l.taken+`Z"`)
	}
	document, date := trust(l.role), ""
	if l.role == "bad" {
		document = `{"Statement":[{}]}`
	}
	if l.created != "" {
		date = `,"CreateDate":"2026-05-12T` + l.created + `Z"`
	}
	switch l.role {
	case "unread":
	case "none":
		members = append(members, `"Roles":[]`)
	default:
		members = append(members, fmt.Sprintf(`"Roles":[{"Arn":%q,"AssumeRolePolicyDocument":%s%s}]`, deploy, document, date))
	}
	for e := range strings.SplitSeq(l.events, ", ") {
		if f := strings.Fields(e); len(f) > 1 {
			events = append(events, eventOf(f[0], f[1], f[len(f)-1]))
		}
	}
	if l.events != "" {
		members = append(members, `"Events":[`+strings.Join(events, ",")+`]`)
	}
	return parse(t, "{"+strings.Join(members, ",")+"}")
}

func eventOf(what, clock, sub string) string {
	policy := trust(sub)
	if sub == "?" {
		policy = policy[:len(policy)/2]
	}
	switch what {
	case "create":
		return created(clock, policy)
	case "delete":
		return deleted(clock)
	case "junk":
		return `{}`
	case "fail":
		return strings.TrimSuffix(updated(clock, policy), "}") + `,"errorCode":"AccessDenied"}`
	case "other":
		return strings.Replace(updated(clock, policy), `"roleName":"deploy"`, `"roleName":"deploy-web"`, 1)
	default:
		return updated(clock, policy)
	}
}

// said is a history in the words of the cases.
func said(h evidence.History) string {
	words := []string{words(h.InForce)}
	for _, flag := range []struct {
		set  bool
		word string
	}{{h.Guessed, "guessed"}, {h.CreatedSince, "created-since"}, {h.Reliable, "reliable"}} {
		if flag.set {
			words = append(words, flag.word)
		}
	}
	for _, v := range h.Recent {
		words = append(words, "or", wordsOf(v))
	}
	for _, c := range h.After {
		words = append(words, "then", c.Event)
	}
	return strings.Join(words, " ")
}

func words(v evidence.Version) string {
	if v.Since == nil {
		return wordsOf(v)
	}
	return wordsOf(v) + " by " + v.Since.Event
}

func wordsOf(v evidence.Version) string {
	switch {
	case v.Err != nil:
		return "bad"
	case v.Missing:
		return "missing"
	case !v.Held():
		return "not-held"
	default:
		return v.Policy.Statements[0].Conditions[0].Values[0].Text
	}
}

// CloudTrail names a role without its path; a call names it with it.
func TestRoleUnderPath(t *testing.T) {
	const plain, missing = deploy, "missing reliable"
	under := func(events ...string) string {
		return fmt.Sprintf(`{"AccountId":"111122223333","Roles":[{"Arn":%q,"AssumeRolePolicyDocument":%s}],"Events":[%s]}`,
			deployUnder, trust("B"), strings.Join(events, ","))
	}
	tests := []struct {
		arn, text, want, reason string
	}{
		{deployUnder, under(updated("08:00:00", trust("B"))), "B by UpdateAssumeRolePolicy reliable", "its changes are found by its name"},
		{plain, under(updated("08:00:00", trust("B"))), missing, "another ARN: no role of that path, whatever the name's changes"},
		{plain, under(updated("11:00:00", trust("B"))), missing, "nor by a change since"},
		{plain, under(updated("08:00:00", trust("A")), deleted("11:00:00"), created("11:01:00", trust("B"))),
			"A by UpdateAssumeRolePolicy created-since then DeleteRole then CreateRole", "it may have moved to the path since"},
		{"", under(record("DeleteOpenIDConnectProvider", "11:00:00", `"requestParameters":{"openIDConnectProviderArn":"x"}`)), missing, "no ARN, no changes"},
	}
	for _, tt := range tests {
		a := parse(t, tt.text)
		if diff := cmp.Diff(tt.want, said(a.RoleAt(tt.arn, moment(t, "10:00:00")))); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.arn, tt.reason, diff)
		}
	}
}

func TestProviderChanges(t *testing.T) {
	arn := `"requestParameters":{"openIDConnectProviderArn":"` + gitHub + `","clientID":"x"}`
	a := parse(t, withEvents(
		record("RemoveClientIDFromOpenIDConnectProvider", "09:00:00", arn), record("AddClientIDToOpenIDConnectProvider", "11:00:00", arn),
		record("AddClientIDToOpenIDConnectProvider", "09:30:00", strings.Replace(arn, "token.actions", "other", 1)), updated("09:40:00", trust("A"))))
	tests := []struct {
		arn, clock, want, reason string
	}{
		{gitHub, "10:00:00", "RemoveClientIDFromOpenIDConnectProvider | AddClientIDToOpenIDConnectProvider", "before and after"},
		{gitHub, "11:00:00", "RemoveClientIDFromOpenIDConnectProvider AddClientIDToOpenIDConnectProvider |", "a change in the same second counts as before"},
		{gitHub, "", "RemoveClientIDFromOpenIDConnectProvider AddClientIDToOpenIDConnectProvider |", "now, everything was before"},
		{"", "10:00:00", "|", "no provider has no changes"},
	}
	for _, tt := range tests {
		before, after := a.ProviderChanges(tt.arn, moment(t, tt.clock))
		var names []string
		for _, c := range before {
			names = append(names, c.Event)
		}
		names = append(names, "|")
		for _, c := range after {
			names = append(names, c.Event)
		}
		if diff := cmp.Diff(tt.want, strings.Join(names, " ")); diff != "" {
			t.Errorf("%q at %q: %s (-want +got):\n%s", tt.arn, tt.clock, tt.reason, diff)
		}
	}
}
