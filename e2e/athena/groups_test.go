package athena_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"whydenied/internal/archive"
	"whydenied/pkg/evidence"
	"whydenied/pkg/scan"
	"whydenied/pkg/scan/engine"
)

// testGroups scans the archive that the benchmarks use twice: its files, and the
// table that Athena has of them. The groups, their reports and the numbers have
// to be the same, and those that the archive's manifest has.
func testGroups(t *testing.T, s *trino) {
	folder := t.TempDir()
	m, err := archive.WriteDir(folder, archive.Options{Bytes: 24 << 20, WebIdentityShare: 0.02, DeniedShare: 0.3})
	if err != nil {
		t.Fatal(err)
	}
	table := documented(t)
	list := delivered(t, folder)
	lay(t, s, "bench", list, table, func(f logFile) []string { return []string{f.account, f.region, f.day.Format("2006/01/02")} })

	files, rows := collector(t, folder), collector(t, folder)
	if err := scan.Read(t.Context(), files, opened(folder, list), scan.ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	for item, err := range plan(t, s, "bench", table, engine.Query{}).Items(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		rows.Add(t.Context(), item)
	}
	want, got := files.Result(), rows.Result()
	if got.Calls != m.Calls || got.Denials != m.Denials || got.Calls == 0 {
		t.Errorf("got %d calls and %d denials, the archive has %d and %d", got.Calls, got.Denials, m.Calls, m.Denials)
	}
	got.Files, got.Bytes = want.Files, want.Bytes // an engine reads none
	if diff := gocmp.Diff(text(t, want), text(t, got)); diff != "" {
		t.Errorf("(-files +engine):\n%.4000s", diff)
	}
	t.Logf("%d records in %d files: %d calls, %d of them denied, in %d groups", m.Records, m.Files, got.Calls, got.Denials, len(got.Groups))
}

// collector diagnoses with the archive's own account.
func collector(t *testing.T, folder string) *scan.Collector {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "account.json"))
	if err != nil {
		t.Fatal(err)
	}
	account, err := evidence.ParseSnapshot("account.json", data)
	if err != nil {
		t.Fatal(err)
	}
	return scan.NewCollector(account, scan.Options{})
}

func text(t *testing.T, r scan.Result) string {
	t.Helper()
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// delivered are the log files of an archive, with their records.
func delivered(t *testing.T, folder string) []logFile {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "AWSLogs/*/CloudTrail/*/*/*/*/*.json.gz"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no log files below %s: %v", folder, err)
	}
	var files []logFile
	for _, name := range names {
		inside, err := filepath.Rel(folder, name)
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(inside, "/")
		day, err := time.Parse("2006/01/02", strings.Join(parts[4:7], "/"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, logFile{account: parts[1], region: parts[3], day: day, name: inside, records: unpacked(t, name)})
	}
	return files
}

// opened are the log files themselves.
func opened(folder string, list []logFile) scan.Files {
	return func(yield func(scan.File, error) bool) {
		for _, f := range list {
			name := filepath.Join(folder, f.name)
			if !yield(scan.File{Name: name, Size: -1, Open: func(context.Context) (io.ReadCloser, error) { return os.Open(name) }}, nil) {
				return
			}
		}
	}
}

func unpacked(t *testing.T, name string) []map[string]any {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var log struct{ Records []map[string]any }
	d := json.NewDecoder(z)
	d.UseNumber()
	if err := d.Decode(&log); err != nil {
		t.Fatal(err)
	}
	return log.Records
}
