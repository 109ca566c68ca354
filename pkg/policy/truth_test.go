package policy_test

import (
	"testing"

	"whydenied/pkg/policy"
)

const (
	unk = policy.Unknown
	no  = policy.False
	yes = policy.True
)

// Kleene's strong logic of three values: a deciding value wins over unknown.
func TestTruthTables(t *testing.T) {
	for _, tt := range []struct{ a, b, and, or policy.Truth }{
		{no, no, no, no},
		{no, unk, no, unk},
		{no, yes, no, yes},
		{unk, no, no, unk},
		{unk, unk, unk, unk},
		{unk, yes, unk, yes},
		{yes, no, no, yes},
		{yes, unk, unk, yes},
		{yes, yes, yes, yes},
	} {
		if got := tt.a.And(tt.b); got != tt.and {
			t.Errorf("%s and %s: want %s, got %s", tt.a, tt.b, tt.and, got)
		}
		if got := tt.a.Or(tt.b); got != tt.or {
			t.Errorf("%s or %s: want %s, got %s", tt.a, tt.b, tt.or, got)
		}
	}
	for _, tt := range []struct{ a, not policy.Truth }{{no, yes}, {unk, unk}, {yes, no}} {
		if got := tt.a.Not(); got != tt.not {
			t.Errorf("not %s: want %s, got %s", tt.a, tt.not, got)
		}
	}
}

func TestWords(t *testing.T) {
	for _, tt := range []struct {
		got  interface{ String() string }
		want string
	}{
		{policy.Truth(0), "unknown"}, {no, "false"}, {yes, "true"},
		{policy.State(0), "hidden"}, {policy.Absent, "absent"}, {policy.Present, "present"},
		{policy.Effect(0), "(unresolved)"}, {policy.Allow, "Allow"}, {policy.Deny, "Deny"},
	} {
		if tt.got.String() != tt.want {
			t.Errorf("want %q, got %q: the zero value is the one that claims nothing", tt.want, tt.got)
		}
	}
}
