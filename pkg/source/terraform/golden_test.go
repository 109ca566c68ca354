package terraform_test

import (
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"whydenied/pkg/source"
	"whydenied/pkg/source/sourcetest"
	"whydenied/pkg/source/terraform"
)

// Each archive is a module, with the reason in its comment and the outline of
// its trust policies in "want".
func TestGolden(t *testing.T) {
	sourcetest.Golden(t, func(files []txtar.File, at source.Deployment) string {
		folder := fstest.MapFS{}
		for _, f := range files {
			folder[f.Name] = &fstest.MapFile{Data: f.Data}
		}
		return sourcetest.Outline(terraform.ParseFolder("", folder, at))
	})
}
