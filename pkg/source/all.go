package source

import (
	"bytes"

	"whydenied/pkg/policy"
)

// ParseAll reads every trust policy of a JSON file: a policy document, a role,
// what "aws iam get-role", list-roles and get-account-authorization-details
// print, or a snapshot. Where some policy is bad, the error is that of the first
// such, and the others are returned beside it. The error wraps [ErrNoPolicy]
// where a list holds none.
func ParseAll(name string, data []byte) ([]Policy, error) {
	n, err := policy.ParseNode(name, data)
	if err != nil {
		return nil, err
	}
	return FromTree(name, n, bytes.TrimPrefix(data, []byte("\ufeff")))
}

// FromTree is [ParseAll] for a tree that some reader made of a text.
func FromTree(name string, n *policy.Node, text []byte) ([]Policy, error) {
	if n.Duplicate != nil {
		return nil, n.Duplicate
	}
	for _, list := range []*policy.Node{n.Get("Roles"), n.Get("RoleDetailList"), n} {
		if list != nil && list.Kind == policy.Array {
			return roles(name, list, text)
		}
	}
	r := n
	if inner := n.Get("Role"); inner != nil {
		r = inner
	} else if n.Get(documentKey) == nil {
		doc, err := document(n, text)
		if err != nil {
			return nil, err
		}
		return []Policy{{Policy: doc, At: n.Pos}}, nil
	}
	p, err := named(r, text)
	if err != nil {
		return nil, err
	}
	return []Policy{p}, nil
}

func roles(name string, list *policy.Node, text []byte) (all []Policy, first error) {
	for _, r := range list.Elems {
		p, err := named(r, text)
		if err == nil {
			all = append(all, p)
		} else if first == nil {
			first = err
		}
	}
	if len(list.Elems) == 0 {
		return nil, NoPolicy(name, "a role in the list")
	}
	return all, first
}

// named is a role with what its object says of it.
func named(n *policy.Node, text []byte) (Policy, error) {
	s, err := role(n, text)
	if err != nil {
		return Policy{}, err
	}
	p := Policy{RoleARN: s.RoleARN, Policy: s.Policy, At: n.Get(documentKey).Pos}
	if name := n.Get("RoleName"); name != nil && name.Kind == policy.String {
		p.RoleName, p.Name = name.Text, name.Text
	}
	return p, nil
}

// Embedded decodes the policy document in a string, as [Parse] does: positions
// are those of the document inside, indented by four spaces.
func Embedded(n *policy.Node) (*policy.Document, error) { return embedded(n) }
