package sourcetest

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"whydenied/internal/golden"
	"whydenied/pkg/source"
)

// wanted is the file of an archive that holds the outline.
const wanted = "want"

// Golden reads each archive in testdata, which gives its reason in its comment,
// and compares the outline with its file "want".
func Golden(t *testing.T, outline func(files []txtar.File, at source.Deployment) string) {
	t.Helper()
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
			var files []txtar.File
			for _, f := range archive.Files {
				if f.Name != wanted {
					files = append(files, f)
				}
			}
			got := outline(files, deployment(archive.Comment))
			archive.Files = slices.Concat(files, []txtar.File{{Name: wanted, Data: []byte(got)}})
			golden.Compare(t, name, string(txtar.Format(archive)))
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
