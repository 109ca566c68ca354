package cloudformation

import (
	"slices"
	"strconv"
	"strings"

	"whydenied/pkg/policy"
	"whydenied/pkg/source/inset"
)

// resolver makes the document of one role.
type resolver struct {
	*template
	loops []string // names that a loop gives
	notes []string
}

// isIntrinsic tells whether an object is a call of a function.
func isIntrinsic(n *policy.Node) bool {
	if n.Kind != policy.Object {
		return false
	}
	for _, m := range n.Members {
		if strings.HasPrefix(m.Key.Text, "Fn::") || m.Key.Text == "Ref" && len(n.Members) == 1 {
			return true
		}
	}
	return false
}

// document is the policy of a property: an object, or JSON in a string.
func (r *resolver) document(n *policy.Node) (*policy.Node, error) {
	if n.Kind == policy.String || function(n) == "Fn::Sub" || function(n) == "Fn::Join" {
		return r.text(n).JSON(n.Pos)
	}
	v := r.resolve(n)
	if v == nil {
		return nil, policy.Errorf(n.Pos, "found AWS::NoValue, expected a policy document")
	}
	return v, nil
}

// function is the name of the function that an object calls, or "".
func function(n *policy.Node) string {
	if n.Kind == policy.Object && len(n.Members) == 1 && isIntrinsic(n) {
		return n.Members[0].Key.Text
	}
	return ""
}

// resolve is a value as far as it is certain, or nil for AWS::NoValue, which
// takes away what it is the value of.
func (r *resolver) resolve(n *policy.Node) *policy.Node {
	switch {
	case isIntrinsic(n):
		return r.call(n)
	case n.Kind == policy.String && (later(n.Text) || r.loops != nil && (strings.Contains(n.Text, "${") || strings.Contains(n.Text, "&{"))):
		return r.unresolved(n)
	case n.Kind != policy.Object && n.Kind != policy.Array:
		return n
	}
	out := &policy.Node{Kind: n.Kind, Pos: n.Pos, Duplicate: n.Duplicate}
	for _, m := range n.Members {
		if v := r.resolve(m.Value); v != nil {
			out.Members = append(out.Members, policy.Member{Key: r.key(m.Key), Value: v})
		}
	}
	for _, e := range n.Elems {
		if v := r.resolve(e); v != nil {
			out.Elems = append(out.Elems, v)
		}
	}
	return out
}

// key is the name of a member. Nothing but a loop changes one.
func (r *resolver) key(n *policy.Node) *policy.Node {
	if k := r.resolve(n); k != nil {
		return k
	}
	return n
}

func (r *resolver) call(n *policy.Node) *policy.Node {
	if len(n.Members) != 1 {
		return r.unresolved(n)
	}
	argument := n.Members[0].Value
	var v *policy.Node
	switch n.Members[0].Key.Text {
	case "Ref":
		if argument.Text == "AWS::NoValue" {
			return nil
		}
		v = r.value(argument.Text, n.Pos)
	case "Fn::GetAtt":
		name := argument.Text
		if len(argument.Elems) == 2 {
			name = argument.Elems[0].Text + "." + argument.Elems[1].Text
		}
		if strings.Contains(name, ".") {
			v = r.value(name, n.Pos)
		}
	case "Fn::Sub", "Fn::Join":
		if t := r.text(n); t.Known() {
			v = t.Node(n.Pos)
		}
	case "Fn::Select":
		v = r.selected(argument)
	case "Fn::FindInMap":
		v = r.mapped(argument)
	}
	if v == nil {
		return r.unresolved(n)
	}
	return v
}

// unresolved is a call or a string as the template writes it.
func (r *resolver) unresolved(n *policy.Node) *policy.Node {
	return &policy.Node{Kind: policy.Unresolved, Text: r.source(n), Pos: n.Pos}
}

