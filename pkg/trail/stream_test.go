package trail_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/trail"
)

// endless gives one part after the other, and counts what has been taken.
type endless struct {
	part func(i int) string // "" at the end
	next int
	rest string
	read int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		e.rest = e.part(e.next)
		e.next++
	}
	if e.rest == "" {
		return 0, io.EOF
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	e.read += int64(n)
	return n, nil
}

// TestLargeLogIsStreamed reads a log file that is one line of 24 MiB, and
// checks at each record how far ahead of it the input has been taken.
func TestLargeLogIsStreamed(t *testing.T) {
	const records, ahead = 24 << 10, 512 << 10
	filler := strings.Repeat("x", 100)
	src := &endless{part: func(i int) string {
		switch {
		case i == 0:
			return `{"Records":[` + denied("0")
		case i < records:
			return "," + strings.Replace(denied(fmt.Sprint(i)), `"errorCode"`, `"padding":"`+filler+`","errorCode"`, 1)
		case i == records:
			return `]}`
		}
		return ""
	}}
	n := 0
	for it := range trail.Read("", src) {
		if it.Kind != trail.KindDenied || it.Denial.EventID != fmt.Sprint(n) || it.Pos.Path != fmt.Sprintf("Records[%d]", n) {
			t.Fatalf("item %d is %v %v %v", n, it.Kind, it.Pos, it.Err)
		}
		if held := src.read - it.Pos.Offset; held > ahead {
			t.Fatalf("%d bytes of the input were taken ahead of record %d, want at most %d", held, n, ahead)
		}
		n++
	}
	if n != records {
		t.Errorf("got %d records, want %d", n, records)
	}
}

// TestWhatIsSkippedIsNotHeld has 16 MiB that are no record: a string inside
// one, garbage behind one, white space before one.
func TestWhatIsSkippedIsNotHeld(t *testing.T) {
	const parts, ahead = 256, 4 << 20
	a, b := denied("a"), denied("b")
	for _, tt := range []struct {
		name, before, filler, after string
		want                        []string
	}{
		{"string", "[" + a + `,{"eventVersion":"1.11","x":"`, "x", `"},` + b + "]", []string{"a", "malformed", "b"}},
		{"brackets", "[" + a + `,{"eventVersion":"1.11","x":`, "[", "," + b + "]", []string{"a", "malformed", "b"}},
		{"garbage", "[" + a + ",", "}", b + "]", []string{"a", "malformed", "b"}},
		{"space", "[", " ", a + "," + b + "]", []string{"a", "b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			filler := strings.Repeat(tt.filler, 64<<10)
			src := &endless{part: func(i int) string {
				switch {
				case i == 0:
					return tt.before
				case i <= parts:
					return filler
				case i == parts+1:
					return tt.after
				}
				return ""
			}}
			var got []trail.Item
			for it := range trail.Read("", src) {
				if held := src.read - it.Pos.Offset; held > ahead {
					t.Errorf("%d bytes are held", held)
				}
				got = append(got, it)
			}
			if diff := cmp.Diff(tt.want, outline(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestConsumerStops(t *testing.T) {
	src := &endless{part: func(int) string {
		return denied("a") + "\n" + `{"Records":[` + denied("b") + "," + denied("c") + "]}\n"
	}}
	n := 0
	for range trail.Read("", src) {
		if n++; n == 5 {
			break
		}
	}
	if src.read > 512<<10 {
		t.Errorf("%d bytes were taken for 5 records", src.read)
	}
}

// TestReadersOfEachKind checks that nothing hangs on how much a Read gives.
func TestReadersOfEachKind(t *testing.T) {
	for _, tt := range envelopes {
		data := read(t, tt.file)
		want := trail.Parse("f", data)
		for name, r := range map[string]io.Reader{
			"one byte":      iotest.OneByteReader(bytes.NewReader(data)),
			"half":          iotest.HalfReader(bytes.NewReader(data)),
			"data with EOF": iotest.DataErrReader(bytes.NewReader(data)),
		} {
			var got []trail.Item
			for it := range trail.Read("f", r) {
				got = append(got, it)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s (-want +got)\n%s", tt.file, name, diff)
			}
		}
	}
}

func TestReadError(t *testing.T) {
	broken := iotest.ErrReader(errors.New("disk gone"))
	for _, tt := range []struct {
		in   string
		want []string
		err  string
	}{
		{"", []string{"malformed"}, "1:1: found a read error (disk gone), expected a CloudTrail record or an envelope of one"},
		{denied("a") + "\n", []string{"a", "malformed"}, "2:1: found a read error (disk gone), expected the rest of the input"},
		{"[" + denied("a"), []string{"a", "malformed"}, fmt.Sprintf("1:%d: found a read error (disk gone), expected ']' or another element", len(denied("a"))+2)},
		{"[{", []string{"malformed"}, "1:3 ([0]): found a read error (disk gone), expected the rest of the value"},
	} {
		var got []trail.Item
		for it := range trail.Read("", io.MultiReader(strings.NewReader(tt.in), broken)) {
			got = append(got, it)
		}
		if diff := cmp.Diff(tt.want, outline(got)); diff != "" {
			t.Fatalf("%.20q (-want +got)\n%s", tt.in, diff)
		}
		if diff := cmp.Diff(tt.err, got[len(got)-1].Err.Error()); diff != "" {
			t.Errorf("%.20q (-want +got)\n%s", tt.in, diff)
		}
	}
}

func TestPosition(t *testing.T) {
	in := "\n[7,\n  \"ü\", {\"ü\": 1}]"
	var got []string
	for _, it := range trail.Parse("log", []byte(in)) {
		got = append(got, fmt.Sprint(it.Pos, " at ", it.Pos.Offset))
	}
	want := []string{"log:2:2 ([0]) at 2", "log:3:3 ([1]) at 7", "log:3:8 ([2]) at 13"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestKindString(t *testing.T) {
	want := []string{"malformed", "other", "succeeded", "denied", "malformed"}
	for k := trail.KindMalformed; k <= trail.KindDenied+1; k++ {
		if got := k.String(); got != want[k] {
			t.Errorf("kind %d is %q, want %q", k, got, want[k])
		}
	}
}
