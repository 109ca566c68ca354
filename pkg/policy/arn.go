package policy

import "strings"

// compileARN splits a pattern at its first five colons, those inside "${…}"
// not counted. What has fewer parts is no ARN and never matches, unless a
// variable may bring colons with it; whether "*" alone stands for every ARN
// is not documented, and stays unknown.
func compileARN(s string, vars bool) pattern {
	if s == "*" {
		return pattern{unresolved: true}
	}
	var p pattern
	for _, part := range splitARNPattern(s, vars) {
		tokens, hasVar := tokenize(part, true, vars)
		p.arn = append(p.arn, tokens)
		p.hasVar = p.hasVar || hasVar
	}
	p.valid = len(p.arn) == arnParts || p.hasVar
	return p
}

const arnParts = 6

func splitARNPattern(s string, vars bool) []string {
	var parts []string
	start := 0
	for i := 0; i < len(s) && len(parts) < arnParts-1; i++ {
		if vars && strings.HasPrefix(s[i:], "${") {
			i += max(0, strings.IndexByte(s[i:], '}'))
		} else if s[i] == ':' {
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

// matchARN compares part by part, so that a wildcard in one of the first five
// does not reach over a colon (IAM User Guide, "Condition operators"). Six
// parts that do not begin with "arn" are no ARN, but that IAM looks at this
// is not documented: a match of such a value is unknown.
func matchARN(p *pattern, req *Request, s string) Truth {
	if !p.valid {
		return False
	}
	truth, rest := True, s
	for i, tokens := range p.arn {
		part, found := rest, true
		if i < arnParts-1 {
			part, rest, found = strings.Cut(rest, ":")
		}
		t := False
		switch {
		case !found:
		case !p.hasVar:
			t = truthOf(matchTokens(tokens, part, false))
		case i < arnParts-1:
			// A value with colons in it would move the parts behind it if IAM
			// resolves before it splits, so nothing is known beyond this.
			if t = matchWith(tokens, req, part, arnPart); t == Unknown {
				return Unknown
			}
		default:
			t = matchWith(tokens, req, part, wildcards)
		}
		if truth = truth.And(t); truth == False {
			return False
		}
	}
	switch {
	case len(p.arn) < arnParts:
		return False
	case !strings.HasPrefix(s, "arn:"):
		return Unknown
	default:
		return truth
	}
}
