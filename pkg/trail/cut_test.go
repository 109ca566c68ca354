package trail_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/trail"
)

func TestNoRecordAtAll(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", "f:1:1: found nothing, expected a CloudTrail record or an envelope of one"},
		{"blank", " \n\t", "f:2:2: found nothing, expected a CloudTrail record or an envelope of one"},
		{"only a mark", "\ufeff", "f:1:1: found nothing, expected a CloudTrail record or an envelope of one"},
		{"text", "hello\nworld 7 \"x\"\n", "f:1:1: found 'h', expected a JSON object, array or string"},
		{"a log", "[INFO] one\n[INFO] two\n", "f:1:2 ([0]): found 'I', expected an element or ']'"},
		{"number", "7", "f:1:1: found '7', expected a JSON object, array or string"},
		{"UTF-16", "\xff\xfe{\x00", "f:1:1: found the byte 0xff, which is not UTF-8, expected a JSON object, array or string"},
		{"empty object", "{}", "f:1:1: found an empty object, expected a CloudTrail record or an envelope of one"},
		{"other object", `{"access_token":"secret","a":1}`, `f:1:1: found an object that begins with "access_token" and has 1 more, expected a CloudTrail record or an envelope of one`},
		{"half a record", `{"eventSource":"sts.amazonaws.com"}`, "f:1:1: found a record that lacks eventSource or eventName, expected one with both"},
		{"detail is a number", `{"detail":7}`, "f:1:11 (detail): found a number, expected an object, or a string of JSON"},
		{"half a character", `{"body":"\ud800"}`, "f:1:9 (body): found half of a surrogate pair, expected a string of whole characters"},
		{"no message", `{"Sns":{"Message":null}}`, "f:1:8 (Sns.Message): found nothing, expected what the envelope carries"},
		{"no notification", `{"Sns":null}`, "f:1:1 (Sns): found nothing, expected what the envelope carries"},
		{"long key", `{"` + strings.Repeat("k", 50) + `":1}`, `f:1:1: found an object that begins with "` + strings.Repeat("k", 40) + `…", expected a CloudTrail record or an envelope of one`},
		{"no list", `{"Records":7}`, "f:1:12 (Records): found a number, expected an array"},
		{"brackets", strings.Repeat("[", 100_000), "f:1:65 (" + strings.Repeat("[0]", 64) + "): found a value nested deeper than 64, expected one nested at most so"},
		{"braces", strings.Repeat(`{"a":`, 100_000), "f:1:1: found a value nested deeper than 64, expected one nested at most so"},
		{"gzip header", "\x1f\x8b", "f:1:1: found the early end of the gzip data, expected a CloudTrail record or an envelope of one"},
		{"not gzip", "\x1f\x8bhello, world", "f:1:1: found gzip data that cannot be unpacked (gzip: invalid header), expected a CloudTrail record or an envelope of one"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			items := trail.Parse("f", []byte(tt.in))
			if len(items) != 1 || items[0].Kind != trail.KindMalformed {
				t.Fatalf("got %d items, want one that is malformed: %.200v", len(items), items)
			}
			if diff := cmp.Diff(tt.want, items[0].Err.Error()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestCutAtEachByte checks that a record is read if and only if all of it is
// there, and that the end is reported once and where it is.
func TestCutAtEachByte(t *testing.T) {
	records := []string{denied("a"), denied("b"), denied("c")}
	for form, in := range map[string]string{
		"log file":   `{"Records":[` + strings.Join(records, ",") + `]}`,
		"indented":   "{\n  \"Records\": [\n    " + strings.Join(records, ",\n    ") + "\n  ]\n}",
		"JSON lines": strings.Join(records, "\n"),
		"array":      "[" + strings.Join(records, " , ") + "]",
	} {
		for size := 1; size < len(in); size++ {
			want := []string{}
			whole := false
			for i, id := range []string{"a", "b", "c"} {
				end := strings.Index(in, records[i]) + len(records[i])
				if end <= size {
					want = append(want, id)
				}
				whole = whole || form == "JSON lines" && (size == end || size == end+1)
			}
			if !whole {
				want = append(want, "malformed")
			}
			items := trail.Parse("", []byte(in[:size]))
			if diff := cmp.Diff(want, outline(items)); diff != "" {
				t.Fatalf("%s cut at %d (-want +got)\n%s", form, size, diff)
			}
			if e := (*trail.Error)(nil); errors.As(items[len(items)-1].Err, &e) && (e.Pos.Offset != int64(size) || e.Found != "the end of the input") {
				t.Fatalf("%s cut at %d: %v", form, size, e)
			}
		}
	}
}

func TestGzipCutAtEachByte(t *testing.T) {
	in := `{"Records":[` + denied("a") + "," + denied("b") + `]}`
	packed := zipped(t, []byte(in))
	for size := 2; size < len(packed); size++ {
		items := trail.Parse("", packed[:size])
		last := items[len(items)-1]
		if last.Kind != trail.KindMalformed || fault(t, last).Found != "the early end of the gzip data" {
			t.Fatalf("cut at %d: the last item is %v", size, last)
		}
		if got := outline(items); !slices.Equal(got[:len(got)-1], []string{"a", "b", "malformed"}[:len(got)-1]) {
			t.Fatalf("cut at %d: got %v", size, got)
		}
	}
}
