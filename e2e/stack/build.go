// Package stack puts whydenied where a person would: it builds the function as
// it is shipped, uploads it, and deploys template.yaml with CloudFormation.
package stack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Build makes the archive of the function as a release has it, for the machine
// that it runs on: "make build", packed by tools/lambdazip. root is the
// repository's, folder one for the archive.
func Build(ctx context.Context, root, folder string) ([]byte, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	out := filepath.Join(folder, "function.zip")
	for _, args := range [][]string{
		{"make", "--no-print-directory", "-C", root, "build"},
		{"go", "-C", filepath.Join(root, "tools"), "run", "./lambdazip", "-o", out, filepath.Join(root, "bin", "bootstrap")},
	} {
		if text, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, text)
		}
	}
	return os.ReadFile(out)
}
