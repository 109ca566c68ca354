package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// docs/lambda.md lists the variables that the function reads, all of them and
// no others.
func TestDocsListTheVariables(t *testing.T) {
	name := regexp.MustCompile(`WHYDENIED_[A-Z_]+`)
	var want []string
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			want = append(want, name.FindAllString(contents(t, file), -1)...)
		}
	}
	var got []string
	_, section, _ := strings.Cut(contents(t, filepath.Join("..", "docs", "lambda.md")), "\n## Its environment\n")
	section, _, _ = strings.Cut(section, "\n## ")
	for line := range strings.Lines(section) {
		if cells := strings.Split(line, "|"); len(cells) > 2 {
			got = append(got, name.FindAllString(cells[1], -1)...)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if want = slices.Compact(want); len(want) == 0 {
		t.Fatal("no variable was found")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-lambda/*.go +docs/lambda.md):\n%s", diff)
	}
}

func contents(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
