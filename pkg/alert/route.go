package alert

import (
	"slices"
	"strings"
)

// Route is where messages on an incident go. What it leaves empty is as the
// notifiers have it by themselves.
type Route struct {
	SlackChannel string `json:"slackChannel,omitempty"` // ID
	Mention      string `json:"mention,omitempty"`      // ID of a user or a user group of Slack, or here, channel, everyone
	TopicARN     string `json:"topicArn,omitempty"`
}

// Rule is a route for some incidents.
type Rule struct {
	Match Match `json:"match"`
	Route
}

// Match is what an incident has to be for a rule. All that is set has to hold;
// the zero Match holds for every incident. Patterns know "*" for any
// characters and "?" for one; they are matched against what the account says
// of its role, never against anything that a token holds.
type Match struct {
	Account string `json:"account,omitempty"` // twelve digits
	// Role is a pattern for the role's name, or where it begins with "/" for
	// its path and name, as in "/ci/*".
	Role string `json:"role,omitempty"`
	// Tags are patterns for the values of tags of the role, by their keys. A
	// role whose tags were not read has none.
	Tags map[string]string `json:"tags,omitempty"`
}

// Routes are rules, of which the first that matches counts.
type Routes []Rule

// For is the route for an incident of a role with some tags; the zero Route
// where no rule matches.
func (rs Routes) For(in *Incident, tags map[string]string) Route {
	for i := range rs {
		if rs[i].Match.holds(in, tags) {
			return rs[i].Route
		}
	}
	return Route{}
}

// Places are the channels and topics that the rules name, each once, as routes
// of nothing else.
func (rs Routes) Places() (places []Route) {
	for i := range rs {
		for _, to := range []Route{{SlackChannel: rs[i].SlackChannel}, {TopicARN: rs[i].TopicARN}} {
			if to != (Route{}) && !slices.Contains(places, to) {
				places = append(places, to)
			}
		}
	}
	return places
}

// TopicRegion is the region that the ARN of a topic names, "" where it is none.
// SNS knows of no topic of another region than its own.
func TopicRegion(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[3]
	}
	return ""
}

func (m *Match) holds(in *Incident, tags map[string]string) bool {
	if m.Account != "" && m.Account != in.Account {
		return false
	}
	if m.Role != "" && !m.holdsRole(in.Role) {
		return false
	}
	for key, pattern := range m.Tags {
		value, has := tags[key]
		if !has || !like(pattern, value) {
			return false
		}
	}
	return true
}

// holdsRole compares with "/ci/deploy" of arn:aws:iam::111122223333:role/ci/deploy.
func (m *Match) holdsRole(arn string) bool {
	_, path, ok := strings.Cut(arn, ":role/")
	if !ok {
		return false
	}
	path = "/" + path
	if !strings.HasPrefix(m.Role, "/") {
		path = path[strings.LastIndexByte(path, '/')+1:]
	}
	return like(m.Role, path)
}

// like matches a whole text, in time that grows with the product of both
// lengths at most.
func like(pattern, text string) bool {
	p, t := []rune(pattern), []rune(text)
	star, from := -1, 0
	i, k := 0, 0
	for k < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, from = i, k
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[k]):
			i++
			k++
		case star >= 0: // the last star takes one more
			from++
			i, k = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(string(p[i:]), "*") == ""
}

// everything tells whether a rule matches every incident.
func (m *Match) everything() bool { return m.Account == "" && m.Role == "" && len(m.Tags) == 0 }
