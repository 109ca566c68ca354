// Package explain is the one way from a record to a report: [Call] for a call
// that CloudTrail recorded, [WhatIf] for one that might be made, [ClientError]
// for somebody who has only the client's message. The command line, the Lambda
// and the scanner all go through it.
package explain

import (
	"context"
	"fmt"
	"strings"
	"time"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
	"whydenied/pkg/remedy"
	"whydenied/pkg/report"
	"whydenied/pkg/trail"
)

// Call explains a recorded call. Evidence that cannot be read makes the report
// partial, never absent: a note says what is missing.
func Call(ctx context.Context, d trail.Denial, succeeded bool, source evidence.Source) report.Report {
	in := diagnosis.Input{Denial: d, Succeeded: succeeded}
	if in.Denial.Account == "" {
		in.Denial.Account = evidence.AccountOf(d.RoleARN.Value)
	}
	readAccount(ctx, &in, time.Time{}, source)
	r, _ := answer(in)
	return r
}

// answer diagnoses, and proposes what to change.
func answer(in diagnosis.Input) (report.Report, diagnosis.Diagnosis) {
	d := diagnosis.Diagnose(in)
	r := report.New(d)
	r.Propose(remedy.Propose(in, d))
	r.Partial = in.Account.Partial
	if in.Account.ID == in.Denial.Account {
		r.AccountAlias = in.Account.Alias
	}
	if role := in.Account.Role(in.Denial.RoleARN.Value); role != nil {
		r.RoleTags = role.Tags
	}
	return r, d
}

func readAccount(ctx context.Context, in *diagnosis.Input, since time.Time, source evidence.Source) {
	account, err := source.Account(ctx, evidence.Query{Account: in.Denial.Account, Role: in.Denial.RoleARN.Value, Time: in.Denial.Time, Since: since})
	if err != nil {
		account.Partial = true
		account.Notes = append(account.Notes, fmt.Sprintf("the account could not be read: %v", err))
	}
	in.Account = account
}

// Question is a call that might be made.
type Question struct {
	// Denial is the call: a recorded one, or one put together from a token.
	Denial trail.Denial
	// Made: it was put together.
	Made bool
	// Provider is used where Denial names none: a provider ARN, a built-in
	// provider's host, or an issuer with or without https://.
	Provider string
	// Policy is the trust policy to ask; where it is nil, that of the role
	// which Denial names is read from the source.
	Policy *policy.Document
	// Claims, OnlyClaims, Token and Context are as in [diagnosis.Input].
	Claims     map[string][]string
	OnlyClaims bool
	Token      *diagnosis.TokenFacts
	Context    map[string][]string
	// Since is when the account was changed, where that is known: what was read
	// of it earlier does not do.
	Since time.Time
	// Beyond: a note also says whom else the trust policy lets in, where it
	// allows the call.
	Beyond bool
}

// WhatIf answers whether a trust policy would allow a call. The source is not
// asked where the question brings its own policy.
func WhatIf(ctx context.Context, q Question, source evidence.Source) report.Report {
	in := diagnosis.Input{
		Denial: q.Denial, Made: q.Made, WhatIf: true, Policy: q.Policy,
		Claims: q.Claims, OnlyClaims: q.OnlyClaims, Token: q.Token, Context: q.Context,
	}
	if in.Denial.Account == "" {
		in.Denial.Account = evidence.AccountOf(q.Denial.RoleARN.Value)
	}
	note := ""
	if !in.Denial.Provider.Known {
		in.Denial.Provider, note = provider(q)
	}
	if q.Policy == nil {
		// A what-if asks about now, whenever the call was made.
		in.Denial.Time = time.Time{}
		readAccount(ctx, &in, q.Since, source)
	}
	if note != "" {
		in.Denial.Notes = append(in.Denial.Notes, note)
	}
	r, d := answer(in)
	r.Asked = true
	if d.Verdict == diagnosis.VerdictUnexplained && len(d.Causes) == 0 {
		r.Summary = "undecided: nothing that is known refuses the token, and what would decide is not known; see the notes"
	}
	if q.Beyond {
		r.Notes = append(remedy.Beyond(in, d), r.Notes...)
	}
	return r
}

