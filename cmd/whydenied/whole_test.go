package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestWhole(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		label, reason string
		before        func(t *testing.T, file string)
		err           error
		want          string
		mode          fs.FileMode
	}{
		{"new", "a new file is its owner's", func(*testing.T, string) {}, nil, "new", 0o600},
		{"replaced", "what was there keeps its mode", func(t *testing.T, file string) { held(t, file, 0o644) }, nil, "new", 0o644},
		{"broken", "what was there stays", func(t *testing.T, file string) { held(t, file, 0o644) }, broken, "old", 0o644},
		{"link", "a link stays one, the file that it names is replaced", func(t *testing.T, file string) {
			held(t, file+".real", 0o640)
			if err := os.Symlink(file+".real", file); err != nil {
				t.Fatal(err)
			}
		}, nil, "new", 0o640},
	} {
		t.Run(tt.label, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "account.json")
			tt.before(t, file)
			before, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*.real"))
			err := (&app{}).whole(file, func(w io.Writer) error {
				_, err := io.WriteString(w, "new")
				return errors.Join(err, tt.err)
			})
			if !errors.Is(err, tt.err) {
				t.Errorf("error %v, want %v", err, tt.err)
			}
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(read(t, file)); got != tt.want || info.Mode() != tt.mode {
				t.Errorf("%s: got %q with mode %v, want %q with %v", tt.reason, got, info.Mode(), tt.want, tt.mode)
			}
			left, err := os.ReadDir(filepath.Dir(file))
			if err != nil || len(left) != 1+len(before) {
				t.Errorf("files left: %v (error %v)", left, err)
			}
		})
	}
}

func held(t *testing.T, file string, mode fs.FileMode) {
	t.Helper()
	if err := errors.Join(os.WriteFile(file, []byte("old"), mode), os.Chmod(file, mode)); err != nil {
		t.Fatal(err)
	}
}

// TestWholeDevice: what is no file is written to, never replaced.
func TestWholeDevice(t *testing.T) {
	err := (&app{}).whole(os.DevNull, func(w io.Writer) error {
		_, err := io.WriteString(w, "new")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("%s is a file now (error %v)", os.DevNull, err)
	}
}
