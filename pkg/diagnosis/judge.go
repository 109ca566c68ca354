package diagnosis

import (
	"strings"

	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// The calls that one token may need allowed.
const (
	actionAssume            = "sts:AssumeRoleWithWebIdentity"
	actionTagSession        = "sts:TagSession"
	actionSetSourceIdentity = "sts:SetSourceIdentity"
)

// The elements that list what a statement leaves out.
const (
	notPrincipal = "NotPrincipal"
	notAction    = "NotAction"
)

// part is one part of a statement, with all that a check or a cause says.
type part struct {
	element    string
	truth      policy.Truth
	code       Code // where the part is false
	confidence Confidence
	expected   []policy.Value
	presented  []string
	pos        policy.Pos
	path       string
	operator   string
	key        string
	cond       *policy.Condition // nil for principal and action
	info       keyInfo
	waits      []string
	soft       bool // compared with an audience that may be azp
	distance   distance
}

// judged is a statement seen by one token.
type judged struct {
	statement *policy.Statement
	truth     policy.Truth
	parts     []part
	speaks    bool // of AssumeRoleWithWebIdentity
	trusts    bool // the token's provider
	fails     int  // elements that are false
	unknowns  int  // elements that are unknown, with no part of them false
	distance  distance
}

// judgement is a whole document seen by one token.
type judgement struct {
	subject    *subject
	doc        *policy.Document
	trace      policy.Result
	traces     map[string]policy.Result // by call, see traceOf
	statements []judged                 // in document order, all effects
	focus      *judged                  // nil where no Allow statement stands
}

// judge evaluates the document once for each call and reads the trace.
func (s *subject) judge(doc *policy.Document) *judgement {
	j := &judgement{subject: s, doc: doc}
	j.trace = j.traceOf(actionAssume)
	for i := range j.trace.Statements {
		j.statements = append(j.statements, j.judge(&j.trace.Statements[i]))
	}
	j.chooseFocus()
	return j
}

// traceOf is the document's trace for one call, made once.
func (j *judgement) traceOf(action string) policy.Result {
	r, ok := j.traces[action]
	if !ok {
		r = policy.Trace(j.doc, j.subject.request(j.doc.Keys(), action, nil))
		if j.traces == nil {
			j.traces = make(map[string]policy.Result)
		}
		j.traces[action] = r
	}
	return r
}

// judge reads one statement's trace. Where the statement trusts another
// provider, its keys are read as that provider's, so that a person sees
// whether the provider is the only difference.
func (j *judgement) judge(r *policy.StatementResult) judged {
	s, st := j.subject, r.Statement
	js := judged{statement: st, truth: r.Truth}
	if st.Unresolved {
		js.speaks, js.trusts, js.unknowns = true, true, 1
		return js
	}
	var trusted []string
	if r.Principal == policy.False {
		if trusted = s.trustedSuffixes(st); trusted != nil {
			again := policy.TraceStatement(st, s.request(st.Keys(), actionAssume, trusted))
			r = &again
		}
	}
	js.trusts = r.Principal != policy.False
	js.speaks = r.Action != policy.False && admitsWebIdentities(st)
	js.parts = append(js.parts, s.principalPart(r), s.actionPart(r))
	var others []part
	var aud, sub []part
	for i := range r.Conditions {
		switch p := s.conditionPart(&r.Conditions[i], trusted); p.element {
		case ElementAud:
			aud = append(aud, p)
		case ElementSub:
			sub = append(sub, p)
		default:
			others = append(others, p)
		}
	}
	js.parts = append(append(append(js.parts, aud...), sub...), others...)
	js.tally()
	return js
}

// tally counts elements, not parts: two false conditions on sub are one
// element that fails.
func (js *judged) tally() {
	worst := make(map[string]policy.Truth)
	for i := range js.parts {
		p := &js.parts[i]
		t, seen := worst[p.element]
		if !seen {
			t = policy.True
		}
		worst[p.element] = t.And(p.truth)
		if p.truth == policy.False {
			js.distance = js.distance.add(p.distance)
		}
	}
	for _, t := range worst {
		switch t {
		case policy.False:
			js.fails++
		case policy.Unknown:
			js.unknowns++
		case policy.True:
		}
	}
}

func (s *subject) principalPart(r *policy.StatementResult) part {
	st := r.Statement
	p := part{element: ElementProviderARN, truth: r.Principal, pos: st.Principal.Pos, path: st.Principal.Path,
		code: CauseProviderARNMismatch, confidence: Certain, presented: oneOf(s.provider.Text)}
	for i := range st.Principal.Entries {
		e := &st.Principal.Entries[i]
		if e.Type == "Federated" || e.Text == "*" {
			p.expected = append(p.expected, e.Value)
		}
	}
	if len(p.expected) == 1 {
		p.pos = p.expected[0].Pos
	}
	if st.Principal.Not {
		p.operator = notPrincipal
	}
	if p.truth == policy.False {
		p.distance = s.providerDistance(p.expected)
	}
	return p
}

func (s *subject) actionPart(r *policy.StatementResult) part {
	a := &r.Statement.Action
	p := part{element: ElementAction, truth: r.Action, pos: a.Pos, path: a.Path, code: CauseActionNotAllowed,
		confidence: Certain, expected: a.Values, presented: []string{actionAssume}}
	if a.Not {
		p.operator = notAction
	}
	return p
}

func (s *subject) conditionPart(r *policy.ConditionResult, trusted []string) part {
	c := r.Condition
	p := part{truth: r.Truth, pos: c.Pos, path: c.Path, operator: c.Operator.Text, key: c.Key.Text, cond: c,
		expected: c.Values, presented: r.Presented, waits: r.Waits, confidence: Certain, code: CauseConditionMismatch}
	if c.Unresolved {
		p.element = c.Key.Text
		return p
	}
	p.info = s.classify(c.Key.Text, trusted)
	p.element = p.info.element
	switch {
	case p.info.class == keyMisnamed:
		p.code = CauseConditionKeyMisnamed
	case p.info.class == keyUnlisted:
		p.code, p.confidence = CauseConditionKeyMisnamed, Likely
	case p.info.class == keyUndocumented:
		p.code, p.confidence = CauseClaimNotSupported, Likely
	case p.element == ElementAud:
		p.code = CauseAudMismatch
		p.soft = s.softAud() && r.State == policy.Present
	case p.element == ElementSub:
		p.code = CauseSubMismatch
	}
	if p.soft || s.onlyIfOwn(c, p.info) || s.staleTag(c.FoldedKey()) {
		p.confidence = Likely
	}
	if p.truth == policy.False {
		p.distance = s.conditionDistance(&p)
	}
	return p
}

// onlyIfOwn tells whether a condition that is false for the claim would be
// true if its key belonged to another provider than the token's, which the
// record does not name.
func (s *subject) onlyIfOwn(c *policy.Condition, k keyInfo) bool {
	op := c.Operator
	return k.class == keyAlias && s.provider.Suffix == "" &&
		(op.Negated() || op.IsNull() || op.IfExists || op.Set == policy.ForAllValues)
}

// status is what a check shows for a part. A claim that AWS does not document
// reads as a mismatch under a plain positive operator, though the evaluation
// leaves it unknown.
func (p *part) status() Status {
	switch {
	case p.truth == policy.False, p.unsupported():
		return StatusMismatch
	case p.truth == policy.True:
		return StatusMatch
	default:
		return StatusUnknown
	}
}

func (p *part) unsupported() bool {
	if p.truth != policy.Unknown || p.info.class != keyUndocumented {
		return false
	}
	op := p.cond.Operator
	return op.Set == policy.NoSet && !op.IfExists && !op.Negated() && !op.IsNull()
}

// texts are the expected values as a check shows them.
func texts(values []policy.Value) []string {
	list := make([]string, 0, len(values))
	for _, v := range values {
		list = append(list, v.Text)
	}
	return list
}

// chooseFocus finds the Allow statement that comes closest to allowing the
// call. Between two that are alike in everything the earlier one stands.
func (j *judgement) chooseFocus() {
	for i := range j.statements {
		js := &j.statements[i]
		if js.statement.Effect == policy.Deny {
			continue
		}
		if j.focus == nil || js.closerThan(j.focus) {
			j.focus = js
		}
	}
}

func (js *judged) closerThan(other *judged) bool {
	if a, b := js.rank(), other.rank(); a != b {
		return a < b
	}
	if js.fails != other.fails {
		return js.fails < other.fails
	}
	if js.unknowns != other.unknowns {
		return js.unknowns < other.unknowns
	}
	return js.distance.less(other.distance)
}

// rank puts statements that are about such a call and such a provider before
// those that are not, however few conditions these have.
func (js *judged) rank() int {
	switch {
	case js.speaks && js.trusts:
		return 0
	case js.speaks:
		return 1
	case js.trusts:
		return 2
	default:
		return 3
	}
}

// trustsWebIdentity tells whether any Allow statement trusts a web identity
// of whatever provider.
func (j *judgement) trustsWebIdentity() bool {
	for i := range j.statements {
		st := j.statements[i].statement
		if st.Effect != policy.Deny && admitsWebIdentities(st) {
			return true
		}
	}
	return false
}

// admitsWebIdentities tells whether the principals of a statement can be web
// identities at all. One that allows "sts:*" to a service does not speak of
// AssumeRoleWithWebIdentity.
func admitsWebIdentities(st *policy.Statement) bool {
	if st.Unresolved || st.Principal.Unresolved || st.Principal.Not {
		return true
	}
	for _, e := range st.Principal.Entries {
		if namesWebIdentity(e) {
			return true
		}
	}
	return false
}

func namesWebIdentity(e policy.PrincipalEntry) bool {
	if e.Text == "*" {
		return e.Type == "" || e.Type == "AWS" || e.Type == "Federated"
	}
	if e.Type != "Federated" {
		return false
	}
	_, err := oidc.ParseProvider(e.Text)
	return err == nil || e.Unresolved || !strings.Contains(e.Text, ":saml-provider/")
}
