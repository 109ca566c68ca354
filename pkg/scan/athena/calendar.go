package athena

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"whydenied/pkg/scan/engine"
)

// A part is the column of a table that is divided by year, month and day, each
// in a column of its own (Athena User Guide, "Create a table for CloudTrail logs
// using manual partitioning").
type part struct {
	partition
	digits int // of a number in text; 0 where both 9 and 09 may be meant
	has    bool
}

func (d definition) part(name string) part {
	for _, p := range d.partitions {
		if p.name != name || !isText(p.kind) && !isWhole(p.kind) {
			continue
		}
		digits, _ := strconv.Atoi(d.property(p, "digits"))
		if digits == 0 && d.property(p, "type") == "integer" {
			digits = 1
		}
		return part{p, digits, true}
	}
	return part{}
}

func isWhole(kind string) bool {
	switch kind {
	case "tinyint", "smallint", "int", "integer", "bigint":
		return true
	}
	return false
}

// is the condition that the column has one of some values.
func (p part) is(values ...int) string {
	var literals []string
	for _, v := range values {
		switch {
		case isWhole(p.kind):
			literals = append(literals, strconv.Itoa(v))
		case p.digits > 0:
			literals = append(literals, engine.Quote(fmt.Sprintf("%0*d", p.digits, v)))
		case v < 10:
			literals = append(literals, engine.Quote(fmt.Sprintf("%02d", v)), engine.Quote(strconv.Itoa(v)))
		default:
			literals = append(literals, engine.Quote(strconv.Itoa(v)))
		}
	}
	return engine.In(engine.Name(p.name), literals)
}

// calendar is the condition on year, month and day: whole years together, then
// whole months, then days. Without a first day, only years end it.
func (d definition) calendar(span days) string {
	year, month, dayOf := d.part("year"), d.part("month"), d.part("day")
	if !year.has || span.first.IsZero() {
		return ""
	}
	var terms []string
	var whole []int
	for y := span.first.Year(); y <= span.last.Year(); y++ {
		begin, end := clamp(span, time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(y, 12, 31, 0, 0, 0, 0, time.UTC))
		if !month.has || begin.YearDay() == 1 && end.Month() == time.December && end.Day() == 31 {
			whole = append(whole, y)
			continue
		}
		terms = append(terms, year.is(y)+" AND "+months(month, dayOf, begin, end))
	}
	if len(whole) > 0 {
		terms = append(terms, year.is(whole...))
	}
	return anyOf(terms)
}

// months is the condition for a part of one year.
func months(month, dayOf part, first, last time.Time) string {
	var terms []string
	var whole []int
	for m := first.Month(); m <= last.Month(); m++ {
		ends := time.Date(first.Year(), m+1, 0, 0, 0, 0, 0, time.UTC)
		begin, end := clamp(days{first: first, last: last}, ends.AddDate(0, 0, 1-ends.Day()), ends)
		if !dayOf.has || begin.Day() == 1 && end.Equal(ends) {
			whole = append(whole, int(m))
			continue
		}
		var list []int
		for n := begin.Day(); n <= end.Day(); n++ {
			list = append(list, n)
		}
		terms = append(terms, month.is(int(m))+" AND "+dayOf.is(list...))
	}
	if len(whole) > 0 {
		terms = append(terms, month.is(whole...))
	}
	return anyOf(terms)
}

// clamp is the part of a range that lies within the span.
func clamp(span days, first, last time.Time) (begin, end time.Time) {
	if first.Before(span.first) {
		first = span.first
	}
	if last.After(span.last) {
		last = span.last
	}
	return first, last
}

// anyOf joins terms, in brackets where there are several parts.
func anyOf(terms []string) string {
	if len(terms) == 1 && !strings.Contains(terms[0], " AND ") {
		return terms[0]
	}
	return "((" + strings.Join(terms, ")\n    OR (") + "))"
}
