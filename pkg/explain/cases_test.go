package explain_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/report"
	"whydenied/pkg/trail"
)

// want is what a correct diagnosis of a case says, in want.json.
type want struct {
	Verdict string            `json:"verdict"`
	Checks  map[string]string `json:"checks"`
	Causes  []string          `json:"causes"`
	Hints   []string          `json:"hints"`
}

// TestCases explains every denial of the corpus. WHYDENIED_CASES may name a
// folder of further cases.
func TestCases(t *testing.T) {
	folders := []string{filepath.Join("..", "..", "testdata", "cases")}
	if more := os.Getenv("WHYDENIED_CASES"); more != "" {
		folders = append(folders, more)
	}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*", "want.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s holds no case (error %v)", folder, err)
		}
		for _, file := range files {
			dir := filepath.Dir(file)
			t.Run(filepath.Base(dir), func(t *testing.T) {
				var w want
				if err := json.Unmarshal(read(t, dir, "want.json"), &w); err != nil {
					t.Fatal(err)
				}
				for _, problem := range judge(w, explained(t, dir)) {
					t.Error(problem)
				}
			})
		}
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// explained is the report on a case, as a program reads it.
func explained(t *testing.T, dir string) report.Report {
	t.Helper()
	items := trail.Parse("event.json", read(t, dir, "event.json"))
	if len(items) != 1 || items[0].Kind != trail.KindDenied && items[0].Kind != trail.KindSucceeded {
		t.Fatalf("event.json holds %d records, expected one AssumeRoleWithWebIdentity call: %v", len(items), items)
	}
	account, err := evidence.ParseSnapshot("account.json", read(t, dir, "account.json"))
	if err != nil {
		t.Fatal(err)
	}
	return explain.Call(t.Context(), items[0].Denial, items[0].Kind == trail.KindSucceeded, account)
}

// judge says how a report differs from what the case wants: checks that are
// not named are not judged, all causes have to be there, the first as the
// primary one, and no other may stand beside them as certain.
func judge(w want, r report.Report) []string {
	var bad []string
	differ := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if r.Schema != report.Schema {
		differ("schema %q, want %q", r.Schema, report.Schema)
	}
	if r.Verdict != w.Verdict {
		differ("verdict %s, want %s", r.Verdict, w.Verdict)
	}
	status := map[string]string{}
	for _, c := range r.Checks {
		status[c.Element] = c.Status
	}
	for element, s := range w.Checks {
		if status[element] != s {
			differ("%s is %q, want %s", element, status[element], s)
		}
	}
	var codes []string
	for _, c := range r.Causes {
		codes = append(codes, c.Code)
		if c.Confidence == "certain" && !slices.Contains(w.Causes, c.Code) {
			differ("%s is certain and no cause of this case", c.Code)
		}
	}
	for _, code := range w.Causes {
		if !slices.Contains(codes, code) {
			differ("causes %v lack %s", codes, code)
		}
	}
	if len(w.Causes) > 0 && len(codes) > 0 && codes[0] != w.Causes[0] {
		differ("the primary cause is %s, want %s", codes[0], w.Causes[0])
	}
	for _, h := range w.Hints {
		if len(r.Causes) == 0 || !slices.Contains(r.Causes[0].Hints, h) {
			differ("the primary cause lacks the hint %s", h)
		}
	}
	return bad
}

// TestTwins: the two cases of a pair differ in one character, which decides.
func TestTwins(t *testing.T) {
	first, err := filepath.Glob(filepath.Join("..", "..", "testdata", "cases", "twin-*-a"))
	if err != nil || len(first) == 0 {
		t.Fatalf("no twins (error %v)", err)
	}
	for _, a := range first {
		b := strings.TrimSuffix(a, "a") + "b"
		n := 0
		for _, name := range []string{"event.json", "account.json"} {
			n += edits([]rune(string(read(t, a, name))), []rune(string(read(t, b, name))))
		}
		if n != 1 {
			t.Errorf("%s and its twin differ in %d characters, want 1", filepath.Base(a), n)
		}
		if string(read(t, a, "want.json")) == string(read(t, b, "want.json")) {
			t.Errorf("%s and its twin want the same", filepath.Base(a))
		}
	}
}

// edits counts the characters between what two texts share at both ends: 1
// is one replaced, added or left out.
func edits(a, b []rune) int {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return max(len(a), len(b))
}
