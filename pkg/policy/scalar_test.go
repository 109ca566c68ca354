package policy_test

import (
	"testing"

	"whydenied/pkg/policy"
)

func TestBool(t *testing.T) {
	run(t, policy.Version2012, nil, []operatorCase{
		{"Bool", []string{"true"}, policy.One("true"), yes, "3.3: Bool"},
		{"Bool", []string{"TRUE"}, policy.One("True"), yes, "3.3: case-insensitive"},
		{"Bool", []string{"true"}, policy.One("false"), no, "3.3: Bool"},
		{"Bool", []string{"false"}, policy.One("false"), yes, "3.3: Bool"},
		{"Bool", []string{"true", "false"}, policy.One("false"), yes, "3.1: OR over values"},
		{"Bool", []string{"1"}, policy.One("1"), no, "3.3: true or false only"},
		{"Bool", []string{"true"}, policy.One("1"), no, "3.3: true or false only"},
		{"Bool", []string{"${aws:SecureTransport}"}, policy.One("true"), unk, "3.3: the pages disagree on variables"},
		{"Bool", []string{"yes"}, hidden, no, "no value equals it, 3.2: nor does a missing one"},
		{"BoolIfExists", []string{"true"}, absent, yes, "3.2: IfExists is true for a missing key"},
	})
	run(t, policy.Version2008, nil, []operatorCase{
		{"Bool", []string{"${aws:SecureTransport}"}, policy.One("true"), no, "3.4: 2008-10-17 has no variables"},
	})
}

func TestBinary(t *testing.T) {
	run(t, policy.Version2012, nil, []operatorCase{
		{"BinaryEquals", []string{"QmluYXJ5"}, policy.One("QmluYXJ5"), yes, "3.3: base64 bytes"},
		{"BinaryEquals", []string{"QmluYXJ5"}, policy.One("qmluYXJ5"), no, "3.3: base64 has regard to case"},
		{"BinaryEquals", []string{"QQ=="}, policy.One("QR=="), yes, "3.3: bytes, not their writing"},
		{"BinaryEquals", []string{"QR=="}, policy.One("QR=="), yes, "3.3: bytes, not their writing"},
		{"BinaryEquals", []string{""}, policy.One(""), yes, "3.3: no bytes equal no bytes"},
		{"BinaryEquals", []string{"!"}, policy.One("!"), no, "3.3: not base64"},
		{"BinaryEquals", []string{"QQ=="}, policy.One("!"), no, "3.3: not base64"},
		{"BinaryEquals", []string{"!"}, policy.One(""), no, "3.3: not base64 is not the same as no bytes"},
		{"BinaryEquals", []string{"!"}, hidden, no, "no value equals it, 3.2: nor does a missing one"},
	})
}

func TestIP(t *testing.T) {
	run(t, policy.Version2012, nil, []operatorCase{
		{"IpAddress", []string{"203.0.113.0/24"}, policy.One("203.0.113.255"), yes, "3.3: CIDR"},
		{"IpAddress", []string{"203.0.113.0/24"}, policy.One("203.0.114.0"), no, "3.3: CIDR"},
		{"IpAddress", []string{"203.0.113.9/24"}, policy.One("203.0.113.1"), yes, "bits behind the prefix do not count"},
		{"IpAddress", []string{"203.0.113.7"}, policy.One("203.0.113.7"), yes, "3.3: a single address"},
		{"IpAddress", []string{"203.0.113.7"}, policy.One("203.0.113.8"), no, "3.3: a single address"},
		{"IpAddress", []string{"0.0.0.0/0"}, policy.One("203.0.113.7"), yes, "3.3: CIDR"},
		{"IpAddress", []string{"0.0.0.0/0"}, policy.One("2001:db8::1"), no, "3.3: v4 never matches v6"},
		{"IpAddress", []string{"::/0"}, policy.One("203.0.113.7"), no, "3.3: v6 never matches v4"},
		{"IpAddress", []string{"2001:db8::/32"}, policy.One("2001:DB8:0::1"), yes, "3.3: v6, in any writing"},
		{"IpAddress", []string{"10.0.0.0/8", "203.0.113.0/24"}, policy.One("203.0.113.7"), yes, "3.1: OR over values"},
		{"NotIpAddress", []string{"10.0.0.0/8", "203.0.113.0/24"}, policy.One("203.0.113.7"), no, "3.1: NOR over values"},
		{"NotIpAddress", []string{"0.0.0.0/0"}, policy.One("2001:db8::1"), yes, "3.3: v4 never matches v6"},
		{"IpAddress", []string{"203.0.113.0/33"}, policy.One("203.0.113.7"), no, "no such block"},
		{"IpAddress", []string{"203.0.113.7"}, policy.One("ec2.amazonaws.com"), no, "a service's name is no address"},
		{"NotIpAddress", []string{"203.0.113.7"}, policy.One("ec2.amazonaws.com"), unk, "whether a negated operator holds is not documented"},
		{"NotIpAddress", []string{"203.0.113"}, policy.One("203.0.113.7"), unk, "whether a negated operator holds is not documented"},
		{"IpAddress", []string{"fe80::1%eth0"}, policy.One("fe80::1"), no, "a zone is no part of a policy's address"},
		{"IpAddress", []string{"203.0.113"}, hidden, no, "no value matches it, 3.2: nor does a missing one"},
	})
}

func TestNull(t *testing.T) {
	empty := policy.Attr{State: policy.Present}
	run(t, policy.Version2012, nil, []operatorCase{
		{"Null", []string{"true"}, absent, yes, "3.2: Null true asks for a missing key"},
		{"Null", []string{"true"}, policy.One(""), no, "3.2: Null true asks for a missing key"},
		{"Null", []string{"false"}, absent, no, "3.2: Null false asks for a present key"},
		{"Null", []string{"false"}, policy.One("x"), yes, "3.2: Null false asks for a present key"},
		{"Null", []string{"FALSE"}, many("x", "y"), yes, "3.2: case-insensitive; the values do not count"},
		{"Null", []string{"true"}, hidden, unk, "the key may have been in the request"},
		{"Null", []string{"false"}, hidden, unk, "the key may have been in the request"},
		{"Null", []string{"true", "false"}, hidden, yes, "3.1: OR over values"},
		{"Null", []string{"true", "false"}, absent, yes, "3.1: OR over values"},
		{"Null", nil, hidden, no, "an empty list has no value that matches"},
		{"Null", []string{"true"}, empty, unk, "a key without values: exists, but has no value"},
		{"Null", []string{"true", "false"}, empty, yes, "3.1: OR over values"},
		{"Null", []string{"@unresolved:var.null"}, absent, unk, "the value may be true or false"},
		{"Null", []string{"@unresolved:var.null", "true"}, absent, yes, "3.1: OR over values"},
	})
}
