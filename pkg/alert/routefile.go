package alert

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"whydenied/pkg/internal/lazy"
)

// Broadcasts are the mentions that mean everybody.
var Broadcasts = []string{"here", "channel", "everyone"}

var (
	isAccount = lazy.Regexp(`^\d{12}$`)
	isChannel = lazy.Regexp(`^[CGD][A-Z0-9]{6,20}$`)
	isMention = lazy.Regexp(`^[UWS][A-Z0-9]{6,20}$`)
	// A FIFO topic, whose name has a dot, takes no message without a group.
	isTopic = lazy.Regexp(`^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$`)
	// The characters of IAM's role names and paths, and those of a pattern.
	isRolePattern = lazy.Regexp(`^[A-Za-z0-9_+=,.@/*?-]{1,512}$`)
)

// maxRules bounds what is looked through for each new incident.
const maxRules = 500

// ParseRoutes reads rules: a JSON list of objects with match, slackChannel,
// mention and topicArn. Keys stand once, in their own letters, and nothing is
// escaped: so a pattern can tell what it takes, which is all that the template
// of a stack has (TestRoutesPattern in internal/stack). The error is one line that names
// the rule, counted from 1, and says what was expected.
func ParseRoutes(data []byte) (Routes, error) {
	var list []json.RawMessage
	if err := strict(data, &list); err != nil {
		return nil, fmt.Errorf("a list of rules is expected: %w", err)
	}
	switch {
	case list == nil:
		return nil, errors.New("a list of rules is expected: found null")
	case bytes.ContainsRune(data, '\\'):
		return nil, errors.New("there is a backslash in it: no value needs one, and an escape is to be the character itself")
	}
	if len(list) > maxRules {
		return nil, fmt.Errorf("%d rules, expected at most %d", len(list), maxRules)
	}
	rules := make(Routes, len(list))
	for i := range list {
		err := strict(list[i], &rules[i])
		if err == nil {
			err = cmp.Or(plain(list[i]), rules[i].check())
		}
		if err != nil {
			return nil, fmt.Errorf("rule %d: %w", i+1, err)
		}
		if rules[i].Match.everything() && i+1 < len(list) {
			return nil, fmt.Errorf("rule %d matches everything, so that rule %d is never reached", i+1, i+2)
		}
	}
	return rules, nil
}

// strict reads one JSON value whose keys are all known.
func strict(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("the JSON ends too early")
		}
		return errors.New(strings.TrimPrefix(strings.ReplaceAll(err.Error(), "Go value", "value"), "json: "))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON")
	}
	return nil
}

func (r *Rule) check() error {
	m := &r.Match
	switch {
	case r.Route == Route{}:
		return errors.New("it says nowhere to go, expected slackChannel, mention or topicArn")
	case m.Account != "" && !isAccount().MatchString(m.Account):
		return fmt.Errorf("match.account is %q, expected twelve digits", cut(m.Account))
	case m.Role != "" && !isRolePattern().MatchString(m.Role):
		return fmt.Errorf("match.role is %q, expected a pattern for names such as deploy-*", cut(m.Role))
	case strings.Contains(m.Role, "/") && !strings.HasPrefix(m.Role, "/"):
		return fmt.Errorf("match.role is %q, expected a name's pattern, or a path's, which begins with / as in /ci/*", cut(m.Role))
	case r.SlackChannel != "" && !isChannel().MatchString(r.SlackChannel):
		return errors.New("slackChannel is no channel's ID such as C0123456789") // it may be a webhook, a secret
	case r.TopicARN != "" && !isTopic().MatchString(r.TopicARN):
		return fmt.Errorf("topicArn is %q, expected the ARN of an SNS topic", cut(r.TopicARN))
	}
	for key, value := range m.Tags {
		if key == "" || value == "" {
			return errors.New("match.tags has an empty key or pattern; * matches any value")
		}
	}
	return CheckMention(r.Mention)
}

// CheckMention says what is wrong with a mention; nothing with "".
func CheckMention(mention string) error {
	if mention == "" || slices.Contains(Broadcasts, mention) || isMention().MatchString(mention) {
		return nil
	}
	return fmt.Errorf("mention is %q, expected here, channel, everyone, or the ID of a user (U…) or a user group (S…) of Slack", cut(mention))
}

// ParseAccounts reads what people call accounts: a JSON object of names by
// account ID, or ID=name with commas between.
func ParseAccounts(text string) (map[string]string, error) {
	names := make(map[string]string)
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		if err := strict([]byte(text), &names); err != nil {
			return nil, fmt.Errorf("names by account ID are expected: %w", err)
		}
	} else if text = strings.TrimSpace(text); text != "" {
		for pair := range strings.SplitSeq(text, ",") {
			id, name, ok := strings.Cut(strings.TrimSpace(pair), "=")
			if _, twice := names[id]; twice || !ok {
				return nil, fmt.Errorf("%q is no name of an account, or its second one, expected 111122223333=prod", cut(pair))
			}
			names[id] = name
		}
	}
	for id, name := range names {
		if !isAccount().MatchString(id) || strings.TrimSpace(name) == "" || utf8.RuneCountInString(name) > 100 {
			return nil, fmt.Errorf("%q=%q is no name of an account, expected twelve digits and up to 100 characters", cut(id), cut(name))
		}
	}
	return names, nil
}
