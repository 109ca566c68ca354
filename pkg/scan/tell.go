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

// unread are the accounts that could not be read, or not for all roles, one line
// for each: groups whose cause is not known for that say so only in their report.
func unread(accounts map[place]*held) []string {
	type gap struct {
		roles int
		text  string // the first by its letters, so that none depends on the order
	}
	gaps := make(map[string]gap)
	for p, h := range accounts {
		text := h.lacks()
		if text == "" {
			continue
		}
		g := gaps[p.account]
		if g.roles++; g.text == "" || text < g.text {
			g.text = text
		}
		gaps[p.account] = g
	}
	lines := make([]string, 0, len(gaps))
	for account, g := range gaps {
		if account == "" {
			account = "that is not on record"
		}
		lines = append(lines, line(fmt.Sprintf("account %s could not be read whole, for %s: %s", bounded(account), number(g.roles, "role"), bounded(g.text))))
	}
	slices.Sort(lines)
	if more := len(lines) - maxListed; more > 0 {
		lines = append(lines[:maxListed], fmt.Sprintf("further accounts that could not be read: %d", more))
	}
	return lines
}

// lacks is what kept an account from being read, "" where nothing did.
func (h *held) lacks() string {
	switch {
	case h.err != nil:
		return h.err.Error()
	case len(h.account.Notes) > 0 && (h.account.Partial || h.account.ID == ""):
		return slices.Min(h.account.Notes)
	}
	return ""
}

// number is "1 file" or "3 files".
func number(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
