package sns

import (
	"bytes"
	"encoding/json"
	"strings"

	"whydenied/pkg/alert"
	"whydenied/pkg/report"
)

// notification is the custom notification of Amazon Q Developer in chat
// applications (its administrator guide, "Custom notifications", "Event
// schema").
type notification struct {
	Version  string   `json:"version"`
	Source   string   `json:"source"`
	ID       string   `json:"id,omitempty"`
	Content  content  `json:"content"`
	Metadata metadata `json:"metadata"`
}

type content struct {
	TextType    string   `json:"textType"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Keywords    []string `json:"keywords,omitempty"`
}

type metadata struct {
	ThreadID         string   `json:"threadId,omitempty"`
	Summary          string   `json:"summary"`
	EventType        string   `json:"eventType"`
	RelatedResources []string `json:"relatedResources,omitempty"`
}

const mostChat = 3000 // bytes of the description; the guide names no limit, Slack's is this for a text

// chat is the message in Amazon Q Developer's form.
func chat(m *alert.Message, c *Config) (string, error) {
	t := m.Tally(c.Accounts)
	t.Docs = c.Docs
	var title, text string
	for _, most := range []int{report.DefaultMost, 300, 100, 0} {
		b := report.NewBrief(m.Report, &t, most)
		title, text = words(b.Headline()), description(b)
		if len(text) <= mostChat {
			break
		}
	}
	n := notification{
		Version: "1.0", Source: "custom", ID: m.Incident.ID,
		Content: content{TextType: "client-markdown", Title: title, Description: text},
		// Amazon Q puts the closing summary into the thread of the message.
		Metadata: metadata{ThreadID: m.Incident.ID, Summary: title, EventType: "Denial Diagnosed"},
	}
	if m.Incident.Cause != "" {
		n.Content.Keywords = []string{m.Incident.Cause}
	}
	if m.Incident.Role != "" {
		n.Metadata.RelatedResources = []string{cut(m.Incident.Role)}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // Amazon Q shows what is escaped twice as it is
	err := enc.Encode(n)
	return strings.TrimSpace(b.String()), err
}

// description are the lines after the first, in the markup of chats. Bold
// within code is not to be had there, so the difference stands between "«" and
// "»".
func description(b report.Brief) string {
	lines := make([]string, 0, len(b.Lines))
	for _, l := range b.Lines[1:] {
		var line, code strings.Builder
		end := func() {
			if code.Len() > 0 {
				line.WriteString("`" + code.String() + "`")
				code.Reset()
			}
		}
		if l.Label != "" {
			line.WriteString(l.Label + "  ")
		}
		for _, p := range l.Pieces {
			switch p.Style {
			case report.StyleValue:
				code.WriteString(spelt(p.Text))
				continue
			case report.StyleMarked:
				code.WriteString("«" + spelt(p.Text) + "»")
				continue
			case report.StyleLink:
				line.WriteString("<" + p.URL + "|" + words(p.Text) + ">")
			case report.StyleStrong:
				end()
				line.WriteString("*" + words(p.Text) + "*")
			case report.StylePlain:
				end()
				line.WriteString(words(p.Text))
			}
		}
		end()
		lines = append(lines, line.String())
	}
	return strings.Join(lines, "\n")
}

// spelt is text within code: a backtick would end it.
func spelt(text string) string { return escaped(strings.ReplaceAll(text, "`", `\u0060`)) }

// words is text outside of code, in which nothing becomes a format, an emoji
// or a mention: a word joiner, which nobody sees, stands behind each sign of
// them.
func words(text string) string {
	const joiner = "\u2060"
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;",
		"*", "*"+joiner, "_", "_"+joiner, "~", "~"+joiner, "`", "`"+joiner, "@", "@"+joiner, ": ", ": ", ":", ":"+joiner).Replace(text)
}

func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
