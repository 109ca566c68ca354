package scan

import (
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
)

// reads are the parts of a call, beside the token's, that policies ask for.
type reads uint8

const (
	readsSession reads = 1 << iota
	readsAddress       // with the VPC endpoint, which decides whether there is one
	readsEndpoint
	readsUserAgent
	readsRegion // with what tells whether it is the one that was asked for
	readsTime
	readsAll = readsSession | readsAddress | readsEndpoint | readsUserAgent | readsRegion | readsTime
)

// readsOf finds what the policies that concern a role ask for: their keys, the
// variables in their values among them, are all that a diagnosis looks up.
func readsOf(a *evidence.Account, role string) reads {
	var r reads
	policies(a, role, func(doc *policy.Document) {
		for _, key := range doc.Keys() {
			r |= readsFor(key)
		}
	})
	return r
}

// services are the first parts of AWS's own keys, see pkg/diagnosis, key.go.
var services = []string{"aws", "sts", "iam", "ec2", "glue", "lambda", "ssm", "identitystore"}

// readsFor is what one key asks for. Claims are the token's, and its parts
// always count. A key of AWS's that is not known here may ask for anything.
func readsFor(key string) reads {
	key = strings.ToLower(key)
	service, _, found := strings.Cut(key, ":")
	switch own := slices.Contains(services, service); {
	case !found, !own && strings.ContainsAny(key, "./"):
		return 0
	case !own:
		return readsAll
	}
	name, _, _ := strings.Cut(key, "/")
	switch name {
	case "aws:requesttag", "aws:resourcetag", "iam:resourcetag", "aws:principaltag", "aws:tagkeys", "sts:transitivetagkeys",
		"sts:sourceidentity", "aws:federatedprovider", "aws:resourceaccount", "aws:securetransport":
		return 0
	case "sts:rolesessionname":
		return readsSession
	case "aws:sourceip":
		return readsAddress
	case "aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip":
		return readsEndpoint
	case "aws:useragent":
		return readsUserAgent
	case "aws:requestedregion":
		return readsRegion
	case "aws:currenttime", "aws:epochtime":
		return readsTime
	}
	if diagnosis.NeverCarried(key) {
		return 0
	}
	return readsAll
}
