package policy

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// number is a decimal. Text keeps apart two numbers that a float cannot.
type number struct {
	f    float64
	text string
}

// doubtful are the spellings that other languages take for numbers. IAM's
// pages speak of integers and decimals only.
var doubtful = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)
})

// parseNumber reads an integer or a decimal. It is False for what is no
// number, and Unknown where IAM may or may not take it for one.
func parseNumber(s string) (number, Truth) {
	whole, fraction, point := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if !isDigits(whole) || point && !isDigits(fraction) {
		if doubtful().MatchString(s) {
			return number{}, Unknown
		}
		return number{}, False
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return number{}, Unknown // too large for a float
	}
	return number{f, s}, True
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// order is -1, 0 or 1; known is false for two different texts that one float
// may stand for: fifteen digits are what a float keeps apart.
func (n number) order(m number) (order int, known bool) {
	order = cmp.Compare(n.f, m.f)
	return order, order != 0 || n.text == m.text || len(n.text) < 16 && len(m.text) < 16
}

func isEqual(order int) bool          { return order == 0 }
func isLess(order int) bool           { return order < 0 }
func isLessOrEqual(order int) bool    { return order <= 0 }
func isGreater(order int) bool        { return order > 0 }
func isGreaterOrEqual(order int) bool { return order >= 0 }

func compileNumber(s string, _ bool) pattern {
	n, t := parseNumber(s)
	return pattern{valid: t == True, unresolved: t == Unknown, number: n}
}

// matchNumber compares numbers. What is none matches nothing (IAM User Guide,
// "Condition operators"); whether a negated operator then holds is not
// documented, so invalid says what the table's entry answers.
func matchNumber(holds func(order int) bool, invalid Truth) func(*pattern, *Request, string) Truth {
	return func(p *pattern, _ *Request, s string) Truth {
		n, t := parseNumber(s)
		switch {
		case !p.valid || t == False:
			return invalid
		case t == Unknown:
			return Unknown
		}
		order, known := n.order(p.number)
		if !known {
			return Unknown
		}
		return truthOf(holds(order))
	}
}
