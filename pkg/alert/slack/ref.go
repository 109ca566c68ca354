package slack

import (
	"encoding/json"
	"fmt"
	"hash/fnv"

	"whydenied/pkg/alert"
)

// place is what a bot keeps of an incident: where its messages are, and what
// they say by now.
type place struct {
	Channel string `json:"channel"` // the ID that Slack answered with; chat.update takes no name
	Main    post   `json:"main"`
	Details post   `json:"details,omitzero"`
	Fixes   post   `json:"fixes,omitzero"`
	Answers []post `json:"answers,omitempty"` // to the changes that were made
	Pages   []post `json:"pages,omitempty"`   // the lines of a wave
	Before  string `json:"before,omitempty"`  // link to the message of the incident before this one
	Gone    bool   `json:"gone,omitempty"`    // somebody deleted the message
}

// post is one message.
type post struct {
	TS  string `json:"ts,omitempty"`
	Sum string `json:"sum,omitempty"` // of what it says
}

func parsePlace(sent alert.Ref) (place, error) {
	var p place
	if sent == "" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(sent), &p); err != nil {
		return p, fmt.Errorf("slack: what was kept of an earlier message cannot be read: %w", err)
	}
	return p, nil
}

func (p *place) ref() (alert.Ref, error) {
	data, err := json.Marshal(p)
	return alert.Ref(data), err
}

// sum tells contents apart. What cannot be encoded has no sum of its own, and
// is then sent again.
func sum(of any) string {
	data, err := json.Marshal(of)
	if err != nil {
		return ""
	}
	h := fnv.New64a()
	_, _ = h.Write(data) // a hash takes everything
	return fmt.Sprintf("%016x", h.Sum64())
}
