package e2e_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

const (
	github  = "token.actions.githubusercontent.com"
	eks     = "oidc.eks.us-east-1.amazonaws.com/id/0F4C2A9E8B7D6C5B4A39281706F5E4D3"
	eks2    = "oidc.eks.eu-west-1.amazonaws.com/id/9B2E6A1C5D7F40839C2B8E1A6F0D3C75"
	builds  = "agent.buildkite.com"
	prefect = "api.prefect.cloud/oidc-provider"
)

// providers are the identity providers of the account, with their audiences.
var providers = map[string][]string{
	github:  {"sts.amazonaws.com"},
	eks:     {"sts.amazonaws.com", "sts.eu-west-1.amazonaws.com"},
	eks2:    {"sts.amazonaws.com", "sts.eu-west-1.amazonaws.com"},
	builds:  {"sts.amazonaws.com"},
	prefect: {"prefect-cloud"},
}

// denial is one reason for which a role of the account refuses one kind of
// caller: what makes one incident.
type denial struct {
	role     string // its name
	policy   string // its trust policy; "" for one that is not there
	provider string
	aud      string
	sub      func(attempt int) string
	attempts []time.Duration // when each was made, from a moment on
	cause    string          // why: the primary cause
	bare     bool            // its records lack principalId and userName
}

func (d *denial) roleARN() string { return "arn:aws:iam::" + account + ":role/" + d.role }

func providerARN(suffix string) string {
	return "arn:aws:iam::" + account + ":oidc-provider/" + suffix
}

// trusts is a policy that lets one subject of a provider in.
func trusts(provider, aud, sub string) string {
	return statement("Allow", provider, "sts:AssumeRoleWithWebIdentity", aud, sub)
}

func statement(effect, provider, action, aud, sub string) string {
	return document(map[string]any{
		"Effect":    effect,
		"Principal": map[string]string{"Federated": providerARN(provider)},
		"Action":    action,
		"Condition": map[string]any{"StringEquals": map[string]string{provider + ":aud": aud, provider + ":sub": sub}},
	})
}

func document(statements ...map[string]any) string {
	data, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		panic(err) // maps of strings do encode
	}
	return string(data)
}

// always is a subject that does not change from one attempt to the next.
func always(sub string) func(int) string { return func(int) string { return sub } }

// run is when n attempts of one job are made: seconds apart, as CI retries.
func run(start time.Duration, n int) []time.Duration {
	at := make([]time.Duration, n)
	for i := range at {
		at[i] = start + time.Duration(i)*3*time.Second
	}
	return at
}

