package sample

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"whydenied/pkg/scan"
	"whydenied/pkg/trail"
)

// call is one kind of refused call, and when in the month it is made.
type call struct {
	account, role, provider string
	aud, sub                string
	alsoSubjects            []string
	code, message           string // AccessDenied, unless STS says more
	tags                    map[string]string
	agent                   string
	from                    []string
	still                   scan.Still

	since, until int // hours of the month
	workdays     bool
	each         int // a try every so many hours, more or less
	tries        int // calls of a try
}

const (
	prod     = "222233334444"
	data     = "111122223333"
	gitHub   = "token.actions.githubusercontent.com"
	cluster  = "oidc.eks.eu-west-1.amazonaws.com/id/9B2E6A1C5D7F40839C2B8E1A6F0D3C75"
	stsAud   = "sts.amazonaws.com"
	actions  = "aws-sdk-nodejs/3.896.0 configure-aws-credentials-for-github-actions"
	goPods   = "aws-sdk-go-v2/1.39.2 os/linux lang/go#1.25.1 api/sts#1.38.6"
	boto     = "Boto3/1.40.21 md/Botocore#1.40.21 lang/python#3.12.11"
	awsCLI   = "aws-cli/2.31.5 md/awscrt#0.27.6 command/sts.assume-role-with-web-identity"
	always   = hours
	expired  = "Token expired: current date/time 1763942400 must be before the expiration date/time1763938799"
	release  = "repo:octo-org/signer:ref:refs/tags/v4.12.0"
	stranger = "repo:someone-else/api:ref:refs/heads/main"
)

// calls are the month's, the one that hurts most first.
var calls = []call{
	{account: prod, role: "eks/ledger-writer", provider: cluster, aud: stsAud, sub: "system:serviceaccount:ledger:writer", agent: goPods,
		from: []string{"10.42.18.77", "10.42.21.4", "10.42.30.119"}, still: scan.StillYes, since: 566, until: always, each: 1, tries: 22},
	{account: data, role: "prefect-flows", provider: "api.prefect.cloud/oidc-provider", aud: "prefect-cloud", sub: "prefect:account:3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8",
		agent: boto, from: []string{"198.51.100.15"}, still: scan.StillYes, until: always, each: 3, tries: 8},
	{account: prod, role: "web-deploy", provider: gitHub, aud: stsAud, sub: "repo:octo-org/web:environment:production", agent: actions,
		from: []string{"20.57.41.9", "52.240.13.180"}, still: scan.StillYes, since: 573, until: always, workdays: true, each: 3, tries: 12},
	{account: prod, role: "api-deploy", provider: gitHub, aud: stsAud, sub: "repo:octo-org@583231/api@70107786:ref:refs/heads/main", agent: actions,
		from: []string{"20.57.41.9", "13.83.4.77"}, still: scan.StillYes, since: 640, until: always, workdays: true, each: 2, tries: 12},
	{account: data, role: "finance-export", provider: "ci.acme.example/api/oidc", aud: stsAud, sub: "p/octo:f/finance/export:b/main", agent: awsCLI,
		from: []string{"203.0.113.80"}, still: scan.StillYes, since: 90, until: always, each: 7, tries: 5},
	{account: prod, role: "terraform-plan", provider: gitHub, aud: stsAud, sub: "repo:octo-org/infra:pull_request", agent: actions,
		from: []string{"52.240.13.180"}, still: scan.StillYes, since: 410, until: always, workdays: true, each: 9, tries: 12},
	{account: prod, role: "buildkite-deploy", provider: "agent.buildkite.com", aud: stsAud, agent: awsCLI,
		sub:          "organization:octo-org:pipeline:web:ref:refs/heads/main:commit:8f1c0de2b7a94b0c9d1e2f3a4b5c6d7e8f901234:step:deploy",
		alsoSubjects: []string{"organization:octo-org:pipeline:web:ref:refs/heads/main:commit:11ac9e0277fb4d7f8a8b0f4d29cc0e6b5a3d7712:step:deploy"},
		tags:         map[string]string{"organization_slug": "octo-org", "pipeline_slug": "web"},
		from:         []string{"198.51.100.121"}, still: scan.StillYes, since: 480, until: always, workdays: true, each: 11, tries: 3},
	{account: data, role: "warehouse-loader", provider: cluster, aud: stsAud, sub: "system:serviceaccount:data:loader", agent: goPods,
		from: []string{"10.42.7.13"}, still: scan.StillYes, since: 690, until: always, each: 2, tries: 9},
	{account: prod, role: "api-deploy", provider: gitHub, aud: stsAud, sub: stranger, agent: "aws-cli/2.17.4 Python/3.11.9 Linux/6.1",
		from: []string{"203.0.113.7"}, still: scan.StillYes, since: 703, until: 707, each: 1, tries: 3},
	{account: prod, role: "release-sign", provider: gitHub, aud: stsAud, sub: release, agent: actions,
		from: []string{"13.83.4.77"}, still: scan.StillQuiet, since: 500, until: 530, each: 6, tries: 12},
	{account: data, role: "mobile-release", provider: "gitlab.com", aud: "https://gitlab.com", sub: "project_path:octo-mobile/app:ref_type:branch:ref:main", agent: awsCLI,
		from: []string{"34.74.90.64"}, still: scan.StillQuiet, since: 250, until: 300, each: 5, tries: 2},
	{account: prod, role: "infra-apply", provider: gitHub, aud: stsAud, sub: "repo:octo-org/infra:ref:refs/heads/main", agent: actions,
		from: []string{"52.240.13.180"}, still: scan.StillMended, since: 120, until: 170, each: 2, tries: 12},
	{account: prod, role: "nightly-batch", provider: gitHub, aud: stsAud, sub: "repo:octo-org/batch:ref:refs/heads/main", code: "ExpiredTokenException", message: expired,
		agent: boto, from: []string{"20.57.41.9"}, still: scan.StillMended, until: 620, each: 90, tries: 1},
	{account: prod, role: "api_deploy", provider: gitHub, aud: stsAud, sub: "repo:octo-org/api:environment:staging", agent: actions,
		from: []string{"13.83.4.77"}, still: scan.StillQuiet, since: 330, until: 350, each: 4, tries: 12},
}

