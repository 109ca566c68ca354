package oidc

import "strings"

// Grammar is one form of an issuer's subjects: exactly one of Text and Parts is set.
//
// A template is literal text with fields in "<>": a name, a role, and where needed
// the characters that the value may hold. A name that ends in "?" may be empty; a
// last word "=text" is literal text that is a field too. Templates are read as they
// stand: compiling them would be paid at every cold start, reading is rare.
type Grammar struct {
	Kind  string   // which form it is, as in "branch"
	Text  string   // template of a whole subject
	Parts []string // templates that the subject's owner selects: one or more, each at most once, in any order, joined by ":"
}

// Forms returns the grammar's templates without roles, for people: one, or one for
// each part, as in "repo:<owner>/<repository>:environment:<environment>".
func (g Grammar) Forms() []string {
	if g.Text != "" {
		return []string{plainForm(g.Text)}
	}
	forms := make([]string, len(g.Parts))
	for i, part := range g.Parts {
		forms[i] = plainForm(part)
	}
	return forms
}

// charset is what the value of a field may hold.
type charset uint8

const (
	setWord   charset = iota // neither ":" nor "/"
	setName                  // neither ":" nor "/" nor "@", as GitHub's owners and repositories
	setPath                  // anything but ":"
	setText                  // anything
	setDigits                // an id
)

func (c charset) holds(b byte) bool {
	switch c {
	case setName:
		return b != ':' && b != '/' && b != '@'
	case setPath:
		return b != ':'
	case setText:
		return true
	case setDigits:
		return '0' <= b && b <= '9'
	default: // setWord
		return b != ':' && b != '/'
	}
}

// piece is one step of a template: literal text, a field, or both at once.
type piece struct {
	literal  string
	field    string
	role     Role
	set      charset
	optional bool
}

// nextPiece cuts the first piece off a template that is not empty.
func nextPiece(template string) (piece, string) {
	if template[0] != '<' {
		if end := strings.IndexByte(template, '<'); end >= 0 {
			return piece{literal: template[:end]}, template[end:]
		}
		return piece{literal: template}, ""
	}
	inside, rest, _ := strings.Cut(template[1:], ">")
	field, inside, _ := strings.Cut(inside, " ")
	role, last, _ := strings.Cut(inside, " ")
	p := piece{role: roleNamed(role)}
	p.field, p.optional = strings.CutSuffix(field, "?")
	switch last {
	case "name":
		p.set = setName
	case "path":
		p.set = setPath
	case "text":
		p.set = setText
	case "digits":
		p.set = setDigits
	default:
		p.literal, _ = strings.CutPrefix(last, "=")
	}
	return p, rest
}

// plainForm leaves of each field its name, and of a literal field its text.
func plainForm(template string) string {
	var b strings.Builder
	for template != "" {
		var p piece
		if p, template = nextPiece(template); p.literal != "" {
			b.WriteString(p.literal)
		} else {
			b.WriteString("<" + p.field + ">")
		}
	}
	return b.String()
}
