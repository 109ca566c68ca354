package bucket

import (
	"time"

	"whydenied/pkg/scan"
)

// Query says which log files are wanted. What it leaves open is not asked for.
// It chooses files, not events: those that are read hold events beyond it, too.
type Query scan.Selection

// The time in the name of a log file, and the day of its folder, are those of
// its delivery. That is "typically" five minutes after the event, is not
// guaranteed (CloudTrail User Guide, "Getting and viewing your CloudTrail log
// files"), and is where an event of 23:59 gets into the folder of the next day.
// It may also be before the event: in the guide's own example of a digest file,
// the newest event of a file of 14:45 is of 14:52. What CloudTrail could not
// deliver at first, it tries for 30 days; no bound worth having covers that.
const (
	before = time.Hour
	after  = 6 * time.Hour
)

const day = 24 * time.Hour

// from is the first time of delivery that is wanted, to the last; zero for no
// bound.
func (q *Query) from() time.Time { return shifted(q.Since, -before).Truncate(time.Minute) }
func (q *Query) to() time.Time   { return shifted(q.Until, after) }

func shifted(t time.Time, by time.Duration) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Add(by)
}

// delivered says whether files are wanted that were delivered in a span of time.
func (q *Query) delivered(begin time.Time, span time.Duration) bool {
	from, to := q.from(), q.to()
	return (from.IsZero() || begin.Add(span).After(from)) && (to.IsZero() || !begin.After(to))
}

// holds says whether a place may hold what is wanted, as far as its path tells.
func (q *Query) holds(s spot) bool {
	return (*scan.Selection)(q).Wants(s.account, s.region)
}

// days are the bounds of a listing in a region's folder, whose keys are in the
// order of their days: the listing may begin after the first, and end before
// the second; "" for no bound.
func (q *Query) days(folder string) (first, last string) {
	const layout = "2006/01/02"
	if from := q.from(); !from.IsZero() {
		first = folder + from.Format(layout) // before all the keys of the day, which have a slash next
	}
	if to := q.to(); !to.IsZero() {
		last = folder + to.Add(day).Format(layout)
	}
	return first, last
}
