package report

import "strings"

// Fit shortens a report until its JSON takes at most so many bytes, as far as
// that goes: first the trace is left out, then the other statements, the
// candidates' checks, and at last what is long in lists and values. A note
// says what went. Every cause stays, with its code and its message, the
// latter up to a length; so do the numbers, the times and the verdict. One
// with ten causes fits into 48 KB, whatever it says.
func Fit(r Report, most int) Report {
	notes, gone := r.Notes, []string(nil)
	for _, s := range shortenings {
		if fits(&r, most) {
			return r
		}
		if s.says != "" {
			gone = append(gone, s.says)
		}
		s.do(&r)
		if s.value > 0 {
			cutReport(&r, s.list, s.value)
			notes = cutter{s.list, s.value}.texts(notes)
		}
		r.Notes = append([]string{"shortened to fit: " + strings.Join(gone, ", ")}, notes...)
	}
	return r
}

func fits(r *Report, most int) bool {
	data, err := JSON(r)
	return err == nil && len(data) <= most
}

// shortenings are made in this order, each on top of those before.
var shortenings = []struct {
	says        string
	do          func(*Report)
	list, value int // how much is left of lists and values; 0 for all
}{
	{"the trace was left out", func(r *Report) { r.Trace = []Statement{} }, 0, 0},
	{"the other statements were left out", func(r *Report) { r.Alternatives = []Alternative{} }, 0, 0},
	{"the candidates' checks were left out", withoutChecks, 0, 0},
	{"lists and long values were cut", func(*Report) {}, 20, 2000},
	{"", func(*Report) {}, 10, 500},
	{"", func(*Report) {}, 2, 100},
}

func withoutChecks(r *Report) {
	left := make([]Candidate, len(r.Candidates))
	for i, c := range r.Candidates {
		c.Checks = []Check{}
		left[i] = c
	}
	r.Candidates = left
}

// cutReport cuts copies: what was handed in stays as it is.
func cutReport(r *Report, list, value int) {
	k := cutter{list, value}
	r.Summary = k.text(r.Summary)
	r.Denial, r.AccountAlias = k.denial(r.Denial), k.text(r.AccountAlias)
	r.Checks, r.Causes = k.checks(r.Checks), k.causes(r.Causes)
	if p := r.Present; p != nil {
		cut := *p
		cut.Cause, cut.By, cut.EventID = k.text(p.Cause), k.text(p.By), k.text(p.EventID)
		r.Present = &cut
	}
	r.Changed = k.changed(r.Changed)
	if len(r.Fixes) > 0 && list < 10 {
		r.Fixes = []Fix{} // half a change is none
	}
	r.Candidates = append([]Candidate{}, r.Candidates[:min(len(r.Candidates), list)]...)
	for i := range r.Candidates {
		c := &r.Candidates[i]
		c.RoleARN, c.Causes = k.text(c.RoleARN), k.causes(c.Causes[:min(len(c.Causes), list)])
	}
	r.Changes = append([]Change{}, r.Changes[max(len(r.Changes)-list, 0):]...)
	for i := range r.Changes {
		c := &r.Changes[i]
		for _, s := range []*string{&c.Event, &c.EventID, &c.By, &c.UserAgent, &c.Role, &c.Provider, &c.ClientID} {
			*s = k.text(*s)
		}
	}
}

type cutter struct{ list, value int }

func (k cutter) text(s string) string {
	w := clip(s, 0, k.value)
	if w.after {
		return w.text + "…"
	}
	return w.text
}

func (k cutter) texts(list []string) []string {
	cut := make([]string, 0, min(len(list), k.list))
	for _, s := range list[:min(len(list), k.list)] {
		cut = append(cut, k.text(s))
	}
	return cut
}

func (k cutter) denial(d Denial) Denial {
	for _, s := range []*string{&d.EventID, &d.Account, &d.Region, &d.Issuer, &d.SubReads, &d.SourceIP, &d.UserAgent, &d.ErrorCode, &d.ErrorMessage} {
		*s = k.text(*s)
	}
	for _, s := range []**string{&d.RoleARN, &d.ProviderARN, &d.Aud, &d.Sub, &d.SessionName} {
		if *s != nil {
			cut := k.text(**s)
			*s = &cut
		}
	}
	if d.Missing != nil {
		d.Missing = k.texts(d.Missing)
	}
	return d
}

func (k cutter) checks(from []Check) []Check {
	to := make([]Check, 0, len(from))
	for _, c := range from {
		c.Element, c.Operator, c.Key = k.text(c.Element), k.text(c.Operator), k.text(c.Key)
		c.Expected, c.Presented = k.texts(c.Expected), k.texts(c.Presented)
		to = append(to, c)
	}
	return to
}

func (k cutter) causes(from []Cause) []Cause {
	to := make([]Cause, 0, len(from))
	for i := range from {
		c := from[i]
		for _, s := range []*string{&c.Element, &c.Headline, &c.Sid, &c.File, &c.Path, &c.Excerpt, &c.Operator, &c.Key, &c.Message, &c.Reason} {
			*s = k.text(*s)
		}
		c.Expected, c.Presented = k.nearest(&c), k.texts(c.Presented)
		c.Marks = nil // it points into what was cut
		to = append(to, c)
	}
	return to
}

// nearest cuts the expected values, and puts the one that comes closest first.
func (k cutter) nearest(c *Cause) []string {
	m := c.Marks
	if m == nil {
		m = mark(c.Expected, c.Presented)
	}
	if m == nil || m.Expected < k.list {
		return k.texts(c.Expected)
	}
	return k.texts(append([]string{c.Expected[m.Expected]}, c.Expected...))
}
