package local_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/scan/local"
)

// tree makes files with their own names as content, but for those given, and
// links where the content begins with "-> ".
func tree(t *testing.T, contents map[string]string, names ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, content := range contents {
		place(t, name, content)
	}
	for _, name := range names {
		place(t, name, name)
	}
}

func place(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	var err error
	if to, link := strings.CutPrefix(content, "-> "); link {
		err = os.Symlink(to, name)
	} else {
		err = os.WriteFile(name, []byte(content), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// listed are the names in the order of the list, errors and the note at the end.
func listed(t *testing.T, paths ...string) []string {
	t.Helper()
	got := []string{}
	note := ""
	for f, err := range local.Files(paths, strings.NewReader("in"), func(s string) { note = s }) {
		if err != nil {
			got = append(got, "error: "+err.Error())
			continue
		}
		got = append(got, filepath.ToSlash(f.Name))
	}
	if note != "" {
		got = append(got, "note: "+note)
	}
	return got
}

func TestFiles(t *testing.T) {
	const tail = "; name a file to have it read"
	tree(t, map[string]string{
		"logs/firehose-1-2026-10-05-14-00-00-0b1c": `{"Records":[]}`, "logs/dotted.stream-1-2026-10-05-14-00-00-0b1c": "\x1f\x8b", "logs/LICENSE": "Apache",
		"logs/loop": "-> ..", "logs/link.json": "-> ../odd1.json", "linked": "-> logs/2",
	}, "logs/2/b.json", "logs/2/a.json.gz", "logs/1/c.jsonl", "logs/1/c.NDJSON", "logs/1/d.zst", "logs/1/e.log", "logs/README.md", "logs/.DS_Store", "logs/1/._a.json",
		"logs/.git/x.json", "logs/AWSLogs/CloudTrail-Digest/x.json.gz", "logs/AWSLogs/CloudTrail/y.json.gz", "odd[1].json", "odd1.json", "photo.jpg")
	all := []string{
		"logs/1/c.NDJSON", "logs/1/c.jsonl", "logs/1/d.zst", "logs/1/e.log", "logs/2/a.json.gz", "logs/2/b.json", "logs/AWSLogs/CloudTrail/y.json.gz",
		"logs/dotted.stream-1-2026-10-05-14-00-00-0b1c", "logs/firehose-1-2026-10-05-14-00-00-0b1c",
		"note: passed over in folders: 2 files that are not called as logs are, 3 hidden names, 2 symbolic links, 1 folder of CloudTrail's digests" + tail,
	}
	for _, tt := range []struct {
		label  string
		paths  []string
		want   []string
		reason string
	}{
		{"folder", []string{"logs"}, all, "in the order of names; what is no log by its name is counted"},
		{"folder with a slash", []string{"logs/"}, all, "the same folder"},
		{"files", []string{"photo.jpg", "logs/.DS_Store", "logs/link.json"}, []string{"photo.jpg", "logs/.DS_Store", "logs/link.json"}, "what is named is read"},
		{"link", []string{"linked"}, []string{"linked/a.json.gz", "linked/b.json"}, "a link that is named is followed"},
		{"twice", []string{"photo.jpg", "photo.jpg"}, []string{"photo.jpg"}, "a call counts once"},
		{"all below", []string{"linked/**", "logs/2/**"}, []string{"linked/a.json.gz", "linked/b.json"}, "such a pattern matches the folder and what is in it, and a link has a second name"},
		{"file in a folder", []string{"logs/1", "logs/1/d.zst", "./logs/1/", "logs/1/._a.json"}, []string{"logs/1/c.NDJSON", "logs/1/c.jsonl", "logs/1/d.zst", "logs/1/e.log",
			"logs/1/._a.json", "note: passed over in folders: 1 hidden name" + tail}, "a call counts once; what the folder passes over is read where it is named"},
		{"folder over a file", []string{"logs/2/b.json", "logs/1", "logs"}, slices.Concat([]string{"logs/2/b.json"}, all[:4], []string{"logs/2/a.json.gz"}, all[6:]), "in any order"},
		{"from here", []string{"logs/2/a.json.gz", "."}, slices.Concat([]string{"logs/2/a.json.gz"}, all[:4], []string{"logs/2/b.json"}, all[6:9], []string{"odd1.json", "odd[1].json",
			"note: passed over in folders: 3 files that are not called as logs are, 3 hidden names, 3 symbolic links, 1 folder of CloudTrail's digests" + tail}), "the working folder has no name of its own"},
		{"two spellings", []string{"odd1.json", "./odd1.json"}, []string{"odd1.json"}, "however it is spelt"},
		{"pattern", []string{"logs/**/*.json*"}, []string{"logs/1/c.jsonl", "logs/2/a.json.gz", "logs/2/b.json",
			"logs/AWSLogs/CloudTrail-Digest/x.json.gz", "logs/AWSLogs/CloudTrail/y.json.gz", "logs/link.json"}, "what a pattern matches is named, but no hidden ones, and no way round in circles"},
		{"pattern of folders", []string{"logs/{1,2}"}, []string{"logs/1/c.NDJSON", "logs/1/c.jsonl", "logs/1/d.zst", "logs/1/e.log", "logs/2/a.json.gz", "logs/2/b.json",
			"note: passed over in folders: 1 hidden name" + tail}, "a folder is walked"},
		{"file called as a pattern", []string{"odd[1].json"}, []string{"odd[1].json"}, "a file comes before a pattern"},
		{"nothing", []string{"gone.json", "gone/*.json", "odd1.json"}, []string{`error: cannot read "gone.json": no such file or directory`,
			`error: cannot read "gone/*.json": no file is called so, nor matches it as a pattern`, "odd1.json"}, "each is told, and costs only itself"},
		{"bad pattern", []string{"x[.json"}, []string{`error: cannot read "x[.json": syntax error in pattern`}, "no pattern either"},
		{"standard input", []string{"-"}, []string{"standard input"}, "as most programs take it"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, listed(t, tt.paths...)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	tree(t, map[string]string{"a.json": "hello"})
	for f, err := range local.Files([]string{"a.json", "-"}, strings.NewReader(strings.Repeat("in", 100_000)), nil) {
		if err != nil {
			t.Fatal(err)
		}
		want, size := "hello", int64(5)
		if f.Name == "standard input" {
			want, size = strings.Repeat("in", 100_000), -1
		}
		r, err := f.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || r.Close() != nil || string(got) != want || f.Size != size {
			t.Errorf("%s: %d bytes of size %d, %v; want %d of %d", f.Name, len(got), f.Size, err, len(want), size)
		}
	}
}

// A list that nobody wants more of ends.
func TestStop(t *testing.T) {
	tree(t, nil, "logs/a.json", "logs/b.json", "logs/c.json")
	n := 0
	for _, err := range local.Files([]string{"logs", "logs/a.json"}, nil, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d files, want 2", n)
	}
}

// Standard input that gives nothing can be interrupted.
func TestInterruptedStdin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stdin, in := io.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for f, err := range local.Files([]string{"-"}, stdin, nil) {
			if err != nil {
				t.Fatal(err)
			}
			r, err := f.Open(ctx)
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				_, _ = io.WriteString(in, "some")
				synctest.Wait()
				cancel()
			}()
			got, err := io.ReadAll(r)
			if string(got) != "some" || !errors.Is(err, context.Canceled) {
				t.Errorf("got %q and %v, want what came and the context's error", got, err)
			}
			_, _ = r.Close(), in.Close()
		}
	})
}

func TestNoStdin(t *testing.T) {
	for f, err := range local.Files([]string{"-"}, nil, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Open(t.Context()); err == nil {
			t.Error("opened what is not there")
		}
	}
}
