package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestPack(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "anything")
	want := bytes.Repeat([]byte("\x7fELF"), 1000)
	if err := os.WriteFile(binary, want, 0o600); err != nil {
		t.Fatal(err)
	}
	first, second := filepath.Join(dir, "1.zip"), filepath.Join(dir, "2.zip")
	for _, out := range []string{first, second} {
		if err := pack(out, binary); err != nil {
			t.Fatal(err)
		}
	}

	archive, err := zip.OpenReader(first)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	if len(archive.File) != 1 || archive.File[0].Name != "bootstrap" {
		t.Fatalf("entries: got %d, want the one called bootstrap", len(archive.File))
	}
	if got := archive.File[0].Mode().Perm(); got != 0o755 {
		t.Errorf("mode: got %o, want 755: Lambda executes the entry", got)
	}
	entry, err := archive.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(entry)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the entry differs from the binary")
	}

	a, errA := os.ReadFile(first)
	b, errB := os.ReadFile(second)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if !bytes.Equal(a, b) {
		t.Error("one binary gave two archives")
	}
}

func TestPackMissingBinary(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out.zip")
	if err := pack(out, filepath.Join(dir, "missing")); err == nil {
		t.Error("a missing binary gave no error")
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a missing binary left an archive")
	}
}
