package policy

import (
	"bytes"
	"encoding/json"
)

// maxIndented is how deep a document may nest to be indented. IAM's own nest
// seven deep; each level more costs four bytes for every element below it.
const maxIndented = 8

// Indented is a JSON document indented by four spaces in its own key order, so
// that what IAM gives as one long line has places worth telling. What is no
// JSON, or nests deeper than any policy does, comes back as it is.
func Indented(text string) []byte {
	n, err := ParseNode("", []byte(text))
	var b bytes.Buffer
	if err != nil || n.deeper(maxIndented) || json.Indent(&b, []byte(text), "", "    ") != nil {
		return []byte(text)
	}
	return b.Bytes()
}

// deeper tells whether n nests in more than so many levels.
func (n *Node) deeper(levels int) bool {
	if levels < 0 {
		return true
	}
	for _, m := range n.Members {
		if m.Value.deeper(levels - 1) {
			return true
		}
	}
	for _, e := range n.Elems {
		if e.deeper(levels - 1) {
			return true
		}
	}
	return false
}
