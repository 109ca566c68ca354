package report_test

import (
	"encoding/json"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/report"
)

// fixture is a report whose renderings are held by golden files.
type fixture struct {
	name   string
	report report.Report
}

func fixtures() []fixture {
	return []fixture{
		{"prefect", prefectCase()},
		{"environment", environmentCase()},
		{"alias", aliasCase()},
		{"case-differs", caseDiffers()},
		{"immutable", immutableCase()},
		{"stranger", strangerCase()},
		{"no-role", noRoleCase()},
		{"beyond", beyondCase()},
		{"expired", expiredCase()},
		{"allowed", allowedCase()},
		{"hidden-claim", hiddenCase()},
		{"misnamed-key", misnamedCase()},
		{"several", severalCase()},
		{"long-subject", longCase()},
		{"hostile", hostileCase()},
		{"not-known", notKnownCase()},
		{"role-not-found", roleNotFoundCase()},
		{"excluded", excludedCase()},
		{"register", registerCase()},
		{"withheld", withheldCase()},
		{"changed", changedCase()},
		{"changed-stranger", changedStranger()},
		{"changed-much", changedMuch()},
		{"changed-tried", changedTried()},
		{"changed-not-held", changedNotHeld()},
		{"changed-no-role", changedNoRole()},
		{"changed-deleted", changedDeleted()},
		{"changed-audience", changedAudience()},
		{"changed-hostile", changedHostile()},
	}
}

func prefectCase() report.Report {
	r := refused(prefect, "prefect-flows", "prefect-cloud", "prefect:account:"+prefectID)
	r.Denial.Issuer, r.Denial.SubReads = "Prefect Cloud", "account "+prefectID
	c := subDiffers(&r, prefect, *r.Denial.Sub, "prefect:cloud:"+prefectID)
	c.Hints = []string{"segment_differs"}
	c.Reason = `Its second part is "account" where the policy expects "cloud". Prefect Cloud's subjects have the form prefect:account:<account id>.`
	c.Message = `sub is "prefect:account:` + prefectID + `"; the role expects "prefect:cloud:` + prefectID + `". ` + c.Reason
	policy := func(kind string) string {
		return `{
    "Statement": {
        "Condition": {
            "StringEquals": {
                "` + prefect + `:aud": "prefect-cloud",
                "` + prefect + `:sub": "prefect:` + kind + `:` + prefectID + `"
            }
        }
    }
}`
	}
	r.Fixes = []report.Fix{{
		Title: `Write "` + *r.Denial.Sub + `" in the place of "prefect:cloud:` + prefectID + `"`, Kind: "correct", Side: "role", Verified: true,
		Policy: json.RawMessage(policy("account")), Diff: "--- a/trust-policy.json\n+++ b/trust-policy.json\n@@ -4,6 +4,6 @@\n" +
			"             \"StringEquals\": {\n                 \"" + prefect + ":aud\": \"prefect-cloud\",\n-                \"" + prefect + ":sub\": \"prefect:cloud:" + prefectID + "\"\n" +
			"+                \"" + prefect + ":sub\": \"prefect:account:" + prefectID + "\"\n             }\n         }\n     }\n",
		AWSCLI: `aws iam update-assume-role-policy --role-name prefect-flows --policy-document '{"Statement":{}}'`, Admits: *r.Denial.Sub,
		WideCure: `The pattern "prefect:account:*", as is often advised, would also let in another account.`, Warnings: []string{},
	}}
	r.Trace = []report.Statement{{Effect: "Allow", Truth: "false", Parts: []report.Part{
		part("StringEquals", prefect+":aud", "prefect-cloud", "prefect-cloud", "true"),
		part("StringEquals", prefect+":sub", "prefect:cloud:"+prefectID, *r.Denial.Sub, "false"),
	}}}
	return r
}

