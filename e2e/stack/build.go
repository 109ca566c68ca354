// Package stack puts whydenied where a person would: it builds the function as
// it is shipped, uploads it, and deploys template.yaml with CloudFormation.
package stack

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Build makes the archive of the function as "sam build" does, with the same
// target of the Makefile, for the machine that it runs on. root is the
// repository's, folder one for the build's files.
func Build(ctx context.Context, root, folder string) ([]byte, error) {
	artifacts := filepath.Join(folder, "artifacts")
	if err := os.MkdirAll(artifacts, 0o755); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "make", "--no-print-directory", "-C", root,
		"build-WhyDenied", "ARTIFACTS_DIR="+artifacts, "GOARCH="+runtime.GOARCH)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("make build-WhyDenied: %w\n%s", err, out)
	}
	return archive(artifacts)
}

// archive zips the files of a folder, with their modes.
func archive(folder string) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if err := add(z, filepath.Join(folder, entry.Name())); err != nil {
			return nil, err
		}
	}
	err = z.Close()
	return b.Bytes(), err
}

func add(z *zip.Writer, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	header, err := zip.FileInfoHeader(info)
	if err != nil {
		return err
	}
	header.Method = zip.Deflate
	w, err := z.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, file)
	return err
}
