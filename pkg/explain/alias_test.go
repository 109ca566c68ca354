package explain_test

import (
	"context"
	"testing"

	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/trail"
)

// holds is a source that answers with one account, whatever it is asked for.
type holds evidence.Account

func (h holds) Account(context.Context, evidence.Query) (evidence.Account, error) {
	return evidence.Account(h), nil
}

func TestAccountAlias(t *testing.T) {
	const own, other = "111122223333", "222233334444"
	for _, tt := range []struct {
		label  string
		call   trail.Denial
		read   holds
		want   string
		reason string
	}{
		{"own", trail.Denial{Account: own}, holds{ID: own, Alias: "octo-prod"}, "octo-prod", "it is that account's"},
		{"by the role", trail.Denial{RoleARN: trail.Known("arn:aws:iam::" + own + ":role/x")}, holds{ID: own, Alias: "octo-prod"}, "octo-prod", "the role's ARN names the account"},
		{"another account's", trail.Denial{Account: own}, holds{ID: other, Alias: "octo-prod"}, "", "it names another one"},
		{"nothing read", trail.Denial{Account: own}, holds{}, "", "an account that could not be read has no name"},
		{"account not recorded", trail.Denial{}, holds{ID: own, Alias: "octo-prod"}, "", "it is not known to be the call's"},
	} {
		if got := explain.Call(t.Context(), tt.call, false, tt.read).AccountAlias; got != tt.want {
			t.Errorf("%s: got %q, want %q: %s", tt.label, got, tt.want, tt.reason)
		}
	}
}
