package report

import (
	"strings"

	"whydenied/pkg/internal/edit"
)

// Marks tell where the nearest expected value and the presented one differ,
// as byte ranges. An empty range says that the part is missing on that side.
type Marks struct {
	Expected  int // index of the expected value that is marked
	InExpect  Span
	InPresent Span
}

// Span is a half-open range of bytes.
type Span struct{ Start, End int }

// mark compares the presented value with the nearest expected one. The range
// that differs is made of whole parts between separators, so that it reads as
// a word. Nearest is the one that agrees for the most parts from the left,
// then by letters: subjects go from the tenant to the circumstances.
func mark(expected, presented []string) *Marks {
	if len(expected) == 0 || len(presented) != 1 {
		return nil
	}
	p := presented[0]
	pieces := split(p)
	best, agree, letters := 0, -1, 0
	for i, e := range expected {
		a, l := agreement(split(e), pieces), edit.ToPattern(e, p)
		if a > agree || a == agree && l < letters {
			best, agree, letters = i, a, l
		}
	}
	e := expected[best]
	if e == p {
		return nil
	}
	return between(best, split(e), pieces)
}

const separators = ":/@"

// split cuts a value into its separators and what stands between them.
func split(v string) []string {
	var pieces []string
	for len(v) > 0 {
		n := strings.IndexAny(v, separators)
		switch {
		case n < 0:
			n = len(v)
		case n == 0:
			n = 1
		}
		pieces, v = append(pieces, v[:n]), v[n:]
	}
	return pieces
}

// agreement counts the pieces that agree from the left.
func agreement(e, p []string) int {
	n := 0
	for n < len(e) && n < len(p) && agrees(e[n], p[n]) {
		n++
	}
	return n
}

// agrees takes "*" and "?" for wildcards under every operator: where they are
// ordinary characters, and nothing else differs, literally marks them.
func agrees(expected, presented string) bool {
	if expected == presented {
		return true
	}
	return strings.ContainsAny(expected, "*?") && len(expected) <= edit.MaxLen && len(presented) <= edit.MaxLen &&
		edit.ToPattern(expected, presented) == 0
}

// between marks what is left between the pieces that agree on the left and
// those that agree on the right.
func between(index int, e, p []string) *Marks {
	open := len(e) > 0 && e[len(e)-1] == "*"
	left := agreement(e, p)
	if open {
		left = agreement(e[:len(e)-1], p)
	}
	restE, restP := e[left:], p[left:]
	if n := len(restE); open && len(restP) >= n {
		// A "*" at the end stands for all that the other parts leave.
		restE, restP = restE[:n-1], restP[:n-1]
	}
	for len(restE) > 0 && len(restP) > 0 && agrees(restE[len(restE)-1], restP[len(restP)-1]) {
		restE, restP = restE[:len(restE)-1], restP[:len(restP)-1]
	}
	if len(restE) == 0 && len(restP) == 0 {
		return literally(index, e, p)
	}
	return marks(index, e, p, left, len(restE), len(restP))
}

// literally marks two values that only a wildcard tells apart.
func literally(index int, e, p []string) *Marks {
	left := 0
	for left < len(e) && left < len(p) && e[left] == p[left] {
		left++
	}
	right := 0
	for right < len(e)-left && right < len(p)-left && e[len(e)-1-right] == p[len(p)-1-right] {
		right++
	}
	return marks(index, e, p, left, len(e)-left-right, len(p)-left-right)
}

func marks(index int, e, p []string, left, inE, inP int) *Marks {
	size := func(pieces []string) int { return len(strings.Join(pieces, "")) }
	startE, startP := size(e[:left]), size(p[:left])
	return &Marks{
		Expected:  index,
		InExpect:  Span{startE, startE + size(e[left:left+inE])},
		InPresent: Span{startP, startP + size(p[left:left+inP])},
	}
}
