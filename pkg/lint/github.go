package lint

import (
	"fmt"
	"io"
	"strings"
)

// GitHub writes findings as workflow commands of GitHub Actions, a line each,
// which become annotations of the lines that they are about. The error is the
// writer's.
func GitHub(w io.Writer, findings []Finding) error {
	var b strings.Builder
	for i := range findings {
		f := &findings[i]
		var properties []string
		if f.File != "" {
			properties = append(properties, "file="+property(f.File))
		}
		if f.File != "" && f.Line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d", f.Line))
		}
		if f.File != "" && f.Column > 0 {
			properties = append(properties, fmt.Sprintf("col=%d", f.Column))
		}
		properties = append(properties, "title="+property(f.Rule))
		fmt.Fprintf(&b, "::%s %s::%s\n", command(f.Severity), strings.Join(properties, ","), data(sentences(f)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func command(s Severity) string {
	if s == Note {
		return "notice"
	}
	return string(s)
}

// data escapes the text of a command, which ends with the line, as GitHub's
// own toolkit does.
func data(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// property escapes the value of a property, which a comma or a colon ends.
func property(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}
