package trail_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/trail"
)

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.json*"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no samples: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	for _, s := range []string{
		"", "{", "[", `"`, "[[[", `{"Records":[`, `{"Records":[]`, "\x1f\x8b", "\xef\xbb\xbf", "[7,tru", `{"a":"\`,
		"[" + denied("a") + "}," + denied("b") + "]", denied("a") + "\n{\"a\"\n" + denied("b"),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		packed := len(data) > 1 && data[0] == 0x1f && data[1] == 0x8b
		items := trail.Parse("f", data)
		for _, it := range items {
			size := len(data)
			if packed {
				size = 1 << 40
			}
			if err := sound(it, size); err != nil {
				t.Fatal(err)
			}
		}
		var again []trail.Item
		for it := range trail.Read("f", iotest.OneByteReader(bytes.NewReader(data))) {
			again = append(again, it)
		}
		if diff := cmp.Diff(items, again); diff != "" {
			t.Errorf("one byte at a time (-whole +bytes)\n%s", diff)
		}
	})
}
