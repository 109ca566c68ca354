package lake

import (
	"encoding/json"
	"strings"
	"time"

	"whydenied/pkg/scan/engine"
	"whydenied/pkg/trail"
)

// item reads one row of the answer, which the API gives as a list of columns.
func item(place string, columns []map[string]string) trail.Item {
	var fields map[string]*string
	for _, c := range columns {
		for name, value := range c {
			if strings.EqualFold(name, column) && json.Unmarshal([]byte(value), &fields) == nil {
				break
			}
		}
	}
	if fields == nil {
		at := trail.Position{Name: place, Line: 1, Column: 1}
		return trail.Item{Pos: at, Err: &trail.Error{Pos: at, Found: "a row without the column " + column, Expected: "one with it, of JSON"}}
	}
	row := make(engine.Row, len(fields))
	for name, value := range fields {
		if value != nil {
			row[name] = *value
		}
	}
	restore(row)
	return row.Item(place)
}

// restore makes of a row what the record had: Lake keeps times in a form of its
// own, and only texts in its maps.
func restore(row engine.Row) {
	if text, ok := row[engine.EventTime]; ok {
		row[engine.EventTime] = utc(text)
	}
	for _, field := range []string{engine.RequestParameters, engine.Additional} {
		if text, ok := row[field]; ok {
			row[field] = untext(text)
		}
	}
}

// structured are the members of the two maps that are no text in a record (STS
// API reference, AssumeRoleWithWebIdentity; CloudTrail records of such calls).
var structured = []string{"durationSeconds", "policyArns", "principalTags", "transitiveTagKeys", "RequestDetails"}

// untext makes JSON of those members that were it. One whose text is no JSON
// stays a text, so that the record is found malformed instead of misread.
func untext(object string) string {
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(object), &members) != nil {
		return object
	}
	for _, name := range structured {
		var text string
		if json.Unmarshal(members[name], &text) == nil && json.Valid([]byte(text)) {
			members[name] = json.RawMessage(text)
		}
	}
	data, err := json.Marshal(members)
	if err != nil {
		return object
	}
	return string(data)
}

// layouts are the forms in which Presto writes a timestamp as text.
var layouts = []string{time.DateTime, time.DateTime + " UTC", time.RFC3339}

// utc is a time as CloudTrail writes it. A text of another form stays as it is,
// for the reader of records to find fault with.
func utc(text string) string {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil { // a fraction is read, too
			return t.UTC().Format(time.RFC3339)
		}
	}
	return text
}