// registerCase is about the identity provider, and holds a command that a
// terminal breaks into lines.
func registerCase() report.Report {
	r := refused(prefect, "prefect-flows", "prefect-cloud", "prefect:account:"+prefectID)
	r.Denial.ErrorCode, r.Denial.ErrorMessage = "InvalidIdentityToken", "No OpenIDConnect provider found in your account for https://"+prefect
	c := cause(diagnosis.CauseProviderNotRegistered, "provider")
	c.Presented = []string{prefect}
	c.Message = "the account has no identity provider for this issuer."
	r.Causes, r.Summary = []report.Cause{c}, c.Message
	r.Fixes = []report.Fix{{
		Title: `Register the issuer "https://` + prefect + `" as an identity provider in account ` + account, Kind: "register", Side: "provider",
		AWSCLI:   "aws iam create-open-id-connect-provider --url 'https://" + prefect + "' --client-id-list 'prefect-cloud'",
		Register: &report.Registration{URL: "https://" + prefect, ClientIDs: []string{"prefect-cloud"}}, Warnings: []string{},
		Terraform: "resource \"aws_iam_openid_connect_provider\" \"prefect\" {\n  url            = \"https://" + prefect + "\"\n  client_id_list = [\"prefect-cloud\"]\n}\n",
	}}
	return r
}

// withheldCase has a cause that looks easy to mend, and no fix.
func withheldCase() report.Report {
	r := refused(gitHub, "api-deploy", stsAud, onMain)
	c := subDiffers(&r, gitHub, onMain, "repo:<org>/<repo>:*")
	c.Hints = []string{"placeholder"}
	c.Reason = "The policy still has a placeholder, or a part that a template left empty."
	r.FixWithheld = true
	r.Notes = []string{`no change of the trust policy is offered: the condition names no owner "octo-org" in so many letters, so confirm who owns it`}
	return r
}

func aliasCase() report.Report {
	r := caseDiffers()
	r.AccountAlias = "octo-tools"
	return r
}

func environmentCase() report.Report {
	r := refused(gitHub, "api-deploy", stsAud, production)
	r.Denial.Issuer, r.Denial.SubReads = "GitHub Actions", "repository octo-org/api, environment production"
	c := subDiffers(&r, gitHub, production, "repo:octo-org/web:environment:production", onMain,
		"repo:octo-org/api:ref:refs/heads/release", "repo:octo-org/docs:ref:refs/heads/main", "repo:octo-org/infra:pull_request", "repo:octo-org/site:pull_request")
	c.Sid, c.Hints = "Deploy", []string{"subject_shape_differs"}
	c.Excerpt = `                        "` + onMain + `",`
	c.Reason = `The policy is for a subject of kind "branch", the token is for repository octo-org/api, environment production. A job that names an environment sends it in place of the branch.`
	r.Alternatives = []report.Alternative{{Statement: 1, Causes: []report.Cause{cause(diagnosis.CauseProviderARNMismatch, "provider_arn")}, Checks: []report.Check{}}}
	r.Changes = []report.Change{{Time: *at("2026-11-24T14:05:40Z"), Event: "UpdateAssumeRolePolicy", EventID: "7", By: arn + "user/ana", Role: "api-deploy", After: true}}
	r.Fixes = []report.Fix{
		{Title: `Admit "` + production + `" beside the present subjects`, Kind: "add", Side: "role", Verified: true, Diff: "--- a/trust-policy.json\n+++ b/trust-policy.json\n@@ -1,2 +1,3 @@\n" +
			`     "` + onMain + `"` + "\n+    \"" + production + "\"\n ]\n", Warnings: []string{"a job of any branch that may use this environment gets this subject: limit the environment to the branches that are meant"}},
		{Title: "Caller's side, if this caller is not meant: run as what the role expects", Kind: "caller", Side: "caller", Caller: "on:\n  push:\n    branches: [\"main\"]", Warnings: []string{}},
	}
	r.Notes = []string{`the trust policy changed since (2026-11-24 14:05:40 UTC by "` + arn + `user/ana"), and the present one allows this token: re-run`}
	return r
}

