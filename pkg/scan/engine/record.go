package engine

import (
	"encoding/json"
	"errors"
	"regexp"

	"whydenied/pkg/trail"
)

// Fields of a [Row], by CloudTrail's names for what they hold. Those from
// RequestParameters on hold JSON, the others the text itself.
const (
	EventID      = "eventID"
	RequestID    = "requestID"
	EventTime    = "eventTime"
	Region       = "awsRegion"
	Account      = "recipientAccountId"
	ErrorCode    = "errorCode"
	ErrorMessage = "errorMessage"
	SourceIP     = "sourceIPAddress"
	UserAgent    = "userAgent"
	VPCEndpoint  = "vpcEndpointId"

	IdentityType = "type"             // of userIdentity
	PrincipalID  = "principalId"      // of userIdentity
	UserName     = "userName"         // of userIdentity
	Provider     = "identityProvider" // of userIdentity

	RequestParameters = "requestParameters"
	Additional        = "additionalEventData"
	Resources         = "resources"
	TLS               = "tlsDetails"
)

// Row is one AssumeRoleWithWebIdentity call as an engine gives it, by field. A
// field that is NULL is not in it.
type Row map[string]string

// Item is the row read as a CloudTrail record; place is the engine's name for
// where it lies. A row that cannot be read is a malformed Item, whose error
// names the record by its eventID.
func (r Row) Item(place string) trail.Item {
	items := trail.Parse(place, r.record())
	if len(items) != 1 {
		at := trail.Position{Name: place, Line: 1, Column: 1}
		return trail.Item{Pos: at, Err: &trail.Error{Pos: at, Found: "a row that is not one record", Expected: "one"}}
	}
	item := items[0]
	item.Pos.Path = r.path("")
	var fault *trail.Error
	if errors.As(item.Err, &fault) {
		located := *fault
		located.Pos.Path = r.path(fault.Pos.Path)
		item.Err = &located
	}
	return item
}

// recordID is what an eventID looks like; nothing else is put in an error.
var recordID = regexp.MustCompile(`^[0-9a-fA-F-]{8,64}$`)

// path is where a person finds the record, and the place in it.
func (r Row) path(inside string) string {
	id := r[EventID]
	switch {
	case !recordID.MatchString(id):
		return inside
	case inside == "":
		return "eventID " + id
	}
	return "eventID " + id + ", " + inside
}

// record is the row in the form in which CloudTrail delivers it.
func (r Row) record() []byte {
	record := map[string]any{"eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity"}
	for _, field := range []string{EventID, RequestID, EventTime, Region, Account, ErrorCode, ErrorMessage, SourceIP, UserAgent, VPCEndpoint} {
		if value, ok := r[field]; ok {
			record[field] = value
		}
	}
	user := map[string]any{}
	for _, field := range []string{IdentityType, PrincipalID, UserName, Provider} {
		if value, ok := r[field]; ok {
			user[field] = value
		}
	}
	record["userIdentity"] = user
	for _, field := range []string{RequestParameters, Additional, Resources, TLS} {
		if value, ok := r[field]; ok {
			record[field] = embed(value)
		}
	}
	data, err := json.Marshal(record)
	if err != nil { // strings and valid JSON only
		return nil
	}
	return data
}

// embed is a text that should be JSON. One that is not stays a string, where the
// reader of records says that it expected something else.
func embed(text string) any {
	if json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	return text
}
