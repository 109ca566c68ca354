// Package edit measures how far apart two short texts are. It serves the
// "did you mean" of the policy parser and the near misses of the diagnosis.
package edit

import "unicode/utf8"

// MaxLen is the length in runes beyond which texts are not compared letter by
// letter: the work grows with the product of both lengths, and subjects are
// chosen by whoever calls.
const MaxLen = 512

// Distance is the number of runes to insert, delete or replace in order to
// turn a into b. Texts longer than [MaxLen] count as entirely different.
func Distance(a, b string) int {
	if a == b {
		return 0
	}
	if longer := longerOf(a, b); longer > MaxLen {
		return longer
	}
	ra, rb := []rune(a), []rune(b)
	row := make([]int, len(rb)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range ra {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range rb {
			cost := diagonal
			if x != y {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(rb)]
}

// ToPattern is the least [Distance] from text to anything that pattern
// matches, where "*" stands for any run of runes and "?" for one.
func ToPattern(pattern, text string) int {
	if longer := longerOf(pattern, text); longer > MaxLen {
		return longer
	}
	rt := []rune(text)
	row := make([]int, len(rt)+1)
	for j := range row {
		row[j] = j
	}
	for _, p := range pattern {
		diagonal := row[0]
		if p != '*' {
			row[0]++
		}
		for j, t := range rt {
			cost := diagonal
			switch {
			case p == '*':
				cost = min(row[j+1], row[j])
			case p != '?' && p != t:
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(rt)]
}

// Ratio is n over the longer length of a and b in runes, from 0 (equal) to 1.
func Ratio(n int, a, b string) float64 {
	longer := longerOf(a, b)
	if longer == 0 {
		return 0
	}
	return min(1, float64(n)/float64(longer))
}

func longerOf(a, b string) int {
	return max(utf8.RuneCountInString(a), utf8.RuneCountInString(b))
}

// Nearest is the candidate with the least distance to text, if that is at
// most a third of text's length and at most three edits. The threshold was
// found by trying it on the names of IAM's operators and elements.
func Nearest(text string, candidates []string) (string, bool) {
	best, at := 4, ""
	for _, c := range candidates {
		if d := Distance(text, c); d < best && d*3 <= len([]rune(text)) {
			best, at = d, c
		}
	}
	return at, at != ""
}
