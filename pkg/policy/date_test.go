package policy_test

import (
	"testing"

	"whydenied/pkg/policy"
)

func TestDate(t *testing.T) {
	run(t, policy.Version2012, nil, []operatorCase{
		{"DateEquals", []string{"2026-01-01T00:00:00Z"}, policy.One("2026-01-01T01:00:00+01:00"), yes, "3.3: moments, not texts"},
		{"DateEquals", []string{"2026-01-01T00:00:00Z"}, policy.One("2026-01-01T00:00:00.000Z"), yes, "W3C: a decimal fraction"},
		{"DateEquals", []string{"2026-01-01"}, policy.One("2026-01-01T00:00Z"), yes, "W3C: a date, and one with hours and minutes"},
		{"DateEquals", []string{"2026-01"}, policy.One("2026-01-01T00:00:00Z"), yes, "W3C: year and month"},
		{"DateEquals", []string{"2026-01-01T00:00:00Z"}, policy.One("1767225600"), yes, "3.3: epoch seconds"},
		{"DateEquals", []string{"1767225600"}, policy.One("2026-01-01"), yes, "3.3: epoch seconds"},
		{"DateEquals", []string{"0"}, policy.One("1970-01-01"), yes, "3.3: epoch seconds, few digits too"},
		{"DateGreaterThan", []string{"2026-01-01T00:00:00Z"}, policy.One("2026-01-01T00:00:00.001Z"), yes, "W3C: a decimal fraction"},
		{"DateGreaterThan", []string{"0"}, policy.One("2026-01-01T00:00:00Z"), yes, "3.3: epoch seconds"},
		{"DateLessThan", []string{"9999-12-31T23:59:59Z"}, policy.One("2026-01-01T00:00:00Z"), yes, "W3C: years of four digits"},
		{"DateLessThan", []string{"99999999999"}, policy.One("2026-01-01T00:00:00Z"), yes, "3.3: epoch seconds"},
		{"DateGreaterThan", []string{"0001-01-01T00:00:00Z"}, policy.One("2026-01-01T00:00:00Z"), yes, "W3C: years of four digits"},
		{"DateLessThan", []string{"2026-01-01"}, policy.One("2026-01-01"), no, "3.3: less, not equal"},
		{"DateLessThanEquals", []string{"2026-01-01"}, policy.One("2026-01-01"), yes, "3.3: less or equal"},
		{"DateGreaterThanEquals", []string{"2026-01-01"}, policy.One("2025-12-31T23:59:59Z"), no, "3.3: greater or equal"},
		{"DateNotEquals", []string{"2026-01-01"}, policy.One("1767225600"), no, "3.3: moments, not texts"},
		{"DateNotEquals", []string{"2026-01-01", "2026-01-02"}, policy.One("2026-01-03"), yes, "3.1: NOR over values"},
	})
}

func TestDateNotDocumented(t *testing.T) {
	run(t, policy.Version2012, nil, []operatorCase{
		{"DateLessThan", []string{"2030"}, policy.One("2026-01-01T00:00:00Z"), unk, "W3C has a year of four digits, IAM has epoch seconds"},
		{"DateLessThan", []string{"1767225600000"}, policy.One("2026-01-01T00:00:00Z"), unk, "milliseconds are not spoken of"},
		{"DateLessThan", []string{"2030-01-01T00:00:00"}, policy.One("2026-01-01T00:00:00Z"), unk, "W3C wants a zone"},
		{"DateLessThan", []string{"2030-01-01"}, policy.One("2026-01-01T00:00:00"), unk, "W3C wants a zone"},
		{"DateLessThan", []string{"2030-01-01T00:00"}, policy.One("2026-01-01"), unk, "W3C wants a zone"},
		{"DateGreaterThan", []string{"-1"}, policy.One("2026-01-01T00:00:00Z"), unk, "seconds before 1970 are not spoken of"},
		{"DateEquals", []string{"1767225600.0"}, policy.One("2026-01-01T00:00:00Z"), unk, "a fraction of a second is not spoken of"},
		{"DateNotEquals", []string{"soon"}, policy.One("2026-01-01"), unk, "whether a negated operator holds is not documented"},
		{"DateNotEquals", []string{"2026-01-01"}, policy.One("soon"), unk, "whether a negated operator holds is not documented"},
	})
}

func TestNoDate(t *testing.T) {
	run(t, policy.Version2012, nil, []operatorCase{
		{"DateLessThan", []string{"soon"}, policy.One("2026-01-01"), no, "3.3: ISO 8601 or epoch seconds"},
		{"DateLessThan", []string{"2030-01-01"}, policy.One("soon"), no, "3.3: ISO 8601 or epoch seconds"},
		{"DateLessThan", []string{"2030-01-01"}, policy.One(""), no, "3.3: ISO 8601 or epoch seconds"},
		{"DateLessThan", []string{"2030-02-30"}, policy.One("2026-01-01"), no, "there is no such day"},
		{"DateLessThan", []string{"01/02/2030"}, policy.One("2026-01-01"), no, "3.3: ISO 8601 or epoch seconds"},
		{"DateEquals", []string{"${aws:CurrentTime}"}, policy.One("2026-01-01"), no, "3.3: no variables under date operators"},
		{"DateLessThan", []string{"soon"}, hidden, no, "false with a value, 3.2: false without"},
		{"DateLessThan", []string{"2030"}, hidden, unk, "W3C has a year of four digits, IAM has epoch seconds"},
	})
}
