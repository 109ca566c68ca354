package cloudformation

import (
	"strings"

	"whydenied/pkg/internal/lazy"
	"whydenied/pkg/policy"
	"whydenied/pkg/source/inset"
)

// text is a string, or one that Fn::Sub or Fn::Join puts together, as far as
// it is known. It may be a whole JSON document.
func (r *resolver) text(n *policy.Node) *inset.Text {
	t := &inset.Text{File: r.file}
	r.addText(t, n)
	return t
}

func (r *resolver) addText(t *inset.Text, n *policy.Node) {
	at := r.file.Offset(n.Pos.Line, n.Pos.Column)
	argument := n
	if function(n) != "" {
		argument = n.Members[0].Value
	}
	switch f := function(n); {
	case n.Kind == policy.String && r.loops == nil:
		l := r.located(n)
		literal(t, l, 0, len(l.Text))
	case f == "Fn::Sub" && argument.Kind == policy.String:
		r.substitute(t, argument, nil)
	case f == "Fn::Sub" && len(argument.Elems) == 2 && argument.Elems[0].Kind == policy.String && argument.Elems[1].Kind == policy.Object:
		r.substitute(t, argument.Elems[0], argument.Elems[1])
	case f == "Fn::Join" && len(argument.Elems) == 2 && argument.Elems[0].Kind == policy.String && argument.Elems[1].Kind == policy.Array:
		t.Scattered = true
		for i, e := range argument.Elems[1].Elems {
			if i > 0 {
				t.AddFixed(argument.Elems[0].Text, at)
			}
			r.addText(t, e)
		}
	case f == "Fn::Sub", f == "Fn::Join": // of a list that is not written out
		t.AddUnknown(r.source(n), at)
	default:
		if v := r.resolve(n); isText(v) {
			t.AddFixed(v.Text, at)
		} else {
			t.AddUnknown(r.source(n), at)
		}
	}
}

func isText(n *policy.Node) bool {
	return n != nil && (n.Kind == policy.String || n.Kind == policy.Number || n.Kind == policy.Bool)
}

// located is a string with the places of its bytes.
func (r *resolver) located(n *policy.Node) inset.Located {
	if n.End > n.Start {
		// Escapes and indentation take room, but not without end: of a scalar
		// of YAML only the start is known.
		return r.file.Locate(n.Text, n.Start, min(n.End, n.Start+16*len(n.Text)+4096))
	}
	at := r.file.Offset(n.Pos.Line, n.Pos.Column)
	return r.file.Locate(n.Text, at, at)
}

// substitute is Fn::Sub: "${Name}" is a name of its own, a parameter or an
// attribute, "${!Name}" stands for "${Name}".
func (r *resolver) substitute(t *inset.Text, n, names *policy.Node) {
	l := r.located(n)
	done := 0
	for {
		start := strings.Index(l.Text[done:], "${")
		if start < 0 {
			break
		}
		start += done
		length := strings.IndexByte(l.Text[start:], '}')
		if length < 0 {
			break
		}
		end := start + length + 1
		literal(t, l, done, start)
		done = end
		if l.Text[start+2] == '!' {
			t.AddLocated(l, start, start+2)
			t.AddLocated(l, start+3, end)
			continue
		}
		name := strings.TrimSpace(l.Text[start+2 : end-1])
		if v := r.named(name, names, n.Pos); isText(v) {
			t.AddFixed(v.Text, l.At(start))
		} else {
			t.AddUnknown(l.Text[start:end], l.At(start))
		}
	}
	literal(t, l, done, len(l.Text))
}

// filledLater is what stands in a plain text for a value from elsewhere: a
// dynamic reference, which CloudFormation fills in at the deployment (User
// Guide, "Get values stored in other services using dynamic references"), and
// a variable of the Serverless Framework, which fills it in before.
var filledLater = lazy.Regexp(`\{\{resolve:[^{}]*\}\}|\$\{(?:self|opt|env|param|sls|ssm|cf|file)(?:\.[a-z]+(?:-[a-z]+)+-[0-9])?[:(][^{}]*\}`)

func later(text string) bool { return filledLater().MatchString(text) }

// literal appends a part of a string, which may have values from elsewhere.
func literal(t *inset.Text, l inset.Located, from, to int) {
	for _, found := range filledLater().FindAllStringIndex(l.Text[from:to], -1) {
		start, end := from+found[0], from+found[1]
		t.AddLocated(l, from, start)
		t.AddUnknown(l.Text[start:end], l.At(start))
		from = end
	}
	t.AddLocated(l, from, to)
}

// named is the value of a name in Fn::Sub; its own names come first.
func (r *resolver) named(name string, names *policy.Node, at policy.Pos) *policy.Node {
	if own := names.Get(name); own != nil {
		return r.resolve(own)
	}
	return r.value(name, at)
}
