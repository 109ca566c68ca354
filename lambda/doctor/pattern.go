package doctor

import (
	"encoding/json"
	"slices"
	"strings"
)

// matchesDenials tells whether an event pattern is one for refused web-identity
// calls: it names the call, and asks for STS, for CloudTrail and for an error
// where it says anything of these. A pattern that takes everything is none.
func matchesDenials(text string) bool {
	p, ok := parsePattern(text)
	return ok && takes(p.Detail.EventName, calls) && takes(p.Source, "aws.sts") &&
		takes(p.Detail.EventSource, "sts.amazonaws.com") && takes(p.Detail.ErrorCode, "AccessDenied")
}

// matchesChanges tells the same of a repair of a trust policy, which stands for
// the other changes: a rule that is written for some of them alone is meant to.
func matchesChanges(text string) bool {
	p, ok := parsePattern(text)
	return ok && takes(p.Detail.EventName, "UpdateAssumeRolePolicy") && takes(p.Source, "aws.iam") &&
		takes(p.Detail.EventSource, "iam.amazonaws.com") && takesNone(p.Detail.ErrorCode)
}

// pattern is what an event pattern says of a call's record; nil takes
// everything.
type pattern struct {
	Source     []json.RawMessage `json:"source"`
	DetailType []json.RawMessage `json:"detail-type"`
	Detail     struct {
		EventSource []json.RawMessage `json:"eventSource"`
		EventName   []json.RawMessage `json:"eventName"`
		ErrorCode   []json.RawMessage `json:"errorCode"`
	} `json:"detail"`
}

// parsePattern reads one that names calls in CloudTrail's records.
func parsePattern(text string) (p pattern, ok bool) {
	ok = json.Unmarshal([]byte(text), &p) == nil && p.Detail.EventName != nil && takes(p.DetailType, "AWS API Call via CloudTrail")
	return p, ok
}

// takesNone tells whether alternatives let a field through that is not there.
func takesNone(alternatives []json.RawMessage) bool {
	return alternatives == nil || slices.ContainsFunc(alternatives, func(a json.RawMessage) bool {
		var filter struct{ Exists *bool }
		return json.Unmarshal(a, &filter) == nil && filter.Exists != nil && !*filter.Exists
	})
}

// takes tells whether one of a field's alternatives lets a value through, in
// the forms that such rules are written in. No alternatives take everything.
func takes(alternatives []json.RawMessage, value string) bool {
	if alternatives == nil {
		return true
	}
	return slices.ContainsFunc(alternatives, func(a json.RawMessage) bool {
		var text string
		if json.Unmarshal(a, &text) == nil {
			return text == value
		}
		var filter struct {
			Exists *bool
			Prefix *string
		}
		if json.Unmarshal(a, &filter) != nil {
			return false
		}
		return filter.Exists != nil && *filter.Exists || filter.Prefix != nil && strings.HasPrefix(value, *filter.Prefix)
	})
}
