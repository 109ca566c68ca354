package slack

import (
	"slices"
	"strings"

	slackapi "github.com/slack-go/slack"

	"whydenied/pkg/alert"
)

// mention adds whom a route names, as an element of its own: text never
// becomes a mention. An edit of the message rings nobody's bell again.
func (c content) mention(whom string) content {
	if alert.CheckMention(whom) != nil {
		return c
	}
	var element slackapi.RichTextSectionElement
	switch {
	case whom == "":
		return c
	case slices.Contains(alert.Broadcasts, whom):
		element = slackapi.NewRichTextSectionBroadcastElement(whom)
	case strings.HasPrefix(whom, "S"):
		element = slackapi.NewRichTextSectionUserGroupElement(whom)
	default:
		element = slackapi.NewRichTextSectionUserElement(whom, nil)
	}
	c.blocks = append(slices.Clip(c.blocks), slackapi.NewRichTextBlock("", slackapi.NewRichTextSection(element)))
	return c
}
