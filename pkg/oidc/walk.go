package oidc

import "strings"

// walk reads a text along templates, byte by byte and never back, so that its cost
// is the length of the text times the number of templates.
type walk struct {
	text    string
	pattern bool // "*" and "?" are wildcards

	pos    int  // end of the last piece that was read whole
	reach  int  // furthest byte that agreed, inside a literal too
	any    bool // the text ends in a "*" that covers what follows
	fields []Field
	forms  []string // the templates read, as far as they were
	left   string   // what was not read of the last template
}

// template reads one template from the present position, and reports whether it was
// read to its end; the text may go on.
func (w *walk) template(template string) bool {
	for w.left = template; w.left != ""; {
		p, rest := nextPiece(w.left)
		if p.literal == "" && w.field(p, rest) || p.literal != "" && w.literal(p) {
			w.left = rest
			continue
		}
		if w.any || !w.skip() {
			break
		}
	}
	w.forms = append(w.forms, template[:len(template)-len(w.left)])
	return w.left == ""
}

// literal reads text that stands in the template itself.
func (w *walk) literal(p piece) bool {
	n := commonPrefix(w.text[w.pos:], p.literal)
	w.reached(w.pos + n)
	if n < len(p.literal) {
		w.trailing(w.pos + n)
		return false
	}
	if p.field != "" {
		w.add(p, w.pos+n)
	}
	w.pos += n
	return true
}

// field reads a value; it ends where the template's next literal may begin.
func (w *walk) field(p piece, rest string) bool {
	end := w.pos
	for ; end < len(w.text); end++ {
		b := w.text[end]
		if rest != "" && b == rest[0] || !p.set.holds(b) && !(w.pattern && isWildcard(b)) {
			break
		}
	}
	w.reached(end)
	if end == w.pos {
		return p.optional
	}
	if w.pattern && rest != "" && end == len(w.text) {
		w.any = w.text[end-1] == '*'
		if !w.any && strings.Contains(w.text[w.pos:end], "*") {
			return false // "*main" may cover what the template still asks for
		}
	}
	w.add(p, end)
	w.pos = end
	return true
}

// skip passes over what a "*" may cover, up to a later literal that stands behind it:
// "repo:*:environment:prod" has no "/". The "*" ends the last value or stands inside
// the literal that was not met.
func (w *walk) skip() bool {
	if !w.pattern {
		return false
	}
	failed, _ := nextPiece(w.left)
	from := w.pos + commonPrefix(w.text[w.pos:], failed.literal)
	behind := strings.TrimLeft(w.text[from:], "*")
	switch {
	case len(behind) < len(w.text)-from:
		from = len(w.text) - len(behind)
	case w.pos > 0 && w.text[w.pos-1] == '*':
		from = w.pos
	default:
		return false
	}
	for template := w.left; template != ""; {
		p, rest := nextPiece(template)
		if p.literal != "" {
			n := commonPrefix(w.text[from:], p.literal)
			if n == len(p.literal) {
				w.pos, w.left = from, template
				return true
			}
			w.reached(from + n)
			if w.trailing(from + n) {
				return false
			}
		}
		template = rest
	}
	return false
}

// trailing reports whether all that follows is a "*", which then covers the rest.
func (w *walk) trailing(from int) bool {
	if !w.pattern || from == len(w.text) || strings.TrimLeft(w.text[from:], "*") != "" {
		return false
	}
	w.any = true
	w.reached(len(w.text))
	return true
}

func (w *walk) add(p piece, end int) {
	w.fields = append(w.fields, Field{Name: p.field, Role: p.role, Value: w.text[w.pos:end], Start: w.pos, End: end})
}

func (w *walk) reached(pos int) { w.reach = max(w.reach, pos) }

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func isWildcard(b byte) bool { return b == '*' || b == '?' }
