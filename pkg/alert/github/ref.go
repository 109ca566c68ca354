package github

import (
	"encoding/json"
	"fmt"
	"hash/fnv"

	"whydenied/pkg/alert"
)

// place is what is kept of an incident: on which commit its check run is, and
// what that says by now.
type place struct {
	SHA    string `json:"sha,omitempty"`
	Branch string `json:"branch,omitempty"` // whose head the commit was; "" for the default one
	Run    int64  `json:"run,omitempty"`    // the check run's ID
	Sum    string `json:"sum,omitempty"`    // of what it says
	// None: the app is not installed there, or the check run is no more. It is
	// not asked again.
	None bool `json:"none,omitempty"`
}

func parsePlace(sent alert.Ref) (place, error) {
	var p place
	if sent == "" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(sent), &p); err != nil {
		return p, fmt.Errorf("github: what was kept of an earlier check run cannot be read: %w", err)
	}
	return p, nil
}

func (p *place) ref() (alert.Ref, error) {
	data, err := json.Marshal(p)
	return alert.Ref(data), err
}

// sum tells contents apart.
func sum(of string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(of)) // a hash takes everything
	return fmt.Sprintf("%016x", h.Sum64())
}
