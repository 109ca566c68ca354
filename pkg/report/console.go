package report

import (
	"net/url"
	"strings"

	"whydenied/pkg/evidence"
	"whydenied/pkg/internal/lazy"
)

// What a link is built of has to look like what AWS itself gives out: callers
// choose the role that they ask for, and never where a link leads.
var (
	roleName = lazy.Regexp(`^[A-Za-z0-9_+=,.@-]{1,64}$`)
	roleARN  = lazy.Regexp(`^arn:(aws|aws-cn|aws-us-gov):iam::[0-9]{12}:role/[!-~]+$`)
	eventID  = lazy.Regexp(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	region   = lazy.Regexp(`^[a-z]{2}(-gov)?-[a-z]+-[0-9]{1,2}$`)
)

// consoles are the hosts of the partitions whose console has a public one
// (AWS Regions and partitions; AWS GovCloud User Guide; Amazon Web Services in
// China, "Getting Started"). Others get no links.
var consoles = map[string]string{
	"aws":        "console.aws.amazon.com",
	"aws-cn":     "console.amazonaws.cn",
	"aws-us-gov": "console.amazonaws-us-gov.com",
}

// links lead to the role and to the event. What does not validate has none.
func links(r *Report) []Piece {
	var pieces []Piece
	if arn := valueOf(r.Denial.RoleARN); roleARN().MatchString(arn) && roleName().MatchString(evidence.RoleName(arn)) {
		host := consoles[strings.Split(arn, ":")[1]]
		pieces = append(pieces, Piece{Text: "role", Style: StyleLink,
			URL: "https://" + host + "/iam/home#/roles/details/" + url.PathEscape(evidence.RoleName(arn)) + "?section=trust_relationships"})
	}
	d := &r.Denial
	if host := consoles[partition(d.Region)]; host != "" && eventID().MatchString(d.EventID) {
		pieces = append(pieces, Piece{Text: "event", Style: StyleLink,
			URL: "https://" + host + "/cloudtrailv2/home?region=" + url.QueryEscape(d.Region) + "#/events/" + url.PathEscape(d.EventID)})
	}
	return pieces
}

// partition is that of a region; "" for one that has no name of the usual form.
func partition(name string) string {
	switch {
	case !region().MatchString(name):
		return "" // among them those of the isolated partitions, us-iso-…
	case strings.HasPrefix(name, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(name, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
