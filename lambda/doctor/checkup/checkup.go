// Package checkup is what is asked of a doctor of this stack and what it
// answers, as data: a [Request] goes to the function, a [Report] comes back,
// and the command line adds what can only be seen from outside. Nothing is
// looked at here, so that whoever only shows a report links no client of AWS.
package checkup

import (
	"fmt"
	"slices"
	"strings"
)

// Schema names the form of a Report.
const Schema = "whydenied/doctor/v1"

// Status is how a check came out.
type Status string

// The statuses.
const (
	OK      Status = "ok"
	Failed  Status = "failed"
	Unknown Status = "unknown" // it cannot be told; Found says why
)

// Check is one thing that was looked at.
type Check struct {
	Name   string `json:"name"`         // what, such as "trail"
	On     string `json:"on,omitempty"` // which one: a region, an account, a name
	Status Status `json:"status"`
	Found  string `json:"found"`        // one line
	Do     string `json:"do,omitempty"` // what mends it, or what would tell; one line, always there where a check failed
	// Unasked: the call that would tell failed, so that this is no news of the
	// thing itself.
	Unasked bool `json:"unasked,omitempty"`
}

// Report is the answer to a Request.
type Report struct {
	Schema   string  `json:"schema"`
	Function string  `json:"function"`
	Account  string  `json:"account"`
	Region   string  `json:"region"`
	Checks   []Check `json:"checks"`
	// NotLookedAt is what nobody asked for, or what cannot be seen from there.
	NotLookedAt []string `json:"not_looked_at"`
}

// Any tells whether a check of the report is as f says.
func (r *Report) Any(f func(Check) bool) bool { return slices.ContainsFunc(r.Checks, f) }

// Request is what to look at beside the stack itself.
type Request struct {
	Accounts  []string `json:"accounts,omitempty"`  // member accounts whose reader roles are assumed
	Regions   []string `json:"regions,omitempty"`   // beside the function's own, and us-east-1
	Buses     []string `json:"buses,omitempty"`     // names of the function's account and region, beside "default"
	TestAlert bool     `json:"testAlert,omitempty"` // a message, marked as a test, to each channel
}

// most bounds each list, so that an answer comes before the function's time is
// over.
const most = 100

// form is what the values of a list look like. Each gets into a host's name,
// an ARN or a request.
type form struct {
	is       func(string) bool
	expected string
}

var (
	account = form{func(v string) bool { return len(v) == 12 && strings.Trim(v, digits) == "" }, "twelve digits"}
	region  = form{isRegion, "a region such as eu-west-1"}
	bus     = form{func(v string) bool {
		return len(v) <= 256 && consists(v, letters+strings.ToUpper(letters)+digits+"/_.-")
	}, "the name of an event bus"}
)

const (
	letters = "abcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
)

func consists(v, of string) bool { return v != "" && strings.Trim(v, of) == "" }

// isRegion tells whether a name is like us-gov-west-1.
func isRegion(v string) bool {
	parts := strings.Split(v, "-")
	last := len(parts) - 1
	for _, p := range parts[:last] {
		if !consists(p, letters) {
			return false
		}
	}
	return last >= 2 && len(v) <= 32 && consists(parts[last], digits)
}

// Validate says what is wrong with a request, naming the list.
func (r *Request) Validate() error {
	for _, list := range []struct {
		name   string
		values []string
		form   form
	}{{"accounts", r.Accounts, account}, {"regions", r.Regions, region}, {"buses", r.Buses, bus}} {
		if len(list.values) > most {
			return fmt.Errorf("%s: found %d, expected at most %d at once", list.name, len(list.values), most)
		}
		for _, v := range list.values {
			if !list.form.is(v) {
				return fmt.Errorf("%s: found %.64q, expected %s", list.name, v, list.form.expected)
			}
		}
	}
	return nil
}