func caseDiffers() report.Report {
	r := refused(gitHub, "api-deploy", stsAud, onMain)
	r.Denial.SubReads = "repository octo-org/api, branch refs/heads/main"
	c := subDiffers(&r, gitHub, onMain, "repo:Octo-Org/api:ref:refs/heads/main")
	c.Hints, c.Reason = []string{"case_differs"}, `The policy says "Octo-Org", the token says "octo-org": upper and lower case count.`
	return r
}

func immutableCase() report.Report {
	sub := "repo:octo-org@123456/api@456789:ref:refs/heads/main"
	r := refused(gitHub, "api-deploy", stsAud, sub)
	c := subDiffers(&r, gitHub, sub, onMain)
	c.Hints = []string{"immutable_subject"}
	c.Reason = "GitHub now puts the ids of owner and repository into the subjects of some repositories, and the policy and the token differ in that."
	return r
}

func strangerCase() report.Report {
	r := refused(gitHub, "api-deploy", stsAud, "repo:someone-else/api:ref:refs/heads/main")
	r.Stranger = true
	r.Denial.SubReads, r.Denial.SourceIP, r.Denial.UserAgent = "repository someone-else/api, branch refs/heads/main", "203.0.113.7", "aws-cli/2.17.4"
	c := subDiffers(&r, gitHub, *r.Denial.Sub, onMain)
	c.Reason = `Its second part is "someone-else/api" where the policy expects "octo-org/api".`
	return r
}

func noRoleCase() report.Report {
	sub := "repo:octo-org/web:environment:staging"
	r := refused(gitHub, "", stsAud, sub)
	r.Verdict, r.Denial.RoleARN, r.Denial.Missing = "suspected", nil, []string{"requestParameters.roleArn"}
	set(&r, checked("role", "unknown"))
	subDiffers(&r, gitHub, sub, "repo:octo-org/web:ref:refs/heads/main").Confidence = "likely"
	for _, role := range []struct{ name, expects string }{
		{"web-staging", "repo:octo-org/web:ref:refs/heads/main"}, {"ci/web-prod", "repo:octo-org/web:environment:production"},
		{"a-role-with-a-rather-long-name-of-its-own", "repo:octo-org/a-repository-with-a-long-name:ref:refs/heads/main"},
	} {
		other := refused(gitHub, role.name, stsAud, sub)
		subDiffers(&other, gitHub, sub, role.expects)
		r.Candidates = append(r.Candidates, report.Candidate{RoleARN: *other.Denial.RoleARN, Checks: other.Checks, Causes: other.Causes})
	}
	r.Candidates = append(r.Candidates, report.Candidate{RoleARN: arn + "role/web-any", Allows: true, Checks: []report.Check{}, Causes: []report.Cause{}})
	r.Notes = []string{
		"CloudTrail did not record the role; the job's log has it",
		"which role was asked for is not known, and the role may not exist: this is about the nearest one, " + arn + "role/web-staging",
	}
	return r
}

func beyondCase() report.Report {
	r := refused("oidc.eks.eu-west-1.amazonaws.com/id/4F1C9B0D6E7A4F1C9B0D6E7A4F1C9B0D", "loader", stsAud, "system:serviceaccount:data:loader")
	r.Verdict = "unexplained"
	c := cause(diagnosis.CauseBeyondTrustPolicy, "provider_arn")
	c.Confidence = "possible"
	c.Message = "everything that CloudTrail shows does match. Look at resource control policies of the organization, at the policy of a VPC endpoint, and at a change made since; do not loosen the trust policy."
	r.Causes = []report.Cause{c}
	set(&r, checked("tags", "unknown"))
	return r
}

func expiredCase() report.Report {
	r := refused(gitHub, "api-deploy", stsAud, onMain)
	r.Denial.ErrorCode, r.Denial.ErrorMessage = "ExpiredTokenException", "Token expired: current date/time 1764000000 must be before the expiration date/time 1763999000"
	set(&r, checked("token", "mismatch"))
	set(&r, checked("client_ids", "unknown"))
	c := cause(diagnosis.CauseTokenExpired, "token")
	c.Presented = []string{r.Denial.ErrorMessage}
	c.Message = `the token had expired when STS looked at it, or was issued too long ago; the caller has to fetch a new one. STS said: "` + r.Denial.ErrorMessage + `".`
	r.Causes = []report.Cause{c}
	return r
}

