package evidence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"whydenied/pkg/policy"
)

// maxIndented is how deep a document may nest to be indented. IAM's own nest
// seven deep; each level more costs four bytes for every element below it.
const maxIndented = 8

// ParsePolicy reads a trust policy as IAM's API or CloudTrail gives it: JSON,
// percent-encoded or not. Positions are those of the document indented by
// four spaces in its own key order, since IAM's one long line has none worth
// telling. The error names the role.
func ParsePolicy(name, text string) (*policy.Document, error) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") {
		// A "+" stands for itself: IAM encodes as RFC 3986 does.
		decoded, err := url.PathUnescape(text)
		if err != nil {
			return nil, fmt.Errorf("trust policy of %q: %w, expected JSON, percent-encoded or not", name, err)
		}
		text = decoded
	}
	doc, err := policy.Parse("", indented(text))
	if err != nil {
		return nil, fmt.Errorf("trust policy of %q: %w", name, err)
	}
	return doc, nil
}

func indented(text string) []byte {
	n, err := policy.ParseNode("", []byte(text))
	var b bytes.Buffer
	if err != nil || deeper(n, maxIndented) || json.Indent(&b, []byte(text), "", "    ") != nil {
		return []byte(text)
	}
	return b.Bytes()
}

// deeper tells whether n nests in more than so many levels.
func deeper(n *policy.Node, levels int) bool {
	if levels < 0 {
		return true
	}
	for _, m := range n.Members {
		if deeper(m.Value, levels-1) {
			return true
		}
	}
	for _, e := range n.Elems {
		if deeper(e, levels-1) {
			return true
		}
	}
	return false
}
