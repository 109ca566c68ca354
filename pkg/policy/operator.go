package policy

import (
	"strings"

	"whydenied/pkg/internal/edit"
)

// Set is the quantifier of a condition over the request's several values.
type Set uint8

// The quantifiers.
const (
	NoSet Set = iota
	ForAllValues
	ForAnyValue
)

// Operator is a condition operator: "ForAnyValue:StringLikeIfExists" is the
// base StringLike with a quantifier and IfExists.
type Operator struct {
	Text     string // as the document writes it
	Set      Set
	IfExists bool

	base *base
}

// base is one comparison. Every base but Null is in this one table.
type base struct {
	name    string
	negated bool
	// compile prepares a value of the policy; vars tells whether "${" starts
	// a variable in this document.
	compile func(text string, vars bool) pattern
	// match compares one value of the request, not negated.
	match func(p *pattern, req *Request, presented string) Truth
	// universal tells whether p matches every text whatsoever.
	universal func(p *pattern) bool
}

var bases = []*base{
	{"StringEquals", false, compileText, matchText, nil},
	{"StringNotEquals", true, compileText, matchText, nil},
	{"StringEqualsIgnoreCase", false, compileText, matchTextFold, nil},
	{"StringNotEqualsIgnoreCase", true, compileText, matchTextFold, nil},
	{"StringLike", false, compileLike, matchLike, isStars},
	{"StringNotLike", true, compileLike, matchLike, isStars},
	{"NumericEquals", false, compileNumber, matchNumber(isEqual, False), nil},
	{"NumericNotEquals", true, compileNumber, matchNumber(isEqual, Unknown), nil},
	{"NumericLessThan", false, compileNumber, matchNumber(isLess, False), nil},
	{"NumericLessThanEquals", false, compileNumber, matchNumber(isLessOrEqual, False), nil},
	{"NumericGreaterThan", false, compileNumber, matchNumber(isGreater, False), nil},
	{"NumericGreaterThanEquals", false, compileNumber, matchNumber(isGreaterOrEqual, False), nil},
	{"DateEquals", false, compileDate, matchDate(isEqual, False), nil},
	{"DateNotEquals", true, compileDate, matchDate(isEqual, Unknown), nil},
	{"DateLessThan", false, compileDate, matchDate(isLess, False), nil},
	{"DateLessThanEquals", false, compileDate, matchDate(isLessOrEqual, False), nil},
	{"DateGreaterThan", false, compileDate, matchDate(isGreater, False), nil},
	{"DateGreaterThanEquals", false, compileDate, matchDate(isGreaterOrEqual, False), nil},
	{"Bool", false, compileBool, matchBool, nil},
	{"BinaryEquals", false, compileBinary, matchBinary, nil},
	{"IpAddress", false, compileIP, matchIP(False), nil},
	{"NotIpAddress", true, compileIP, matchIP(Unknown), nil},
	{"ArnEquals", false, compileARN, matchARN, nil},
	{"ArnLike", false, compileARN, matchARN, nil},
	{"ArnNotEquals", true, compileARN, matchARN, nil},
	{"ArnNotLike", true, compileARN, matchARN, nil},
	{"Null", false, compileNull, nil, nil},
}

var basesByName = func() map[string]*base {
	m := make(map[string]*base, len(bases))
	for _, b := range bases {
		m[strings.ToLower(b.name)] = b
	}
	return m
}()

// Operators are the names of all comparisons, without quantifier and IfExists.
func Operators() []string {
	names := make([]string, len(bases))
	for i, b := range bases {
		names[i] = b.name
	}
	return names
}

// Base is the comparison's own name, "" for an unresolved operator.
func (o Operator) Base() string {
	if o.base == nil {
		return ""
	}
	return o.base.name
}

// Negated tells whether the comparison holds where the values differ.
func (o Operator) Negated() bool { return o.base != nil && o.base.negated }

// IsNull tells whether the operator asks for a key's presence alone.
func (o Operator) IsNull() bool { return o.base != nil && o.base.match == nil }

// Matches tells whether a value of a policy matches one of a request, before
// negation; vars tells whether the document resolves variables, whose values
// are not known here. It prepares the value anew on each call: it is for asking what
// another value, or another operator, would have done.
func (o Operator) Matches(value, presented string, vars bool) Truth {
	if o.base == nil || o.IsNull() {
		return Unknown
	}
	p := o.base.compile(value, vars)
	if p.unresolved {
		return Unknown
	}
	return o.base.match(&p, &Request{}, presented)
}

// String is the operator in IAM's own spelling.
func (o Operator) String() string {
	if o.base == nil {
		return o.Text
	}
	s := o.base.name
	switch o.Set {
	case ForAllValues:
		s = "ForAllValues:" + s
	case ForAnyValue:
		s = "ForAnyValue:" + s
	case NoSet:
	}
	if o.IfExists {
		s += "IfExists"
	}
	return s
}

// ParseOperator reads an operator's name. Names compare without regard to
// letter case. ok is false for a name that is none; suggestion is then the
// nearest name there is, or "".
func ParseOperator(text string) (op Operator, suggestion string, ok bool) {
	op.Text = text
	name := strings.ToLower(text)
	prefix := ""
	if set, rest, found := strings.Cut(name, ":"); found {
		switch set {
		case "forallvalues":
			op.Set, prefix = ForAllValues, "ForAllValues:"
		case "foranyvalue":
			op.Set, prefix = ForAnyValue, "ForAnyValue:"
		default:
			if near, ok := edit.Nearest(set, []string{"forallvalues", "foranyvalue"}); ok {
				if meant, _, ok := ParseOperator(near + ":" + rest); ok {
					suggestion = meant.String()
				}
			}
			return op, suggestion, false
		}
		name = rest
	}
	suffix := ""
	if cut, found := strings.CutSuffix(name, "ifexists"); found {
		name, op.IfExists, suffix = cut, true, "IfExists"
	}
	op.base = basesByName[name]
	if op.base == nil {
		if near, ok := edit.Nearest(name, lowerNames()); ok {
			suggestion = prefix + basesByName[near].name + suffix
		}
		return op, suggestion, false
	}
	if op.IsNull() && (op.IfExists || op.Set != NoSet) {
		return op, "Null", false
	}
	return op, "", true
}

func lowerNames() []string {
	names := Operators()
	for i := range names {
		names[i] = strings.ToLower(names[i])
	}
	return names
}
