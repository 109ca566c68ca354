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
	const mb = 1_000_000
	for _, tt := range []struct {
		label, reason string
		after         []time.Duration // between the moments
		p             []scan.Progress
		want          string
	}{
		{"listing", "there is no total yet, so nothing is foreseen", []time.Duration{2 * time.Second},
			[]scan.Progress{{}, {Listed: 3, Done: 1, Known: 9 * mb, Packed: 2 * mb, Unpacked: 20 * mb}}, "1 file, 0 denials, 20 MB, 10 MB/s"},
		{"first", "no speed is known yet", nil, []scan.Progress{{Listed: 4, Done: 2, Whole: true, Known: 100 * mb, Packed: 50 * mb, Unpacked: 500 * mb, Denials: 1}},
			"50%, 2 of 4 files, 1 denial, 500 MB"},
		{"the total comes late", "what was read before counts as little for the speed as for the rest", []time.Duration{10 * time.Second, 5 * time.Second, 5 * time.Second},
			[]scan.Progress{{}, {Done: 10, Known: 300 * mb, Packed: 90 * mb, Unpacked: 900 * mb}, {Done: 20, Listed: 80, Whole: true, Known: 400 * mb, Packed: 100 * mb, Unpacked: 1000 * mb},
				{Done: 30, Listed: 80, Whole: true, Known: 400 * mb, Packed: 110 * mb, Unpacked: 1100 * mb, Denials: 3}}, "27%, 30 of 80 files, 3 denials, 1.1 GB, 20 MB/s, 2m 25s left"},
		{"standing still", "nothing ends that does not go on", []time.Duration{time.Second},
			[]scan.Progress{{Whole: true, Listed: 1, Known: 10 * mb, Packed: mb}, {Whole: true, Listed: 1, Known: 10 * mb, Packed: mb}}, "10%, 0 of 1 file, 0 denials, 0 bytes, 0 bytes/s"},
		{"long", "no seconds of many hours", []time.Duration{time.Second},
			[]scan.Progress{{Whole: true, Listed: 2, Known: 10_000 * mb}, {Whole: true, Listed: 2, Known: 10_000 * mb, Packed: mb, Unpacked: 9 * mb}}, "0%, 0 of 2 files, 0 denials, 9.0 MB, 9.0 MB/s, 2h 46m left"},
		{"growing", "a file may grow while it is read", nil, []scan.Progress{{Listed: 1, Whole: true, Known: 10, Packed: 20, Unpacked: 20}}, "0 of 1 file, 0 denials, 20 bytes"},
		{"empty", "nothing to divide by", nil, []scan.Progress{{Whole: true}}, "0 of 0 files, 0 denials, 0 bytes"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
			pace := pace{now: func() time.Time { return now }}
			var got string
			for i, p := range tt.p {
				if i > 0 {
					now = now.Add(tt.after[i-1])
				}
				got = pace.line(p)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}
