package remedy_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/policy"
	"whydenied/pkg/remedy"
)

// hostileNames are what a caller may put into the part of a subject that it
// chooses.
var hostileNames = []struct{ label, name string }{
	{"quotes", `a"b'c`}, {"shell", "$(id)`id`;id|id&id>f #"}, {"only quotes", `''''`}, {"backslash", `\n\u0041\'\\`},
	{"variable", "${aws:username}"}, {"variable with a default", "${aws:PrincipalTag/x, 'prod'}"}, {"escapes of wildcards", "${*}${?}${$}"},
	{"half a variable", "${"}, {"dollars", "$${$}$$"}, {"Terraform directive", "%{ if true }x%{ endif }"}, {"Terraform interpolation", "$${var.x}"},
	{"wildcards", "*"}, {"wildcard inside", "pro*d?"}, {"line breaks", "a\nb\r\nc"}, {"tab", "a\tb"}, {"right to left", "\u202eprod\u2066"},
	{"invisible", "pr\u200bod\ufeff"}, {"beyond the first plane", "\U0001f680"}, {"Latin-1", "caf\u00e9"}, {"escape sequence", "\x1b[31mred\x7f"},
	{"YAML", "x: [y]\n- &a !!z"}, {"2 KB of wildcards", strings.Repeat("*", 2048)}, {"not UTF-8", "a\xffb"}, {"empty", ""}, {"markup", "</script>```<!-- -->"},
}

// TestHostile: whatever a subject holds comes out as data. The fix either
// admits it to the letter, or there is none.
func TestHostile(t *testing.T) {
	shown := 0
	for _, operator := range []string{"StringEquals", "StringLike", "StringEqualsIgnoreCase", "ForAnyValue:StringLike"} {
		for _, version := range []string{policy.Version2012, policy.Version2008} {
			for _, tt := range hostileNames {
				t.Run(operator+" "+version+" "+tt.label, func(t *testing.T) {
					sub := "repo:octo-org/api:environment:" + tt.name
					doc := fmt.Sprintf(`{"Version":%q,"Statement":[{"Effect":"Allow","Principal":{"Federated":%q},"Action":"sts:AssumeRoleWithWebIdentity",`+
						`"Condition":{%q:{%q:%q}}}]}`, version, provider+gitHub, operator, gitHub+":sub", onMain)
					in := diagnosis.Input{Denial: denied(gitHub, "sts.amazonaws.com", sub), Account: holding(parse(t, string(policy.Indented(doc))))}
					p := remedy.Propose(in, diagnosis.Diagnose(in))
					for i := range p.Fixes {
						if p.Fixes[i].Policy != "" {
							shown++
							isData(t, in, &p.Fixes[i], sub)
						}
					}
				})
			}
		}
	}
	// Withheld: what is not UTF-8, an empty name, which is no subject, in a
	// document of the older version what StringLike would take for a wildcard,
	// and 2 KB of wildcards, which are 8 KB once escaped.
	if least := 8 * (len(hostileNames) - 6); shown < least {
		t.Errorf("%d fixes were shown, want %d at least", shown, least)
	}
}

func parse(t testing.TB, source string) *policy.Document {
	t.Helper()
	doc, err := policy.Parse("", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// isData asks the changed document about what the subject would let in if
// some of it were taken for a wildcard or a variable, and reads the command
// back by a shell.
func isData(t *testing.T, in diagnosis.Input, f *remedy.Fix, sub string) {
	t.Helper()
	doc := parse(t, f.Policy)
	in.WhatIf = true
	in.Context = map[string][]string{"aws:username": {"prod"}}
	allowed := func(sub string) policy.Truth {
		asked := in
		asked.Denial.Subject.Value = sub
		return diagnosis.NewCall(asked).Allowed(doc)
	}
	if allowed(sub) != policy.True {
		t.Errorf("%q does not let %q in:\n%s", f.Title, sub, f.Policy)
	}
	for _, other := range []string{
		strings.ReplaceAll(sub, "*", "x"), strings.ReplaceAll(sub, "?", "x"), strings.ReplaceAll(sub, "${aws:username}", "prod"),
		strings.ReplaceAll(sub, "${*}", "*"), strings.ReplaceAll(sub, "$$", "$"), strings.ReplaceAll(sub, `\`, ""), "repo:octo-org/api:environment:prod", "repo:octo-org/api:environment:",
		strings.TrimSuffix(sub, "x") + "x", strings.NewReplacer("\u202e", "", "\u200b", "").Replace(sub),
	} {
		if other != sub && allowed(other) != policy.False {
			t.Errorf("%q also lets %q in:\n%s", f.Title, other, f.Policy)
		}
	}
	words := shellWords(t, f.AWSCLI)
	if len(words) != 7 || words[0] != "aws" || words[4] != "deploy" {
		t.Fatalf("%d words: %q", len(words), words)
	}
	again := parse(t, words[6])
	for _, s := range []string{sub, onMain, "repo:octo-org/api:pull_request", "*"} {
		asked := in
		asked.Denial.Subject.Value = s
		call := diagnosis.NewCall(asked)
		if a, b := call.Allowed(again), call.Allowed(doc); a != b {
			t.Errorf("%q: by the command %v, by the document %v", s, a, b)
		}
	}
	for _, r := range f.AWSCLI {
		if r < ' ' || r > '~' {
			t.Errorf("%q in the command", r)
		}
	}
}

// shellWords lets a POSIX shell split a command into words.
func shellWords(t *testing.T, command string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sh", "-c", "set -- "+command+`; for w in "$@"; do printf '%s\0' "$w"; done`).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}
