package form

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"whydenied/pkg/policy"
)

// CloudFormation is the AssumeRolePolicyDocument of an AWS::IAM::Role in YAML,
// in the order of the policy. CloudFormation replaces "{{resolve:…}}" wherever
// it stands, and has no way to write it.
func CloudFormation(text []byte) (string, error) {
	n, err := read(text)
	if err != nil {
		return "", err
	}
	if !each(n, func(s string) bool { return !strings.Contains(s, "{{resolve:") }) {
		return "", ErrReplaced
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	document := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar("AssumeRolePolicyDocument", false), yamlNode(n)}}
	if err := enc.Encode(document); err != nil {
		return "", err
	}
	if err := enc.Close(); err != nil {
		return "", err
	}
	return escaped(b.String()), nil
}

// escaped writes what is not ASCII as escapes: such a character stands only
// within double quotes, and may be one that is not seen.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < 0x7f:
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	return b.String()
}

func yamlNode(n *policy.Node) *yaml.Node {
	switch n.Kind {
	case policy.Object:
		y := &yaml.Node{Kind: yaml.MappingNode}
		for _, m := range n.Members {
			y.Content = append(y.Content, scalar(m.Key.Text, !plainKey(m.Key.Text)), yamlNode(m.Value))
		}
		return y
	case policy.Array:
		y := &yaml.Node{Kind: yaml.SequenceNode}
		for _, e := range n.Elems {
			y.Content = append(y.Content, yamlNode(e))
		}
		return y
	case policy.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: n.Text}
	case policy.Bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: n.Text}
	default:
		return scalar(n.Text, true)
	}
}

// scalar is a text. In double quotes it is one whatever it looks like.
func scalar(text string, quoted bool) *yaml.Node {
	y := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if quoted {
		y.Style = yaml.DoubleQuotedStyle
	}
	return y
}

func plainKey(key string) bool {
	return key != "" && strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
