package report

import (
	"strings"
	"unicode/utf8"
)

// shareWidth is how wide the text to pass on is.
const shareWidth = defaultWidth

// ShareSections are the report to pass on, as one text to be copied whole; the
// short form of it where it would take more than six times so many characters.
func ShareSections(r *Report, most int) []Section {
	short := *r
	short.Alternatives, short.Trace = nil, nil
	short.Causes = short.Causes[:min(len(short.Causes), maxListed)]
	short.Candidates = short.Candidates[:min(len(short.Candidates), maxListed)] // a report may hold thousands
	cutReport(&short, maxAround, max(most, maxShort))
	shared := Share(short)
	var b strings.Builder
	if err := Text(&b, &shared, TextOptions{Width: shareWidth}); err != nil || utf8.RuneCountInString(b.String()) > 6*most {
		t := Tally{Attempts: 1}
		if shared.Denial.Time != nil {
			t.First, t.Last = *shared.Denial.Time, *shared.Denial.Time
		}
		b.Reset()
		b.WriteString(NewBrief(&shared, &t, most).Plain())
	}
	return []Section{{
		Title: "To pass on, to the job's author or the provider's support: without account ids, addresses, people and other tenants' names",
		Code:  strings.TrimRight(b.String(), "\n"),
	}}
}
