package cloudformation

import (
	"bytes"
	"fmt"
	"strings"

	"whydenied/pkg/policy"
	"whydenied/pkg/source"
	"whydenied/pkg/source/inset"
)

// Parse reads the trust policies of a template, in its order. YAML that is no
// template may hold what [source.ParseAll] takes as JSON. Where some policy
// is bad, the error is that of the first such, and the others are returned
// beside it. The error wraps [source.ErrNoPolicy] where the file has none.
func Parse(name string, data []byte, at source.Deployment) ([]source.Policy, error) {
	f := inset.NewFile(name, data)
	if bytes.HasPrefix(bytes.TrimSpace(f.Data), []byte("{")) {
		if n, err := policy.ParseNode(name, f.Data); err == nil {
			return parse(f, []*policy.Node{n}, at, true)
		}
	}
	documents, err := parseYAML(f)
	if err != nil {
		return nil, err
	}
	return parse(f, documents, at, false)
}

// IsTemplate tells whether a value is a template of CloudFormation.
func IsTemplate(n *policy.Node) bool {
	if n.Get("AWSTemplateFormatVersion") != nil {
		return true
	}
	resources := n.Get("Resources")
	if resources == nil {
		return false
	}
	for _, m := range resources.Members {
		if t := m.Value.Get("Type"); t != nil && strings.HasPrefix(t.Text, "AWS::") {
			return true
		}
	}
	return false
}

func parse(f *inset.File, documents []*policy.Node, at source.Deployment, json bool) (all []source.Policy, first error) {
	for _, n := range documents {
		var found []source.Policy
		var err error
		switch {
		case IsTemplate(n):
			t := &template{file: f, root: n, deployed: at, json: json, sections: make(map[string]map[string]*policy.Node)}
			found, err = t.policies()
		case holdsPolicy(n):
			found, err = source.FromTree(f.Name, n, f.Data)
		}
		all = append(all, found...)
		if err != nil && first == nil {
			first = err
		}
	}
	if len(all) == 0 && first == nil {
		return nil, source.NoPolicy(f.Name, "a resource of type AWS::IAM::Role, or a policy document")
	}
	return all, first
}

func holdsPolicy(n *policy.Node) bool {
	for _, key := range []string{"Statement", "Role", "Roles", "AssumeRolePolicyDocument"} {
		if n.Get(key) != nil {
			return true
		}
	}
	return false
}

// template is one template and what is known of its deployment.
type template struct {
	file     *inset.File
	root     *policy.Node
	deployed source.Deployment
	json     bool // its source text is JSON

	sections map[string]map[string]*policy.Node

	all   []source.Policy
	first error
}

// entry is what a section of the template has under a name, or nil.
func (t *template) entry(section, name string) *policy.Node {
	index, made := t.sections[section]
	if !made {
		index = make(map[string]*policy.Node)
		if n := t.root.Get(section); n != nil {
			for _, m := range n.Members {
				index[m.Key.Text] = m.Value
			}
		}
		t.sections[section] = index
	}
	return index[name]
}

func (t *template) policies() ([]source.Policy, error) {
	if t.root.Duplicate != nil {
		return nil, t.root.Duplicate
	}
	if resources := t.root.Get("Resources"); resources != nil {
		if resources.Duplicate != nil {
			return nil, resources.Duplicate
		}
		t.resources(resources, nil)
	}
	return t.all, t.first
}

// resources reads the roles among resources, also in a loop of the transform
// AWS::LanguageExtensions; in one, the loop's names are not known.
func (t *template) resources(n *policy.Node, loops []string) {
	for _, m := range n.Members {
		if strings.HasPrefix(m.Key.Text, "Fn::ForEach::") && len(m.Value.Elems) == 3 {
			t.resources(m.Value.Elems[2], append(loops, m.Value.Elems[0].Text))
			continue
		}
		p, found, err := t.resource(m, loops)
		switch {
		case err == nil && found:
			t.all = append(t.all, p)
		case err != nil && t.first == nil:
			t.first = err
		}
	}
}

const documentKey = "AssumeRolePolicyDocument"

func (t *template) resource(m policy.Member, loops []string) (p source.Policy, found bool, err error) {
	kind := m.Value.Get("Type")
	if kind == nil || kind.Text != "AWS::IAM::Role" && kind.Text != "AWS::Serverless::Function" {
		return p, false, nil
	}
	r := &resolver{template: t, loops: loops}
	properties := m.Value.Get("Properties")
	for _, n := range []*policy.Node{m.Value, properties} {
		if n != nil && n.Duplicate != nil { // the one that counts may be the other
			return p, false, n.Duplicate
		}
	}
	trust := properties.Get(documentKey)
	if trust == nil && properties != nil && isIntrinsic(properties) {
		trust = properties
	}
	if trust == nil {
		if kind.Text == "AWS::IAM::Role" {
			err = policy.Errorf(m.Key.Pos, "role %s has no %s", m.Key.Text, documentKey)
		}
		return p, false, err
	}
	p.Name = m.Key.Text
	if kind.Text == "AWS::IAM::Role" {
		p.RoleName = r.known(properties.Get("RoleName"), "")
		p.RoleARN = t.deployed.RoleARN(r.known(properties.Get("Path"), "/"), p.RoleName)
	}
	n, err := r.document(trust)
	if err != nil {
		return p, false, err
	}
	p.At = n.Pos
	if n.Kind == policy.Unresolved {
		r.note("%s: the whole policy is not known: %s", n.Pos, n.Text)
		n = source.UnknownDocument(n)
	}
	if p.Policy, err = policy.Decode(n); err != nil {
		return p, false, err
	}
	p.Policy.Source, p.Notes = t.file.Data, r.notes
	return p, true, nil
}

// known is the text of a property, or "" where it is not known.
func (r *resolver) known(n *policy.Node, otherwise string) string {
	if n == nil {
		return otherwise
	}
	if v := r.resolve(n); v != nil && v.Kind == policy.String {
		return v.Text
	}
	return ""
}

func (r *resolver) note(format string, args ...any) {
	n := fmt.Sprintf(format, args...)
	for _, earlier := range r.notes {
		if earlier == n {
			return
		}
	}
	r.notes = append(r.notes, n)
}
