package remedy

import (
	"errors"
	"fmt"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/policy"
)

// maxSteps is how many causes, one behind another, a fix sees to.
const maxSteps = 5

// fix makes a fix of a draft: what still refuses once it is made is seen to
// in turn, and the whole is proved.
func (f *finder) fix(first draft) (Fix, error) {
	dr := first
	t, doc, result, err := f.take(f.text, dr.steps)
	for n := 1; err == nil && result.Verdict != diagnosis.VerdictAllowed && len(waiting(&result)) == 0; n++ {
		if n == maxSteps || len(result.Causes) == 0 || !inPolicy(result.Causes[0].Code) {
			return Fix{}, errors.New("the token would still be refused")
		}
		c := result.Causes[0]
		next, reason := f.later(&first, &c, doc)
		if reason != "" {
			return Fix{}, fmt.Errorf("%s would still refuse: %s", c.Element, reason)
		}
		dr.join(&next)
		t, doc, result, err = f.take(t, next.steps)
	}
	if err != nil {
		return Fix{}, err
	}
	proved, err := f.prove(t, doc, result, &dr)
	var gain *gainError
	switch {
	case !errors.As(err, &gain) || !dr.mends:
	case len(dr.actions) > 0:
		proved, err = f.beside(&dr, err)
	default:
		proved, err = f.narrowed(t, doc, &dr)
	}
	if err != nil {
		return Fix{}, err
	}
	return f.finish(&dr, &proved), nil
}

func (f *finder) take(t *text, steps []step) (*text, *policy.Document, diagnosis.Diagnosis, error) {
	changed, doc, err := t.apply(steps)
	if err != nil {
		return nil, nil, diagnosis.Diagnosis{}, err
	}
	return changed, doc, f.evaluate(doc), nil
}

// later is what to do about a cause that stands behind another one.
func (f *finder) later(first *draft, c *diagnosis.Cause, doc *policy.Document) (draft, string) {
	if first.kind == KindProvider && c.Element == diagnosis.ElementSub && len(c.Hints) == 0 {
		return draft{}, "the provider is another one and the subject as well, so nothing in the trust policy names this caller"
	}
	was := f.doc
	f.doc = doc
	drafts, reason := f.drafts(c)
	f.doc = was
	if len(drafts) == 0 {
		if reason == "" {
			reason = "there is no safe change"
		}
		return draft{}, reason
	}
	return drafts[0], ""
}

// join adds the next draft to one.
func (dr *draft) join(next *draft) {
	dr.title += "; " + lowerFirst(next.title)
	dr.gone = append(dr.gone, next.gone...)
	dr.warnings = append(dr.warnings, next.warnings...)
	dr.mends = dr.mends || next.mends
	if len(dr.actions) > 0 && len(next.actions) > 0 {
		dr.actions = append(dr.actions, next.actions...)
	} else {
		dr.actions = nil
	}
	if next.admits != "" {
		dr.admits, dr.operator = next.admits, next.operator
	}
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// narrowed writes the presented subject in the place of a pattern that would
// let in others, in a statement that as it stood let in nobody.
func (f *finder) narrowed(t *text, doc *policy.Document, dr *draft) (proof, error) {
	narrow := *dr
	var steps []step
	sub := f.in.Denial.Subject.Value
	key := strings.ToLower(f.provider.Suffix) + ":sub"
	for i := range doc.Statements {
		st := &doc.Statements[i]
		for k := range st.Conditions {
			c := &st.Conditions[k]
			if c.FoldedKey() != key || !isText(c.Operator) || !knowsWildcards(c.Operator) || st.Effect != policy.Allow || f.nobodys(c) {
				continue
			}
			for _, v := range c.Values {
				value, ok := f.stable(sub, c.Operator)
				if !ok || !policy.IsGlob(v.Text) || c.Operator.Matches(v.Text, sub, doc.Version == policy.Version2012) != policy.True {
					continue
				}
				steps = append(steps, replaceValue(i, c.Operator.Text, c.Key.Text, v.Text, value))
				narrow.title += fmt.Sprintf("; write the presented subject in the place of %q, which would let in others", cut(v.Text))
				narrow.admits, narrow.operator = value, c.Operator
			}
		}
	}
	if len(steps) == 0 {
		_, err := f.prove(t, doc, f.evaluate(doc), dr)
		return proof{}, err
	}
	t, doc, result, err := f.take(t, steps)
	if err != nil {
		return proof{}, err
	}
	*dr = narrow
	return f.prove(t, doc, result, dr)
}

// finish writes a proved draft in the forms in which it is handed on.
func (f *finder) finish(dr *draft, p *proof) Fix {
	return Fix{
		Title: dr.title, Kind: dr.kind, Side: SideRole, Verified: p.verified, Policy: string(p.text.source),
		Diff: diffOf(f.text.name, f.text.source, p.text.source), AWSCLI: updateCommand(f.role, p.text.source),
		Admits: dr.admits, WideCure: f.wideCure(dr, p), Warnings: append(dr.warnings, p.warnings...),
	}
}
