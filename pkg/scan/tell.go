package scan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"whydenied/pkg/trail"
)

const (
	maxProblems = 100
	maxNotes    = 50
)

// problems keeps the first of the places that could not be read, by their names,
// and counts the others.
type problems struct {
	first []Problem
	count int
}

func (l *problems) add(p Problem) {
	l.count++
	p.File, p.Text = bounded(p.File), bounded(line(p.Text))
	l.first = append(l.first, p)
	if len(l.first) >= 2*maxProblems {
		l.first = l.listed()
	}
}

func (l *problems) listed() []Problem {
	all := append([]Problem{}, l.first...)
	slices.SortFunc(all, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Text, b.Text))
	})
	return all[:min(len(all), maxProblems):min(len(all), maxProblems)]
}

// problemOf is what could not be read of an input.
func problemOf(it *trail.Item) Problem {
	p := Problem{File: it.Pos.Name, Offset: it.Pos.Offset}
	if e := (*trail.Error)(nil); errors.As(it.Err, &e) {
		p.Offset = e.Pos.Offset
	}
	if it.Err != nil {
		p.Text = it.Err.Error()
	}
	return p
}

// notes are sentences, each once, in an order of their own.
type notes struct{ list []string }

func (n *notes) add(text string) {
	if text = line(text); len(n.list) < maxNotes && !slices.Contains(n.list, text) {
		n.list = append(n.list, text)
	}
}

func (n *notes) sorted() []string { return slices.Sorted(slices.Values(n.list)) }

// unread are the accounts that could not be read, one line for each.
func unread(accounts map[place]*held) []string {
	why := make(map[string]string)
	for p, h := range accounts {
		if h.err == nil {
			continue
		}
		text := h.err.Error()
		if had, ok := why[p.account]; !ok || text < had {
			why[p.account] = text
		}
	}
	lines := make([]string, 0, len(why))
	for account, text := range why {
		lines = append(lines, line(fmt.Sprintf("account %s could not be read: %s", bounded(account), bounded(text))))
	}
	slices.Sort(lines)
	if more := len(lines) - maxListed; more > 0 {
		lines = append(lines[:maxListed], fmt.Sprintf("further accounts that could not be read: %d", more))
	}
	return lines
}

// number is "1 file" or "3 files".
func number(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
