package scan_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"whydenied/pkg/scan"
)

const digestFile = `{"awsAccountId":"111122223333","digestStartTime":"2026-10-05T13:00:00Z","digestEndTime":"2026-10-05T14:00:00Z",
"digestS3Bucket":"b","digestS3Object":"o","logFiles":[{"s3Bucket":"b","s3Object":"o"}]}`

func TestDigests(t *testing.T) {
	record := recordOf(rand.New(rand.NewPCG(1, 2)), 1)
	for _, tt := range []struct {
		label, content string
		digest         bool
		reason         string
	}{
		{"digest", digestFile, true, "as CloudTrail writes it"},
		{"log", `{"Records":[` + record + `]}`, false, "a list comes first"},
		{"tag", `{"Records":[{"eventVersion":"1","digestS3Bucket":"x","digestStartTime":"x"},` + record + `]}`, false, "what a record holds, a caller may have chosen"},
		{"record", `{"userIdentity":{"digestStartTime":"x"},` + record[1:], false, "a member's own members are not the file's"},
	} {
		for packing, pack := range packings {
			r := read(t, company(t), 1, file("f", pack(tt.content)))
			told := len(r.Notes) == 1 && strings.Contains(r.Notes[0], "1 digest file")
			if told != tt.digest || (r.Files == 0) != tt.digest || tt.digest && (r.Damaged != 0 || r.Bytes != 0) {
				t.Errorf("%s (%s): %d files, %d damaged, notes %q; want a digest: %t, since %s", tt.label, packing, r.Files, r.Damaged, r.Notes, tt.digest, tt.reason)
			}
		}
	}
}

// What cannot be opened or listed costs only itself, and is told.
func TestUnreadable(t *testing.T) {
	good := file("good", []byte(envelopes["log file"]([]string{recordOf(rand.New(rand.NewPCG(1, 2)), 1)})))
	closed := scan.File{Name: "closed", Open: func(context.Context) (io.ReadCloser, error) { return nil, errors.New(`open "closed": denied`) }}
	torn := scan.File{Name: "torn", Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(`{"Records":[`), broken{errors.New("connection\nreset")})), nil
	}}
	list := func(yield func(scan.File, error) bool) {
		_ = yield(closed, nil) && yield(scan.File{}, errors.New("cannot read \"there\"")) && yield(torn, nil) && yield(good, nil)
	}
	c := scan.NewCollector(company(t), scan.Options{})
	if err := scan.Read(t.Context(), c, list, scan.ReadOptions{Workers: 2}); err != nil {
		t.Fatal(err)
	}
	r := c.Result()
	want := []scan.Problem{
		{Text: `cannot read "there"`}, {File: "closed", Text: `open "closed": denied`},
		{File: "torn", Offset: 12, Text: "torn:byte 12: found a read error (connection\ufffdreset), expected the rest of the file"},
	}
	if diff := cmp.Diff(want, r.Problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if r.Files != 3 || r.Damaged != 2 || !r.Partial {
		t.Errorf("%d files, %d damaged, partial %t; want 3, 2 and a partial result", r.Files, r.Damaged, r.Partial)
	}
}

// An empty folder looks like an archive without denials, were it not for the
// note.
func TestNothingToRead(t *testing.T) {
	if diff := cmp.Diff([]string{"there was no log file to read"}, read(t, company(t), 2).Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

// A file of nothing but faults leaves room for those of others.
func TestManyProblems(t *testing.T) {
	bad := strings.Repeat("{\"eventVersion\":,}\n", 1000)
	var list []scan.File
	for n := range 30 {
		list = append(list, file(fmt.Sprintf("f%02d", n), []byte(bad)))
	}
	r := read(t, company(t), 8, list...)
	if len(r.Problems) != 100 || r.ProblemsLeft != 29_900 || r.Damaged != 30 || r.Problems[99].File != "f09" {
		t.Errorf("%d problems and %d more in %d files, the last of %s; want 100, 29,900, 30 and the tenth", len(r.Problems), r.ProblemsLeft, r.Damaged, r.Problems[99].File)
	}
}

func TestWindow(t *testing.T) {
	small := zstdOf(`{"Records":[]}`+randomText(9<<20), zstd.WithWindowSize(16<<20))
	r := read(t, company(t), 1, file("ultra", small))
	if r.Damaged != 1 || !strings.Contains(r.Problems[0].Text, "takes more than 8 MB") {
		t.Errorf("problems %+v; want to be told how to unpack it", r.Problems)
	}
}

// An interrupted reading ends at once, and what was found until then stays.
func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		record := recordOf(rand.New(rand.NewPCG(1, 2)), 1)
		endless := func(yield func(scan.File, error) bool) {
			for n := 0; ; n++ {
				f := file(fmt.Sprint(n), []byte(record))
				if n == 10 {
					f.Open = func(ctx context.Context) (io.ReadCloser, error) {
						cancel()
						return io.NopCloser(io.MultiReader(strings.NewReader(record+record), ended{ctx})), nil
					}
				}
				if !yield(f, nil) {
					return
				}
			}
		}
		var meter scan.Meter
		c := scan.NewCollector(company(t), scan.Options{})
		err := scan.Read(ctx, c, endless, scan.ReadOptions{Workers: 1, Meter: &meter})
		r := c.Result()
		if !errors.Is(err, context.Canceled) || r.Files != 10 || r.Calls != 10 || !r.Partial || len(r.Problems) != 0 {
			t.Errorf("%v: %d files, %d calls, partial %t, problems %v; want the ten before", err, r.Files, r.Calls, r.Partial, r.Problems)
		}
		if len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0], "the scan was interrupted: 10 files read, 1 only in part") {
			t.Errorf("notes %q", r.Notes)
		}
		if p := meter.Progress(); p.Done != 10 || p.Listed < 11 || p.Whole {
			t.Errorf("progress %+v", p)
		}
	})
}

// ended gives nothing until the context ends.
type ended struct{ ctx context.Context }

func (e ended) Read([]byte) (int, error) {
	<-e.ctx.Done()
	return 0, e.ctx.Err()
}

func TestProgress(t *testing.T) {
	record := `{"Records":[` + recordOf(rand.New(rand.NewPCG(1, 2)), 1) + `]}`
	packed := gzipped(record)
	var meter scan.Meter
	c := scan.NewCollector(company(t), scan.Options{})
	unknown := file("b", packed)
	unknown.Size = -1
	if err := scan.Read(t.Context(), c, files(file("a", packed), unknown), scan.ReadOptions{Meter: &meter}); err != nil {
		t.Fatal(err)
	}
	want := scan.Progress{Listed: 2, Done: 2, Whole: true, Known: int64(len(packed)), Packed: int64(2 * len(packed)), Unpacked: int64(2 * len(record)), Denials: c.Result().Denials}
	if diff := cmp.Diff(want, meter.Progress()); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
}

// Whatever a file holds, it is read to an end, whole or not.
func FuzzRead(f *testing.F) {
	for _, damage := range []string{"truncated gzip", "wrong CRC", "wrong zstd CRC", "no log", "garbage at end"} {
		f.Add(damages[damage](`{"Records":[]}`))
	}
	f.Add([]byte(digestFile))
	source := company(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if r := read(t, source, 1, file("f", data)); r.Damaged > r.Files || r.Files > 1 {
			t.Errorf("%d of %d files damaged", r.Damaged, r.Files)
		}
	})
}
