package policy

import "slices"

// Result is how an evaluation came out, part by part. It shares the
// document's statements; nothing in it is formatted.
type Result struct {
	Truth      Truth // whether the document allows the request
	Statements []StatementResult
}

// StatementResult is one statement's part in a [Result].
type StatementResult struct {
	Statement  *Statement
	Truth      Truth
	Principal  Truth
	Action     Truth
	Conditions []ConditionResult // in the order of Statement.Conditions
}

// ConditionResult is how one condition came out.
type ConditionResult struct {
	Condition *Condition
	Truth     Truth
	State     State
	Presented []string // the request's values for the key
	Values    []Truth  // for each value of the condition, whether a presented one matches it
	Waits     []string // where Truth is Unknown: the hidden keys, in lower case, that it waits for
}

// Trace is [Evaluate] with its reasons. It evaluates every part of every
// statement, also after one has decided: the reader wants every near miss.
func Trace(d *Document, req *Request) Result {
	r := Result{Statements: make([]StatementResult, 0, len(d.Statements))}
	allow, deny := False, False
	for i := range d.Statements {
		s := TraceStatement(&d.Statements[i], req)
		allow, deny = s.Statement.tally(s.Truth, allow, deny)
		r.Statements = append(r.Statements, s)
	}
	r.Truth = allow.And(deny.Not())
	return r
}

// TraceStatement is [Trace] for one statement alone.
func TraceStatement(s *Statement, req *Request) StatementResult {
	r := StatementResult{Statement: s}
	if s.Unresolved {
		return r
	}
	r.Principal, r.Action = s.Principal.truth(req), s.Action.truth(req)
	r.Truth = r.Principal.And(r.Action)
	for i := range s.Conditions {
		c := traceCondition(&s.Conditions[i], req)
		r.Truth = r.Truth.And(c.Truth)
		r.Conditions = append(r.Conditions, c)
	}
	return r
}

func traceCondition(c *Condition, req *Request) ConditionResult {
	r := ConditionResult{Condition: c, Truth: c.truth(req)}
	if c.Unresolved {
		return r
	}
	a := req.Keys[c.folded]
	r.State, r.Presented = a.State, a.Values
	if a.State == Present && !c.Operator.IsNull() {
		r.Values = make([]Truth, len(c.patterns))
		for i := range c.patterns {
			r.Values[i] = False
			for _, v := range a.Values {
				r.Values[i] = r.Values[i].Or(c.match(i, req, v))
			}
		}
	}
	if r.Truth == Unknown {
		r.Waits = c.waits(req)
	}
	return r
}

func (c *Condition) waits(req *Request) []string {
	var keys []string
	for _, k := range append([]string{c.folded}, c.Variables()...) {
		if req.Keys[k].State == Hidden && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}
