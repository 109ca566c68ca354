package archive

import (
	"bytes"
	"time"
)

// open begins a file.
func (e Envelope) open(b []byte) []byte {
	switch e {
	case LogFile:
		return append(b, `{"Records":[`...)
	case LookupEvents:
		return append(b, "{\n    \"Events\": ["...)
	default:
		return b
	}
}

// record puts one record into its envelope.
func (e Envelope) record(b, record []byte, first bool, s *scene, source, name string) []byte {
	if !first && (e == LogFile || e == LookupEvents) {
		b = append(b, ',')
	}
	switch e {
	case EventBridge:
		return event(b, record, s)
	case LookupEvents:
		return entry(b, record, s, source, name)
	case JSONLines:
		return append(append(b, record...), '\n')
	default:
		return append(b, record...)
	}
}

func (e Envelope) close(b []byte) []byte {
	switch e {
	case LogFile:
		return append(b, "]}"...)
	case LookupEvents:
		return append(b, "\n    ]\n}\n"...)
	default:
		return b
	}
}

// event is what EventBridge hands to a target, one line of an archive of them.
func event(b, record []byte, s *scene) []byte {
	b = uuid(append(b, `{"version":"0","id":"`...), s.rng)
	b = append(append(b, `","detail-type":"AWS API Call via CloudTrail","source":"aws.cloudtrail","account":"`...), s.account...)
	b = timeSlot(append(b, `","time":"`...), s)
	b = append(append(b, `","region":"`...), s.region...)
	b = append(append(b, `","resources":[],"detail":`...), record...)
	return append(b, "}\n"...)
}

// entry is an event as the AWS CLI prints it.
func entry(b, record []byte, s *scene, source, name string) []byte {
	member := func(key, value string) {
		b = append(append(append(b, "\n            \""...), key...), `": "`...)
		b = append(append(b, value...), `",`...)
	}
	b = append(b, "\n        {"...)
	member("EventId", eventID(record))
	member("EventName", name)
	member("ReadOnly", "true")
	member("EventTime", s.at.Format(time.RFC3339))
	member("EventSource", source)
	b = append(b, "\n            \"Resources\": [],\n            \"CloudTrailEvent\": \""...)
	return append(quoted(b, record), "\"\n        }"...)
}

// eventID is that of a record. It stands behind all that a caller chose.
func eventID(record []byte) string {
	const key = `"eventID":"`
	i := bytes.LastIndex(record, []byte(key))
	if i < 0 {
		return ""
	}
	id, _, _ := bytes.Cut(record[i+len(key):], []byte{'"'})
	return string(id)
}

// extension is that of the file's name before it is packed.
func (e Envelope) extension() string {
	if e == EventBridge || e == JSONLines {
		return ".jsonl"
	}
	return ".json"
}
