package slack

import (
	"encoding/json"

	slackapi "github.com/slack-go/slack"

	"whydenied/pkg/report"
)

// mostBytes is how long the JSON of a message's blocks gets. Slack documents no
// such limit for rich text, but refuses messages of a little over 13,000
// characters, structure included, as msg_blocks_too_long
// (slackapi/bolt-js issues 2509 and 2867).
const mostBytes = 10_000

// lengths are tried from the left, until a message fits.
var lengths = []int{report.DefaultMost, 500, 200, 80, 0}

// content is a message in Slack's form.
type content struct {
	text   string // for lock screens and screen readers
	blocks []slackapi.Block
}

// message is the short form of a report.
func message(r *report.Report, t *report.Tally) content {
	var c content
	for _, most := range lengths {
		b := report.NewBrief(r, t, most)
		elements := make([]slackapi.RichTextElement, 0, len(b.Lines))
		for _, l := range b.Lines {
			if section := line(l); len(section.Elements) > 0 {
				elements = append(elements, section)
			}
		}
		c = content{text: fallback(b.Headline()), blocks: []slackapi.Block{slackapi.NewRichTextBlock("", elements...)}}
		if size(c.blocks) <= mostBytes {
			break
		}
	}
	return c
}

func line(l report.Line) *slackapi.RichTextSection {
	var pieces []slackapi.RichTextSectionElement
	if l.Label != "" {
		pieces = append(pieces, text(l.Label+"  ", nil)...)
	}
	for _, p := range l.Pieces {
		switch p.Style {
		case report.StyleLink:
			pieces = append(pieces, slackapi.NewRichTextSectionLinkElement(p.URL, p.Text, nil))
		case report.StyleStrong:
			pieces = append(pieces, text(p.Text, &slackapi.RichTextSectionTextStyle{Bold: true})...)
		case report.StyleValue:
			pieces = append(pieces, text(p.Text, &slackapi.RichTextSectionTextStyle{Code: true})...)
		case report.StyleMarked:
			pieces = append(pieces, text(p.Text, &slackapi.RichTextSectionTextStyle{Bold: true, Code: true})...)
		case report.StylePlain:
			pieces = append(pieces, text(p.Text, nil)...)
		}
	}
	return slackapi.NewRichTextSection(pieces...)
}

// text is in elements of a length that Slack takes for any text.
func text(s string, style *slackapi.RichTextSectionTextStyle) []slackapi.RichTextSectionElement {
	const most = 3000
	var elements []slackapi.RichTextSectionElement
	for runes := []rune(s); len(runes) > 0; {
		n := min(len(runes), most)
		elements = append(elements, slackapi.NewRichTextSectionTextElement(string(runes[:n]), style))
		runes = runes[n:]
	}
	return elements
}

// thread is what stands below a message. The sections are made anew for each
// length; where even the shortest are too many, the last ones go.
func thread(title string, sections func(most int) []report.Section) content {
	var c content
	for _, most := range lengths {
		c = listed(title, sections(most))
		if size(c.blocks) <= mostBytes {
			return c
		}
	}
	left := sections(lengths[len(lengths)-1])
	for size(c.blocks) > mostBytes && len(left) > 0 {
		left = left[:len(left)-1]
		c = listed(title, append(left[:len(left):len(left)], report.Section{Title: "The rest did not fit here."}))
	}
	return c
}

func listed(title string, sections []report.Section) content {
	var elements []slackapi.RichTextElement
	for i := range sections {
		s := &sections[i]
		// Slack refuses what has no elements.
		if s.Title != "" {
			elements = append(elements, slackapi.NewRichTextSection(text(s.Title, &slackapi.RichTextSectionTextStyle{Bold: true})...))
		}
		for _, v := range s.Values {
			elements = append(elements, copied(v))
		}
		if s.Code != "" {
			elements = append(elements, copied(s.Code))
		}
		var lines []slackapi.RichTextElement
		for _, l := range s.Lines {
			if l != "" {
				lines = append(lines, slackapi.NewRichTextSection(text(l, nil)...))
			}
		}
		if len(lines) > 0 {
			elements = append(elements, slackapi.NewRichTextList(slackapi.RTEListBullet, 0, lines...))
		}
	}
	if len(elements) == 0 { // whatever there was to show is empty
		elements = append(elements, slackapi.NewRichTextSection(text(title, nil)...))
	}
	return content{text: fallback(title), blocks: []slackapi.Block{slackapi.NewRichTextBlock("", elements...)}}
}

// copied is text in a box of its own, from where it is copied whole.
func copied(s string) *slackapi.RichTextPreformatted {
	return &slackapi.RichTextPreformatted{Type: slackapi.RTEPreformatted, Elements: text(s, nil)}
}

func size(blocks []slackapi.Block) int {
	data, err := json.Marshal(slackapi.Blocks{BlockSet: blocks})
	if err != nil {
		return mostBytes + 1
	}
	return len(data)
}
