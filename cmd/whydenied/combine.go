package main

import (
	"slices"
	"strings"

	"whydenied/pkg/oidc"
)

// combine refuses flags of check that do not go together. Each message says
// which to give or to leave out.
func (q *question) combine() error {
	claims := q.provider != "" || len(q.claims) > 0
	if len(q.policies) > 0 {
		q.policy = q.policies[0]
	}
	if flag := q.holdsToken(); flag != "" {
		return usage("%s holds a token: give it as a file, with --token FILE, or on standard input, with --token -", flag)
	}
	switch {
	case q.lints():
		return q.combineLint()
	case len(q.policies) > 1:
		return usage("a token is judged by one trust policy: give --policy once, with a folder if need be")
	case q.policy != "" && q.account != "":
		return usage("--policy reads nothing else: leave out --account, or leave out --policy")
	case len(q.events) > 0 && q.token != "":
		return usage("--event and --token both bring a token: leave out one of them")
	case q.token != "" && (claims || q.onlyClaims):
		return usage("--token holds its issuer and all of its claims: leave out --provider, --claim and --only-claims")
	case len(q.events) == 0 && q.token == "" && q.provider == "" && !q.givesIssuer():
		return usage("--claim needs the token's provider: give --provider ARN")
	case q.policy == "" && q.role == "" && len(q.events) == 0:
		return usage("an account has many roles: give --role ARN or its name, or the trust policy with --policy FILE")
	case strings.Count("\x00"+strings.Join(append([]string{q.policy, q.account, q.token}, q.events...), "\x00")+"\x00", "\x00-\x00") > 1:
		return usage("standard input can be only one of --policy, --account, --event and --token: give the others as files")
	}
	if strings.HasPrefix(q.provider, "arn:") {
		if _, err := oidc.ParseProvider(q.provider); err != nil {
			return usage("--provider %w", err)
		}
	}
	if q.policy != "" && !strings.HasPrefix(q.role, "arn:") {
		return nil // an address in the file, such as module.ci["a b"].aws_iam_role.ci
	}
	return checkRole(q.role)
}

// holdsToken is a flag whose value holds a token, or "". A report would repeat
// what was given, and a token is never printed.
func (q *question) holdsToken() string {
	for _, f := range []struct {
		name   string
		values []string
	}{{"--provider", []string{q.provider}}, {"--role", []string{q.role}}, {"--claim", q.claims}, {"--context", q.context}} {
		for _, value := range f.values {
			if withoutTokens(value) != value {
				return f.name
			}
		}
	}
	return ""
}

// combineLint refuses flags that do not go together where there is no token.
func (q *question) combineLint() error {
	switch {
	case q.onlyClaims || len(q.context) > 0 || q.at != "":
		return usage("--only-claims, --context and --at are about a token: give --event FILE, --token FILE, or --provider ARN with --claim NAME=VALUE")
	case len(q.policies) == 0 && q.account == "" && q.role == "":
		return usage("check needs a trust policy: give --policy FILE, --account FILE, or --role ARN or its name; or a token, with --event FILE, --token FILE, or --provider ARN with --claim NAME=VALUE")
	case strings.Count("\x00"+strings.Join(append([]string{q.account}, q.policies...), "\x00")+"\x00", "\x00-\x00") > 1:
		return usage("standard input can be only one of --policy and --account: give the others as files")
	case len(q.policies) > 0 && !strings.HasPrefix(q.role, "arn:"):
		return nil
	}
	return checkRole(q.role)
}

func (q *question) givesIssuer() bool {
	return slices.ContainsFunc(q.claims, func(c string) bool { return strings.HasPrefix(c, "iss=") })
}
