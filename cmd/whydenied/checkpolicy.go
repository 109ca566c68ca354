package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/policy"
	policyfile "whydenied/pkg/source"
	"whydenied/pkg/source/files"
	"whydenied/pkg/trail"
)

// bringPolicy reads the trust policy to ask. The role's ARN, and with it the
// account of the provider, is the flag's, the record's or the file's.
func (a *app) bringPolicy(q *question, asked *explain.Question) error {
	all, err := a.policies(q.policy, deployment(q.role, &asked.Denial))
	if err != nil {
		return err
	}
	p, err := choose(all, q.policy, q.role, &asked.Denial)
	if err != nil {
		return err
	}
	take(p, q.role, asked)
	return nil
}

// take makes a policy the one that is asked.
func take(p *policyfile.Policy, role string, asked *explain.Question) {
	asked.Policy = p.Policy
	switch d := &asked.Denial; {
	case strings.HasPrefix(role, "arn:"):
		d.RoleARN = trail.Known(role)
	case !d.RoleARN.Known && p.RoleARN != "":
		d.RoleARN = trail.Known(p.RoleARN)
	}
	asked.Denial.Notes = append(asked.Denial.Notes, p.Notes...)
	if note := unresolvedNote(p.Policy); note != "" {
		asked.Denial.Notes = append(asked.Denial.Notes, note)
	}
}

// deployment is what the flag and the record tell of the place where a
// template is deployed.
func deployment(role string, d *trail.Denial) policyfile.Deployment {
	for _, arn := range []string{role, d.RoleARN.Value, d.Provider.Value} {
		if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && len(parts[4]) == 12 {
			return policyfile.Deployment{Account: parts[4], Partition: parts[1]}
		}
	}
	return policyfile.Deployment{}
}

// policies reads every trust policy of a file or of a folder. One that is bad
// is told of, and the others are there; the error is of having none.
func (a *app) policies(path string, at policyfile.Deployment) ([]policyfile.Policy, error) {
	all, bad, err := a.readPolicies(path, at)
	if err == nil && bad != nil {
		a.complain(bad.Error())
	}
	return all, err
}

// readPolicies keeps the error of a bad policy apart from that of having none.
func (a *app) readPolicies(path string, at policyfile.Deployment) (all []policyfile.Policy, bad, err error) {
	if info, statErr := os.Stat(path); path != stdinName && statErr == nil && info.IsDir() {
		all, err = files.ParseFolder(path, os.DirFS(path), at)
	} else {
		name, data, readErr := a.read(path)
		if readErr != nil {
			return nil, nil, readErr
		}
		all, err = files.ParseAll(name, data, at)
	}
	var parse *policy.ParseError
	var file *fs.PathError
	switch {
	case err == nil || len(all) > 0:
		return all, err, nil
	case errors.As(err, &file):
		return nil, nil, named(path, err)
	case errors.As(err, &parse), errors.Is(err, policyfile.ErrNoPolicy):
		return nil, nil, usage("%w", err)
	}
	return nil, nil, usage("%s: %w", path, err)
}

// choose finds the policy that is meant, by the flag and else by the record. A
// lone one is, unless the flag names another one; an ARN may be all that is
// known of its account.
func choose(all []policyfile.Policy, file, role string, d *trail.Denial) (*policyfile.Policy, error) {
	wanted := role
	if wanted == "" && len(all) > 1 {
		wanted = d.RoleARN.Value
	}
	fit := fitting(all, wanted)
	switch {
	case len(all) == 1 && (role == "" || strings.HasPrefix(role, "arn:")):
		return &all[0], nil
	case len(fit) == 1:
		return fit[0], nil
	case role != "":
		return nil, usage("%s: %s of %q, expected one of %s", file, none(len(fit)), role, names(all))
	}
	return nil, usage("%s: holds %d trust policies: give --role with one of %s", file, len(all), names(all))
}

func none(n int) string {
	if n == 0 {
		return "holds no trust policy"
	}
	return "holds " + count(n, "trust policy", "trust policies")
}

// fitting are the policies that an ARN, a role's name or an address names. A
// name may be that of several; an address is not.
func fitting(all []policyfile.Policy, role string) (fit []*policyfile.Policy) {
	for i := range all {
		if p := &all[i]; p.Name == role && role != "" {
			return []*policyfile.Policy{p}
		}
	}
	for i := range all {
		if isNamed(&all[i], role) {
			fit = append(fit, &all[i])
		}
	}
	return fit
}

func isNamed(p *policyfile.Policy, role string) bool {
	switch {
	case role == "":
		return false
	case p.RoleARN != "":
		return isRole(p.RoleARN, role)
	}
	return p.RoleName != "" && p.RoleName == evidence.RoleName(role)
}

// mostNamed is how many policies one line lists.
const mostNamed = 20

// names lists policies, each as --role takes it.
func names(all []policyfile.Policy) string {
	var list []string
	for i := range all[:min(len(all), mostNamed)] {
		list = append(list, short(nameOf(&all[i]), 80))
	}
	if more := len(all) - mostNamed; more > 0 {
		list = append(list, "and "+count(more, "other", "others"))
	}
	return strings.Join(list, ", ")
}

// nameOf is what a policy is called, or where it stands.
func nameOf(p *policyfile.Policy) string {
	for _, name := range []string{p.Name, p.RoleName, p.RoleARN} {
		if name != "" {
			return name
		}
	}
	return p.At.String()
}
