package doctor

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// answer is whether something holds.
type answer uint8

const (
	no answer = iota
	perhaps
	yes
)

// logs tells whether a trail with these selectors logs refused calls of
// AssumeRoleWithWebIdentity, which CloudTrail records as read-only.
func logs(s *cloudtrail.GetEventSelectorsOutput) answer {
	if len(s.EventSelectors)+len(s.AdvancedEventSelectors) == 0 {
		return yes // a trail that was given none logs all management events (CloudTrail User Guide, "Logging management events")
	}
	best := no
	for i := range s.EventSelectors {
		e := &s.EventSelectors[i]
		reads := e.ReadWriteType == types.ReadWriteTypeAll || e.ReadWriteType == types.ReadWriteTypeReadOnly || e.ReadWriteType == ""
		// Management events are included unless it says otherwise (API
		// Reference, EventSelector).
		if reads && (e.IncludeManagementEvents == nil || *e.IncludeManagementEvents) {
			best = yes
		}
	}
	for i := range s.AdvancedEventSelectors {
		best = max(best, selects(s.AdvancedEventSelectors[i].FieldSelectors))
	}
	return best
}

// recorded are the fields of such a call that a selector may ask for (API
// Reference, AdvancedFieldSelector).
var recorded = map[string]string{
	"eventCategory": "Management", "readOnly": "true", "eventSource": "sts.amazonaws.com", "eventName": calls, "eventType": "AwsApiCall",
}

// selects tells whether all fields of an advanced selector fit. A field whose
// value is not known leaves it open. Without a category nothing is selected.
func selects(fields []types.AdvancedFieldSelector) answer {
	fit, category := yes, false
	for i := range fields {
		f := &fields[i]
		name := aws.ToString(f.Field)
		value, known := recorded[name]
		category = category || name == "eventCategory"
		switch {
		case !known:
			fit = min(fit, perhaps)
		case !fits(f, value):
			return no
		}
	}
	if !category {
		return no
	}
	return fit
}

// fits tells whether a value passes every operator of a field.
func fits(f *types.AdvancedFieldSelector, value string) bool {
	starts := func(s string) bool { return strings.HasPrefix(value, s) }
	ends := func(s string) bool { return strings.HasSuffix(value, s) }
	for _, wanted := range []struct {
		values []string
		holds  func(string) bool
	}{{f.Equals, func(s string) bool { return s == value }}, {f.StartsWith, starts}, {f.EndsWith, ends}} {
		if len(wanted.values) > 0 && !slices.ContainsFunc(wanted.values, wanted.holds) {
			return false
		}
	}
	return !slices.Contains(f.NotEquals, value) && !slices.ContainsFunc(f.NotStartsWith, starts) && !slices.ContainsFunc(f.NotEndsWith, ends)
}
