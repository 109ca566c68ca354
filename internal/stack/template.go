// Package stack reads the CloudFormation templates of this repository, and the Go
// sources whose calls they have to permit, for the tests that hold the two to
// each other.
//
// A template is rendered for one set of parameters, so that a test sees what
// CloudFormation would make of it: conditions decided, AWS::NoValue gone.
package stack

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Template is a CloudFormation template. Short forms such as !Ref are in their
// long form, a map of one key.
type Template struct {
	Parameters map[string]Parameter
	Rules      map[string]Rule
	Conditions map[string]any
	Resources  map[string]Resource
	Outputs    map[string]any
	Metadata   map[string]any
}

// Parameter is what an operator may choose.
type Parameter struct {
	Type    string
	Default *string // nil where it has to be given
	Allowed []string
	Pattern string
}

// Resource is one entry of Resources.
type Resource struct {
	Type       string
	Condition  string // "" where the resource is always there
	Properties map[string]any
	Metadata   map[string]any
}

// Parse reads a template. The error names the file and the line.
func Parse(name string, data []byte) (Template, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return Template{}, fmt.Errorf("%s: %w", name, err)
	}
	if len(doc.Content) != 1 {
		return Template{}, fmt.Errorf("%s: no template", name)
	}
	whole, err := long(doc.Content[0])
	if err != nil {
		return Template{}, fmt.Errorf("%s:%w", name, err)
	}
	root := object(whole)
	t := Template{
		Parameters: make(map[string]Parameter),
		Rules:      make(map[string]Rule),
		Conditions: object(root["Conditions"]),
		Resources:  make(map[string]Resource),
		Outputs:    object(root["Outputs"]),
		Metadata:   object(root["Metadata"]),
	}
	for id, v := range object(root["Parameters"]) {
		t.Parameters[id] = parameter(object(v))
	}
	for id, v := range object(root["Rules"]) {
		t.Rules[id] = rule(object(v))
	}
	for id, v := range object(root["Resources"]) {
		r := object(v)
		t.Resources[id] = Resource{Type: text(r["Type"]), Condition: text(r["Condition"]),
			Properties: object(r["Properties"]), Metadata: object(r["Metadata"])}
	}
	return t, nil
}

func parameter(m map[string]any) Parameter {
	p := Parameter{Type: text(m["Type"]), Pattern: text(m["AllowedPattern"])}
	if v, given := m["Default"]; given {
		s := text(v)
		p.Default = &s
	}
	for _, v := range list(m["AllowedValues"]) {
		p.Allowed = append(p.Allowed, text(v))
	}
	return p
}

// long turns a node into maps, lists and strings. A scalar keeps its spelling,
// whatever its type: CloudFormation compares parameters as strings.
func long(n *yaml.Node) (any, error) {
	v, err := plain(n)
	if err != nil || !strings.HasPrefix(n.Tag, "!") || strings.HasPrefix(n.Tag, "!!") {
		return v, err
	}
	function := strings.TrimPrefix(n.Tag, "!")
	if function != "Ref" && function != "Condition" {
		function = "Fn::" + function
	}
	return map[string]any{function: v}, nil
}

func plain(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.ScalarNode:
		return n.Value, nil
	case yaml.SequenceNode:
		items := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			v, err := long(c)
			if err != nil {
				return nil, err
			}
			items = append(items, v)
		}
		return items, nil
	case yaml.MappingNode:
		m := make(map[string]any)
		for i := 0; i+1 < len(n.Content); i += 2 {
			v, err := long(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			m[n.Content[i].Value] = v
		}
		return m, nil
	default:
		// CloudFormation has no aliases, whatever YAML says.
		return nil, fmt.Errorf("%d:%d: an alias, which CloudFormation does not read", n.Line, n.Column)
	}
}

// object, list and text take what is not there, or is of another kind, for
// empty: a test that misses it says so.
func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func text(v any) string {
	s, _ := v.(string)
	return s
}
