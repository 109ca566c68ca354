package diagnosis

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"whydenied/pkg/policy"
)

// absentKeys are documented never to be in an AssumeRoleWithWebIdentity
// request: sts:DurationSeconds belongs to GetWebIdentityToken, the call has no
// ExternalId parameter, and its caller belongs to no organization (Service
// Authorization Reference, AWS STS; AWS's resource control policy samples).
var absentKeys = []string{"sts:durationseconds", "sts:externalid", "aws:principalorgid"}

// NeverCarried tells whether AWS documents that no AssumeRoleWithWebIdentity
// request has a condition key.
func NeverCarried(key string) bool { return slices.Contains(absentKeys, strings.ToLower(key)) }

// globalKeys are the other keys that AWS lists, in lower case, whose presence
// or value a record does not show. A trailing "/" stands for any tag.
var globalKeys = []string{
	"aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:chatbotsourcearn", "aws:ec2instancesourceprivateipv4",
	"aws:ec2instancesourcevpc", "aws:isaigeneratedrequest", "aws:ismcpserviceaction", "aws:multifactorauthage", "aws:multifactorauthpresent",
	"aws:principalaccount", "aws:principalarn", "aws:principalisawsservice", "aws:principalorgpaths",
	"aws:principalservicename", "aws:principalservicenameslist", "aws:principaltag/", "aws:principaltype",
	"aws:referer", "aws:resourceorgid", "aws:resourceorgpaths", "aws:sourceaccount", "aws:sourcearn", "aws:sourceidentity",
	"aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpcarn", "aws:tokenissuetime", "aws:userid", "aws:username",
	"aws:viaawsmcpservice", "aws:viaawsservice", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
	"aws:assumedroot", "aws:signinsessionarn", "aws:calledviaawsmcp",
	"ec2:roledelivery", "ec2:sourceinstancearn", "glue:credentialissuingservice", "glue:roleassumedby",
	"lambda:sourcefunctionarn", "ssm:sourceinstancearn", "identitystore:userid", "sts:awsservicename",
	"sts:roleauthorizedbyidp", "sts:signingalgorithm", "sts:identitytokenaudience", "sts:taskpolicyarn", "sts:requestcontext/", "sts:requestcontextproviders",
}

// multivalued are the keys that AWS documents with several values.
var multivalued = []string{"aws:tagkeys", "sts:transitivetagkeys", "aws:calledvia", "aws:principalorgpaths", "aws:resourceorgpaths", "aws:principalservicenameslist"}

// awsKey finds what a request has for one of AWS's own keys; listed is false
// for a name that AWS does not have.
func (s *subject) awsKey(key string) (a policy.Attr, listed bool) {
	if slices.Contains(absentKeys, key) {
		return absent, true
	}
	if v, ok := s.in.Context[key]; ok {
		return policy.Attr{State: policy.Present, Values: v, Multi: slices.Contains(multivalued, key)}, true
	}
	a, listed = s.recordedKey(key)
	if !listed {
		a, listed = policy.Attr{}, isGlobal(key)
	}
	a.Multi = a.Multi || slices.Contains(multivalued, key)
	return a, listed
}

var absent = policy.Attr{State: policy.Absent}

// recordedKey covers the keys whose values a record does show (semantics of
// each: IAM User Guide, "Global condition context keys").
func (s *subject) recordedKey(key string) (a policy.Attr, listed bool) {
	d := &s.in.Denial
	name, tag, _ := strings.Cut(key, "/")
	switch name {
	case "aws:requesttag":
		return tagged(d.PrincipalTags, tag, s.requested(nil)), tag != ""
	case "aws:tagkeys":
		return s.requested(tagKeys(d.PrincipalTags)), true
	case "sts:transitivetagkeys":
		return s.requested(d.TransitiveTagKeys), true
	case "aws:resourcetag", "iam:resourcetag":
		return s.roleTag(tag), tag != ""
	}
	switch key {
	case "sts:rolesessionname":
		return known(d.SessionName.Value), true
	case "sts:sourceidentity":
		return s.requested(oneOf(d.SourceIdentity.Value)), true
	case "aws:federatedprovider":
		return known(d.Provider.Value), true
	case "aws:resourceaccount":
		return known(s.account), true
	case "aws:sourceip":
		return s.sourceIP(), true
	case "aws:sourcevpce":
		return s.viaEndpoint(known(d.VPCEndpoint)), true
	case "aws:sourcevpc", "aws:vpcsourceip":
		return s.viaEndpoint(policy.Attr{}), true
	case "aws:useragent":
		return known(d.UserAgent), true
	case "aws:currenttime", "aws:epochtime":
		return s.moment(key), true
	case "aws:securetransport":
		return known("true"), true // STS answers over TLS alone
	case "aws:requestedregion":
		return s.region(), true
	}
	return policy.Attr{}, false
}