func (r *resolver) source(n *policy.Node) string {
	if n.Kind == policy.String {
		return inset.OneLine(n.Text)
	}
	if s := n.Get("Fn::Sub"); s != nil && s.Kind == policy.String {
		return inset.OneLine(s.Text)
	}
	if r.json && n.End > n.Start {
		return inset.OneLine(string(r.file.Data[n.Start:n.End]))
	}
	var b strings.Builder
	write(&b, n)
	return inset.OneLine(b.String())
}

// maxWritten bounds what write gives, in bytes.
const maxWritten = 1 << 12

// write is a value in one line of YAML with the short forms of functions.
func write(b *strings.Builder, n *policy.Node) {
	if b.Len() > maxWritten {
		return
	}
	switch {
	case function(n) != "":
		b.WriteString("!" + strings.TrimPrefix(function(n), "Fn::") + " ")
		write(b, n.Members[0].Value)
	case n.Kind == policy.Object:
		b.WriteString("{")
		for i, m := range n.Members {
			b.WriteString(separator(i) + m.Key.Text + ": ")
			write(b, m.Value)
		}
		b.WriteString("}")
	case n.Kind == policy.Array:
		b.WriteString("[")
		for i, e := range n.Elems {
			b.WriteString(separator(i))
			write(b, e)
		}
		b.WriteString("]")
	case n.Kind == policy.String && n.Text == "":
		b.WriteString(`""`)
	default:
		b.WriteString(n.Text)
	}
}

func separator(i int) string {
	if i == 0 {
		return ""
	}
	return ", "
}

// value is what a name refers to, if that is certain, or nil. The ARN of a
// provider is made of the deployment and its URL.
func (r *resolver) value(name string, at policy.Pos) *policy.Node {
	text := ""
	logical, attribute, _ := strings.Cut(name, ".")
	switch resource := r.entry("Resources", logical); {
	case name == "AWS::AccountId":
		text = r.deployed.Account
	case name == "AWS::Partition":
		text = r.deployed.Partition
	case resource != nil && resource.Get("Type") != nil && resource.Get("Type").Text == "AWS::IAM::OIDCProvider" && (attribute == "" || attribute == "Arn"):
		if url := resource.Get("Properties").Get("Url"); url != nil && url.Kind == policy.String {
			text = r.deployed.ProviderARN(url.Text)
		}
	}
	if text == "" {
		r.parameter(name)
		return nil
	}
	return &policy.Node{Kind: policy.String, Text: text, Pos: at}
}

// parameter notes what a parameter would be, were it left alone.
func (r *resolver) parameter(name string) {
	p := r.entry("Parameters", name)
	if d := p.Get("Default"); d != nil && d.Kind != policy.Object && d.Kind != policy.Array {
		r.note("%s: parameter %s has the default %q, and is not known: the deployment may set another", d.Pos, name, inset.OneLine(d.Text))
	}
}

// selected is one element of a list that is known up to there.
func (r *resolver) selected(argument *policy.Node) *policy.Node {
	if argument.Kind != policy.Array || len(argument.Elems) != 2 {
		return nil
	}
	list := r.resolve(argument.Elems[1])
	index, err := strconv.Atoi(argument.Elems[0].Text)
	if err != nil || list == nil || list.Kind != policy.Array || index < 0 || index >= len(list.Elems) || len(list.Elems) != len(argument.Elems[1].Elems) {
		return nil
	}
	return list.Elems[index]
}

// mapped is a value of the template's mappings under literal names.
func (r *resolver) mapped(argument *policy.Node) *policy.Node {
	if argument.Kind != policy.Array || len(argument.Elems) != 3 {
		return nil
	}
	var n *policy.Node
	for i, e := range argument.Elems {
		name := r.resolve(e)
		if name == nil || name.Kind != policy.String && name.Kind != policy.Number {
			return nil
		}
		if i == 0 {
			n = r.entry("Mappings", name.Text)
		} else {
			n = n.Get(name.Text)
		}
	}
	if n == nil || n.Kind == policy.Object || slices.ContainsFunc(n.Elems, func(e *policy.Node) bool { return e.Kind == policy.Object }) {
		return nil
	}
	return r.resolve(n)
}
