package remedy_test

import (
	"os"
	"path/filepath"
	"testing"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/trail"
)

// cases are the folders of the corpus.
func cases(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "cases", "*", "want.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases (error %v)", err)
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = filepath.Base(filepath.Dir(f))
	}
	return names
}

// readCase is the input that a denial of the corpus makes.
func readCase(t testing.TB, name string) diagnosis.Input {
	t.Helper()
	read := func(file string) []byte {
		data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "cases", name, file))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	items := trail.Parse("event.json", read("event.json"))
	if len(items) != 1 {
		t.Fatalf("%s: event.json holds %d records, want 1", name, len(items))
	}
	source, err := evidence.ParseSnapshot("account.json", read("account.json"))
	if err != nil {
		t.Fatal(err)
	}
	d := items[0].Denial
	account, err := source.Account(t.Context(), evidence.Query{Account: d.Account, Role: d.RoleARN.Value, Time: d.Time})
	if err != nil {
		t.Fatal(err)
	}
	return diagnosis.Input{Denial: d, Succeeded: items[0].Kind == trail.KindSucceeded, Account: account}
}