// known is a present key, or a hidden one where the value is missing.
func known(v string) policy.Attr {
	if v == "" {
		return policy.Attr{}
	}
	return policy.One(v)
}

// requested is a key from requestParameters: absent where there are some and
// they lack it, hidden where there are none.
func (s *subject) requested(values []string) policy.Attr {
	switch {
	case len(values) > 0:
		return policy.Attr{State: policy.Present, Values: values}
	case s.in.Denial.HasRequestParameters:
		return absent
	default:
		return policy.Attr{}
	}
}

func oneOf(v string) []string {
	if v == "" {
		return nil
	}
	return []string{v}
}

// tagged finds a tag; the keys of tags compare without regard to case. Where
// several that differ in case only have different values, which one AWS takes
// is not documented, and the tag counts as hidden; absent says what one that
// is not there is.
func tagged(tags map[string]string, key string, absent policy.Attr) policy.Attr {
	found := absent
	n := 0
	for k, v := range tags {
		if !strings.EqualFold(k, key) {
			continue
		}
		if n++; n > 1 && found.Values[0] != v {
			return policy.Attr{}
		}
		found = policy.One(v)
	}
	return found
}

func (s *subject) roleTag(key string) policy.Attr {
	if s.role == nil || !s.role.TagsRead {
		return policy.Attr{}
	}
	return tagged(s.role.Tags, key, absent)
}

// tagsFresh is how far from the event a role's tags, whose changes are not
// looked for, still count as those of its moment.
const tagsFresh = 15 * time.Minute

// staleTag tells whether a key is a tag of the role that was read too long
// before or after the event.
func (s *subject) staleTag(key string) bool {
	at, taken := s.in.Denial.Time, s.in.Account.TakenAt
	if !strings.HasPrefix(key, "aws:resourcetag/") && !strings.HasPrefix(key, "iam:resourcetag/") || s.in.WhatIf || taken.IsZero() {
		return false
	}
	return at.IsZero() || taken.Sub(at).Abs() > tagsFresh
}

// sourceIP is absent from calls through a VPC endpoint; sourceIPAddress may
// hold a service's name instead.
func (s *subject) sourceIP() policy.Attr {
	d := &s.in.Denial
	switch {
	case d.VPCEndpoint != "":
		return absent
	case strings.Trim(d.SourceIP, "0123456789abcdefABCDEF.:") != "":
		return policy.Attr{}
	default:
		return known(d.SourceIP)
	}
}

// viaEndpoint is a key that only calls through a VPC endpoint carry.
func (s *subject) viaEndpoint(a policy.Attr) policy.Attr {
	if s.in.Denial.VPCEndpoint == "" && !s.in.Made {
		return absent
	}
	return a
}

func (s *subject) moment(key string) policy.Attr {
	t := s.in.Denial.Time
	switch {
	case t.IsZero():
		return policy.Attr{}
	case key == "aws:epochtime":
		return policy.One(strconv.FormatInt(t.Unix(), 10))
	default:
		return policy.One(t.UTC().Format("2006-01-02T15:04:05Z"))
	}
}

// region is hidden where the call may have gone to the global endpoint, which
// is always logged in us-east-1, whatever aws:RequestedRegion then was.
func (s *subject) region() policy.Attr {
	d := &s.in.Denial
	regional := d.Region != "us-east-1" || d.EndpointType == "regional" || strings.HasPrefix(d.HostHeader, "sts."+d.Region+".")
	if !regional {
		return policy.Attr{}
	}
	return known(d.Region)
}

func isGlobal(key string) bool {
	for _, g := range globalKeys {
		if g == key || strings.HasSuffix(g, "/") && strings.HasPrefix(key, g) && len(key) > len(g) {
			return true
		}
	}
	return false
}
