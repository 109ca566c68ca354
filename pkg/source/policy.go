package source

import (
	"errors"
	"fmt"
	"strings"

	"whydenied/pkg/policy"
)

// Policy is one trust policy of a file, and what the file tells of its role.
type Policy struct {
	RoleARN  string // "" where the file has none
	RoleName string // "" where the file has none, or only an unresolved one
	// Name is what the file itself calls it: a Terraform address such as
	// "aws_iam_role.ci", or the logical id of a CloudFormation resource.
	Name   string
	Policy *policy.Document
	At     policy.Pos // where the document starts
	Notes  []string   // what was taken for granted, or could not be read, a sentence each
}

// ErrNoPolicy is wrapped by the error for input that is well-formed and holds
// no trust policy.
var ErrNoPolicy = errors.New("no trust policy")

// NoPolicy is the error that wraps [ErrNoPolicy], with what was expected in
// the file or folder of that name.
func NoPolicy(name, expected string) error {
	if name == "" {
		return fmt.Errorf("%w, expected %s", ErrNoPolicy, expected)
	}
	return fmt.Errorf("%s: %w, expected %s", name, ErrNoPolicy, expected)
}

// Deployment is what the caller knows of the place where a template will be
// deployed. References to what is not known there stay unresolved.
type Deployment struct {
	Account   string // the account's 12 digits
	Partition string // "aws", "aws-cn", "aws-us-gov"
}

// RoleARN is the ARN of a role by its path and name, or "" where some part of
// it is not known.
func (d Deployment) RoleARN(path, name string) string {
	if d.Account == "" || d.Partition == "" || path == "" || name == "" {
		return ""
	}
	return "arn:" + d.Partition + ":iam::" + d.Account + ":role" + path + name
}

// ProviderARN is the ARN of the OIDC provider with that URL, or "" where some
// part of it is not known. Of a URL that IAM might write differently it says
// nothing.
func (d Deployment) ProviderARN(url string) string {
	issuer, ok := strings.CutPrefix(url, "https://")
	if d.Account == "" || d.Partition == "" || !ok || issuer == "" || issuer != strings.ToLower(issuer) || strings.HasSuffix(issuer, "/") {
		return ""
	}
	return "arn:" + d.Partition + ":iam::" + d.Account + ":oidc-provider/" + issuer
}

// UnknownDocument is a document of which only the expression is known that
// gives it: its version, and any number of statements, are unresolved.
func UnknownDocument(n *policy.Node) *policy.Node {
	key := func(name string) *policy.Node { return &policy.Node{Kind: policy.String, Text: name, Pos: n.Pos} }
	return &policy.Node{Kind: policy.Object, Pos: n.Pos, Members: []policy.Member{
		{Key: key("Version"), Value: n}, {Key: key("Statement"), Value: n},
	}}
}
