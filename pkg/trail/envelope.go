package trail

import (
	"slices"
	"strconv"
	"strings"
)

// maxWraps is how many envelopes may be around a record.
const maxWraps = 8

// contents are the members that hold what an envelope carries: an entry of
// LookupEvents, an SQS message as Lambda gets it and as ReceiveMessage prints
// it, Lambda's on-failure destination.
var contents = []string{"CloudTrailEvent", "body", "Body", "requestPayload"}

// recordKeys are the members by which a CloudTrail record is told, also one
// that lacks some of them.
var recordKeys = []string{"eventName", "eventVersion", "userIdentity"}

// unwrap yields what a whole value holds: a record, or what an envelope
// carries.
func (r *reader) unwrap(n node) {
	if err := n.valid(); err != nil {
		r.reject(n, err)
		return
	}
	if n.kind() == "a string" {
		r.enter(n, "", "")
		return
	}
	o, err := n.object()
	if err != nil {
		r.reject(n, err)
		return
	}
	r.unwrapObject(o)
}

func (r *reader) unwrapObject(o object) {
	n := o.node
	foreign := r.call != "" && !o.has("requestPayload") && !(o.has("eventSource") && o.has("eventName"))
	switch {
	case foreign:
		r.emit(Item{Kind: KindOther, Call: r.call, Pos: n.place(0)})
	case slices.ContainsFunc(recordKeys, o.has):
		r.emit(record(o, r.account))
	default:
		r.envelope(o)
	}
}

func (r *reader) envelope(o object) {
	var f fields
	var inner node
	var call, account string
	i := slices.IndexFunc(contents, o.has)
	switch {
	case o.has("detail"): // an EventBridge event
		inner, account = f.need(o, "detail"), f.text(o, "account").Value
		kind := f.text(o, "detail-type")
		if kind.Known && !strings.HasSuffix(kind.Value, " via CloudTrail") {
			call = f.text(o, "source").Value + ":" + kind.Value
		}
	case o.has("Sns"): // an SNS notification as Lambda gets it
		inner = f.need(o, "Sns")
		if sns, ok := f.object(o, "Sns"); ok {
			inner = f.need(sns, "Message")
		}
	case o.has("Type") && o.has("Message"): // as SNS sends it to everybody else
		inner = f.need(o, "Message")
		if kind := f.text(o, "Type").Value; f.err == nil && kind != "Notification" {
			r.emit(Item{Kind: KindOther, Call: "sns.amazonaws.com:" + kind, Pos: o.place(0)})
			return
		}
	case i >= 0:
		inner = f.need(o, contents[i])
	case o.has("eventSource"): // a record that lacks its other half
		r.emit(record(o, r.account))
		return
	case slices.ContainsFunc(listKeys, o.has):
		f.noList(o)
		if f.err == nil {
			return
		}
	default:
		f.fail(&Error{Pos: o.place(0), Found: o.outline(), Expected: "a CloudTrail record or an envelope of one"})
	}
	if f.err != nil {
		r.reject(o.node, f.err)
		return
	}
	r.enter(inner, call, account)
}

// need is a member without which its envelope carries nothing.
func (f *fields) need(o object, key string) node {
	n, ok := f.get(o, key)
	if !ok {
		at := o.place(0)
		at.Path = join(o.path, key)
		f.fail(&Error{Pos: at, Found: "nothing", Expected: "what the envelope carries"})
	}
	return n
}

// noList judges a member that has the name of a list and is none. Lists are
// read while the input is split; one that is null, as SDKs print an empty one,
// holds no record.
func (f *fields) noList(o object) {
	for _, key := range listKeys {
		f.array(o, key)
	}
}

func (r *reader) reject(n node, err *Error) {
	r.emit(Item{Pos: n.place(0), Err: err})
}

// enter reads what an envelope carries: an object, or JSON inside a string.
func (r *reader) enter(n node, call, account string) {
	if r.wraps == maxWraps {
		r.reject(n, &Error{Pos: n.place(0), Found: "one more envelope", Expected: "a record inside at most " + strconv.Itoa(maxWraps)})
		return
	}
	inner := reader{wraps: r.wraps + 1, call: call, account: account, yield: r.emit}
	switch n.kind() {
	case "a string":
		s, err := n.text()
		if err != nil {
			r.reject(n, err)
			return
		}
		inner.in = text([]byte(s), n.place(0), true)
	case "an object", "an array":
		// What lies in a valid value is valid; only a list has to be split.
		if o, err := n.object(); err == nil && !slices.ContainsFunc(listKeys, o.has) {
			inner.unwrapObject(o)
			return
		}
		inner.in = text(n.bytes(), n.place(0), n.fixed)
	default:
		r.reject(n, &Error{Pos: n.place(0), Found: n.kind(), Expected: "an object, or a string of JSON"})
		return
	}
	inner.run()
}
