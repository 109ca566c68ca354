package main

import (
	"cmp"
	"strings"

	"whydenied/pkg/evidence"
	policyfile "whydenied/pkg/source"
	"whydenied/pkg/trail"
)

// choose finds the policy that is meant, by the flag and else by the record. A
// lone one is, unless it says that it is another role's; an ARN may be all that
// is known of its account.
func choose(all []policyfile.Policy, file, role string, d *trail.Denial) (*policyfile.Policy, error) {
	wanted := role
	if wanted == "" && len(all) > 1 {
		wanted = d.RoleARN.Value
	}
	fit := fitting(all, wanted)
	lone := len(all) == 1 && (role == "" || strings.HasPrefix(role, "arn:"))
	switch {
	case lone && ofAnother(&all[0], cmp.Or(role, d.RoleARN.Value)):
		return nil, usage("%s: holds the trust policy of %s and not of %q: give --role %[2]s to judge by it", file, names(all), cmp.Or(role, d.RoleARN.Value))
	case lone:
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

// ofAnother tells whether a policy says whose it is, and that is another role's.
func ofAnother(p *policyfile.Policy, role string) bool {
	return role != "" && (p.RoleARN != "" || p.RoleName != "") && !isNamed(p, role)
}

// isAnyones tells whether the policies are a lone one that does not say whose it
// is. Beside one that cannot be read it may be another role's.
func isAnyones(all []policyfile.Policy) bool {
	return len(all) == 1 && all[0].RoleARN == "" && all[0].RoleName == ""
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
