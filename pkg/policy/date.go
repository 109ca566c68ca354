package policy

import (
	"strconv"
	"time"
)

// parseDate reads a date of the W3C's profile of ISO 8601, or seconds since
// 1970. It is False for what is neither, and Unknown where IAM's pages leave
// it open: four digits (a year or seconds), more than eleven (seconds or
// milliseconds), seconds with a sign or a fraction, and a time without its
// zone.
func parseDate(s string) (time.Time, Truth) {
	if isDigits(s) {
		if len(s) == 4 || len(s) > 11 {
			return time.Time{}, Unknown
		}
		n, err := strconv.ParseInt(s, 10, 64)
		return time.Unix(n, 0), truthOf(err == nil)
	}
	layout := dateLayout(s)
	if t, err := time.ParseInLocation(layout, s, time.UTC); err == nil {
		return t, True
	}
	if _, err := time.ParseInLocation(layout, s+"Z", time.UTC); err == nil {
		return time.Time{}, Unknown
	}
	if doubtful().MatchString(s) {
		return time.Time{}, Unknown
	}
	return time.Time{}, False
}

// dateLayout chooses by shape: an attempt that fails would cost an error.
func dateLayout(s string) string {
	switch {
	case len(s) == len("2006-01"):
		return "2006-01"
	case len(s) == len(time.DateOnly):
		return time.DateOnly
	case len(s) > 16 && s[16] == ':':
		return time.RFC3339Nano
	default:
		return "2006-01-02T15:04Z07:00"
	}
}

func compileDate(s string, _ bool) pattern {
	moment, t := parseDate(s)
	return pattern{valid: t == True, unresolved: t == Unknown, moment: moment}
}

// matchDate compares moments; invalid is as in [matchNumber].
func matchDate(holds func(order int) bool, invalid Truth) func(*pattern, *Request, string) Truth {
	return func(p *pattern, _ *Request, s string) Truth {
		moment, t := parseDate(s)
		switch {
		case !p.valid || t == False:
			return invalid
		case t == Unknown:
			return Unknown
		}
		return truthOf(holds(moment.Compare(p.moment)))
	}
}
