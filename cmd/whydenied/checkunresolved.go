package main

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/policy"
)

// mostUnresolved is how many references one note names.
const mostUnresolved = 5

// unresolvedNote names what a document leaves to something that is not in its
// file; "" where it leaves nothing.
func unresolvedNote(doc *policy.Document) string {
	all := unresolved(doc)
	if len(all) == 0 {
		return ""
	}
	said := make([]string, 0, mostUnresolved+1)
	for _, v := range all[:min(len(all), mostUnresolved)] {
		said = append(said, fmt.Sprintf("%q (%s)", short(v.Text, 80), v.Pos))
	}
	if more := len(all) - mostUnresolved; more > 0 {
		said = append(said, "and "+count(more, "other", "others"))
	}
	return "not resolved here, and so taken as unknown: " + strings.Join(said, ", ")
}

// unresolved are the parts of a document that are not known, in its order.
func unresolved(doc *policy.Document) (all []policy.Value) {
	add := func(v policy.Value) {
		if v.Unresolved && !slices.ContainsFunc(all, func(o policy.Value) bool { return o.Pos == v.Pos && o.Text == v.Text }) {
			all = append(all, v)
		}
	}
	for i := range doc.Statements {
		st := &doc.Statements[i]
		if st.Unresolved {
			add(policy.Value{Text: st.Text(), Pos: st.Pos, Unresolved: true})
			continue
		}
		for k := range st.Principal.Entries {
			add(st.Principal.Entries[k].Value)
		}
		for _, v := range st.Action.Values {
			add(v)
		}
		for k := range st.Conditions {
			add(st.Conditions[k].Key)
			for _, v := range st.Conditions[k].Values {
				add(v)
			}
		}
	}
	return all
}
