package oidc_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"whydenied/pkg/oidc"
)

// checkOffsets holds what every reading promises of its fields.
func checkOffsets(t interface{ Errorf(string, ...any) }, text string, r oidc.Reading) {
	end := 0
	for _, f := range r.Fields {
		if f.Start < end || f.End <= f.Start || f.End > len(text) || text[f.Start:f.End] != f.Value {
			t.Errorf("%q: field %s [%d:%d] is not %q, or out of order", text, f.Name, f.Start, f.End, f.Value)
			return
		}
		end = f.End
		if f.Name == "" || f.Role == oidc.RoleUnset {
			t.Errorf("%q: field %q has no name or role", text, f.Value)
		}
	}
	if !strings.HasSuffix(text, r.Rest) || len(r.Rest) > len(text)-end {
		t.Errorf("%q: rest %q overlaps the fields", text, r.Rest)
	}
	if r.Complete && r.Rest != "" || r.Any && (!r.Pattern || !strings.HasSuffix(text, "*")) {
		t.Errorf("%q: complete %v, any %v, rest %q", text, r.Complete, r.Any, r.Rest)
	}
	if said := r.String(); strings.ContainsFunc(said, func(c rune) bool { return !unicode.IsPrint(c) }) {
		t.Errorf("%q: not plain text: %q", text, said)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(gitHubHost, "repo:octo-org@1/api@2:environment:prod")
	f.Add(gitHubHost, "repo:*:*")
	f.Add(gitHubHost, "repository_owner:o:repo:o/r:pull_request*")
	f.Add("gitlab.com", "project_path:acme/*:ref_type:*")
	f.Add(bitbucket, "{9c2f}:{e0e0}:{77aa}")
	f.Add("agent.buildkite.com", "organization:o:pipeline:p:ref:refs/tags/v1:commit:8f1c:step:")
	f.Add("acme.auth0.com/", "ad|Corp|gene")
	f.Add("x.example", "system:serviceaccount:\xff:*")
	f.Fuzz(func(t *testing.T, suffix, text string) {
		for _, i := range append(oidc.Issuers(), oidc.Lookup(suffix, text)) {
			r, ok := i.Read(text)
			if ok != r.Complete || r.Issuer != i {
				t.Errorf("%s: %q: read %v, complete %v", i.Name, text, ok, r.Complete)
			}
			checkOffsets(t, text, r)
			i.ClaimsIn(r)
			p := i.ReadPattern(text)
			checkOffsets(t, text, p)
			if ok && !strings.ContainsAny(text, "*?") && !p.Complete && r.Kind != oidc.KindCustom {
				t.Errorf("%s: %q is a subject but as a pattern %+v", i.Name, text, p)
			}
		}
	})
}

func FuzzParseProvider(f *testing.F) {
	f.Add("arn:aws:iam::123456789012:oidc-provider/gitlab.com")
	f.Add("arn:aws-cn:iam::123456789012:oidc-provider/https://acme.auth0.com/")
	f.Add("accounts.google.com")
	f.Add("arn:aws:iam::123456789012:saml-provider/x")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := oidc.ParseProvider(text)
		switch {
		case p.Text != text:
			t.Errorf("%q: text %q", text, p.Text)
		case err != nil && strings.ContainsAny(err.Error(), "\n\r\x1b"):
			t.Errorf("%q: error of several lines %q", text, err)
		case err == nil && p.BuiltIn && p.Suffix != text:
			t.Errorf("%q: built in, suffix %q", text, p.Suffix)
		case err == nil && !p.BuiltIn && oidc.NewProviderARN(p.Partition, p.Account, p.Suffix) != text:
			t.Errorf("%q: does not come back", text)
		}
		if oidc.Lookup(p.Suffix, text) == nil {
			t.Errorf("%q: no issuer", text)
		}
	})
}

// fill draws a grammar and a subject of it, and returns the values put in.
func fill(t *rapid.T) (*oidc.Issuer, string, []string) {
	issuers := slices.DeleteFunc(oidc.Issuers(), func(i *oidc.Issuer) bool { return len(i.Grammars) == 0 })
	i := rapid.SampledFrom(issuers).Draw(t, "issuer")
	form := rapid.SampledFrom(rapid.SampledFrom(i.Grammars).Draw(t, "grammar").Forms()).Draw(t, "form")
	var subject string
	var values []string
	for form != "" {
		literal, rest, found := strings.Cut(form, "<")
		subject += literal
		if _, form, _ = strings.Cut(rest, ">"); found {
			values = append(values, rapid.StringMatching(`[1-9]{1,8}`).Draw(t, "value"))
			subject += values[len(values)-1]
		}
	}
	return i, subject, values
}

// TestReadProperty fills templates with values and wants these back.
func TestReadProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i, subject, values := fill(t)
		r, ok := i.Read(subject)
		if !ok || len(r.Fields) < len(values) {
			t.Fatalf("%s: %q is not read", i.Name, subject)
		}
		checkOffsets(t, subject, r)
		for n, want := range values {
			if r.Fields[n].Value != want {
				t.Fatalf("%s: %q: field %d is %q, want %q", i.Name, subject, n, r.Fields[n].Value, want)
			}
		}
	})
}

// TestReadPatternProperty cuts a subject anywhere and puts a "*" there: the pattern
// matches that subject, so nothing of it may be read otherwise.
func TestReadPatternProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i, subject, _ := fill(t)
		r, _ := i.Read(subject)
		cut := rapid.IntRange(0, len(subject)).Draw(t, "cut")
		p := i.ReadPattern(subject[:cut] + "*")
		checkOffsets(t, subject[:cut]+"*", p)
		if p.Rest != "" || !p.Any && !p.Complete || p.Kind != "" && p.Kind != r.Kind {
			t.Fatalf("%s: %q of kind %s: pattern %+v", i.Name, subject, r.Kind, p)
		}
		for n, f := range p.Fields {
			whole := f.Value == r.Fields[n].Value
			if f.Name != r.Fields[n].Name || !whole && n != len(p.Fields)-1 {
				t.Fatalf("%s: %q: field %d of the pattern is %+v", i.Name, subject[:cut]+"*", n, f)
			}
		}
	})
}

// TestHostileLength reads subjects of 64 KiB by every issuer; quadratic work would
// be felt as minutes.
func TestHostileLength(t *testing.T) {
	for _, unit := range []string{"*", ":", "repo:", "actor:a:", "a", "{a}:", "refs/", "<", "\xff"} {
		text := "repo:o/r:" + strings.Repeat(unit, 64<<10/len(unit))
		for _, i := range append(oidc.Issuers(), oidc.Lookup(text, text)) {
			r, _ := i.Read(text)
			checkOffsets(t, text, r)
			checkOffsets(t, text, i.ReadPattern(text))
		}
	}
}
