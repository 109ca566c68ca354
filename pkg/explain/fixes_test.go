package explain_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/report"
	"whydenied/pkg/trail"
)

// TestFixesHold puts each fix that is offered for a case into its account, and
// asks again: the role then lets the token in.
func TestFixesHold(t *testing.T) {
	folders := []string{filepath.Join("..", "..", "testdata", "cases")}
	if more := os.Getenv("WHYDENIED_CASES"); more != "" {
		folders = append(folders, more)
	}
	held := 0
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*", "want.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s holds no case (error %v)", folder, err)
		}
		for _, file := range files {
			dir := filepath.Dir(file)
			t.Run(filepath.Base(dir), func(t *testing.T) {
				r := explained(t, dir)
				for i := range r.Fixes {
					if f := &r.Fixes[i]; f.Policy != nil && f.Verified {
						held++
						applied(t, dir, &r, f)
					}
				}
				if r.Fixes == nil {
					t.Error("the list of fixes is null")
				}
				if len(r.Fixes) > 0 && (r.Stranger || r.Verdict == "unexplained" || r.Verdict == "allowed") {
					t.Errorf("%s, stranger %v, and %d fixes", r.Verdict, r.Stranger, len(r.Fixes))
				}
			})
		}
	}
	if held < 150 {
		t.Errorf("%d fixes were offered and checked, want more", held)
	}
}

func applied(t *testing.T, dir string, r *report.Report, f *report.Fix) {
	t.Helper()
	var account map[string]any
	if err := json.Unmarshal(read(t, dir, "account.json"), &account); err != nil {
		t.Fatal(err)
	}
	arn := ""
	if r.Denial.RoleARN != nil {
		arn = *r.Denial.RoleARN
	} else {
		arn = r.Candidates[0].RoleARN
	}
	roles, ok := account["Roles"].([]any)
	if !ok {
		t.Fatal("no roles")
	}
	for _, one := range roles {
		if role, ok := one.(map[string]any); ok && role["Arn"] == arn {
			role["AssumeRolePolicyDocument"] = f.Policy
		}
	}
	delete(account, "Events") // what was changed before the fix
	delete(account, "OpenIDConnectProviders")
	data, err := json.Marshal(account)
	if err != nil {
		t.Fatal(err)
	}
	source, err := evidence.ParseSnapshot("account.json", data)
	if err != nil {
		t.Fatal(err)
	}
	d := trail.Parse("event.json", read(t, dir, "event.json"))[0].Denial
	d.RoleARN = trail.Text{Value: arn, Known: true}
	// A what-if asks about now; this one is about the moment of the call.
	at := map[string][]string{"aws:currenttime": {d.Time.Format(time.RFC3339)}}
	again := explain.WhatIf(t.Context(), explain.Question{Denial: d, Context: at}, source)
	if again.Verdict != "allowed" {
		t.Errorf("%q: %s: %s", f.Title, again.Verdict, again.Summary)
	}
}