// thirty are the denials of the run, 170 attempts in all. Incidents differ in
// the role, in the subject's shape, in the cause; attempts of one incident may
// differ in the subject.
func thirty() []denial {
	var all []denial
	add := func(d denial) { all = append(all, d) }
	service := func(i int) string { return fmt.Sprintf("service-%02d", i) }
	// Of each owner there are two at most: three for one reason are a wave, and
	// have one message.
	repo := func(i int) string { return fmt.Sprintf("repo:owner-%02d/%s", i, service(i)) }
	for i := range 12 { // a job with an environment, for a role that trusts a branch
		attempts := run(0, 4)
		switch {
		case i == 0:
			attempts = slices.Concat(run(0, 12), run(5*time.Minute, 12))
		case i < 5:
			attempts = run(0, 12)
		}
		add(denial{
			role: service(i), policy: trusts(github, "sts.amazonaws.com", repo(i)+":ref:refs/heads/main"),
			provider: github, aud: "sts.amazonaws.com", sub: always(repo(i) + ":environment:production"),
			attempts: attempts, cause: "sub_mismatch",
		})
	}
	for i := range 5 { // the same roles, refused to pull requests as well
		d := all[i]
		d.sub, d.attempts = always(repo(i)+":pull_request"), run(0, 4)
		add(d)
	}
	for i := range 4 { // two clusters whose pods ask for another audience
		cluster := []string{eks, eks2}[i%2]
		name, sub := fmt.Sprintf("pod-%d", i), fmt.Sprintf("system:serviceaccount:apps:pod-%d", i)
		add(denial{
			role: name, policy: trusts(cluster, "sts.amazonaws.com", sub),
			provider: cluster, aud: "sts.eu-west-1.amazonaws.com", sub: always(sub), attempts: run(0, 4), cause: "aud_mismatch",
		})
	}
	pipeline := func(attempt int) string { // the commit is another one each time
		return fmt.Sprintf("organization:acme:pipeline:web:ref:refs/heads/main:commit:%040x:step:deploy", 7919*(attempt+1))
	}
	add(denial{
		role: "web", policy: trusts(builds, "sts.amazonaws.com", "organization:acme:pipeline:site:ref:refs/heads/main"),
		provider: builds, aud: "sts.amazonaws.com", sub: pipeline, attempts: run(0, 5), cause: "sub_mismatch",
	})
	add(denial{
		role: "flows", policy: trusts(prefect, "prefect-cloud", "prefect:cloud:3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8"),
		provider: prefect, aud: "prefect-cloud", sub: always("prefect:account:3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8"), attempts: run(0, 4),
		cause: "sub_mismatch",
	})
	sub := "repo:octo-org/tools:ref:refs/heads/main"
	allowed := func() map[string]any {
		return map[string]any{
			"Effect": "Allow", "Principal": map[string]string{"Federated": providerARN(github)}, "Action": "sts:AssumeRoleWithWebIdentity",
			"Condition": map[string]any{"StringEquals": map[string]string{github + ":aud": "sts.amazonaws.com", github + ":sub": sub}},
		}
	}
	denied := allowed()
	denied["Effect"] = "Deny"
	for _, d := range []struct{ role, cause, policy string }{
		{"tools-gone", "role_not_found", ""},
		{"tools-denied", "explicit_deny", document(allowed(), denied)},
		{"tools-ec2", "no_federated_principal", document(map[string]any{
			"Effect": "Allow", "Principal": map[string]string{"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole",
		})},
		{"tools-other", "provider_arn_mismatch", trusts(builds, "sts.amazonaws.com", sub)},
		{"tools-action", "action_not_allowed", statement("Allow", github, "sts:AssumeRole", "sts.amazonaws.com", sub)},
	} {
		add(denial{
			role: d.role, policy: d.policy, provider: github, aud: "sts.amazonaws.com", sub: always(sub), attempts: run(0, 4), cause: d.cause,
		})
	}
	add(denial{ // a stranger
		role: "tools", policy: trusts(github, "sts.amazonaws.com", sub),
		provider: github, aud: "sts.amazonaws.com", sub: always("repo:someone-else/tools:ref:refs/heads/main"), attempts: run(0, 4),
		cause: "sub_mismatch",
	})
	add(denial{
		role: "bare", policy: trusts(github, "sts.amazonaws.com", "repo:octo-org/bare:ref:refs/heads/main"),
		provider: github, aud: "sts.amazonaws.com", sub: always(""), attempts: run(0, 1), bare: true,
		cause: "hidden_claim",
	})
	return all
}

// record is what CloudTrail records of an attempt, in the shape of a real one.
func (d *denial) record(id string, attempt int, start time.Time) map[string]any {
	arn, sub := providerARN(d.provider), d.sub(attempt)
	identity := map[string]any{
		"type": "WebIdentityUser", "identityProvider": arn,
		"principalId": strings.Join([]string{arn, d.aud, sub}, ":"), "userName": sub,
	}
	if d.bare {
		delete(identity, "principalId")
		delete(identity, "userName")
	}
	return map[string]any{
		"eventVersion": "1.11", "userIdentity": identity,
		"eventTime":   start.Add(d.attempts[attempt]).UTC().Format(time.RFC3339),
		"eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity", "awsRegion": "us-east-1",
		"sourceIPAddress": "203.0.113.17", "userAgent": "aws-sdk-nodejs/2.1691.0 configure-aws-credentials-for-github-actions",
		"errorCode": "AccessDenied", "errorMessage": "An unknown error occurred",
		"requestParameters": map[string]any{"roleArn": d.roleARN(), "roleSessionName": "GitHubActions"},
		"responseElements":  nil, "requestID": "r-" + id, "eventID": id, "readOnly": true,
		"resources": []any{map[string]any{"accountId": account, "type": "AWS::IAM::Role", "ARN": d.roleARN()}},
		"eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": account, "eventCategory": "Management",
		"tlsDetails": map[string]any{"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": "sts.us-east-1.amazonaws.com"},
	}
}

// records are those of all attempts, one event ID each.
func records(prefix string, denials []denial, start time.Time) []map[string]any {
	var all []map[string]any
	for i := range denials {
		for attempt := range denials[i].attempts {
			all = append(all, denials[i].record(fmt.Sprintf("%s-%02d-%02d", prefix, i, attempt), attempt, start))
		}
	}
	return all
}

// unreadable are details that the rule lets through, though they are no
// records: of each, one part is of another kind than CloudTrail's.
func unreadable(start time.Time) []map[string]any {
	d := denial{role: "unreadable", provider: github, aud: "sts.amazonaws.com", sub: always("repo:octo-org/x:pull_request"), attempts: run(0, 1)}
	var all []map[string]any
	for part, value := range map[string]any{
		"userIdentity": "somebody", "eventTime": "yesterday", "resources": "none", "requestParameters": []any{"roleArn"},
	} {
		r := d.record("unreadable-"+part, 0, start)
		r[part] = value
		all = append(all, r)
	}
	return all
}

// shuffled puts events in an order that is no order of time, the same each run.
func shuffled(all []map[string]any) []map[string]any {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b map[string]any) int {
		return strings.Compare(fmt.Sprint(a["eventID"]), fmt.Sprint(b["eventID"]))
	})
	r := rand.New(rand.NewPCG(30, 200))
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// runs is how many stretches the attempts make in which none is two minutes or
// more after the one before.
func (d *denial) runs() int {
	at := slices.Sorted(slices.Values(d.attempts))
	n := 1
	for i := 1; i < len(at); i++ {
		if at[i]-at[i-1] >= 2*time.Minute {
			n++
		}
	}
	return n
}
