package oidc

// parts reads selected parts, and reports whether the text ends with a whole part.
func (w *walk) parts(parts []string) bool {
	for used := uint64(0); ; {
		read, part := w.part(parts, used)
		w.fields = append(w.fields, read.fields...)
		w.forms = append(w.forms, read.forms...)
		w.pos, w.any, w.left = read.pos, read.any, read.left
		w.reached(read.reach)
		if part < 0 {
			return false
		}
		used |= 1 << part
		if w.any || w.pos == len(w.text) {
			return true
		}
		w.pos++ // the ":" between parts
		w.reached(w.pos)
	}
}

// part reads one of the parts not used yet, and returns its index: the first that is
// read whole, else -1 with the reading that got furthest.
func (w *walk) part(parts []string, used uint64) (walk, int) {
	best := walk{pos: w.pos, reach: w.pos}
	for i, part := range parts {
		if used&(1<<i) != 0 {
			continue
		}
		try := walk{text: w.text, pattern: w.pattern, pos: w.pos, reach: w.pos}
		// "ref:*" is not read as ref: it may be a branch, whose part stands earlier.
		if try.template(part) && !best.any && (try.pos == len(w.text) || w.text[try.pos] == ':' || try.trailing(try.pos)) {
			return try, i
		}
		if try.reach > best.reach {
			best = try
		}
	}
	return best, -1
}
