package main

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/explain"
	policyfile "whydenied/pkg/source"
	"whydenied/pkg/trail"
)

// checkPast says of each past call what the trust policy would do with it.
func (a *app) checkPast(ctx context.Context, q *question, c *cloud) error {
	if q.provider != "" || len(q.claims) > 0 || q.onlyClaims {
		return usage("several events have tokens of their own: leave out --provider, --claim and --only-claims")
	}
	p := q.past
	slices.SortStableFunc(p.calls, func(x, y met) int { return cmp.Or(x.Time.Compare(y.Time), strings.Compare(x.EventID, y.EventID)) })
	j, err := a.judge(ctx, q, c, p)
	if err != nil {
		return err
	}
	for i := range p.calls {
		if err := j.call(ctx, &p.calls[i]); err != nil {
			return err
		}
	}
	return j.end(p)
}

// judge asks a trust policy about one past call after the other.
type judge struct {
	app      *app
	q        *question
	question explain.Question    // what the flags say beside the record
	at       time.Time           // zero where the flags do not say
	policies []policyfile.Policy // nil where each role's own is asked
	unread   bool                // some policy could not be read
	account  source
	out      trials
}

func (a *app) judge(ctx context.Context, q *question, c *cloud, p *past) (*judge, error) {
	asked, at, err := beside(q)
	if err != nil {
		return nil, err
	}
	j := &judge{app: a, q: q, question: asked, at: at, out: trials{app: a}}
	if q.policy == "" {
		j.account, err = a.source(q.account, c)
		c.instead += ", or the trust policy with --policy FILE"
		if err == nil {
			err = j.account.ready(ctx)
		}
		return j, err
	}
	if err := c.unused("--policy"); err != nil {
		return nil, err
	}
	j.policies, j.unread, err = a.policies(q.policy, oneDeployment(q.role, p.calls))
	if err == nil && q.role != "" && !(len(j.policies) == 1 && strings.HasPrefix(q.role, "arn:")) {
		one, chosen := choose(j.policies, q.policy, q.role, &trail.Denial{})
		if err = chosen; err == nil {
			j.policies, j.unread = []policyfile.Policy{*one}, false // the one that is asked for was read
		}
	}
	switch {
	case err != nil:
	case j.unread && isAnyones(j.policies):
		err = ended(statusBadInput) // why has been said
	default:
		a.sayNotes(j.policies)
	}
	return j, err
}

// oneDeployment is the account of the flag, or that of all calls alike.
func oneDeployment(role string, calls []met) policyfile.Deployment {
	at := deployment(role, &trail.Denial{})
	for i := range calls {
		d := deployment("", &calls[i].Denial)
		switch {
		case at.Account == "":
			at = d
		case at != d && d.Account != "" && !strings.HasPrefix(role, "arn:"):
			return policyfile.Deployment{}
		}
	}
	return at
}

// call judges one call, unless it is of another role.
func (j *judge) call(ctx context.Context, c *met) error {
	asked := j.question
	asked.Denial = c.Denial
	asked.Denial.Notes = slices.Clone(c.Notes)
	switch ok, err := j.bring(ctx, &asked); {
	case err != nil:
		return err
	case !ok:
		if c.RoleARN.Known {
			j.out.passed++
		} else {
			j.out.open++
		}
		return nil
	}
	asked.Context = maps.Clone(asked.Context)
	asked.Token = &diagnosis.TokenFacts{}
	if !j.at.IsZero() {
		judgedAt(j.at, &asked)
	}
	r := explain.WhatIf(ctx, asked, j.account)
	if ctx.Err() != nil {
		return interrupted()
	}
	return j.out.add(&c.Denial, c.succeeded, &r)
}

// bring finds the trust policy that a call is judged by; false where the call
// is of another role than those that were asked for.
func (j *judge) bring(ctx context.Context, asked *explain.Question) (bool, error) {
	d := &asked.Denial
	role := j.q.role
	byRole := role != "" && strings.HasPrefix(role, "arn:") || role != "" && j.policies == nil
	if byRole && d.RoleARN.Known && !isRole(d.RoleARN.Value, role) {
		return false, nil
	}
	if j.policies == nil {
		if role == "" || d.RoleARN.Known {
			return true, nil
		}
		arn, err := j.account.roleARN(ctx, role, d)
		d.RoleARN = trail.Known(arn)
		return true, err
	}
	p := j.policyFor(d)
	if p == nil {
		return false, nil
	}
	take(p, role, asked)
	return true, nil
}

// policyFor is the policy of the call's role. A lone one that does not say
// whose it is, or a call that does not, is taken at the asker's word.
func (j *judge) policyFor(d *trail.Denial) *policyfile.Policy {
	lone := &j.policies[0]
	switch fit := fitting(j.policies, d.RoleARN.Value); {
	case len(fit) == 1:
		return fit[0]
	case len(j.policies) == 1 && (!d.RoleARN.Known || lone.RoleARN == "" && lone.RoleName == ""):
		return lone
	}
	return nil
}

// end tells how it came out, and gives the exit status.
func (j *judge) end(p *past) error {
	if err := j.out.end(p); err != nil {
		return err
	}
	if j.account != nil {
		if err := j.account.status(); err != nil {
			return err
		}
	}
	switch {
	case p.bad, j.unread:
		return ended(statusBadInput)
	case j.out.judged() == 0:
		return usage("%s: no call of the role was found, expected records of AssumeRoleWithWebIdentity", strings.Join(j.q.events, ", "))
	case j.out.failed:
		return ended(statusRefused)
	}
	return nil
}

// allowedNow tells how a report came out.
func allowedNow(verdict string) outcome {
	switch verdict {
	case string(diagnosis.VerdictAllowed):
		return outcomeAllowed
	case string(diagnosis.VerdictExplained):
		return outcomeRefused
	}
	return outcomeUndecided
}
