package render

import (
	"bufio"
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
//
// The groups are written one by one: all of them may take fifty megabytes, and
// encoding/json would hold them three times over.
func JSON(w io.Writer, r *scan.Result) error {
	rest := *r
	rest.Groups = []scan.Group{}
	all, err := indented(rest, "")
	if err != nil {
		return err
	}
	// No value holds a line break as it is: this is the result's own member.
	before, after, _ := bytes.Cut(all, []byte("\n  \"groups\": []"))
	parts := bufio.NewWriter(w)
	put := func(list ...[]byte) {
		for _, part := range list {
			_, _ = parts.Write(part) // Flush has the error
		}
	}
	put(before, []byte("\n  \"groups\": ["))
	end := "]"
	for i := range r.Groups {
		g, err := indented(&r.Groups[i], "    ")
		if err != nil {
			return err
		}
		if i > 0 {
			put([]byte(","))
		}
		put([]byte("\n    "), bytes.TrimSuffix(g, []byte("\n")))
		end = "\n  ]"
	}
	put([]byte(end), after)
	return parts.Flush()
}

// indented is a value as it stands in the result: its first line begins behind
// what is there, the others have so much white space before them.
func indented(v any, before string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent(before, "  ")
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return report.EscapeUnseen(b.Bytes()), nil
}
