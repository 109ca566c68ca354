package render_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/report"
	"whydenied/pkg/scan"
	"whydenied/pkg/scan/render"
)

// widest is a writer that remembers how much it was given at once.
type widest struct {
	bytes.Buffer

	most int
}

func (w *widest) Write(p []byte) (int, error) {
	w.most = max(w.most, len(p))
	return w.Buffer.Write(p)
}

// What is held of a large result's JSON does not grow with its groups, and it
// reads as if it were encoded at once.
func TestJSONIsWrittenGroupByGroup(t *testing.T) {
	const size = 10_000
	for _, n := range []int{0, 1, 2, 300} {
		r := &scan.Result{Schema: scan.Schema, Groups: []scan.Group{}, Notes: []string{"\n  \"groups\": []"}}
		for range n {
			r.Groups = append(r.Groups, scan.Group{Shape: "a<b>\u202e", Report: report.Report{Summary: strings.Repeat("s", size)}})
		}
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(r); err != nil {
			t.Fatal(err)
		}
		var got widest
		if err := render.JSON(&got, r); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(report.EscapeUnseen(want.Bytes())), got.String()); diff != "" {
			t.Errorf("%d groups (-want +got):\n%s", n, diff)
		}
		if most := 2 * size; got.most > most {
			t.Errorf("%d groups: %d bytes were written at once, want at most %d", n, got.most, most)
		}
	}
}
