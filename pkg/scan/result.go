package scan

import (
	"time"

	"whydenied/pkg/report"
)

// Schema names the version of the result's form, see schema.json.
const Schema = "whydenied-scan/v1"

// Result is what was found. Its lists are never nil.
type Result struct {
	Schema string `json:"schema"`
	// Partial: something was not read to its end. Notes say what.
	Partial bool  `json:"partial,omitempty"`
	Files   int   `json:"files"`   // read, the damaged ones among them
	Bytes   int64 `json:"bytes"`   // unpacked
	Calls   int   `json:"calls"`   // web-identity calls seen, whatever their outcome
	Denials int   `json:"denials"` // the calls that were refused
	Damaged int   `json:"damaged"` // files that could not be read whole

	First *time.Time `json:"first,omitempty"` // of the calls seen, by eventTime
	Last  *time.Time `json:"last,omitempty"`

	// Groups, the one that hurts most first.
	Groups []Group `json:"groups"`
	// Ungrouped are denials of groups beyond the most that are told apart.
	Ungrouped int `json:"ungrouped,omitempty"`

	// Timeline are the denials by time and cause, oldest first, without the
	// moments that had none. Step is how long each is, in seconds.
	Timeline []Moment `json:"timeline"`
	Step     int      `json:"step"`

	// Problems are the first of what could not be read; ProblemsLeft counts the
	// rest.
	Problems     []Problem `json:"problems"`
	ProblemsLeft int       `json:"problems_left,omitempty"`
	Notes        []string  `json:"notes"`
}

// Group are the denials of one role, provider, subject's shape and primary
// cause. What a record lacks is empty.
type Group struct {
	Account  string `json:"account"`
	Role     string `json:"role"`     // role ARN
	Provider string `json:"provider"` // provider ARN, or a built-in provider's host
	Shape    string `json:"shape"`    // the subject without its parts that vary, see [oidc.Issuer.Shape]
	Cause    string `json:"cause"`    // the code of the primary cause, or "" where none is known
	Stranger bool   `json:"stranger,omitempty"`

	Count int        `json:"count"`
	Hours int        `json:"hours"` // different hours with a denial: retries count once; at least, where a note says that not all were counted
	First *time.Time `json:"first,omitempty"`
	Last  *time.Time `json:"last,omitempty"`
	// Still says whether it still happens.
	Still Still `json:"still"`
	// Succeeded is the last call of this role, provider and shape that was
	// allowed.
	Succeeded *time.Time `json:"succeeded,omitempty"`

	Subjects   Top `json:"subjects"`
	Sources    Top `json:"sources"` // source addresses
	UserAgents Top `json:"user_agents"`

	// Report explains one of them, the last one seen of those that could be
	// diagnosed best.
	Report report.Report `json:"report"`
}

// Still says whether a group's denials go on.
type Still string

// The states of a group.
const (
	StillYes     Still = "yes"     // denied within a day of the newest call of the archive, and not allowed since
	StillMended  Still = "mended"  // a later call of the same role, provider and shape was allowed
	StillQuiet   Still = "quiet"   // neither: nobody tried for longer than a day
	StillUnknown Still = "unknown" // the records have no time
)

// Top are the values that were met most often, with their numbers. Which
// values are kept is bounded: where there are more than 64, numbers may be too
// low, and are never too high.
type Top struct {
	Listed []Counted `json:"listed"`         // at most ten, the most frequent first
	More   int       `json:"more,omitempty"` // further different values, at least
}

// Counted is a value of a record and how often it was met. It is as the caller
// chose it: escape it for the place where it is shown.
type Counted struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Moment is one step of the timeline.
type Moment struct {
	Start  time.Time      `json:"start"`
	Causes map[string]int `json:"causes"` // denials by the code of the primary cause; "" where none is known
}

// Problem is a place that could not be read.
type Problem struct {
	File   string `json:"file"`
	Offset int64  `json:"offset"` // in unpacked bytes
	Text   string `json:"text"`   // one line that names file and place
}
