package explain_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/report"
	"whydenied/pkg/trail"
)

// The role's tags say where a message is to go, and stand nowhere in it.
func TestRoleTags(t *testing.T) {
	account, err := evidence.ParseSnapshot("account.json", []byte(`{"AccountId": "111122223333", "OpenIDConnectProviders": [], "Roles": [
		{"RoleName": "deploy", "Arn": "arn:aws:iam::111122223333:role/deploy", "Tags": [{"Key": "team", "Value": "payments"}],
			"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	r := explain.Call(t.Context(), trail.Denial{Account: "111122223333", RoleARN: trail.Known("arn:aws:iam::111122223333:role/deploy")}, false, account)
	if diff := cmp.Diff(map[string]string{"team": "payments"}, r.RoleTags); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	line, err := report.JSON(&r)
	if err != nil || !json.Valid(line) || strings.Contains(string(line), "payments") {
		t.Errorf("got %s, %v, want a report without the tag", line, err)
	}
}
