package remedy

import (
	"fmt"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// shapeDrafts are for subjects that change on each run: what stays the same is
// spelt out, and a wildcard stands for the rest.
func (f *finder) shapeDrafts(c *diagnosis.Cause, k *policy.Condition) ([]draft, string) {
	shape, ok := f.shape(c.Presented[0])
	if !ok {
		return nil, "the part that changes on each run cannot be told from the rest in a document of this version"
	}
	dr := draft{
		title: fmt.Sprintf("Admit %q, in which * is what changes on each run", cut(shape)), kind: KindPattern,
		admits: shape, operator: stringLike, warnings: f.warnings(c),
	}
	replace := f.replaceable(c, k)
	switch {
	case knowsWildcards(k.Operator) && !isARN(k.Operator) && replace:
		dr.steps = []step{replaceValue(c.Statement, k.Operator.Text, k.Key.Text, c.Nearest, shape)}
		dr.gone = []string{sampleOf(c.Nearest, k.Operator)}
	case knowsWildcards(k.Operator) && !isARN(k.Operator):
		dr.steps = []step{addValue(c.Statement, k.Operator.Text, k.Key.Text, shape)}
	default:
		list, ok := f.underLike(k, c.Nearest, shape, replace)
		if !ok {
			return nil, "the present values cannot be written to the letter under StringLike"
		}
		dr.steps = []step{moveCondition(c.Statement, k.Operator.Text, k.Key.Text, likeOf(k.Operator), list)}
		dr.gone, dr.mends = []string{c.Nearest}, isARN(k.Operator)
	}
	return []draft{dr}, ""
}

// shape is the presented subject as a pattern: literal but for what changes on
// each run.
func (f *finder) shape(subject string) (string, bool) {
	var b strings.Builder
	from := 0
	for _, field := range f.reading.Fields {
		if field.Role != oidc.RoleVolatile {
			continue
		}
		part, ok := literal(subject[from:field.Start], stringLike, f.doc.Version)
		if !ok {
			return "", false
		}
		b.WriteString(part + "*")
		from = field.End
	}
	rest, ok := literal(subject[from:], stringLike, f.doc.Version)
	return b.String() + rest, ok && from > 0
}

// alike are the other forms of the issuer's subjects that a pattern covers
// which was made for what changes on each run: without a deployment Bitbucket's
// "{<repository>}:{*}" is a step's, and any environment's as well.
func (f *finder) alike(pattern string) []string {
	if shape, ok := f.shape(f.in.Denial.Subject.Value); !ok || pattern != shape {
		return nil
	}
	var others []string
	for _, p := range f.formProbes() {
		if stringLike.Matches(pattern, p.denial.Subject.Value, f.doc.Version == policy.Version2012) == policy.True {
			others = addOnce(others, p.says)
		}
	}
	return others
}

// resourceName is what the issuer calls the resource of the subject.
func (f *finder) resourceName() string {
	for _, field := range f.reading.Fields {
		if field.Role == oidc.RoleResource {
			return fieldName(field.Name)
		}
	}
	return "owner"
}

// stable is the presented subject as an operator with wildcards takes it: its
// shape where some of it changes on each run, else to the letter.
func (f *finder) stable(subject string, op policy.Operator) (string, bool) {
	if f.issuer.Shape(subject) != subject {
		return f.shape(subject)
	}
	return literal(subject, op, f.doc.Version)
}
