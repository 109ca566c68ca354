package whydenied_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	codes "whydenied/pkg/diagnosis"
	reports "whydenied/pkg/report"
)

// Every code that a report may hold has one page, in the index too, and is
// shown by a case; the docs explain no other.
func TestCodes(t *testing.T) {
	index, err := os.ReadFile("docs/causes/README.md")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("docs/causes/*.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := primaryCauses(t)
	for _, code := range codes.Codes() {
		page := reports.CausePage(string(code))
		if !slices.Contains(pages, filepath.FromSlash(page)) {
			t.Errorf("%s has no page %s", code, page)
		}
		if n := strings.Count(string(index), "- ["+string(code)+"]("+string(code)+".md): "); n != 1 {
			t.Errorf("docs/causes/README.md lists %s %d times", code, n)
		}
		if !shown[string(code)] {
			t.Errorf("%s is the primary cause of no case", code)
		}
	}
	if got, want := len(pages), len(codes.Codes())+1; got != want {
		t.Errorf("docs/causes has %d pages, want %d: one for each code, and the index", got, want)
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
