package alert

import "fmt"

// SlackKind is what a function has of Slack. Rules are good for one kind and
// not for another.
type SlackKind string

// The kinds.
const (
	SlackNone    SlackKind = "none"
	SlackWebhook SlackKind = "webhook"
	SlackBot     SlackKind = "bot"
)

// CheckSlack says which rule leads to what is not there: a webhook has its one
// channel in itself, and for each other one there would have to be another
// secret; without Slack a mention rings no bell.
func (rs Routes) CheckSlack(kind SlackKind) error {
	for i := range rs {
		switch rule := &rs[i]; {
		case rule.SlackChannel != "" && kind != SlackBot:
			return fmt.Errorf("rule %d has a slackChannel, which takes a bot token: set SlackSecretArn to one, and SlackChannel to the channel of all others", i+1)
		case rule.Mention != "" && kind == SlackNone:
			return fmt.Errorf("rule %d has a mention, and there is no Slack: set SlackSecretArn", i+1)
		}
	}
	return nil
}
