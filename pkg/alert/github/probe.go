package github

import (
	"context"
	"fmt"
	"net/http"

	"whydenied/pkg/alert"
)

var _ alert.Prober = (*Notifier)(nil)

// Probe asks GitHub whose key it is. Where the app is installed, and with what
// permissions, only a message for a repository shows.
func (n *Notifier) Probe(ctx context.Context) (found string, err error) {
	var who struct {
		Name string `json:"name"`
	}
	if err := n.asApp(ctx, &call{name: "app", method: http.MethodGet, path: "app", into: &who}); err != nil {
		return "", err
	}
	name := []rune(who.Name)
	return fmt.Sprintf("GitHub knows the key: app %q", string(name[:min(len(name), 60)])), nil
}
