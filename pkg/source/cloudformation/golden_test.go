package cloudformation_test

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"whydenied/pkg/source"
	"whydenied/pkg/source/cloudformation"
	"whydenied/pkg/source/sourcetest"
)

// Each archive has templates, with the reason in its comment and the outline of
// their trust policies in "want".
func TestGolden(t *testing.T) {
	sourcetest.Golden(t, func(files []txtar.File, at source.Deployment) (got string) {
		for _, f := range files {
			got += sourcetest.Outline(cloudformation.Parse(f.Name, f.Data, at))
		}
		return got
	})
}
