package report

import "whydenied/pkg/policy"

func trace(r policy.Result, provider string) []Statement {
	to := make([]Statement, 0, len(r.Statements))
	for i := range r.Statements {
		s := &r.Statements[i]
		st := s.Statement
		entry := Statement{Statement: st.Index, Sid: st.Sid, Effect: st.Effect.String(), Truth: s.Truth.String(), Parts: []Part{}}
		if !st.Unresolved {
			entry.Parts = append(entry.Parts,
				element(st.Principal.Path, st.Principal.Pos, principals(&st.Principal), provider, s.Principal),
				element(st.Action.Path, st.Action.Pos, values(st.Action.Values), "sts:AssumeRoleWithWebIdentity", s.Action))
		}
		for k := range s.Conditions {
			c := &s.Conditions[k]
			entry.Parts = append(entry.Parts, Part{
				Path: c.Condition.Path, Line: c.Condition.Pos.Line, Column: c.Condition.Pos.Column,
				Operator: c.Condition.Operator.Text, Key: c.Condition.Key.Text, State: c.State.String(),
				Expected: values(c.Condition.Values), Presented: list(c.Presented), Truth: c.Truth.String(), Waits: c.Waits,
			})
		}
		to = append(to, entry)
	}
	return to
}

func element(path string, pos policy.Pos, expected []string, presented string, t policy.Truth) Part {
	p := Part{Path: path, Line: pos.Line, Column: pos.Column, Expected: expected, Presented: []string{}, Truth: t.String()}
	if presented != "" {
		p.Presented = []string{presented}
	}
	return p
}

func principals(p *policy.Principal) []string {
	list := make([]string, 0, len(p.Entries))
	for _, e := range p.Entries {
		list = append(list, e.Text)
	}
	return list
}

func values(vs []policy.Value) []string {
	list := make([]string, 0, len(vs))
	for _, v := range vs {
		list = append(list, v.Text)
	}
	return list
}
