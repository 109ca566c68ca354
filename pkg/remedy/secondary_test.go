package remedy_test

import (
	"fmt"
	"strings"
	"testing"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/policy"
	"whydenied/pkg/remedy"
	"whydenied/pkg/trail"
)

// TestTagsAndSourceIdentity: a statement that covers more than the token is no
// place for what the token alone was seen to need, and what others get in by
// today stays. What a statement keeps out by tags stays out.
func TestTagsAndSourceIdentity(t *testing.T) {
	const sub = gitHub + ":sub"
	statement := func(action, condition string) string {
		return fmt.Sprintf(`{"Effect":"Allow","Principal":{"Federated":%q},"Action":%q,"Condition":%s}`, provider+gitHub, action, condition)
	}
	document := func(statements ...string) string {
		return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[%s]}`, strings.Join(statements, ","))
	}
	exact, wide := when("StringEquals", sub, onMain), when("StringLike", sub, "repo:octo-org/*")
	tagged := func(d *trail.Denial) { d.PrincipalTags = map[string]string{"team": "web"} }
	identified := func(d *trail.Denial) { d.SourceIdentity = trail.Text{Value: "alice", Known: true} }
	both := func(d *trail.Denial) { tagged(d); identified(d) }
	for _, tt := range []struct {
		label, reason string
		carries       func(*trail.Denial)
		source        string
		statements    int // that the changed document has; 0 where nothing may be offered
	}{
		{"tags, exact subject", "the statement is about this caller alone", tagged, document(statement(assume, exact)), 1},
		{"tags, wide pattern", "others get in without tags, and neither gain nor lose", tagged, document(statement(assume, wide)), 2},
		{"source identity, wide pattern", "the same", identified, document(statement(assume, wide)), 2},
		{"both, wide pattern", "one statement for the two of them", both, document(statement(assume, wide)), 2},
		{"tags limited by value", "whoever wrote it keeps other tags out", tagged,
			document(statement(assume, exact), statement("sts:TagSession", when("StringEquals", "aws:RequestTag/team", "api"))), 0},
		{"tags limited by key", "the same", tagged,
			document(statement(assume, exact), statement("sts:TagSession", when("ForAllValues:StringEquals", "aws:TagKeys", "stage"))), 0},
		{"source identity limited", "the same", identified,
			document(statement(assume, exact), statement("sts:SetSourceIdentity", when("StringLike", "sts:SourceIdentity", "bob-*"))), 0},
		{"tags of a role of AWS limited", "that says nothing of a web identity", tagged, document(statement(assume, exact),
			`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/ops"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":`+
				when("StringEquals", "aws:RequestTag/team", "ops")+`}`), 2},
		{"tags of another provider limited", "nor does that", tagged, document(statement(assume, exact),
			strings.ReplaceAll(statement("sts:TagSession", when("StringEquals", "aws:RequestTag/team", "ops")), gitHub, "gitlab.com")), 2},
	} {
		t.Run(tt.label, func(t *testing.T) {
			in := diagnosis.Input{Denial: denied(gitHub, "sts.amazonaws.com", onMain), Account: holding(parse(t, tt.source))}
			tt.carries(&in.Denial)
			p := remedy.Propose(in, diagnosis.Diagnose(in))
			if tt.statements == 0 {
				if len(p.Fixes) > 0 || !said(p.Withheld, "whoever wrote them has to decide") {
					t.Errorf("%s: got %+v, withheld %q", tt.reason, p.Fixes, p.Withheld)
				}
				return
			}
			if len(p.Fixes) == 0 || !p.Fixes[0].Verified {
				t.Fatalf("%s: nothing is offered: %q", tt.reason, p.Withheld)
			}
			before, after := parse(t, tt.source), parse(t, p.Fixes[0].Policy)
			if got := len(after.Statements); got != tt.statements {
				t.Errorf("%s: %d statements, want %d", tt.reason, got, tt.statements)
			}
			plain := denied(gitHub, "sts.amazonaws.com", "repo:octo-org/web:ref:refs/heads/main")
			other := plain
			tt.carries(&other)
			for who, d := range map[string]trail.Denial{"another without": plain, "another with them": other} {
				call := diagnosis.NewCall(diagnosis.Input{Denial: d, Account: in.Account})
				if want, got := call.Allowed(before), call.Allowed(after); got != want {
					t.Errorf("%s: %s: %v, want %v as before", tt.reason, who, got, want)
				}
			}
			if got := diagnosis.NewCall(in).Allowed(after); got != policy.True {
				t.Errorf("%s: the token itself: %v", tt.reason, got)
			}
		})
	}
}
