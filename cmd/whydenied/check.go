package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/explain"
	"whydenied/pkg/report"
	"whydenied/pkg/trail"
)

// question is what check was asked, by its flags.
type question struct {
	policies, events           []string
	policy, token, provider    string // policy is the only one of policies
	role, account, message, at string
	claims, context            []string
	onlyClaims                 bool

	past *past // what --event brought
}

func (a *app) check() *cobra.Command {
	var q question
	var c *cloud
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say whether a trust policy would allow a token, and what is wrong with it",
		Long: `check asks about a call that might be made. The trust policy is a file (a policy
document, the output of "aws iam get-role", Terraform, a plan as "terraform show
-json" prints it, a CloudFormation or SAM template), a folder of these, or that
of a role: in AWS, as it is, or in the snapshot that --account names. What files
leave to references that are not in them is unknown, and said to be.
The token is that of a recorded event, a JWT (decoded, not verified; never
printed and never kept), or single claims. Of what is allowed, a note says whom
else the trust policy lets in.
Several events are judged one by one, each by the trust policy of its role:
which change from refused to allowed, and the other way round.
Without a token check lints: it finds conditions that can never hold, values that
a template left empty, subjects that admit strangers. With --account it also
holds provider and audience against those of the account.
sarif and github as a --format print what was found for code scanning, and as
annotations in GitHub Actions.

Exit status: 0 allowed, 1 refused or undecided, 2 bad usage or input,
3 evidence could not be read. With several events: 0 where each that was refused
is allowed and none that was allowed is refused, 1 otherwise. Without a token:
0 where nothing was found but notes, 1 otherwise.`,
		Example: `  whydenied check --policy events/prefect-advice/provider.json --event events/prefect-subject.json
  whydenied check --policy role.json --token - < token.jwt
  whydenied check --account events/account.json --role web-deploy --provider token.actions.githubusercontent.com \
      --claim aud=sts.amazonaws.com --claim sub=repo:octo-org/web:ref:refs/heads/main
  whydenied check --role web-deploy --token token.jwt --profile prod
  whydenied check --policy infra/ --event denials/
  whydenied check --policy infra/ --format github
  whydenied check --error 'Not authorized to perform sts:AssumeRoleWithWebIdentity'`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.unshareable(&q, cmd.Flags().Changed("error")); err != nil {
				return err
			}
			if cmd.Flags().Changed("error") {
				return a.clientError(cmd, q.message)
			}
			return a.runCheck(cmd.Context(), &q, c)
		},
	}
	c = a.cloudFlags(cmd)
	c.readerFlags(cmd)
	a.shareFlag(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&q.policies, "policy", nil, "`FILE` or folder with the trust policy; nothing else is then read; without a token several may be given")
	f.StringVar(&q.account, "account", "", "`FILE` with a snapshot of the account, instead of AWS")
	f.StringVar(&q.role, "role", "", "`ARN` or name of the role; with --policy also its address, where the file has several")
	f.StringArrayVar(&q.events, "event", nil, "`FILE` with the CloudTrail record of the call; several, or a folder, are judged one by one")
	f.StringVar(&q.token, "token", "", "`FILE` with the token, a JWT; - for standard input")
	f.StringVar(&q.provider, "provider", "", "provider `ARN`, or issuer, of the token")
	f.StringArrayVar(&q.claims, "claim", nil, "a claim of the token as `NAME=VALUE`; may be repeated, also for one claim with several values")
	f.BoolVar(&q.onlyClaims, "only-claims", false, "the token has no other claim: what is not given is absent, not unknown")
	f.StringArrayVar(&q.context, "context", nil, "one of AWS's own condition keys as `KEY=VALUE`, such as aws:SourceIp=192.0.2.7; may be repeated")
	f.StringVar(&q.at, "at", "", "judge exp and iat, and conditions on the date, at this `TIME` (RFC 3339, or seconds since 1970)")
	f.StringVar(&q.message, "error", "", "explain the client's message `TEXT` alone")
	return cmd
}

// clientError explains a message, for those who have nothing else.
func (a *app) clientError(cmd *cobra.Command, message string) error {
	for _, name := range []string{"policy", "account", "role", "event", "token", "provider", "claim", "only-claims", "context", "at",
		"profile", "region", "reader-role", "external-id"} {
		if cmd.Flags().Changed(name) {
			return usage("--error explains the client's message alone: leave out --%s, or leave out --error", name)
		}
	}
	if message == "" {
		return usage("--error is empty, expected the message that the client printed")
	}
	r := explain.ClientError(message)
	if err := a.printAnswer(&r, ""); err != nil {
		return err
	}
	return ended(statusRefused)
}

func (a *app) runCheck(ctx context.Context, q *question, c *cloud) error {
	if err := q.combine(); err != nil {
		return err
	}
	if q.lints() {
		return a.runLint(ctx, q, c)
	}
	many, err := a.readEvents(ctx, q)
	switch {
	case err != nil:
		return err
	case many && a.share:
		return usage("--share makes a report, and several calls are a list: give one --event, or leave out --share")
	case many:
		return a.checkPast(ctx, q, c)
	}
	return a.checkOne(ctx, q, c)
}

// checkOne says what the trust policy would do with one token.
func (a *app) checkOne(ctx context.Context, q *question, c *cloud) error {
	asked, err := a.presented(q)
	if err != nil {
		return err
	}
	account, err := a.asked(ctx, q, c, &asked)
	if err != nil {
		return err
	}
	if q.token != "" {
		a.sayToken(&asked)
	}
	asked.Beyond = true
	r := explain.WhatIf(ctx, asked, account)
	if ctx.Err() != nil {
		return interrupted()
	}
	if err := a.printAnswer(&r, q.policy); err != nil {
		return err
	}
	if account != nil {
		if err := account.status(); err != nil {
			return err
		}
	}
	if r.Verdict != string(diagnosis.VerdictAllowed) {
		return ended(statusRefused)
	}
	return nil
}

// printAnswer prints a report, or what it found.
func (a *app) printAnswer(r *report.Report, file string) error {
	if a.isForTools() {
		return a.printFindings(reported(r, file), "")
	}
	return a.printer().print(r)
}

// asked brings the trust policy that is asked, or the source that has it, and
// the role that it belongs to.
func (a *app) asked(ctx context.Context, q *question, c *cloud, asked *explain.Question) (source, error) {
	if q.policy != "" {
		if err := c.unused("--policy"); err != nil {
			return nil, err
		}
		return nil, a.bringPolicy(q, asked)
	}
	account, err := a.source(q.account, c)
	c.instead += ", or the trust policy with --policy FILE"
	if err == nil {
		err = account.ready(ctx)
	}
	if err != nil || q.role == "" {
		return account, err
	}
	role, err := account.roleARN(ctx, q.role, &asked.Denial)
	asked.Denial.RoleARN = trail.Known(role)
	return account, err
}

// sayToken prints who the token says it is for, from and about, and nothing
// else of it.
func (a *app) sayToken(asked *explain.Question) {
	for _, name := range []string{"iss", "aud", "sub"} {
		for _, value := range asked.Claims[name] {
			a.say(fmt.Sprintf("%s %q", name, value))
		}
	}
}
