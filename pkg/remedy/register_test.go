package remedy_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/remedy"
)

// refusedBySTS is a call that STS refused before it looked at the policy.
func refusedBySTS(t testing.TB, suffix, aud, message, source string, registered ...evidence.Provider) diagnosis.Input {
	t.Helper()
	d := denied(suffix, aud, "repo:octo-org/api:ref:refs/heads/main")
	d.ErrorCode, d.ErrorMessage = "InvalidIdentityToken", message
	in := diagnosis.Input{Denial: d, Account: holding(parse(t, source))}
	in.Account.ProvidersRead, in.Account.Providers = true, registered
	return in
}

func TestRegister(t *testing.T) {
	const noProvider = "No OpenIDConnect provider found in your account for https://" + gitHub
	const noAudience = "Incorrect token audience"
	trusts := trusting(gitHub, assume, when("StringEquals", gitHub+":sub", onMain))
	arn := provider + gitHub
	for _, tt := range []struct {
		label, reason string
		in            diagnosis.Input
		command       []string // words; nil where nothing is offered
		ids           []string
		warned        string
	}{
		{"provider", "the role trusts it", refusedBySTS(t, gitHub, "sts.amazonaws.com", noProvider, trusts),
			[]string{"aws", "iam", "create-open-id-connect-provider", "--url", "https://" + gitHub, "--client-id-list", "sts.amazonaws.com"}, []string{"sts.amazonaws.com"}, ""},
		{"provider that nobody trusts", "it may be anybody's", refusedBySTS(t, gitHub, "sts.amazonaws.com", noProvider, trusting("gitlab.com", assume, when("StringEquals", "gitlab.com:sub", "x"))), nil, nil, ""},
		{"provider on another host", "the same issuer moved", refusedBySTS(t, gitHub, "sts.amazonaws.com", noProvider,
			trusting("vstoken.actions.githubusercontent.com", assume, when("StringEquals", "vstoken.actions.githubusercontent.com:sub", onMain))),
			[]string{"aws", "iam", "create-open-id-connect-provider", "--url", "https://" + gitHub, "--client-id-list", "sts.amazonaws.com"}, []string{"sts.amazonaws.com"}, "vstoken"},
		{"provider that is there by now", "a re-run is enough", refusedBySTS(t, gitHub, "sts.amazonaws.com", noProvider, trusts, evidence.Provider{ARN: arn}), nil, nil, ""},
		{"audience", "beside those that are there", refusedBySTS(t, gitHub, "sts.amazonaws.com", noAudience, trusts, evidence.Provider{ARN: arn, ClientIDs: []string{"x"}}),
			[]string{"aws", "iam", "add-client-id-to-open-id-connect-provider", "--open-id-connect-provider-arn", arn, "--client-id", "sts.amazonaws.com"}, []string{"x", "sts.amazonaws.com"}, ""},
		{"audience of a provider whose list was not read", "a resource with this one alone would drop the others", refusedBySTS(t, gitHub, "sts.amazonaws.com", noAudience, trusts, evidence.Provider{ARN: arn}),
			[]string{"aws", "iam", "add-client-id-to-open-id-connect-provider", "--open-id-connect-provider-arn", arn, "--client-id", "sts.amazonaws.com"}, nil, ""},
		{"audience that is there by now", "a re-run is enough", refusedBySTS(t, gitHub, "x", noAudience, trusts, evidence.Provider{ARN: arn, ClientIDs: []string{"x"}}), nil, nil, ""},
		{"hostile audience", "it is one word", refusedBySTS(t, gitHub, "x'; id; echo '$(id)", noAudience, trusts, evidence.Provider{ARN: arn, ClientIDs: []string{"y", "z"}}),
			[]string{"aws", "iam", "add-client-id-to-open-id-connect-provider", "--open-id-connect-provider-arn", arn, "--client-id", "x'; id; echo '$(id)"}, []string{"y", "z", "x'; id; echo '$(id)"}, ""},
		{"audience that is too long", "IAM takes 255 characters", refusedBySTS(t, gitHub, strings.Repeat("x", 256), noAudience, trusts, evidence.Provider{ARN: arn, ClientIDs: []string{"y", "z"}}), nil, nil, ""},
	} {
		t.Run(tt.label, func(t *testing.T) {
			p := remedy.Propose(tt.in, diagnosis.Diagnose(tt.in))
			at := slices.IndexFunc(p.Fixes, func(f remedy.Fix) bool { return f.Kind == remedy.KindRegister })
			if at < 0 {
				if tt.command != nil || len(p.Withheld) == 0 {
					t.Errorf("%s: nothing is offered, withheld %q", tt.reason, p.Withheld)
				}
				return
			}
			f := &p.Fixes[at]
			if diff := cmp.Diff(tt.command, shellWords(t, f.AWSCLI)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			var ids []string
			if f.Register != nil {
				ids = f.Register.ClientIDs
			}
			if diff := cmp.Diff(tt.ids, ids); diff != "" || f.Verified || f.Policy != "" {
				t.Errorf("%s, verified %v (-want +got):\n%s", tt.reason, f.Verified, diff)
			}
			if tt.warned != "" && !said(f.Warnings, tt.warned) {
				t.Errorf("warnings %q say nothing of %q", f.Warnings, tt.warned)
			}
		})
	}
}

// What was read before the call tells not that it is there by now.
func TestRegisteredBeforeTheCall(t *testing.T) {
	trusts := trusting(gitHub, assume, when("StringEquals", gitHub+":sub", onMain))
	there := evidence.Provider{ARN: provider + gitHub, ClientIDs: []string{"x"}}
	call := time.Date(2026, 10, 5, 14, 2, 0, 0, time.UTC)
	for _, message := range []string{"No OpenIDConnect provider found in your account for https://" + gitHub, "Incorrect token audience"} {
		for _, tt := range []struct {
			taken time.Time
			want  string
		}{
			{time.Time{}, "by now: re-run"},
			{call.Add(time.Minute), "by now: re-run"},
			{call.Add(-time.Minute), "before the call: read the account again"},
		} {
			in := refusedBySTS(t, gitHub, "x", message, trusts, there)
			in.Denial.Time, in.Account.TakenAt = call, tt.taken
			if p := remedy.Propose(in, diagnosis.Diagnose(in)); !said(p.Withheld, tt.want) {
				t.Errorf("%s, read at %s: withheld %q, want %q", message, tt.taken, p.Withheld, tt.want)
			}
		}
	}
}

// TestCallerLines: what the caller's side changes is YAML, whatever the values
// hold, and comes first where the caller more likely errs.
func TestCallerLines(t *testing.T) {
	for _, tt := range []struct {
		label       string
		suffix, aud string
		sub, source string
		first       bool
		path        []string
		want        string
	}{
		{"audience of GitHub", gitHub, "https://github.com/octo-org/x", onMain, trusting(gitHub, assume, `{"StringEquals":{"`+gitHub+`:aud":"sts.amazonaws.com","`+gitHub+`:sub":"`+onMain+`"}}`),
			false, nil, ""},
		{"made-up audience", gitHub, "made-up", onMain, trusting(gitHub, assume, `{"StringEquals":{"`+gitHub+`:aud":"sts.amazonaws.com","`+gitHub+`:sub":"`+onMain+`"}}`),
			true, []string{"with", "audience"}, "sts.amazonaws.com"},
		{"audience of GitLab", "gitlab.com", "made-up", "project_path:octo-org/api:ref_type:branch:ref:main",
			trusting("gitlab.com", assume, `{"StringEquals":{"gitlab.com:aud":"https://gitlab.com","gitlab.com:sub":"project_path:octo-org/api:ref_type:branch:ref:main"}}`), true, []string{"id_tokens", "AWS_TOKEN", "aud"}, "https://gitlab.com"},
		{"audience of EKS", cluster, "made-up", "system:serviceaccount:data:loader",
			trusting(cluster, assume, `{"StringEquals":{"`+cluster+`:aud":"sts.amazonaws.com","`+cluster+`:sub":"system:serviceaccount:data:loader"}}`), true, []string{"metadata", "annotations", "eks.amazonaws.com/audience"}, "sts.amazonaws.com"},
		{"namespace", cluster, "sts.amazonaws.com", "system:serviceaccount:default:loader", trusting(cluster, assume, when("StringEquals", cluster+":sub", "system:serviceaccount:data:loader")),
			true, []string{"metadata", "namespace"}, "data"},
		{"release name", cluster, "sts.amazonaws.com", "system:serviceaccount:data:blue-loader", trusting(cluster, assume, when("StringEquals", cluster+":sub", "system:serviceaccount:data:loader")),
			false, []string{"metadata", "name"}, "loader"},
		{"environment", gitHub, "sts.amazonaws.com", onMain, trusting(gitHub, assume, when("StringEquals", gitHub+":sub", "repo:octo-org/api:environment:&a # b%3Ac")), false, []string{"environment"}, "&a # b:c"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			in := diagnosis.Input{Denial: denied(tt.suffix, tt.aud, tt.sub), Account: holding(parse(t, tt.source))}
			p := remedy.Propose(in, diagnosis.Diagnose(in))
			at := slices.IndexFunc(p.Fixes, func(f remedy.Fix) bool { return f.Side == remedy.SideCaller })
			if at < 0 {
				if tt.path != nil {
					t.Errorf("nothing for the caller: %+v, withheld %q", p.Fixes, p.Withheld)
				}
				return
			}
			if (at == 0) != tt.first {
				t.Errorf("the caller's side is number %d", at+1)
			}
			var v any
			if err := yaml.Unmarshal([]byte(p.Fixes[at].Caller), &v); err != nil {
				t.Fatalf("%v in\n%s", err, p.Fixes[at].Caller)
			}
			if list, ok := v.([]any); ok {
				v = list[0]
			}
			for _, key := range tt.path {
				m, ok := v.(map[string]any)
				if !ok {
					t.Fatalf("no %v in\n%s", tt.path, p.Fixes[at].Caller)
				}
				v = m[key]
			}
			if v != tt.want {
				t.Errorf("%v is %v, want %q, in\n%s", tt.path, v, tt.want, p.Fixes[at].Caller)
			}
		})
	}
}
