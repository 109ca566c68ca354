// Package source reads trust policies as people keep them: a policy document
// alone, or a role as the AWS CLI prints it. A file's bytes go in; the parsed
// policy comes out, with what the file tells of its role. Positions are the
// file's own. It evaluates nothing, and reads no file and no network.
//
// [Parse] takes one policy, [ParseAll] all of a file, of which [Choose] finds
// a role's. The packages below it read Terraform and CloudFormation; files has
// every form in one call. They bring parsers along, so they stand apart.
package source

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"whydenied/pkg/policy"
)

// Source is a trust policy and what its file tells of the role.
type Source struct {
	Policy  *policy.Document
	RoleARN string // "" where the file has none
}

// documentKey is the element of a role that holds its trust policy (IAM API
// Reference, Role).
const documentKey = "AssumeRolePolicyDocument"

// Parse reads a policy document, a role, or "aws iam get-role" output. The
// policy of a role may be an object, or a string as IAM's API sends it; only
// in a string are positions those of the document inside, indented by four
// spaces. The error names the place and what was expected there.
func Parse(name string, data []byte) (Source, error) {
	n, err := policy.ParseNode(name, data)
	if err != nil {
		return Source{}, err
	}
	if n.Duplicate != nil {
		return Source{}, n.Duplicate
	}
	text := bytes.TrimPrefix(data, []byte("\ufeff"))
	if r := n.Get("Role"); r != nil {
		return role(r, text)
	}
	if n.Get(documentKey) != nil {
		return role(n, text)
	}
	if roles := n.Get("Roles"); roles != nil {
		return Source{}, policy.Errorf(roles.Pos, "found a list of roles, expected one trust policy or one role")
	}
	doc, err := document(n, text)
	return Source{Policy: doc}, err
}

func role(n *policy.Node, text []byte) (s Source, err error) {
	if n.Kind != policy.Object {
		return Source{}, policy.Errorf(n.Pos, "found %s, expected a role (an object with %s)", n.Kind, documentKey)
	}
	if n.Duplicate != nil {
		return Source{}, n.Duplicate
	}
	doc := n.Get(documentKey)
	if doc == nil {
		return Source{}, policy.Errorf(n.Pos, "the role has no %s", documentKey)
	}
	if arn := n.Get("Arn"); arn != nil {
		if arn.Kind != policy.String {
			return Source{}, policy.Errorf(arn.Pos, "found %s, expected the role's ARN", arn.Kind)
		}
		s.RoleARN = arn.Text
	}
	if s.Policy, err = document(doc, text); err != nil {
		return Source{}, err
	}
	return s, nil
}

// document decodes a policy that is an object of the file, or a string in it.
func document(n *policy.Node, text []byte) (*policy.Document, error) {
	if n.Kind == policy.String {
		return embedded(n)
	}
	doc, err := policy.Decode(n)
	if err != nil {
		return nil, err
	}
	doc.Source = text
	return doc, nil
}

// embedded decodes a policy inside a string, percent-encoded or not. The
// string is one long line, so that places in it are told in lines of its own.
func embedded(n *policy.Node) (*policy.Document, error) {
	text := strings.TrimSpace(n.Text)
	if !strings.HasPrefix(text, "{") {
		decoded, err := url.PathUnescape(text)
		if err != nil {
			return nil, policy.Errorf(n.Pos, "the string is neither a policy document nor a percent-encoded one")
		}
		text = decoded
	}
	doc, err := policy.Parse("", policy.Indented(text))
	if err != nil {
		return nil, fmt.Errorf("%s: in the policy inside this string, indented: %w", n.Pos, err)
	}
	return doc, nil
}
