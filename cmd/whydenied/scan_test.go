package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/scan"
)

// TestInterruptedScan: what was found before Ctrl-C is printed, and said to be a
// part.
func TestInterruptedScan(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	stdin, typed := io.Pipe()
	defer typed.Close()
	var stdout, stderr bytes.Buffer
	exit := make(chan int, 1)
	args := []string{"scan", "../../events/prefect-subject.json", "-", "--workers", "1", "--account", "../../events/account.json", "--format", "json"}
	go func() {
		exit <- run(ctx, args, func(string) string { return "" }, stdin, &stdout, &stderr)
	}()
	// It is read once the only worker is through with the file before it.
	if _, err := io.WriteString(typed, `{"Records":[`); err != nil {
		t.Fatal(err)
	}
	stop()
	if got := <-exit; got != int(statusInterrupted) {
		t.Errorf("exit status %d, want 130; standard error %q", got, stderr.String())
	}
	var got scan.Result
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if !got.Partial || got.Denials != 1 {
		t.Errorf("got a result with partial %v and %d denials, want the one of the file, as a part", got.Partial, got.Denials)
	}
	if !strings.Contains(stderr.String(), "interrupted: the result holds what was found until then") {
		t.Errorf("standard error is %q, want a line that says why it is a part", stderr.String())
	}
}

func TestTimeOf(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		text, reason string
		want         time.Time
	}{
		{"", "no bound", time.Time{}},
		{"90m", "as Go writes it", now.Add(-90 * time.Minute)},
		{"400d", "an archive goes back beyond the event history", now.AddDate(0, 0, -400)},
		{"2026-03-01", "a day begins in UTC", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)},
		{"2026-03-01T09:00:00+02:00", "an offset counts", time.Date(2026, 3, 1, 7, 0, 0, 0, time.UTC)},
	} {
		got, err := timeOf("since", tt.text, now)
		if err != nil {
			t.Errorf("%q: got error %v: %s", tt.text, err, tt.reason)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q: %s (-want +got)\n%s", tt.text, tt.reason, diff)
		}
	}
	for _, text := range []string{"tomorrow", "-1h", "0d", "1.5d", "2026-13-01", "99999d"} {
		if got, err := timeOf("since", text, now); err == nil || statusOf(err) != statusBadInput {
			t.Errorf("%q: got %v and error %v, want bad usage", text, got, err)
		}
	}
}

func TestScanProgress(t *testing.T) {
	for _, tt := range []struct {
		label, reason string
		p             scan.Progress
		want, never   []string
	}{
		{"listing", "there is no total yet, so nothing is foreseen", scan.Progress{Listed: 3, Done: 1, Packed: 2 << 20}, []string{"1 file, 0 denials"}, []string{"%"}},
		{
			"half", "of the packed bytes", scan.Progress{Listed: 4, Done: 2, Whole: true, Known: 100 << 20, Packed: 50 << 20, Denials: 1},
			[]string{"2 of 4 files, 1 denial", "50%"}, nil,
		},
		{"growing", "a file may grow while it is read", scan.Progress{Listed: 1, Whole: true, Known: 10, Packed: 20}, []string{"0 of 1 file"}, nil},
		{"empty", "nothing to divide by", scan.Progress{Whole: true}, []string{"0 of 0 files"}, nil},
	} {
		line := newBar().line(tt.p)
		for _, want := range tt.want {
			if !strings.Contains(line, want) {
				t.Errorf("%s: got %q, want %q in it: %s", tt.label, line, want, tt.reason)
			}
		}
		for _, never := range tt.never {
			if strings.Contains(line, never) {
				t.Errorf("%s: got %q, want no %q in it: %s", tt.label, line, never, tt.reason)
			}
		}
		if strings.ContainsAny(line, "\r\n\x1b") {
			t.Errorf("%s: got %q, want one line without control characters", tt.label, line)
		}
	}
}
