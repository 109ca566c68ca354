package explain_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/report"
)

// wantChanged is what a case wants of the change that leads: "changed" in
// want.json, null where none does.
type wantChanged struct {
	Event       string `json:"event"`
	Seconds     int64  `json:"seconds_before"`
	Tool        string `json:"tool"`
	Before      string `json:"before"`
	After       string `json:"after"`
	Differences int    `json:"differences"`
	Later       int    `json:"later,omitempty"`
}

func TestCasesLead(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "cases", "change-*", "want.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no case (error %v)", err)
	}
	judged := 0
	for _, file := range files {
		dir := filepath.Dir(file)
		var w map[string]json.RawMessage
		if err := json.Unmarshal(read(t, dir, "want.json"), &w); err != nil {
			t.Fatal(err)
		}
		text, asks := w["changed"]
		if !asks {
			continue
		}
		judged++
		t.Run(filepath.Base(dir), func(t *testing.T) {
			var want *wantChanged
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, short(explained(t, dir).Changed)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if judged == 0 {
		t.Error("no case says what leads")
	}
}

func short(c *report.Changed) *wantChanged {
	if c == nil {
		return nil
	}
	return &wantChanged{c.Event, c.SecondsBefore, c.Tool, c.Before, c.After, len(c.Differences), c.Later}
}
