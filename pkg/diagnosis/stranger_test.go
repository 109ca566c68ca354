package diagnosis_test

import (
	"strings"
	"testing"
)

// A stranger's tenant differs from every one that a statement names, by more
// than its writing.
func TestStranger(t *testing.T) {
	const sub = gitHub + ":sub"
	named := allow(gitHubARN, when("StringLike", sub, "repo:octo-org/*"))
	for _, tt := range []struct {
		label, reason, presented string
		statements               []string
		want                     bool
	}{
		{"another owner", "none that is named", "repo:someone-else/api:ref:refs/heads/main", []string{named}, true},
		{"however near", "one letter is another owner", "repo:octo-orq/api:ref:refs/heads/main", []string{named}, true},
		{"letter case", "that is writing", "repo:Octo-Org/web:ref:refs/heads/main", []string{named}, false},
		{"ids", "so are the issuer's ids", "repo:octo-org@12/api@34:ref:refs/heads/main", []string{allow(gitHubARN, when("StringEquals", sub, mainSub))}, false},
		{"white space in the policy", "so is a blank", mainSub, []string{allow(gitHubARN, when("StringEquals", sub, "repo:octo-org /api:ref:refs/heads/next"))}, false},
		{"one of two", "every one has to differ", "repo:acme/x:pull_request", []string{named, allow(gitHubARN, when("StringLike", sub, "repo:acme/y:*"))}, false},
		{"any tenant", "a pattern that takes in all names none", "repo:acme/x:pull_request", []string{allow(gitHubARN, when("StringLike", sub, "repo:*/y:*"))}, false},
		{"address in the policy", "the owner stands in it", mainSub, []string{allow(gitHubARN, when("StringEquals", sub, "repo:https://github.com/octo-org/api:ref:refs/heads/main"))}, false},
		{"address of another", "another owner stands in it", mainSub, []string{allow(gitHubARN, when("StringEquals", sub, "repo:https://github.com/acme/api:ref:refs/heads/main"))}, true},
		{"renamed owner", "the id stays the owner's", "repo:acme@12/api@34:ref:refs/heads/main", []string{allow(gitHubARN, when("StringEquals", sub, "repo:octo-org@12/api@34:ref:refs/heads/main"))}, false},
		{"any id", "a wildcard is nobody's id", "repo:acme@12/api@34:ref:refs/heads/main", []string{allow(gitHubARN, when("StringLike", sub, "repo:octo-org@*/api@*:ref:refs/heads/main"))}, true},
		{"placeholder", "nobody filled it in", "repo:acme/x:pull_request", []string{allow(gitHubARN, when("StringLike", sub, "repo:<your-org>/<your-repo>:*"))}, false},
		{"placeholder of one word", "nor this one", "repo:acme/x:pull_request", []string{allow(gitHubARN, when("StringLike", sub, "repo:<ORG>/<REPO>:*"))}, false},
		{"placeholder in square brackets", "nor this one", "repo:acme/x:pull_request", []string{allow(gitHubARN, when("StringLike", sub, "repo:[owner]/[repo]:*"))}, false},
		{"policy variable", "it names nobody", "repo:acme/x:pull_request", []string{allow(gitHubARN, when("StringLike", sub, "repo:${aws:RequestTag/org}/*"))}, false},
		{"policy variable behind a name", "the name is there", "repo:someone-else/x:pull_request", []string{allow(gitHubARN, when("StringLike", sub, "repo:octo-org/${aws:RequestTag/repo}:*"))}, true},
		{"excluded tenant", "a negated test names nobody who is trusted", "repo:acme/x:pull_request", []string{allow(gitHubARN, when("StringNotLike", sub, "repo:acme/*"))}, false},
		{"template of its own", "whose it is stands in front of what no grammar reads", "repo:someone-else/api:odd:thing", []string{named}, true},
		{"own template", "the same, of the named owner", "repo:octo-org/api:odd:thing", []string{allow(gitHubARN, when("StringEquals", sub, mainSub))}, false},
		{"Deny", "a Deny names nobody who is trusted", "repo:acme/x:pull_request", []string{named, statement("Deny", `{"Federated":"`+gitHubARN+`"}`, `"Action":"*"`, when("StringLike", sub, "repo:acme/*"))}, true},
	} {
		got := explain(t, onGitHub(tt.presented), tt.statements...)
		if got.Stranger != tt.want {
			t.Errorf("%s: %s: stranger %v, want %v", tt.label, tt.reason, got.Stranger, tt.want)
		}
		if strings.HasPrefix(got.Summary, "probable stranger") && !tt.want {
			t.Errorf("%s: %s", tt.label, got.Summary)
		}
	}
}
