// Package form writes a trust policy in the forms in which people keep theirs:
// Terraform with jsonencode and as a data source, and CloudFormation in YAML.
//
// A policy goes in as JSON, and comes out so that it means the same. What a
// form cannot hold to the letter, such as a value that Terraform or
// CloudFormation would put something else in the place of, is an error: it is
// better to show nothing. The package is apart from pkg/remedy because of the
// libraries that it needs.
package form

import (
	"errors"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"whydenied/pkg/policy"
)

// The errors of what a form cannot hold.
var (
	// ErrReplaced: the form would put something else in the place of a part of
	// a value.
	ErrReplaced = errors.New("a value of the policy means something else in this form")
	// ErrNoPolicy: the text is no trust policy that can be written.
	ErrNoPolicy = errors.New("no trust policy")
)

// read is the tree of a policy that is one.
func read(text []byte) (*policy.Node, error) {
	n, err := policy.ParseNode("", text)
	if err != nil {
		return nil, err
	}
	if _, err := policy.Decode(n); err != nil {
		return nil, err
	}
	if n.Kind != policy.Object {
		return nil, ErrNoPolicy
	}
	return n, nil
}

// each calls f with every text in a tree, keys included, until one is refused.
func each(n *policy.Node, f func(string) bool) bool {
	for _, m := range n.Members {
		if !f(m.Key.Text) || !each(m.Value, f) {
			return false
		}
	}
	for _, e := range n.Elems {
		if !each(e, f) {
			return false
		}
	}
	return n.Kind != policy.String || f(n.Text)
}

// keptByTerraform: Terraform brings texts into the composed form of Unicode
// (NFC), so that one that is not composed would come out as another.
func keptByTerraform(s string) bool { return cty.StringVal(s).AsString() == s }

// Identifier is a name that Terraform takes for a resource, made of any text,
// such as a role's name; "trust" where nothing of it can be kept.
func Identifier(text string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '_':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		default:
			return '_'
		}
	}, text)
	name = strings.Trim(name, "_")
	if name == "" || name[0] <= '9' {
		name = strings.TrimSuffix("trust_"+name, "_")
	}
	const most = 64
	return name[:min(len(name), most)]
}
