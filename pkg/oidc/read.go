package oidc

import "strings"

// Read reads a subject by the first of the issuer's grammars that it matches in
// full, wildcards being ordinary characters; false where there is none.
func (i *Issuer) Read(subject string) (Reading, bool) {
	for _, grammar := range i.Grammars {
		w := walk{text: subject}
		if w.grammar(grammar) && w.pos == len(subject) {
			return w.reading(i, grammar, true), true
		}
	}
	return Reading{Issuer: i, Rest: subject}, false
}

// ReadPattern reads a pattern for subjects, in which "*" and "?" are wildcards, as
// far as one of the issuer's grammars goes: by the one that gets furthest. It judges
// form only: what it reads need not match any subject.
func (i *Issuer) ReadPattern(pattern string) Reading {
	best, furthest := Reading{Issuer: i, Pattern: true, Rest: pattern}, 0
	if pattern != "" && strings.TrimLeft(pattern, "*") == "" {
		best.Any, best.Rest = true, ""
		return best
	}
	for _, grammar := range i.Grammars {
		w := walk{text: pattern, pattern: true}
		whole := w.grammar(grammar)
		if whole && w.pos < len(pattern) {
			w.trailing(w.pos)
		}
		switch {
		case w.reach > furthest:
			best, furthest = w.reading(i, grammar, whole), w.reach
		case w.reach == furthest && best.Any:
			best.withdraw(w.fields)
		}
	}
	return best
}

// withdraw takes back the last field where another grammar, which got as far, gives
// it another name: Bitbucket's "{<repository>}:{*" may go on with a step or with an
// environment.
func (r *Reading) withdraw(other []Field) {
	last := len(r.Fields) - 1
	if last < 0 || last >= len(other) {
		return
	}
	if mine := r.Fields[last]; other[last].Start == mine.Start && other[last].Name != mine.Name {
		r.Kind, r.Fields = "", r.Fields[:last]
		r.Form = r.Form[:max(0, strings.LastIndexByte(r.Form, '<'))]
	}
}

// grammar reads along one grammar, and reports whether it was read to its end.
func (w *walk) grammar(g Grammar) bool {
	if g.Text != "" {
		return w.template(g.Text)
	}
	return w.parts(g.Parts)
}

// reading is what a walk along a grammar has read.
func (w *walk) reading(i *Issuer, g Grammar, whole bool) Reading {
	r := Reading{Issuer: i, Pattern: w.pattern, Fields: w.fields, Any: w.any}
	if !w.any {
		r.Rest = w.text[w.pos:]
	}
	r.Complete = whole && r.Rest == ""
	if whole || len(w.fields) > 0 && g.Text != "" && i.tells(g, len(g.Text)-len(w.left)) {
		r.Kind = g.Kind
	}
	if w.pattern && r.Kind == KindRef && strings.ContainsAny(r.Context(), "*?") {
		r.Kind = "" // "refs/*" may be a branch, a tag or neither
	}
	for _, f := range w.fields {
		// Ids that stand after a name and not in a part of their own.
		if f.Role == RoleID && f.Start > 0 && w.text[f.Start-1] == '@' {
			r.Immutable = true
		}
	}
	var forms []string
	for _, template := range w.forms {
		if template != "" {
			forms = append(forms, plainForm(template))
		}
	}
	r.Form = strings.Join(forms, ":")
	return r
}

// tells reports whether the first n bytes of a grammar's template tell its kind: no
// grammar of another kind begins in the same way.
func (i *Issuer) tells(g Grammar, n int) bool {
	for _, other := range i.Grammars {
		if other.Kind == g.Kind {
			continue
		}
		if strings.HasPrefix(other.Text, g.Text[:n]) {
			return false
		}
		for _, part := range other.Parts {
			if strings.HasPrefix(part, g.Text[:n]) {
				return false
			}
		}
	}
	return true
}
