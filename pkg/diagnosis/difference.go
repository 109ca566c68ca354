package diagnosis

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func tail(s string) string {
	if i := strings.LastIndexAny(s, ":/"); i >= 0 && i < len(s)-1 {
		return s[i+1:]
	}
	return s
}

// differingPart finds the one part of two values that is not the same, or
// gives both back whole.
func differingPart(e, p string) (string, string) {
	for _, sep := range []string{":", "/"} {
		es, ps := strings.Split(e, sep), strings.Split(p, sep)
		if n := len(es); n > 1 && n < len(ps) && strings.HasSuffix(es[n-1], "*") {
			ps = append(ps[:n-1:n-1], strings.Join(ps[n-1:], sep))
		}
		if len(es) != len(ps) || len(es) == 1 {
			continue
		}
		at, n := 0, 0
		for i := range es {
			if !matches(es[i], ps[i]) {
				at, n = i, n+1
			}
		}
		if n == 1 {
			return differingPart(es[at], ps[at])
		}
	}
	return e, p
}

var ordinals = []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"}

// segmentSentence names the part that differs, and how such subjects read.
func (s *subject) segmentSentence(p *part, expected string) string {
	presented := p.presented[0]
	if holdsVariable(expected) {
		return "The policy's value holds a policy variable, which does not stand for what the token has."
	}
	e, v := quoteApart(differingPart(expected, presented))
	sentence := fmt.Sprintf("The policy says %s, the token says %s.", e, v)
	if at := segmentNumber(expected, presented); at >= 0 && at < len(ordinals) && p.element == ElementSub && strings.Contains(expected, ":") {
		sentence = fmt.Sprintf("Its %s part is %s where the policy expects %s.", ordinals[at], v, e)
	}
	if p.element != ElementSub {
		return sentence
	}
	switch c := s.compare(expected); {
	case c.ids:
		sentence += " An owner or a repository with another id is another one, whatever its name."
	case c.tenant && SameOwner(c.pattern, s.reading):
		sentence += " The owner's id is the same: it has another name now."
	case c.volatile:
		sentence += " That part changes on each run."
	}
	return sentence + s.form(expected)
}

// quoteApart quotes two texts so that they look as different as they are: an
// "ö" of one character and one of two look alike.
func quoteApart(a, b string) (string, string) {
	mark := func(r rune) bool { return unicode.Is(unicode.Mn, r) }
	if strings.ContainsFunc(a, mark) != strings.ContainsFunc(b, mark) {
		return strconv.QuoteToASCII(cut(a)), strconv.QuoteToASCII(cut(b))
	}
	return quote(a), quote(b)
}

// foreign tells whether an expected subject reads as none of the issuer's.
func (s *subject) foreign(expected string) bool {
	if expected == "" || !s.issuer.Known || !s.reading.Complete {
		return false
	}
	r := s.pattern(expected)
	return len(r.Fields) == 0 && !r.Any
}

// form says how the issuer's subjects read, where the policy's value reads as
// none of them.
func (s *subject) form(expected string) string {
	if !s.foreign(expected) || s.issuer.Form == "" {
		return ""
	}
	return " " + strings.TrimSuffix(s.issuer.Form, ".") + "."
}

func segmentNumber(e, p string) int {
	es, ps := segments(e), segments(p)
	if len(es) != len(ps) {
		return -1
	}
	at := -1
	for i := range es {
		if !matches(es[i], ps[i]) {
			if at >= 0 {
				return -1
			}
			at = i
		}
	}
	return at
}

// shapeSentence compares the kinds of two subjects.
func (s *subject) shapeSentence(expected string) string {
	r := s.pattern(expected)
	if s.reading.Complete && r.Kind != "" && s.reading.Kind != "" && r.Kind != s.reading.Kind {
		return fmt.Sprintf("The policy expects a subject of the kind %s; the token's is of the kind %s: %s.", r.Kind, s.reading.Kind, cut(s.reading.String())) + s.contextFact()
	}
	es, ps := segments(expected), segments(s.in.Denial.Subject.Value)
	for i := 0; i < len(es) && i < len(ps); i++ {
		if !matches(es[i], ps[i]) && i < len(ordinals) {
			sentence := fmt.Sprintf("Its %s part is %s where the policy expects %s", ordinals[i], quote(ps[i]), quote(es[i]))
			if len(es) != len(ps) {
				sentence += fmt.Sprintf(", and the policy's value has %s where the token's has %d", parts(len(es)), len(ps))
			}
			return sentence + "." + s.form(expected) + s.contextFact()
		}
	}
	return fmt.Sprintf("The policy's value has %s, the token's has %d.%s", parts(len(es)), len(ps), s.form(expected))
}

func parts(n int) string {
	if n == 1 {
		return "1 part"
	}
	return fmt.Sprintf("%d parts", n)
}

// contextFact is what people are surprised by: which event gives which kind
// of subject at GitHub (GitHub Docs, "OpenID Connect reference").
func (s *subject) contextFact() string {
	github := strings.HasPrefix(s.issuer.Name, "GitHub")
	switch kind := s.reading.Kind; {
	case kind == "environment" && github:
		return " A job that names an environment sends it in place of the branch."
	case kind == "pull request" && github:
		return " A run for a pull request names no branch."
	case kind == "tag":
		return " A run for a tag or a release names the tag, not a branch."
	}
	return ""
}
