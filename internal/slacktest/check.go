package slacktest

import (
	"encoding/json"
	"net/url"
	"slices"
	"unicode/utf8"
)

// Slack's limits ("chat.postMessage", "Block Kit", "Truncating really long
// messages"). That of all blocks together is not documented, and was measured:
// slackapi/bolt-js issues 2509 and 2867.
const (
	mostText      = 4000 // longer ones are split
	mostBlocks    = 50
	mostBlockID   = 255
	mostBlockText = 13_000 // of all blocks' JSON
	mostElement   = 3000   // characters of a text
)

// check is Slack's code for what it does not take; "" for a good message.
func check(r *request) string {
	switch {
	case !utf8.ValidString(r.Text):
		return "invalid_arguments"
	case r.Text == "":
		return "no_text" // beside blocks Slack merely warns, but lock screens show it
	case utf8.RuneCountInString(r.Text) > mostText:
		return "msg_too_long"
	case len(r.Blocks) == 0:
		return ""
	case len(r.Blocks) > mostBlockText:
		return "msg_blocks_too_long"
	}
	var blocks []node
	if err := json.Unmarshal(r.Blocks, &blocks); err != nil {
		return "invalid_blocks_format"
	}
	if len(blocks) == 0 || len(blocks) > mostBlocks {
		return "invalid_blocks"
	}
	for i := range blocks {
		if !blocks[i].isBlock() {
			return "invalid_blocks"
		}
	}
	return ""
}

// node is a block or an element of one.
type node struct {
	Type     string          `json:"type"`
	BlockID  string          `json:"block_id"`
	Text     json.RawMessage `json:"text"`
	URL      string          `json:"url"`
	User     string          `json:"user_id"`
	Group    string          `json:"usergroup_id"`
	Range    string          `json:"range"`
	Elements []node          `json:"elements"`
	Style    json.RawMessage `json:"style"`
}

func (n *node) isBlock() bool {
	if len(n.BlockID) > mostBlockID {
		return false
	}
	switch n.Type {
	case "divider":
		return true
	case "section", "header":
		return n.isTextObject()
	case "rich_text":
		return len(n.Elements) > 0 && all(n.Elements, (*node).isRichText)
	}
	return false
}

func (n *node) isRichText() bool {
	switch n.Type {
	case "rich_text_section", "rich_text_preformatted", "rich_text_quote":
		return len(n.Elements) > 0 && all(n.Elements, (*node).isElement)
	case "rich_text_list":
		sections := func(n *node) bool { return n.Type == "rich_text_section" && n.isRichText() }
		var style string
		return json.Unmarshal(n.Style, &style) == nil && (style == "bullet" || style == "ordered") && len(n.Elements) > 0 && all(n.Elements, sections)
	}
	return false
}

func (n *node) isElement() bool {
	text := ""
	if n.Text != nil && json.Unmarshal(n.Text, &text) != nil {
		return false
	}
	var style map[string]bool
	if n.Style != nil && json.Unmarshal(n.Style, &style) != nil {
		return false
	}
	for name := range style {
		if !slices.Contains([]string{"bold", "italic", "strike", "code"}, name) {
			return false
		}
	}
	switch n.Type {
	case "text":
		return text != "" && utf8.RuneCountInString(text) <= mostElement && utf8.ValidString(text)
	case "user":
		return n.User != ""
	case "usergroup":
		return n.Group != ""
	case "broadcast":
		return slices.Contains([]string{"here", "channel", "everyone"}, n.Range)
	case "link":
		u, err := url.Parse(n.URL)
		return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(n.URL) <= mostElement
	}
	return false
}

func (n *node) isTextObject() bool {
	var object struct{ Type, Text string }
	if json.Unmarshal(n.Text, &object) != nil {
		return false
	}
	return (object.Type == "plain_text" || object.Type == "mrkdwn") && object.Text != "" && utf8.RuneCountInString(object.Text) <= mostElement
}

func all(nodes []node, is func(*node) bool) bool {
	for i := range nodes {
		if !is(&nodes[i]) {
			return false
		}
	}
	return true
}
