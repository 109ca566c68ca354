package render

import (
	"bytes"
	"encoding/json"
	"io"

	"whydenied/pkg/report"
	"whydenied/pkg/scan"
)

// JSON writes the result as one indented object, by schema.json. Values are
// whole and to the letter; control and invisible characters are escaped, for
// the text may be read on a terminal. The error is the writer's, or that of a
// fix's policy that is no JSON.
func JSON(w io.Writer, r *scan.Result) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return err
	}
	_, err := w.Write(report.EscapeUnseen(b.Bytes()))
	return err
}
