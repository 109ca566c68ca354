package whydenied_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	codes "whydenied/pkg/diagnosis"
)

// Every code that a report may hold is explained in the docs, and shown by a
// case; the docs explain no other.
func TestCodes(t *testing.T) {
	page, err := os.ReadFile("docs/causes.md")
	if err != nil {
		t.Fatal(err)
	}
	var explained []string
	for _, line := range strings.Split(string(page), "\n") {
		if code, ok := strings.CutPrefix(line, "## "); ok {
			explained = append(explained, code)
		}
	}
	shown := primaryCauses(t)
	for _, code := range codes.Codes() {
		if !slices.Contains(explained, string(code)) {
			t.Errorf("%s has no section in docs/causes.md", code)
		}
		if !shown[string(code)] {
			t.Errorf("%s is the primary cause of no case", code)
		}
	}
	if len(explained) != len(codes.Codes()) {
		t.Errorf("docs/causes.md has %d sections, want one for each of the %d codes", len(explained), len(codes.Codes()))
	}
}

func primaryCauses(t *testing.T) map[string]bool {
	t.Helper()
	wants, err := filepath.Glob("testdata/cases/*/want.json")
	if err != nil || len(wants) == 0 {
		t.Fatalf("no case: %v", err)
	}
	shown := make(map[string]bool)
	for _, file := range wants {
		var want struct{ Causes []string }
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &want); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if len(want.Causes) > 0 {
			shown[want.Causes[0]] = true
		}
	}
	return shown
}
