package live_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"whydenied/pkg/evidence"
	"whydenied/pkg/trail"
)

const (
	gitHub   = "token.actions.githubusercontent.com"
	deploy   = "arn:aws:iam::111122223333:role/deploy"
	wanted   = "repo:octo-org/web:environment:production"
	other    = "repo:octo-org/web:ref:refs/heads/main"
	operator = "arn:aws:sts::111122223333:assumed-role/admin/anna"
)

// trust is a trust policy that admits one subject of GitHub.
func trust(sub string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/%[1]s"},`+
		`"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"%[1]s:aud":"sts.amazonaws.com","%[1]s:sub":%[2]q}}}]}`, gitHub, sub)
}

// gitHubProvider is the provider as the account has it.
func gitHubProvider() stubProvider {
	return stubProvider{host: gitHub, clientIDs: []string{"sts.amazonaws.com"}}
}

// at is a moment of the day that the tests' clock begins with.
func at(clock string) time.Time {
	t, err := time.Parse(time.RFC3339, "2000-01-01T"+clock+"Z")
	if err != nil {
		panic(err)
	}
	return t
}

// until lets the clock of a bubble run to a moment of its first day.
func until(clock string) { <-time.After(time.Until(at(clock))) }

// pass lets the clock run.
func pass(d time.Duration) { <-time.After(d) }

// change is CloudTrail's record of a change.
func change(name, when, parameters string) string {
	if len(when) == len("15:04:05") {
		when = "2000-01-01T" + when + "Z"
	}
	return fmt.Sprintf(`{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","arn":%q},"eventTime":%q,"eventSource":"iam.amazonaws.com",`+
		`"eventName":%q,"awsRegion":"us-east-1","requestParameters":%s,"eventID":"%[3]s-%[2]s","readOnly":false,"recipientAccountId":%[5]q}`,
		operator, strings.Trim(fmt.Sprintf("%q", when), `"`), name, parameters, hub)
}

func updated(role, when, policy string) string {
	document, _ := json.Marshal(policy)
	return change("UpdateAssumeRolePolicy", when, fmt.Sprintf(`{"roleName":%q,"policyDocument":%s}`, role, document))
}

func created(role, when, policy string) string {
	document, _ := json.Marshal(policy)
	return change("CreateRole", when, fmt.Sprintf(`{"roleName":%q,"assumeRolePolicyDocument":%s}`, role, document))
}

func deleted(role, when string) string {
	return change("DeleteRole", when, fmt.Sprintf(`{"roleName":%q}`, role))
}

// denied is the record of a refused call of a job with the wanted subject.
func denied(id, when string) string {
	provider := "arn:aws:iam::" + hub + ":oidc-provider/" + gitHub
	return fmt.Sprintf(`{"eventVersion":"1.08","userIdentity":{"type":"WebIdentityUser","principalId":"%[1]s:sts.amazonaws.com:%[2]s","userName":%[2]q,"identityProvider":%[1]q},`+
		`"eventTime":%[3]q,"eventSource":"sts.amazonaws.com","eventName":"AssumeRoleWithWebIdentity","awsRegion":"us-east-1","errorCode":"AccessDenied",`+
		`"errorMessage":"An unknown error occurred","requestParameters":{"roleArn":%[4]q,"roleSessionName":"web"},"eventID":%[5]q,"readOnly":true,"recipientAccountId":%[6]q}`,
		provider, wanted, when, deploy, id, hub)
}

// denial is what that record tells.
func denial(t *testing.T, when string, role string) trail.Denial {
	t.Helper()
	items := trail.Parse("", []byte(denied("denial", "2000-01-01T"+when+"Z")))
	if len(items) != 1 || items[0].Kind != trail.KindDenied {
		t.Fatalf("%+v, want one denial", items)
	}
	d := items[0].Denial
	d.RoleARN = trail.Text{}
	if role != "" {
		d.RoleARN = trail.Known(role)
	}
	return d
}

// admits are the subjects that roles admit, by name.
func admits(a evidence.Account) map[string]string {
	got := make(map[string]string)
	for i := range a.Roles {
		doc, err := a.Roles[i].TrustPolicy()
		if err != nil {
			got[a.Roles[i].ARN] = err.Error()
			continue
		}
		got[a.Roles[i].ARN] = subject(evidence.Version{Policy: doc})
	}
	return got
}

// subject is the one that a version of a trust policy admits.
func subject(v evidence.Version) string {
	data, _ := json.Marshal(v.Policy)
	_, after, _ := strings.Cut(string(data), `:sub":"`)
	admitted, _, _ := strings.Cut(after, `"`)
	return admitted
}
