package policy_test

import (
	"encoding/base64"
	"math/big"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// matches compares one value of the policy with one of the request, before
// negation, under an operator in lower case.
func (n *naive) matches(operator, wanted, v string) bool {
	positive := strings.Replace(operator, "not", "", 1)
	var order int
	var valid bool
	switch {
	case strings.HasPrefix(positive, "string"):
		symbols, ok := n.resolve(wanted, positive == "stringlike")
		return ok && matchSymbols(symbols, v, positive == "stringequalsignorecase")
	case strings.HasPrefix(positive, "arn"):
		return n.arn(wanted, v)
	case positive == "bool":
		return strings.EqualFold(wanted, v) && (strings.EqualFold(v, "true") || strings.EqualFold(v, "false"))
	case positive == "binaryequals":
		a, errA := base64.StdEncoding.DecodeString(wanted)
		b, errB := base64.StdEncoding.DecodeString(v)
		return errA == nil && errB == nil && string(a) == string(b)
	case positive == "ipaddress":
		var inside bool
		if inside, valid = contains(wanted, v); valid {
			return inside
		}
	case strings.HasPrefix(positive, "numeric"):
		a, okA := decimal(v)
		b, okB := decimal(wanted)
		if valid = okA && okB; valid {
			order = a.Cmp(b)
		}
	default:
		a, okA := n.moment(v)
		b, okB := n.moment(wanted)
		order, valid = a.Compare(b), okA && okB
	}
	if !valid {
		return positive != operator && !n.ask(invalidDiffers)
	}
	switch {
	case strings.HasSuffix(positive, "greaterthan"):
		return order > 0
	case strings.HasSuffix(positive, "greaterthanequals"):
		return order >= 0
	case strings.HasSuffix(positive, "lessthan"):
		return order < 0
	case strings.HasSuffix(positive, "lessthanequals"):
		return order <= 0
	}
	return order == 0
}

func decimal(s string) (*big.Rat, bool) {
	if !regexp.MustCompile(`^-?\d+(\.\d+)?$`).MatchString(s) {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

func (n *naive) moment(s string) (time.Time, bool) {
	if seconds, err := strconv.ParseUint(s, 10, 63); err == nil {
		return time.Unix(int64(seconds), 0), true
	}
	if d, ok := decimal(s); ok && n.ask(oddSeconds) {
		seconds, _ := d.Float64()
		return time.UnixMilli(int64(seconds * 1000)), true
	}
	for _, layout := range []string{"2006-01", "2006-01-02", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func contains(block, address string) (inside, valid bool) {
	ip := net.ParseIP(address)
	if !strings.Contains(block, "/") {
		b := net.ParseIP(block)
		return b.Equal(ip), ip != nil && b != nil
	}
	_, mask, err := net.ParseCIDR(block)
	if err != nil || ip == nil {
		return false, false
	}
	return mask.Contains(ip), true
}

// symbol is one character of a pattern. Those out of a variable are marked:
// what they mean is partly not documented.
type symbol struct {
	r     rune
	wild  bool
	value bool
}

var variable = regexp.MustCompile(`^\$\{([^}]*)\}`)

// resolve is false for a variable without a value and a default.
func (n *naive) resolve(s string, wild bool) (symbols []symbol, ok bool) {
	ok = true
	for s != "" {
		if found := variable.FindStringSubmatch(s); found != nil && n.version == "2012-10-17" {
			s = s[len(found[0]):]
			if name := found[1]; name == "*" || name == "?" || name == "$" {
				symbols = append(symbols, symbol{r: rune(name[0])})
				continue
			}
			key, fallback, hasDefault := strings.Cut(found[1], ", ")
			value := strings.Trim(fallback, "'")
			if v := n.keys[strings.ToLower(key)]; len(v) == 1 {
				value = v[0]
			} else if !hasDefault {
				ok = false
			}
			for _, r := range value {
				isWild := wild && (r == '*' || r == '?') && n.ask(wildValue)
				symbols = append(symbols, symbol{r, isWild, true})
			}
			continue
		}
		r := []rune(s)[0]
		s = s[len(string(r)):]
		symbols = append(symbols, symbol{r, wild && (r == '*' || r == '?'), false})
	}
	return symbols, ok
}

func matchSymbols(symbols []symbol, s string, fold bool) bool {
	expression := "(?s)^"
	if fold {
		expression = "(?is)^"
	}
	for _, y := range symbols {
		switch {
		case y.wild && y.r == '*':
			expression += ".*"
		case y.wild:
			expression += "."
		default:
			expression += regexp.QuoteMeta(string(y.r))
		}
	}
	return regexp.MustCompile(expression + "$").MatchString(s)
}

func (n *naive) arn(wanted, v string) bool {
	if wanted == "*" {
		return n.ask(starIsARN)
	}
	symbols, ok := n.resolve(wanted, true)
	parts := [][]symbol{nil}
	for _, y := range symbols {
		if y.r == ':' && len(parts) < 6 && !(y.value && n.ask(splitFirst)) {
			parts = append(parts, nil)
			continue
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], y)
	}
	presented := strings.SplitN(v, ":", 6)
	if !ok || len(parts) != 6 || len(presented) != 6 {
		return false
	}
	for i := range parts {
		ok = matchSymbols(parts[i], presented[i], false) && ok
	}
	return ok && (presented[0] == "arn" || n.ask(firstIsAny))
}
