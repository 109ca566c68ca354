package terraform_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"whydenied/pkg/source"
	"whydenied/pkg/source/sourcetest"
	"whydenied/pkg/source/terraform"
)

var update = flag.Bool("update", false, "rewrite the wanted outlines")

// Each archive is a module, with the reason in its comment and the outline of
// its trust policies in "want".
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			folder, want := fstest.MapFS{}, ""
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				folder[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			got := sourcetest.Outline(terraform.ParseFolder("", folder, deployment(archive.Comment)))
			if *update {
				rewrite(t, name, archive, got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s(-want +got):\n%s", archive.Comment, diff)
			}
		})
	}
}

// deployment is a known one where the comment says "account known".
func deployment(comment []byte) source.Deployment {
	if strings.Contains(string(comment), "account known") {
		return source.Deployment{Account: "123456789012", Partition: "aws"}
	}
	return source.Deployment{}
}

func rewrite(t *testing.T, name string, archive *txtar.Archive, got string) {
	t.Helper()
	kept := archive.Files[:0]
	for _, f := range archive.Files {
		if f.Name != "want" {
			kept = append(kept, f)
		}
	}
	kept = append(kept, txtar.File{Name: "want", Data: []byte(got)})
	archive.Files = kept
	if err := os.WriteFile(name, txtar.Format(archive), 0o600); err != nil {
		t.Fatal(err)
	}
}
