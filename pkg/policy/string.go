package policy

import "strings"

func compileText(s string, vars bool) pattern {
	tokens, hasVar := tokenize(s, false, vars)
	p := pattern{valid: true, tokens: tokens, hasVar: hasVar}
	if !hasVar && len(tokens) > 0 {
		p.text = tokens[0].text
	}
	return p
}

func compileLike(s string, vars bool) pattern {
	tokens, hasVar := tokenize(s, true, vars)
	return pattern{valid: true, tokens: tokens, hasVar: hasVar}
}

// isStars tells whether the pattern is "*", which every text matches.
func isStars(p *pattern) bool {
	for _, t := range p.tokens {
		if t.kind != anyRun {
			return false
		}
	}
	return len(p.tokens) > 0
}

func matchText(p *pattern, req *Request, s string) Truth {
	if !p.hasVar {
		return truthOf(p.text == s)
	}
	return matchWith(p.tokens, req, s, exactCase)
}

func matchTextFold(p *pattern, req *Request, s string) Truth {
	if !p.hasVar {
		return truthOf(strings.EqualFold(p.text, s))
	}
	return matchWith(p.tokens, req, s, anyCase)
}

func matchLike(p *pattern, req *Request, s string) Truth {
	if !p.hasVar {
		return truthOf(matchTokens(p.tokens, s, false))
	}
	return matchWith(p.tokens, req, s, wildcards)
}

// mode is how [matchWith] compares.
type mode uint8

const (
	exactCase mode = iota
	anyCase
	wildcards
	arnPart // one of the first five parts of an ARN
)

// unsure are the characters that a variable's value may not hold if the
// outcome is to be known.
func (m mode) unsure() string {
	return [...]string{"", "", "*?", "*?:"}[m]
}

// matchWith compares after the variables are resolved. A variable without a
// value matches nothing (IAM User Guide, "Policy variables").
func matchWith(tokens []token, req *Request, s string, m mode) Truth {
	var buf [16]token
	expanded, t := expand(tokens, req, m.unsure(), buf[:0])
	switch {
	case t == False:
		return False
	case t == Unknown && m == arnPart:
		return Unknown
	case !matchTokens(expanded, s, m == anyCase):
		return False
	default:
		return t
	}
}
