package whydenied_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/internal/golden"
	codes "whydenied/pkg/diagnosis"
	accounts "whydenied/pkg/evidence"
	explaining "whydenied/pkg/explain"
	"whydenied/pkg/policy"
	reports "whydenied/pkg/report"
	"whydenied/pkg/trail"
)

var (
	example   = regexp.MustCompile("(?s)<!-- case: ([a-z0-9-]+) -->\n```text\n(.*?)```\n")
	document  = regexp.MustCompile("(?s)```json\n(.*?)```\n")
	evaluated = regexp.MustCompile("\nEvaluated with the subject `([^`]+)`(?: and the audience `([^`]+)`)?: allowed\\. [A-Z`]")
)

// sections are those of each page, in this order.
var sections = []string{"## What it means", "## How it looks", "## The narrow change", "## The wide one"}

// causePage is a page of docs/causes in its parts.
type causePage struct {
	text         string
	narrow, wide string // sections
}

func readCausePage(t *testing.T, file, code string) causePage {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := causePage{text: string(data)}
	var found []string
	for line := range strings.Lines(p.text) {
		if strings.HasPrefix(line, "## ") {
			found = append(found, strings.TrimSpace(line))
		}
	}
	if !strings.HasPrefix(p.text, "# "+code+"\n") || !slices.Equal(found, sections) {
		t.Fatalf("%s has the sections %q, want the title and %q", file, found, sections)
	}
	_, rest, _ := strings.Cut(p.text, sections[2]+"\n")
	p.narrow, p.wide, _ = strings.Cut(rest, sections[3]+"\n")
	return p
}

// recorded is the call of a case, with the account that it was made in.
func recorded(t *testing.T, dir string) (trail.Denial, accounts.Source) {
	t.Helper()
	event, err := os.ReadFile(filepath.Join(dir, "event.json"))
	if err != nil {
		t.Fatal(err)
	}
	items := trail.Parse("event.json", event)
	if len(items) != 1 {
		t.Fatalf("%s holds %d records", dir, len(items))
	}
	data, err := os.ReadFile(filepath.Join(dir, "account.json"))
	if err != nil {
		t.Fatal(err)
	}
	account, err := accounts.ParseSnapshot("account.json", data)
	if err != nil {
		t.Fatal(err)
	}
	return items[0].Denial, account
}

// What each page shows is what the program prints; the narrow change lets the
// call in and no stranger, the wide one lets in the stranger that it names.
func TestCausePages(t *testing.T) {
	for _, code := range codes.Codes() {
		t.Run(string(code), func(t *testing.T) {
			file := reports.CausePage(string(code))
			page := readCausePage(t, file, string(code))
			m := example.FindStringSubmatch(page.text)
			if m == nil {
				t.Fatal("the page shows no case")
			}
			call, account := recorded(t, filepath.Join("testdata", "cases", m[1]))
			r := explaining.Call(t.Context(), call, false, account)
			if len(r.Causes) == 0 || r.Causes[0].Code != string(code) {
				t.Fatalf("the primary cause of %s is not %s", m[1], code)
			}
			var printed bytes.Buffer
			if err := reports.Text(&printed, &r, reports.TextOptions{}); err != nil {
				t.Fatal(err)
			}
			if golden.Updating() {
				text := strings.Replace(page.text, m[0], "<!-- case: "+m[1]+" -->\n```text\n"+printed.String()+"```\n", 1)
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(m[2], printed.String()); diff != "" {
				t.Errorf("%s (-page +printed):\n%s", file, diff)
			}
			page.policies(t, &call)
		})
	}
}

func (p *causePage) policies(t *testing.T, call *trail.Denial) {
	t.Helper()
	narrow, wide := document.FindStringSubmatch(p.narrow), document.FindStringSubmatch(p.wide)
	foreign := evaluated.FindStringSubmatch(p.wide)
	if (wide == nil) != (foreign == nil) {
		t.Fatal("a wide policy comes with whom it lets in, and the other way round")
	}
	if narrow != nil {
		if got := verdict(t, narrow[1], call); got != "allowed" {
			t.Errorf("the narrow change: the call is %s", got)
		}
	}
	if wide == nil {
		return
	}
	stranger := *call
	stranger.Subject = trail.Known(foreign[1])
	if foreign[2] != "" {
		stranger.Audience = trail.Known(foreign[2])
	}
	if got := verdict(t, wide[1], &stranger); got != "allowed" {
		t.Errorf("the wide one: %s is %s", foreign[1], got)
	}
	if narrow != nil {
		if got := verdict(t, narrow[1], &stranger); got == "allowed" {
			t.Errorf("the narrow change lets in %s too", foreign[1])
		}
	}
}

// verdict evaluates a policy for a call. amr is of Cognito's identities, and
// hidden in each record of one.
func verdict(t *testing.T, text string, call *trail.Denial) string {
	t.Helper()
	doc, err := policy.Parse("policy.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	q := explaining.Question{Denial: *call, Policy: doc}
	q.Claims = map[string][]string{"amr": {"authenticated"}}
	return explaining.WhatIf(t.Context(), q, nil).Verdict
}

// What may be passed on of any case names neither account, caller nor role.
func TestCasesShared(t *testing.T) {
	events, err := filepath.Glob("testdata/cases/*/event.json")
	if err != nil || len(events) == 0 {
		t.Fatalf("no case: %v", err)
	}
	for _, event := range events {
		dir := filepath.Dir(event)
		call, account := recorded(t, dir)
		shared := reports.Share(explaining.Call(t.Context(), call, false, account))
		var text, md bytes.Buffer
		data, err := reports.JSON(&shared)
		if err == nil {
			err = reports.Text(&text, &shared, reports.TextOptions{Width: 1 << 20})
		}
		if err == nil {
			err = reports.Markdown(&md, &shared)
		}
		if err != nil {
			t.Fatal(err)
		}
		token := strings.Join([]string{call.Provider.Value, call.Audience.Value, call.Subject.Value, shared.Denial.Issuer}, " ")
		for _, secret := range []string{call.Account, call.SourceIP, call.EventID, call.SessionName.Value, accounts.RoleName(call.RoleARN.Value)} {
			if len(secret) < 6 || secret != call.Account && strings.Contains(token, secret) {
				continue // the token's own, or no name
			}
			whole := regexp.MustCompile(`(^|[^A-Za-z0-9-])` + regexp.QuoteMeta(secret) + `($|[^A-Za-z0-9-])`)
			for _, shown := range []string{string(data), text.String(), md.String()} {
				if whole.MatchString(shown) {
					t.Errorf("%s: %q is shown:\n%s", dir, secret, shown)
				}
			}
		}
	}
}
