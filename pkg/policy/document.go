package policy

import "bytes"

// The two versions of the policy language. A document without one is of the
// older, in which "${" is ordinary text (IAM User Guide, "Version").
const (
	Version2008 = "2008-10-17"
	Version2012 = "2012-10-17"
)

// Document is a parsed trust policy.
type Document struct {
	// Version is Version2008 where the document names none, and the source of
	// the expression where it is not known.
	Version    string
	HasVersion bool
	ID         string
	Statements []Statement
	// Source is the text that positions refer to; nil where the document was
	// decoded from a tree.
	Source []byte
	// Files are the texts of further files that positions refer to, by
	// [Pos].File: a reader of Terraform follows a value into another file.
	Files map[string][]byte

	keys []string // see Keys
}

// versionKnown tells whether the version is one of the two, so that it is
// known whether "${" starts a variable.
func (d *Document) versionKnown() bool {
	return d.Version == Version2008 || d.Version == Version2012
}

// LineAt is the text of the line on which a place of the document lies, in
// whichever file, or "".
func (d *Document) LineAt(p Pos) string {
	if text, other := d.Files[p.File]; other {
		return line(text, p.Line)
	}
	return line(d.Source, p.Line)
}

// Line is the text of a line of the source, counted from 1, or "".
func (d *Document) Line(n int) string { return line(d.Source, n) }

func line(rest []byte, n int) string {
	for ; n > 1; n-- {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			return ""
		}
		rest = rest[i+1:]
	}
	if n < 1 {
		return ""
	}
	line, _, _ := bytes.Cut(rest, []byte{'\n'})
	return string(bytes.TrimSuffix(line, []byte{'\r'}))
}

// Effect is what a statement does where it holds. The zero Effect is one that
// could not be resolved.
type Effect uint8

// The effects.
const (
	EffectUnresolved Effect = iota
	Allow
	Deny
)

// String is the word in the document.
func (e Effect) String() string {
	return [...]string{"(unresolved)", "Allow", "Deny"}[e]
}

// Value is a text of the document and its place. Where Unresolved is set the
// text is the source of an expression whose value is not known.
type Value struct {
	Text       string
	Pos        Pos
	Unresolved bool
}

// Statement is one statement. Unresolved statements have no other part.
type Statement struct {
	Index      int // in the document, from 0
	Sid        string
	Pos        Pos
	Effect     Effect
	Principal  Principal
	Action     Action
	Conditions []Condition // in document order
	Unresolved bool
}

// Path is where the statement stands, as a JSON path: "Statement[0]".
func (s *Statement) Path() string { return statementPath(s.Index) }

// Principal is a Principal or NotPrincipal element.
type Principal struct {
	Not        bool
	Entries    []PrincipalEntry // "*" alone is an entry without a type
	Pos        Pos
	Path       string
	Unresolved bool
}

// PrincipalEntry is one principal: its type ("AWS", "Federated", "Service",
// "CanonicalUser", or "" for a bare "*") and its value.
type PrincipalEntry struct {
	Type string
	Value
}

// Action is an Action or NotAction element.
type Action struct {
	Not    bool
	Values []Value
	Pos    Pos
	Path   string
}

// Condition is one key under one operator, with the values to compare.
// Operator.Kind is zero and Unresolved set where the whole part is unknown.
type Condition struct {
	Operator   Operator
	Key        Value
	Values     []Value
	Pos        Pos // of the key
	Path       string
	Unresolved bool

	folded   string // the key in lower case: key names compare without case
	patterns []pattern
	any      bool // some value matches every text
	none     bool // no value matches any text
}

// FoldedKey is the key's name in lower case, as [Request.Keys] wants it.
func (c *Condition) FoldedKey() string { return c.folded }

// Keys are the names, in lower case and without repeats, of every condition
// key and every policy variable that an evaluation of the document looks up.
func (d *Document) Keys() []string { return d.keys }

func (d *Document) collectKeys() []string {
	var keys []string
	seen := make(map[string]bool)
	for i := range d.Statements {
		keys = d.Statements[i].appendKeys(keys, seen)
	}
	return keys
}

// Keys are those of one statement, as [Document.Keys] has them.
func (s *Statement) Keys() []string { return s.appendKeys(nil, make(map[string]bool)) }

func (s *Statement) appendKeys(keys []string, seen map[string]bool) []string {
	add := func(k string) {
		if k != "" && !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		add(c.folded)
		for _, k := range c.Variables() {
			add(k)
		}
	}
	return keys
}

// Variables are the names, in lower case, of the policy variables in the
// condition's values.
func (c *Condition) Variables() []string {
	var keys []string
	for i := range c.patterns {
		c.patterns[i].eachVariable(func(k string) { keys = append(keys, k) })
	}
	return keys
}
