package scan_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
	"whydenied/pkg/trail"
)

const (
	account   = "111122223333"
	arnPrefix = "arn:aws:iam::111122223333:oidc-provider/"
	gitHub    = "token.actions.githubusercontent.com"
	gitHubARN = arnPrefix + gitHub
	buildkite = arnPrefix + "agent.buildkite.com"
	google    = "accounts.google.com"
	roleARN   = "arn:aws:iam::111122223333:role/deploy"
	otherARN  = "arn:aws:iam::111122223333:role/other"
	stsAud    = "sts.amazonaws.com"
	mainSub   = "repo:octo-org/api:ref:refs/heads/main"
)

var moment = time.Date(2026, 10, 5, 14, 2, 0, 0, time.UTC)

// fixed is a source that says the same whatever it is asked.
type fixed evidence.Account

func (f fixed) Account(context.Context, evidence.Query) (evidence.Account, error) {
	return evidence.Account(f), nil
}

// The pools that random policies and calls are drawn from.
var (
	operators = []string{"StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "ForAnyValue:StringEquals", "StringEqualsIfExists", "Null"}
	typed     = map[string][]string{
		"aws:CurrentTime": {"DateLessThan", "DateGreaterThan"}, "aws:EpochTime": {"NumericLessThan", "NumericGreaterThan"}, "aws:SourceIp": {"IpAddress", "NotIpAddress"},
	}
	keys = []string{
		gitHub + ":sub", gitHub + ":sub", gitHub + ":aud", gitHub + ":actor", "https://" + gitHub + ":sub", "gitlab.com:sub", google + ":aud", "agent.buildkite.com:sub",
		"aws:SourceIp", "aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp", "aws:UserAgent", "aws:RequestedRegion", "aws:CurrentTime", "aws:EpochTime",
		"sts:RoleSessionName", "sts:SourceIdentity", "sts:ExternalId", "sts:TransitiveTagKeys", "aws:TagKeys", "aws:RequestTag/team", "aws:ResourceTag/team", "aws:PrincipalTag/team",
		"aws:FederatedProvider", "aws:ResourceAccount", "aws:SecureTransport", "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:userid", "aws:Nonsense", "aws:SourceIp ", "sub", "foo:bar",
	}
	values = []string{
		"*", mainSub, "repo:octo-org/*", "repo:evil/x:pull_request", stsAud, "client", "ci", "ci-*", "x", "team", "true", "eu-west-1", "us-east-1", "vpce-1", "aws-cli/2", account, gitHubARN,
		"alice", "repo:${aws:RequestTag/team}/*", "${sts:RoleSessionName}", "${aws:SourceIp}", "repo:<org>/api", "${aws:CurrentTime}",
	}
	principals = []string{
		`{"Federated":"` + gitHubARN + `"}`, `{"Federated":"` + gitHubARN + `"}`, `{"Federated":["` + buildkite + `","` + google + `"]}`, `{"Federated":"*"}`, `{"Service":"ec2.amazonaws.com"}`,
	}
	actions  = []string{`"sts:AssumeRoleWithWebIdentity"`, `"sts:AssumeRoleWithWebIdentity"`, `["sts:AssumeRoleWithWebIdentity","sts:TagSession"]`, `"sts:*"`, `"sts:AssumeRole"`}
	refusals = [][2]string{
		{"AccessDenied", "An unknown error occurred"}, {"AccessDenied", "An unknown error occurred"}, {"AccessDenied", "An unknown error occurred"}, {"AccessDenied", "x with an explicit deny in a service control policy"},
		{"ExpiredTokenException", "Token expired: current date/time 1759672920 must be before the expiration date/time1759672900"},
		{"ExpiredTokenException", "Token expired: current date/time 1759672999 must be before the expiration date/time1759672900"},
		{"InvalidIdentityToken", "Incorrect token audience"}, {"InvalidIdentityToken", "No OpenIDConnect provider found in your account for https://" + gitHub}, {"ValidationError", "odd"}, {"", "An unknown error occurred"},
	}
)

func pick[T any](t *rapid.T, label string, from []T) T { return rapid.SampledFrom(from).Draw(t, label) }

func drawPolicy(t *rapid.T) *policy.Document {
	var statements []string
	for range rapid.IntRange(1, 2).Draw(t, "statements") {
		var conditions []string
		seen := map[string]bool{}
		for range rapid.IntRange(0, 2).Draw(t, "conditions") {
			key := pick(t, "key", keys)
			operator, value := pick(t, "operator", operators), pick(t, "value", values)
			if of, ok := typed[key]; ok {
				operator = pick(t, "typed operator", of)
				value = map[string]string{"aws:CurrentTime": "2026-10-05T14:02:00Z", "aws:EpochTime": fmt.Sprint(moment.Unix()), "aws:SourceIp": "203.0.113.0/24"}[key]
			}
			if operator == "Null" {
				value = "true"
			}
			if !seen[operator] {
				seen[operator] = true
				conditions = append(conditions, fmt.Sprintf(`%q:{%s:[%s]}`, operator, quoted(key), quoted(value)))
			}
		}
		effect := pick(t, "effect", []string{"Allow", "Allow", "Allow", "Deny"})
		statements = append(statements, fmt.Sprintf(`{"Effect":%q,"Principal":%s,"Action":%s,"Condition":{%s}}`,
			effect, pick(t, "principal", principals), pick(t, "action", actions), strings.Join(conditions, ",")))
	}
	doc, err := policy.Parse("", []byte(`{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`))
	if err != nil {
		t.Fatalf("test policy: %v", err)
	}
	return doc
}

func quoted(s string) string {
	data, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(data)
}

// around is a time within the hours about the moment.
func around(t *rapid.T, label string) time.Time {
	return moment.Add(time.Duration(rapid.IntRange(-40, 40).Draw(t, label)) * time.Minute)
}

func drawAccount(t *rapid.T) evidence.Account {
	a := evidence.Account{ID: account, RolesRead: rapid.Bool().Draw(t, "roles read"), ProvidersRead: rapid.Bool().Draw(t, "providers read"), ChangesRead: rapid.Bool().Draw(t, "changes read")}
	for _, arn := range []string{roleARN, otherARN} {
		if rapid.IntRange(0, 4).Draw(t, "gone") == 0 {
			continue
		}
		r := evidence.Role{ARN: arn, Name: evidence.RoleName(arn), Document: evidence.Held(drawPolicy(t), nil), TagsRead: rapid.Bool().Draw(t, "tags"), Tags: map[string]string{"team": "x"}}
		if rapid.Bool().Draw(t, "has date") {
			r.Created = around(t, "created")
		}
		a.Roles = append(a.Roles, r)
	}
	if rapid.Bool().Draw(t, "provider") {
		a.Providers = []evidence.Provider{{ARN: gitHubARN, ClientIDs: []string{stsAud}, Created: around(t, "provider created")}}
	}
	if rapid.Bool().Draw(t, "dated") {
		a.TakenAt = around(t, "taken")
		if rapid.Bool().Draw(t, "changes apart") {
			a.ChangesAt = around(t, "changes at")
		}
	}
	for range rapid.IntRange(0, 4).Draw(t, "changes") {
		c := evidence.Change{Kind: evidence.ChangeKind(rapid.IntRange(int(evidence.RoleCreated), int(evidence.ClientIDRemoved)).Draw(t, "kind")), Time: around(t, "change")}
		if c.Kind > evidence.TrustPolicyUpdated {
			c.Provider, c.ClientID = gitHubARN, stsAud
		} else if c.Role = pick(t, "changed", []string{"deploy", "deploy", "other"}); c.Kind != evidence.RoleDeleted && rapid.Bool().Draw(t, "held") {
			c.Policy = drawPolicy(t)
		}
		a.Changes = append(a.Changes, c)
	}
	slices.SortStableFunc(a.Changes, func(x, y evidence.Change) int { return x.Time.Compare(y.Time) })
	return a
}

// edges are times at which an answer may change, and those beside them.
func edges(a *evidence.Account) []time.Time {
	at := []time.Time{moment, a.TakenAt, a.ChangesAt}
	for _, c := range a.Changes {
		at = append(at, c.Time)
	}
	for _, r := range a.Roles {
		at = append(at, r.Created)
	}
	for _, p := range a.Providers {
		at = append(at, p.Created)
	}
	all := []time.Time{{}}
	for _, t := range at {
		for _, off := range []time.Duration{-24 * time.Hour, -15 * time.Minute, -5 * time.Minute, 0, 5 * time.Minute, 15 * time.Minute, 24 * time.Hour} {
			if !t.IsZero() {
				all = append(all, t.Add(off-time.Second), t.Add(off), t.Add(off+time.Second))
			}
		}
	}
	return all
}

func drawText(t *rapid.T, label string, from ...string) trail.Text {
	if rapid.IntRange(0, 9).Draw(t, label+" missing") == 0 {
		return trail.Text{}
	}
	return trail.Known(pick(t, label, from))
}

// drawDenial is a call out of few, so that many are alike.
func drawDenial(t *rapid.T, times []time.Time) trail.Denial {
	e := pick(t, "error", refusals)
	d := trail.Denial{
		EventID: fmt.Sprintf("e-%d", rapid.IntRange(0, 1<<30).Draw(t, "event")), Time: pick(t, "time", times), ErrorCode: e[0], ErrorMessage: e[1],
		Account:  pick(t, "account", []string{account, account, account, ""}),
		Provider: drawText(t, "provider", gitHubARN, gitHubARN, buildkite, google, "nobody"), Audience: drawText(t, "aud", stsAud, "client"),
		Subject: drawText(t, "sub", mainSub, "repo:evil/x:pull_request", "organization:acme:pipeline:web:ref:refs/heads/main:commit:9f3ac1:step:deploy"),
		RoleARN: drawText(t, "role", roleARN, roleARN, otherARN, "arn:aws:iam::111122223333:role/gone", "arn:aws:iam::444455556666:role/deploy", "odd", ""),
	}
	d.HasRequestParameters = rapid.Bool().Draw(t, "parameters")
	if d.HasRequestParameters && rapid.IntRange(0, 3).Draw(t, "tagged") == 0 {
		d.PrincipalTags = map[string]string{"team": pick(t, "team", []string{"x", "octo-org"})}
		d.SourceIdentity = drawText(t, "identity", "alice", "bob")
	}
	return d
}

// vary changes what the caller chose beside the token.
func vary(t *rapid.T, d trail.Denial, times []time.Time) trail.Denial {
	d.SessionName = drawText(t, "session", "ci", "ci-2", "x")
	d.SourceIP = pick(t, "address", []string{"203.0.113.7", "10.0.0.1", "ec2.amazonaws.com", ""})
	d.UserAgent = pick(t, "agent", []string{"aws-cli/2", "boto3", ""})
	d.VPCEndpoint = pick(t, "endpoint", []string{"", "", "vpce-1", "vpce-2"})
	d.Region = pick(t, "region", []string{"eu-west-1", "us-east-1", ""})
	d.EndpointType = pick(t, "endpoint type", []string{"", "regional", "global"})
	d.HostHeader = pick(t, "host", []string{"", "sts.us-east-1.amazonaws.com"})
	d.DurationSeconds = pick(t, "duration", []int{0, 3600})
	d.TLS = rapid.Bool().Draw(t, "tls")
	if rapid.Bool().Draw(t, "later") {
		d.Time = pick(t, "other time", times)
	}
	return d
}
