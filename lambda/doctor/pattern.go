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
	var p struct {
		Source     []json.RawMessage `json:"source"`
		DetailType []json.RawMessage `json:"detail-type"`
		Detail     struct {
			EventSource []json.RawMessage `json:"eventSource"`
			EventName   []json.RawMessage `json:"eventName"`
			ErrorCode   []json.RawMessage `json:"errorCode"`
		} `json:"detail"`
	}
	if json.Unmarshal([]byte(text), &p) != nil || p.Detail.EventName == nil {
		return false
	}
	return takes(p.Detail.EventName, calls) && takes(p.Source, "aws.sts") && takes(p.DetailType, "AWS API Call via CloudTrail") &&
		takes(p.Detail.EventSource, "sts.amazonaws.com") && takes(p.Detail.ErrorCode, "AccessDenied")
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
