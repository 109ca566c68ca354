package trailtest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	page = 50 // events on a page, at most and by default
	rate = 2  // calls a second
	kept = 90 * 24 * time.Hour
)

type request struct {
	LookupAttributes []struct{ AttributeKey, AttributeValue string }
	StartTime        *json.Number
	EndTime          *json.Number
	MaxResults       *int
	NextToken        *string
}

type answer struct {
	Events    []shown
	NextToken string `json:",omitempty"`
}

// shown is an event as the API lists it.
type shown struct {
	EventID         string `json:"EventId"`
	EventName       string
	EventSource     string
	EventTime       float64
	ReadOnly        string
	Username        string `json:",omitempty"`
	CloudTrailEvent string
}

// token is where a list goes on: it keeps to what was visible when the first
// page was made, and to the question.
type token struct {
	Question string
	AsOf     time.Time
	Offset   int
}

func (s *Server) answer(r *http.Request) (any, *refusal) {
	var c Call
	c.AccessKey, c.Region = scope(r)
	out, err := s.lookUp(r, &c)
	if err != nil {
		c.Refused = err.code
	}
	s.calls = append(s.calls, c)
	return out, err
}

func (s *Server) lookUp(r *http.Request, c *Call) (any, *refusal) {
	if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), "CloudTrail_20131101.LookupEvents") {
		return nil, &refusal{"UnknownOperationException", "only LookupEvents is known here"}
	}
	var in request
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return nil, &refusal{"SerializationException", err.Error()}
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	switch {
	case s.denied:
		return nil, &refusal{"AccessDeniedException", "User: arn:aws:sts::111122223333:assumed-role/hub/whydenied is not authorized to perform: cloudtrail:LookupEvents because no identity-based policy allows the cloudtrail:LookupEvents action"}
	case s.tooMany(c):
		return nil, &refusal{"ThrottlingException", "Rate exceeded"}
	}
	next, err := s.place(&in, c)
	if err != nil {
		return nil, err
	}
	return s.list(c, next), nil
}

// read takes the question, and refuses what AWS refuses.
func (c *Call) read(in *request) *refusal {
	c.MaxResults, c.Start, c.End = page, moment(in.StartTime), moment(in.EndTime)
	if in.MaxResults != nil {
		c.MaxResults = *in.MaxResults
	}
	if len(in.LookupAttributes) != 1 {
		return &refusal{"InvalidLookupAttributesException", "one lookup attribute, no more and no less"}
	}
	c.Attribute, c.Value = in.LookupAttributes[0].AttributeKey, in.LookupAttributes[0].AttributeValue
	c.Token = in.NextToken != nil
	switch {
	case c.Attribute != "EventName" && c.Attribute != "EventId":
		return &refusal{"InvalidLookupAttributesException", "EventName and EventId are known here"}
	case c.MaxResults < 1 || c.MaxResults > page:
		return &refusal{"InvalidMaxResultsException", "MaxResults is 1 to 50"}
	case !c.Start.IsZero() && !c.End.IsZero() && c.Start.After(c.End):
		return &refusal{"InvalidTimeRangeException", "StartTime is after EndTime"}
	}
	return nil
}

// tooMany counts the calls that were let through within one second.
func (s *Server) tooMany(c *Call) bool {
	now, key := s.now(), c.AccessKey+" "+c.Region
	s.served[key] = slices.DeleteFunc(s.served[key], func(at time.Time) bool { return now.Sub(at) >= time.Second })
	if s.throttle && len(s.served[key]) >= rate {
		return true
	}
	s.served[key] = append(s.served[key], now)
	return false
}

func (c *Call) question() string {
	return fmt.Sprint(c.Region, c.Attribute, c.Value, c.Start, c.End)
}

func (s *Server) place(in *request, c *Call) (token, *refusal) {
	if in.NextToken == nil {
		return token{Question: c.question(), AsOf: s.now()}, nil
	}
	var t token
	data, err := base64.StdEncoding.DecodeString(*in.NextToken)
	if err != nil || json.Unmarshal(data, &t) != nil || t.Question != c.question() {
		return t, &refusal{"InvalidNextTokenException", "the token is not of this question"}
	}
	return t, nil
}

func (s *Server) list(c *Call, from token) answer {
	found := s.found(c, from.AsOf)
	a := answer{Events: []shown{}}
	for i := from.Offset; i < len(found) && len(a.Events) < c.MaxResults; i++ {
		e := found[i]
		a.Events = append(a.Events, shown{
			EventID: e.id, EventName: e.name, EventSource: e.source, EventTime: float64(e.at.Unix()),
			ReadOnly: strconv.FormatBool(e.readOnly), Username: e.user, CloudTrailEvent: e.record,
		})
	}
	if end := from.Offset + len(a.Events); end < len(found) {
		from.Offset = end
		data, _ := json.Marshal(from) // a plain struct always encodes
		a.NextToken = base64.StdEncoding.EncodeToString(data)
	}
	return a
}

// found are the events that were asked for, the newest first; of one second,
// what was added last is taken for the newest.
func (s *Server) found(c *Call, asOf time.Time) []event {
	var all []event
	for i := len(s.events) - 1; i >= 0; i-- {
		e := s.events[i]
		value := e.name
		if c.Attribute == "EventId" {
			value = e.id
		}
		owner := s.accounts[c.AccessKey]
		hidden := e.visible.After(asOf) || asOf.Sub(e.at) > kept || owner != "" && owner != e.account
		outside := !c.Start.IsZero() && e.at.Before(c.Start) || !c.End.IsZero() && e.at.After(c.End)
		if value == c.Value && e.region == c.Region && !hidden && !outside {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(x, y event) int { return y.at.Compare(x.at) })
	return all
}

// moment reads a number of seconds since 1970.
func moment(n *json.Number) time.Time {
	if n == nil {
		return time.Time{}
	}
	f, err := n.Float64()
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(f * 1000)).UTC()
}
