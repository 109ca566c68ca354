package policy

import "strings"

// Evaluate says whether the document allows the request: some Allow statement
// holds and no Deny statement does. It allocates nothing, but for BinaryEquals,
// for a date, a number or an address that is none, and for a value with more
// than sixteen variables, wildcards and runs of text.
func Evaluate(d *Document, req *Request) Truth {
	allow, deny := False, False
	// All statements are evaluated, also after one allows: an explicit Deny
	// further down still refuses.
	for i := range d.Statements {
		s := &d.Statements[i]
		allow, deny = s.tally(s.truth(req), allow, deny)
	}
	return allow.And(deny.Not())
}

// tally adds a statement's truth to that of its effect. A statement whose
// effect is not known may be of either kind, unless it does not hold.
func (s *Statement) tally(t, allow, deny Truth) (Truth, Truth) {
	switch s.Effect {
	case Allow:
		return allow.Or(t), deny
	case Deny:
		return allow, deny.Or(t)
	default:
		t = t.And(Unknown)
		return allow.Or(t), deny.Or(t)
	}
}

func (s *Statement) truth(req *Request) Truth {
	if s.Unresolved {
		return Unknown
	}
	t := s.Principal.truth(req).And(s.Action.truth(req))
	for i := range s.Conditions {
		if t == False {
			return False
		}
		t = t.And(s.Conditions[i].truth(req))
	}
	return t
}

// truth tells whether the element names the request's provider. Whether a
// bare "*" admits a web identity is not documented, so it is unknown.
func (p *Principal) truth(req *Request) Truth {
	if p.Unresolved {
		return Unknown
	}
	t := False
	for i := range p.Entries {
		t = t.Or(p.Entries[i].Truth(req))
	}
	if p.Not {
		return t.Not()
	}
	return t
}

// Truth tells whether one principal is the request's provider. Provider ARNs
// compare to the letter.
func (e *PrincipalEntry) Truth(req *Request) Truth {
	switch {
	case e.Type == "Service" || e.Type == "CanonicalUser":
		return False
	case e.Text == "*" || e.Unresolved:
		return Unknown
	case e.Type == "AWS":
		return False
	case req.Provider == "":
		return Unknown
	default:
		return truthOf(e.Text == req.Provider)
	}
}

func (a *Action) truth(req *Request) Truth {
	t := False
	for i := range a.Values {
		t = t.Or(a.Values[i].MatchesAction(req.Action))
	}
	if a.Not {
		return t.Not()
	}
	return t
}

// MatchesAction tells whether a value of an Action element covers a call.
// Action names compare without regard to letter case, "*" and "?" are
// wildcards.
func (v *Value) MatchesAction(call string) Truth {
	if v.Unresolved {
		return Unknown
	}
	return truthOf(v.Text == call || matchAction(v.Text, call))
}

// matchAction is matchTokens for ASCII text that needs no preparation.
func matchAction(pattern, s string) bool {
	pi, si, star, starAt := 0, 0, -1, 0
	for {
		switch {
		case pi < len(pattern) && pattern[pi] == '*':
			star, starAt = pi, si
			pi++
			continue
		case pi < len(pattern) && si < len(s) && (pattern[pi] == '?' || lower(pattern[pi]) == lower(s[si])):
			pi, si = pi+1, si+1
			continue
		case pi == len(pattern) && si == len(s):
			return true
		case star < 0 || starAt >= len(s):
			return false
		}
		starAt++
		pi, si = star+1, starAt
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func (c *Condition) truth(req *Request) Truth {
	if c.Unresolved {
		return Unknown
	}
	a := req.Keys[c.folded]
	switch a.State {
	case Present:
		return c.present(req, a)
	case Absent:
		return c.absent()
	default:
		return agree(c.absent(), c.anything(a))
	}
}

// agree is what two possibilities have in common.
func agree(t, u Truth) Truth {
	if t == u {
		return t
	}
	return Unknown
}

// absent follows IAM User Guide, "Condition operators" and "Conditions with
// multiple context keys or values". For ForAnyValue with IfExists the pages
// say true and an independent engine says false.
func (c *Condition) absent() Truth {
	switch {
	case c.Operator.IsNull():
		return c.null("true")
	case c.Operator.Set == ForAnyValue && c.Operator.IfExists:
		return Unknown
	case c.Operator.Set == ForAnyValue:
		return False
	case c.Operator.Set == ForAllValues || c.Operator.IfExists:
		return True
	default:
		return truthOf(c.Operator.Negated())
	}
}

// anything is the truth for a key that is present with no telling which value.
func (c *Condition) anything(a Attr) Truth {
	switch {
	case c.Operator.IsNull():
		return c.null("false")
	case a.Multi && c.Operator.Set == NoSet:
		return Unknown
	case c.any:
		return truthOf(!c.Operator.Negated())
	case c.none:
		return truthOf(c.Operator.Negated())
	default:
		return Unknown
	}
}

func (c *Condition) null(want string) Truth {
	t := False
	for i := range c.patterns {
		p := &c.patterns[i]
		if p.unresolved {
			t = t.Or(Unknown)
		} else {
			t = t.Or(truthOf(p.text == want))
		}
	}
	return t
}

func (c *Condition) present(req *Request, a Attr) Truth {
	switch {
	case c.Operator.IsNull() && len(a.Values) == 0:
		// The pages speak of a key that exists "and its value is not null".
		return agree(c.null("true"), c.null("false"))
	case c.Operator.IsNull():
		return c.null("false")
	case c.Operator.Set == NoSet && (a.Multi || len(a.Values) > 1):
		return Unknown
	case len(a.Values) == 0:
		return c.absent()
	}
	all, some := True, False
	for _, v := range a.Values {
		t := c.compare(req, v)
		all, some = all.And(t), some.Or(t)
	}
	if c.Operator.Set == ForAnyValue {
		return some
	}
	return all
}

// compare tests one value of the request against the whole list: it has to
// equal some value, or for a negated operator none (NOR, not "differs from
// one").
func (c *Condition) compare(req *Request, presented string) Truth {
	t := False
	for i := range c.patterns {
		t = t.Or(c.match(i, req, presented))
	}
	if c.Operator.Negated() {
		return t.Not()
	}
	return t
}

// match tests one value of the request against one of the policy.
func (c *Condition) match(i int, req *Request, presented string) Truth {
	p := &c.patterns[i]
	if p.unresolved {
		return Unknown
	}
	return c.Operator.base.match(p, req, presented)
}

// IsGlob tells whether text holds a wildcard of StringLike.
func IsGlob(text string) bool { return strings.ContainsAny(text, "*?") }
