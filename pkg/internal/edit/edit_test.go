package edit_test

import (
	"testing"

	"whydenied/pkg/internal/edit"
)

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"kitten", "sitting", 3},
		{"cloud", "account", 4}, {"Octo-Org", "octo-org", 2}, {"é", "e", 1},
	} {
		if got := edit.Distance(c.a, c.b); got != c.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestToPattern(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          int
	}{
		{"*", "anything", 0}, {"repo:a/*", "repo:a/b:ref", 0}, {"repo:a/*", "repo:b/b:ref", 1},
		{"a?c", "abc", 0}, {"a?c", "ac", 1}, {"*a*b", "xxaxx", 1}, {"", "abc", 3}, {"abc", "", 3},
		{"*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1},
	} {
		if got := edit.ToPattern(c.pattern, c.text); got != c.want {
			t.Errorf("ToPattern(%q, %q) = %d, want %d", c.pattern, c.text, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"StringEquals", "StringLike", "Null"}
	if got, ok := edit.Nearest("StringLikes", names); !ok || got != "StringLike" {
		t.Errorf("Nearest = %q, %v", got, ok)
	}
	if got, ok := edit.Nearest("Nonsense", names); ok {
		t.Errorf("Nearest(Nonsense) = %q, want none", got)
	}
}
