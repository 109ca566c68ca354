package slacktest

import (
	"encoding/json"
	"strings"
)

// Plain is what a person sees of a message, with "«" and "»" around what is
// bold, and links as [text](URL).
func (m *Message) Plain() string {
	var blocks []node
	if json.Unmarshal(m.Blocks, &blocks) != nil || len(blocks) == 0 {
		return m.Text + "\n"
	}
	var b strings.Builder
	for i := range blocks {
		for k := range blocks[i].Elements {
			blocks[i].Elements[k].plain(&b, "")
		}
	}
	return b.String()
}

func (n *node) plain(b *strings.Builder, indent string) {
	switch n.Type {
	case "rich_text_list":
		for i := range n.Elements {
			n.Elements[i].plain(b, "• ")
		}
		return
	case "rich_text_preformatted":
		for i := range n.Elements {
			b.WriteString("    " + strings.ReplaceAll(n.Elements[i].inline(), "\n", "\n    ") + "\n")
		}
		return
	}
	b.WriteString(indent)
	for i := range n.Elements {
		b.WriteString(n.Elements[i].inline())
	}
	b.WriteString("\n")
}

func (n *node) inline() string {
	var text string
	var style map[string]bool
	_ = json.Unmarshal(n.Text, &text) // it was checked when it came
	_ = json.Unmarshal(n.Style, &style)
	switch {
	case n.User+n.Group+n.Range != "":
		return "@" + n.User + n.Group + n.Range
	case n.Type == "link":
		return "[" + text + "](" + n.URL + ")"
	case style["bold"]:
		return "«" + text + "»"
	}
	return text
}