func allowedCase() report.Report {
	r := refused(gitHub, "api-deploy", stsAud, onMain)
	r.Verdict, r.Summary = "allowed", "allowed: the trust policy allows this token"
	r.Denial = report.Denial{ProviderARN: r.Denial.ProviderARN, Aud: r.Denial.Aud, Sub: r.Denial.Sub}
	for _, element := range []string{"token", "role", "provider", "client_ids"} {
		set(&r, checked(element, "not_required"))
	}
	return r
}

func hiddenCase() report.Report {
	r := refused(gitHub, "api-deploy", stsAud, onMain)
	r.Verdict = "suspected"
	key := gitHub + ":repository_visibility"
	c := differs(&r, diagnosis.CauseHiddenClaim, key, "StringEquals", key, "", "private", "internal")
	c.Presented, c.Confidence = []string{}, "possible"
	c.Message = "the outcome rests on " + key + ", which CloudTrail does not record."
	set(&r, tested(key, "unknown", "StringEquals", key))
	set(&r, tested("sts:RoleSessionName", "match", "StringEquals", "sts:RoleSessionName", "ci"))
	r.Notes = []string{key + " is unknown: " + key + " is not in the record; the token itself would settle it"}
	return r
}

func misnamedCase() report.Report {
	r := refused(prefect, "prefect-flows", "prefect-cloud", "prefect:account:"+prefectID)
	key := "api.prefect.cloud/oidc:sub"
	c := differs(&r, diagnosis.CauseConditionKeyMisnamed, "sub", "StringEquals", key, *r.Denial.Sub, *r.Denial.Sub)
	c.Hints = []string{"issuer_path_missing"}
	c.Message = `the condition key "` + key + `" is never in this request: keys of this provider begin with "` + prefect + `:", so it has to be "` + prefect + `:sub".`
	return r
}

func severalCase() report.Report {
	r := refused(gitHub, "api-deploy", "https://github.com/octo-org", production)
	c := differs(&r, diagnosis.CauseAudMismatch, "aud", "StringEquals", gitHub+":aud", *r.Denial.Aud, stsAud)
	c.Reason = `The policy says "` + stsAud + `", the token says "https://github.com/octo-org".`
	subDiffers(&r, gitHub, production, onMain).Reason = "A job that names an environment sends it in place of the branch."
	tags := cause(diagnosis.CauseTagSessionNotAllowed, "tags")
	tags.Statement, tags.Line, tags.Column, tags.Path, tags.Excerpt = index(0), 7, 13, "Statement[0].Action", `            "Action": "sts:AssumeRoleWithWebIdentity",`
	tags.Expected, tags.Presented = []string{"sts:TagSession"}, []string{"pipeline", "team"}
	tags.Message = "the token carries session tags, so the trust policy has to allow sts:TagSession for this provider as well, and it does not."
	set(&r, checked("tags", "mismatch", "pipeline", "team"))
	r.Causes = append(r.Causes, tags)
	return r
}

func longCase() report.Report {
	sub := "organization:octo-org:project:Default Project:workspace:" + strings.Repeat("payments-", 60) + "eu:run_phase:apply"
	r := refused("app.terraform.io", "terraform", "aws.workload.identity", sub)
	c := subDiffers(&r, "app.terraform.io", sub, strings.Replace(sub, "payments-eu:run_phase:apply", "payments-eu:run_phase:plan", 1))
	c.Reason = `The policy says "plan", the token says "apply".`
	return r
}

