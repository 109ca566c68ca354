package athena

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"whydenied/pkg/scan/engine"
)

// slack is how far beyond the bounds of time partitions are read. A log file is
// filed under the day on which it was delivered, which is about fifteen minutes
// after the call, but late deliveries happen.
const slack = 24 * time.Hour

// days are the days of the partitions to be read, the first and the last
// included. A zero first is no bound, nor is the last where open says that it is
// only today.
type days struct {
	first, last time.Time
	open        bool
}

func (s *Source) days(q engine.Query) days {
	var d days
	if !q.Since.IsZero() {
		d.first = day(q.Since.Add(-slack))
	}
	d.last, d.open = day(s.c.Now().Add(slack)), true
	if until := day(q.Until.Add(slack)); !q.Until.IsZero() && until.Before(d.last) {
		d.last, d.open = until, false
	}
	return d
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// Names under which tables have the columns by which CloudTrail's own folders
// are divided: AWS's examples come first.
var (
	regionNames  = []string{"region", "awsregion", "aws_region"}
	accountNames = []string{"account", "accountid", "account_id", "aws_account", "aws_account_id"}
)

// prune makes the conditions on partitions. dated says whether one of them
// limits the time.
func (s *Source) prune(d definition, q engine.Query) (conditions []string, dated bool, err error) {
	span := s.days(q)
	for _, p := range d.partitions {
		var condition string
		switch {
		case slices.Contains(regionNames, p.name) && isText(p.kind):
			condition = oneOf(p, q.Regions)
		case slices.Contains(accountNames, p.name) && isText(p.kind):
			condition = oneOf(p, q.Accounts)
		default:
			condition = d.dates(p, span)
			dated = dated || condition != ""
		}
		if condition == "" && d.property(p, "type") == "injected" {
			return nil, false, fmt.Errorf("athena table %q: its partition %s is injected, so that Athena wants a value for it: %s", s.name(), p.name, wanted(p))
		}
		if condition != "" {
			conditions = append(conditions, condition)
		}
	}
	if condition := d.calendar(span); condition != "" {
		conditions, dated = append(conditions, condition), true
	}
	return conditions, dated, nil
}

func wanted(p partition) string {
	switch {
	case slices.Contains(regionNames, p.name):
		return "name the regions"
	case slices.Contains(accountNames, p.name):
		return "name the accounts"
	}
	return "define the table without it"
}

func oneOf(p partition, values []string) string {
	if len(values) == 0 {
		return ""
	}
	return engine.In(engine.Name(p.name), engine.Quoted(values))
}

// property is one of a partition's settings for projection.
func (d definition) property(p partition, setting string) string {
	if !strings.EqualFold(d.properties["projection.enabled"], "true") {
		return ""
	}
	return strings.ToLower(d.properties["projection."+p.name+"."+setting])
}

// dates is the condition on a column that holds days: one of the type date, or
// of text whose form the table's projection gives. Text of another form is left
// alone, since a guess could leave out calls.
func (d definition) dates(p partition, span days) string {
	name := engine.Name(p.name)
	if p.kind == "date" {
		return between(name, span, func(t time.Time) string { return "DATE " + engine.Quote(t.Format(time.DateOnly)) })
	}
	layout, ok := sortable(d.properties["projection."+p.name+".format"])
	if d.property(p, "type") != "date" || !ok || !isText(p.kind) {
		return ""
	}
	return between(name, span, func(t time.Time) string { return engine.Quote(t.Format(layout)) })
}

func between(name string, span days, literal func(time.Time) string) string {
	var bounds []string
	if !span.first.IsZero() {
		bounds = append(bounds, name+" >= "+literal(span.first))
	}
	if !span.open {
		bounds = append(bounds, name+" <= "+literal(span.last.Add(24*time.Hour-time.Second)))
	}
	return strings.Join(bounds, " AND ")
}

// sortable is Go's layout for one of Java's whose text sorts as time does, such
// as yyyy/MM/dd; the hour may follow.
func sortable(java string) (layout string, ok bool) {
	rest, found := strings.CutPrefix(java, "yyyy")
	layout = "2006"
	for _, part := range []struct{ java, layout string }{{"MM", "01"}, {"dd", "02"}, {"HH", "15"}} {
		if !found || rest == "" {
			break
		}
		var mark string
		mark, rest, found = strings.Cut(rest, part.java)
		if !found || strings.Trim(mark, "/-_.") != "" {
			return "", false
		}
		layout += mark + part.layout
	}
	return layout, found && rest == ""
}
