package policy

// Truth is Kleene's: the zero Truth is Unknown.
type Truth uint8

// The three truths.
const (
	Unknown Truth = iota
	False
	True
)

// String is "unknown", "false" or "true".
func (t Truth) String() string {
	switch t {
	case False:
		return "false"
	case True:
		return "true"
	default:
		return "unknown"
	}
}

// And is False if either is, True if both are, else Unknown.
func (t Truth) And(u Truth) Truth {
	switch {
	case t == False || u == False:
		return False
	case t == True && u == True:
		return True
	default:
		return Unknown
	}
}

// Or is True if either is, False if both are, else Unknown.
func (t Truth) Or(u Truth) Truth {
	return t.Not().And(u.Not()).Not()
}

// Not exchanges True and False.
func (t Truth) Not() Truth {
	switch t {
	case False:
		return True
	case True:
		return False
	default:
		return Unknown
	}
}

// truthOf is True or False, as b says.
func truthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}
