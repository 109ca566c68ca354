package evidence

import (
	"fmt"
	"net/url"
	"strings"

	"whydenied/pkg/policy"
)

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
	doc, err := policy.Parse("", policy.Indented(text))
	if err != nil {
		return nil, fmt.Errorf("trust policy of %q: %w", name, err)
	}
	return doc, nil
}
