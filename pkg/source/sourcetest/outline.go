// Package sourcetest prints trust policies for the tests of their readers: each
// part on a line of its own, with its place, and unresolved parts in «».
package sourcetest

import (
	"fmt"
	"strings"

	"whydenied/pkg/policy"
	"whydenied/pkg/source"
)

// Outline is what a reader gave for a file: policies, notes, and the error.
func Outline(policies []source.Policy, err error) string {
	var b strings.Builder
	for _, p := range policies {
		fmt.Fprintf(&b, "%s role %q arn %q at %s\n", p.Name, p.RoleName, p.RoleARN, p.At)
		Document(&b, p.Policy)
		for _, n := range p.Notes {
			fmt.Fprintf(&b, "  note: %s\n", n)
		}
	}
	if err != nil {
		fmt.Fprintf(&b, "error: %s\n", err)
	}
	return b.String()
}

// Document prints a document's parts.
func Document(b *strings.Builder, d *policy.Document) {
	fmt.Fprintf(b, "  version %s\n", d.Version)
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Unresolved {
			fmt.Fprintf(b, "  [%d] «» %s\n", i, s.Pos)
			continue
		}
		fmt.Fprintf(b, "  [%d] %s %s %s\n", i, s.Effect, s.Sid, s.Pos)
		principal(b, &s.Principal)
		for _, v := range s.Action.Values {
			fmt.Fprintf(b, "    %s %s\n", negated(s.Action.Not, "action"), value(v))
		}
		for k := range s.Conditions {
			condition(b, &s.Conditions[k])
		}
	}
}

func principal(b *strings.Builder, p *policy.Principal) {
	if p.Unresolved {
		fmt.Fprintf(b, "    %s «» %s\n", negated(p.Not, "principal"), p.Pos)
	}
	for _, e := range p.Entries {
		fmt.Fprintf(b, "    %s %s %s\n", negated(p.Not, "principal"), e.Type, value(e.Value))
	}
}

func condition(b *strings.Builder, c *policy.Condition) {
	fmt.Fprintf(b, "    condition %s %s\n", c.Operator.Text, value(c.Key))
	for _, v := range c.Values {
		fmt.Fprintf(b, "      %s\n", value(v))
	}
}

func negated(not bool, what string) string {
	if not {
		return "not " + what
	}
	return what
}

func value(v policy.Value) string {
	if v.Unresolved {
		return fmt.Sprintf("«%s» %s", v.Text, v.Pos)
	}
	return fmt.Sprintf("%s %s", v.Text, v.Pos)
}