// provider makes a provider ARN of what a person types. The account is that of
// the role; without one, that of the policy's own provider for the issuer,
// which then cannot be found to be the wrong one.
func provider(q Question) (text trail.Text, note string) {
	if q.Provider == "" {
		return trail.Text{}, ""
	}
	if p, err := oidc.ParseProvider(q.Provider); err == nil {
		return trail.Text{Value: p.Text, Known: true}, ""
	}
	suffix := oidc.SuffixOf(q.Provider)
	if p, err := oidc.ParseProvider(suffix); err == nil && p.BuiltIn {
		return trail.Text{Value: suffix, Known: true}, ""
	}
	partition, account := "aws", evidence.AccountOf(q.Denial.RoleARN.Value)
	if parts := strings.Split(q.Denial.RoleARN.Value, ":"); len(parts) > 1 {
		partition = parts[1]
	}
	if account == "" {
		partition, account = trustedAccount(q.Policy, suffix)
		note = "the role's account is not known, so only the issuer was compared and not the account in the provider ARN"
	}
	if account == "" {
		return trail.Text{}, "the role's account is not known, so the provider ARN is not"
	}
	p, err := oidc.ParseProvider(oidc.NewProviderARN(partition, account, suffix))
	if err != nil || strings.Contains(suffix, "://") {
		return trail.Text{}, fmt.Sprintf("%q can be no identity provider in IAM, whose URLs begin with https://", q.Provider)
	}
	return trail.Text{Value: p.Text, Known: true}, note
}

// trustedAccount is the account of the policy's provider for an issuer, or of
// its first provider.
func trustedAccount(doc *policy.Document, suffix string) (partition, account string) {
	if doc == nil {
		return "", ""
	}
	for i := range doc.Statements {
		for _, e := range doc.Statements[i].Principal.Entries {
			p, err := oidc.ParseProvider(e.Text)
			if err != nil || p.BuiltIn {
				continue
			}
			if p.Suffix == suffix {
				return p.Partition, p.Account
			}
			if account == "" {
				partition, account = p.Partition, p.Account
			}
		}
	}
	return partition, account
}

// ClientError says what the client's message alone can mean, and what to look
// at next.
func ClientError(message string) report.Report {
	refusal := diagnosis.ReadRefusal("", message)
	d := trail.Denial{ErrorMessage: message}
	if refusal.Code == diagnosis.CauseSTSRefused && !diagnosis.IsSTS(message) {
		r := report.New(diagnosis.Diagnosis{
			Verdict: diagnosis.VerdictUnexplained, Denial: d, Focus: diagnosis.NoStatement,
			Summary: "this is no message of STS that is known here",
		})
		r.Notes = append(r.Notes, "expected the error that the AWS client printed for AssumeRoleWithWebIdentity, whole")
		return r
	}
	if refusal.Code != "" {
		r := report.New(diagnosis.Diagnose(diagnosis.Input{Denial: d}))
		r.Notes = append([]string{"such refusals mostly leave no CloudTrail record"}, r.Notes...)
		return r
	}
	if diagnosis.OtherPolicy(message) != "" {
		return report.New(diagnosis.Diagnose(diagnosis.Input{Denial: d}))
	}
	r := report.New(diagnosis.Diagnosis{
		Verdict: diagnosis.VerdictUnexplained, Denial: d, Focus: diagnosis.NoStatement,
		Summary: "STS had accepted the token and found its provider; what refused is the role's trust policy, or something beyond it",
	})
	r.Notes = append(r.Notes,
		"the same message stands for a role that does not exist, a trust policy that does not name the provider, a condition that is false, a Deny statement, and a missing sts:TagSession or sts:SetSourceIdentity",
		"that the provider exists in the account and accepts the audience is settled: STS checks both before; whether the role trusts that provider is not",
		"CloudTrail records what the token said, in the role's account and the region of the STS endpoint (us-east-1 for the global one), within about 15 minutes: find the record with aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRoleWithWebIdentity, and give it to whydenied explain",
		"no record there means another account, another region, or a refusal before the trust policy")
	return r
}