// spread is how many calls are made in each hour. The same seed gives the same
// month.
func (c *call) spread(seed uint64) map[int]int {
	counts := map[int]int{}
	for hour := c.since; hour < c.until; hour++ {
		seed = seed*6364136223846793005 + 1442695040888963407
		n := int(seed >> 33)
		when := start().Add(time.Duration(hour) * time.Hour)
		day, clock := when.Weekday(), when.Hour()
		if c.workdays && (day == time.Saturday || day == time.Sunday || clock < 7 || clock > 18) {
			continue
		}
		if n%c.each == 0 {
			counts[hour] = max(c.tries*(6+n/7%9)/10, 1)
		}
	}
	return counts
}

// denial reads the call out of its record, as CloudTrail writes one.
func (c *call) denial(hour int, seed uint64) (trail.Denial, error) {
	code, message := "AccessDenied", "An unknown error occurred"
	if c.code != "" {
		code, message = c.code, c.message
	}
	arn, provider := "arn:aws:iam::"+c.account+":role/"+c.role, "arn:aws:iam::"+c.account+":oidc-provider/"+c.provider
	parameters := map[string]any{"roleArn": arn, "roleSessionName": "session-" + c.role[strings.LastIndex(c.role, "/")+1:]}
	if c.tags != nil {
		parameters["principalTags"] = c.tags
	}
	record, err := json.Marshal(map[string]any{
		"eventVersion": "1.11", "eventTime": at(hour, 1_931).Format(time.RFC3339), "eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity",
		"userIdentity": map[string]any{"type": "WebIdentityUser", "principalId": provider + ":" + c.aud + ":" + c.sub, "userName": c.sub, "identityProvider": provider},
		"awsRegion":    "eu-west-1", "sourceIPAddress": c.from[0], "userAgent": c.agent, "errorCode": code, "errorMessage": message,
		"requestParameters": parameters, "responseElements": nil, "eventID": fmt.Sprintf("d23f0824-128b-4f33-8c5c-7fd0a6a3%04x", seed),
		"requestID": "6513270e-269e-4d37-b2a7-4de452e6b438", "readOnly": true, "eventType": "AwsApiCall", "managementEvent": true,
		"resources": []any{map[string]any{"accountId": c.account, "type": "AWS::IAM::Role", "ARN": arn}}, "recipientAccountId": c.account, "eventCategory": "Management",
		"tlsDetails": map[string]any{"tlsVersion": "TLSv1.3", "clientProvidedHostHeader": "sts.eu-west-1.amazonaws.com"},
	})
	if err != nil {
		return trail.Denial{}, err
	}
	for _, item := range trail.Parse("sample", record) {
		if item.Kind == trail.KindDenied {
			return item.Denial, nil
		}
	}
	return trail.Denial{}, fmt.Errorf("the record of %q is not read as a denial", c.role)
}

// Bad is text that a caller might choose: markup, a link, another script, what
// a terminal obeys, what reorders and hides, a formula, and very long.
func Bad() string {
	return "repo:octo-org/api\x1b[2J\x1b]0;owned\a\u202e\u2066:```\n</code></details></script><script>window.ran=1</script>|<img src=x onerror=\"window.ran=1\">" +
		"|![x](https://evil.example/x.png)|[a](javascript:alert(1)) @octo-org/admins #1 {{.}} ${1} ' \" \u200b\xff\u009b31m \u00e9\u0301\u4e2d\u6587\U0001f600\u05d0\\u202e " + strings.Repeat("<!channel>--><!--:", 180)
}