// hostileCase is a subject that tries every place in which it is shown.
func hostileCase() report.Report {
	sub := "repo:octo-org/api\x1b[2J\x1b]0;owned\a\u202e\u2066:```\n</code></details><script>alert(1)</script>|![x](https://evil.example/x.png)" +
		"|[a](javascript:alert(1)) @octo-org/admins #1 `code` *b* \u200b\xff\u009b31m \u00e9\u0301\u4e2d\u6587\U0001f600\u05d0\\u202e " + strings.Repeat("<!channel>:", 180)
	r := refused(gitHub, "api-deploy", stsAud, sub)
	c := subDiffers(&r, gitHub, sub, onMain)
	c.Message = "sub is " + sub
	c.Excerpt = `"` + gitHub + ":sub\": \"```\u202e\x1b[31m<b>\""
	c.Sid, c.File = "`|<b>\n", "trust\x1b[2J.json"
	r.Denial.RoleARN = text(arn + "role/`|\x1b[31m@octo-org <img src=x>")
	r.Denial.SubReads, r.Denial.UserAgent = "repository "+sub[:60], "curl\r\n\x1b[2J`|@octo-org <img src=x>"
	r.AccountAlias = "prod\x1b[2J`|<!channel> @octo-org [a](https://evil.example) (222233334444) \u202e" + strings.Repeat("x", 300)
	r.Notes = []string{"a note with \x1b[2J, \"quoted `|@octo-org\" and https://evil.example <script>"}
	r.Candidates = []report.Candidate{{RoleARN: *r.Denial.RoleARN, Checks: r.Checks, Causes: r.Causes}}
	r.Trace = []report.Statement{{Sid: "`|<b>\n", Effect: "Allow", Truth: "false", Parts: []report.Part{part("StringEquals", gitHub+":sub", onMain, sub, "false")}}}
	return r
}

func notKnownCase() report.Report {
	r := refused(gitHub, "api-deploy", stsAud, onMain)
	r.Verdict, r.Summary = "unexplained", "nothing that can be checked explains the refusal; see the notes for what is not known"
	set(&r, checked("role", "unknown"))
	set(&r, checked("provider_arn", "unknown", *r.Denial.ProviderARN))
	set(&r, checked("aud", "unknown", stsAud))
	set(&r, checked("sub", "unknown", onMain))
	r.Notes = []string{"the role's trust policy was not read"}
	return r
}

func roleNotFoundCase() report.Report {
	r := refused(gitHub, "api_deploy", stsAud, onMain)
	for _, element := range []string{"provider_arn", "action", "aud", "sub", "tags", "source_identity", "deny"} {
		set(&r, checked(element, "unknown"))
	}
	set(&r, checked("role", "mismatch", *r.Denial.RoleARN))
	c := cause(diagnosis.CauseRoleNotFound, "role")
	c.Expected, c.Presented, c.Hints = []string{arn + "role/api-deploy"}, []string{*r.Denial.RoleARN}, []string{"typo"}
	c.Message = `the account has no role "` + *r.Denial.RoleARN + `". It has "` + c.Expected[0] + `"; did the caller mean that?`
	r.Causes = []report.Cause{c}
	return r
}

// excludedCase is a what-if on a file whose policy is one line.
func excludedCase() report.Report {
	sub := "repo:octo-org/api:pull_request"
	r := refused(gitHub, "", stsAud, sub)
	r.Denial = report.Denial{ProviderARN: r.Denial.ProviderARN, Aud: r.Denial.Aud, Sub: r.Denial.Sub}
	set(&r, checked("role", "not_required"))
	c := differs(&r, diagnosis.CauseSubMismatch, "sub", "StringNotLike", gitHub+":sub", sub, "repo:octo-org/api:pull_request", "repo:octo-org/*:environment:*")
	c.File, c.Line = "trust.json", 1
	c.Excerpt = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"` + arn + "oidc-provider/" + gitHub +
		`"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringNotLike":{"` + gitHub + `:sub":["repo:octo-org/api:pull_request","repo:octo-org/*:environment:*"]}}}]}`
	c.Column = strings.Index(c.Excerpt, gitHub+":sub")
	c.Message = `sub is "` + sub + `", which StringNotLike excludes.`
	return r
}
