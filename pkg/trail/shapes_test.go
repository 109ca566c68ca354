package trail_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

const callName = "AssumeRoleWithWebIdentity"

// small is a record of another call that takes few bytes.
func (g generator) small() string {
	return `{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventName":"` + g.pick("GetObject", "Windows", "WebIdentity") +
		`","eventID":"` + g.uuid() + `","requestParameters":` + g.parameters() + `}`
}

// parameters are what a caller chooses: what looks like records, and text that
// looks like the end of one.
func (g generator) parameters() string {
	switch g.rng.IntN(9) {
	case 0:
		return denied("forged")
	case 1:
		return "[" + g.tiny() + "," + denied("forged") + "," + g.tiny() + "]"
	case 2:
		return `{"a":[` + g.tiny() + `],"Records":[` + denied("forged") + `]}`
	case 3:
		return `{"text":` + quoted(`"},{"`+denied("forged")+`,{"`) + `}`
	case 4:
		return `{"\u003ca\u003e":"\\","b":"\\\"}],{","c":"\/"}`
	case 5:
		return `{"policy":` + quoted(`{"Action":"sts:`+callName+`","B":"`+callName+`"}`) + `,"n":[-1.5e+3,true,false,null,[],{}]}`
	case 6:
		return `{"n":"` + callName + `","é":"ü \u00e9 \u0041 \u0032"}`
	default:
		return "null"
	}
}

// tiny is the smallest record.
func (g generator) tiny() string {
	return `{"eventVersion":"1","eventSource":"a","eventName":"b","eventID":""}`
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}

// record is any record, in any of the envelopes that have no list.
func (g generator) record() string {
	r := g.small()
	switch g.rng.IntN(8) {
	case 0, 1:
		r = denied(g.uuid()[:4])
	case 2:
		r = g.tiny()
	case 3:
		return g.pick(`{"Records":[{"a":1},"x",{"Records":[]}]}`, `{"a":`+strings.Repeat("[", 61)+strings.Repeat("]", 61)+`}`, "7", "{}")
	}
	if g.rng.IntN(4) == 0 {
		r = g.escaped(r, 3)
	}
	if g.rng.IntN(6) == 0 {
		r = spaced(r)
	}
	for g.rng.IntN(3) == 0 {
		switch g.rng.IntN(5) {
		case 0:
			r = `{"version":"0","detail-type":"AWS API Call via CloudTrail","source":"aws.sts","detail":` + r + `,"account":"1"}`
		case 1:
			r = `{"messageId":"m","body":` + g.escaped(quoted(r), 9) + `}`
		case 2:
			r = `{"Type":"Notification","Message":` + quoted(r) + `}`
		case 3:
			r = `{"EventId":"x","CloudTrailEvent":` + g.escaped(quoted(r), 9) + `}`
		case 4:
			r = `{"detail-type":"State","source":"aws.ec2","detail":` + r + `}`
		}
	}
	return r
}

// escaped writes some letters of the names as escapes, or of what is already
// an escape. One in rare is changed.
func (g generator) escaped(s string, rare int) string {
	var b strings.Builder
	for _, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		before := b.String()
		inName := letter && g.rng.IntN(rare*4) == 0 && !strings.HasSuffix(before, `\`) && !midEscape(before)
		if inName {
			b.WriteString(fmt.Sprintf(g.pick(`\u%04x`, `\u%04X`), c))
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

// midEscape says whether s ends within the digits of an escape.
func midEscape(s string) bool {
	i := strings.LastIndex(s, `\u`)
	return i >= 0 && len(s)-i < 6
}

func spaced(s string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(s), "", " \t") != nil {
		return s
	}
	return b.String()
}

func (g generator) records(n int, between string) string {
	var all []string
	for range n {
		all = append(all, g.record())
	}
	return strings.Join(all, between)
}

func (g generator) lines(n int) string { return g.records(n, "\n") + "\n" }
func (g generator) array(n int) string { return "[" + g.records(n, ",") + "]" }

// input is some values of any shape.
func (g generator) input() []byte {
	var b bytes.Buffer
	for range 1 + g.rng.IntN(3) {
		b.WriteString(g.value())
		b.WriteString(g.pick("\n", "\n", "\r\n", " ", "", "\n\ufeff"))
	}
	return b.Bytes()
}

func (g generator) value() string {
	n := g.rng.IntN(7)
	list := g.pick("Records", "Events", "Messages")
	switch g.rng.IntN(10) {
	case 0:
		return g.lines(n)
	case 1:
		return g.array(n)
	case 2:
		return spaced(`{"` + list + `":` + g.array(n) + `}`)
	case 3:
		return `{"NextToken":"x","` + list + `":` + g.array(n) + `,"a":{"b":[1]},"Records":[` + g.record() + `]}`
	case 4:
		return "[" + g.array(n) + " , " + g.array(1) + ",{\"Records\":" + g.array(2) + "}]"
	case 5:
		return quoted(`{"Records":` + g.array(n) + `}`)
	case 6:
		return `{"Records":[{"messageId":"m","body":` + quoted(`{"Records":`+g.array(n)+`}`) + `},` + g.record() + `]}`
	default:
		return `{"` + list + `":` + g.array(n) + `}`
	}
}

// damage changes a few bytes.
func (g generator) damage(data []byte) []byte {
	if len(data) == 0 {
		return data
	}
	at := func() int { return g.rng.IntN(len(data)) }
	i, j := at(), at()
	if i > j {
		i, j = j, i
	}
	insert := func(s string) []byte { return []byte(string(data[:i]) + s + string(data[i:])) }
	switch g.rng.IntN(9) {
	case 0:
		return data[:i]
	case 1:
		return append(bytes.Clone(data[:i]), data[i+1:]...)
	case 2:
		return append(bytes.Clone(data[:i]), data[j:]...)
	case 3:
		return insert(string(data[i:j]))
	case 4:
		return insert(g.pick(" ", "\n", "\x00", "\x1f", "\x85", "\u00a0"))
	case 5:
		return insert(g.pick(`\u0041`, `\`, `\n`, "\\\n", `\u0032`))
	case 6:
		return insert(g.pick(strings.Repeat("[", 70), strings.Repeat(`{"a":`, 63), `{"Records":[`, `"`+callName+`"`))
	default:
		return insert(g.pick(`"`, `"`, "{", "}", "[", "]", ",", ":", "}}", "]}", "},"))
	}
}
