package oidc

import (
	"strconv"
	"strings"
	"unicode"
)

// String says for people what was read, on one line of plain text: values with
// control or invisible characters, quotes or commas are quoted.
func (r Reading) String() string {
	if len(r.Fields) == 0 {
		switch {
		case r.Any:
			return "any subject"
		case r.Rest == "":
			return "no subject"
		}
		return "unreadable: " + plain(r.Rest)
	}
	said := strings.Join(r.clauses(), ", ")
	switch {
	case r.Rest != "":
		return said + ", then unreadable: " + plain(r.Rest)
	case r.Any:
		return said + ", followed by anything"
	case !r.Complete:
		return said + ", and nothing after that"
	}
	return said
}

// clauses says each field once, together with others where the issuer has a phrase.
func (r Reading) clauses() []string {
	var clauses, phrases []string
	if r.Issuer != nil {
		phrases = r.Issuer.Phrases
	}
	said := make([]bool, len(r.Fields))
	for i, f := range r.Fields {
		if said[i] {
			continue
		}
		clause := ""
		for _, phrase := range phrases {
			if clause = r.fill(phrase, i, said); clause != "" {
				break
			}
		}
		if clause == "" {
			said[i] = true
			clause = strings.ReplaceAll(f.Name, "_", " ") + " " + plain(f.Value)
		}
		clauses = append(clauses, clause)
	}
	return clauses
}

// fill fills a phrase that says the given field and only fields not said yet, and
// marks them as said; empty where the phrase does not fit.
func (r Reading) fill(phrase string, field int, said []bool) string {
	var b strings.Builder
	var used []int
	fits := false
	for phrase != "" {
		var p piece
		if p, phrase = nextPiece(phrase); p.field == "" {
			b.WriteString(p.literal)
			continue
		}
		i := r.index(p.field)
		if i < 0 || said[i] {
			return ""
		}
		fits = fits || i == field
		used = append(used, i)
		b.WriteString(plain(r.Fields[i].Value))
	}
	if !fits {
		return ""
	}
	for _, i := range used {
		said[i] = true
	}
	return b.String()
}

// plain quotes a value that could be taken for something else when shown.
func plain(value string) string {
	odd := func(c rune) bool { return c == '"' || c == ',' || c == unicode.ReplacementChar || !unicode.IsPrint(c) }
	if strings.IndexFunc(value, odd) >= 0 || strings.TrimSpace(value) != value {
		return strconv.Quote(value)
	}
	return value
}
