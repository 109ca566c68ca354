package cloudformation

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"whydenied/pkg/policy"
	"whydenied/pkg/source/inset"
)

// CloudFormation takes a megabyte of template at most; aliases can make much
// out of little.
const (
	maxFile  = 2 << 20 // bytes
	maxNodes = 100_000
	maxText  = 8 << 20 // bytes
	maxDepth = 100
)

// converter makes nodes out of YAML. The short form of an intrinsic function
// becomes its long form.
type converter struct {
	file  *inset.File
	nodes int
	bytes int
	depth int
}

// parseYAML reads each document of a file.
func parseYAML(f *inset.File) ([]*policy.Node, error) {
	if len(f.Data) > maxFile {
		return nil, policy.Errorf(policy.Pos{File: f.Name}, "larger than %d bytes, expected a template", maxFile)
	}
	var documents []*policy.Node
	decoder := yaml.NewDecoder(bytes.NewReader(f.Data))
	for {
		var n yaml.Node
		err := decoder.Decode(&n)
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, yamlError(f, err)
		}
		c := converter{file: f}
		doc, err := c.node(&n)
		if err != nil {
			return nil, err
		}
		documents = append(documents, doc)
	}
}

// yamlError moves the line of a parser's error to where all errors have it.
func yamlError(f *inset.File, err error) error {
	for i, line := range strings.Split(string(f.Data), "\n") {
		if indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]; strings.Contains(indent, "\t") && strings.TrimSpace(line) != "" {
			at := policy.Pos{File: f.Name, Line: i + 1, Column: strings.IndexByte(indent, '\t') + 1}
			return policy.Errorf(at, "not YAML: a tab indents this line, expected spaces")
		}
	}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	at := policy.Pos{File: f.Name}
	if rest, found := strings.CutPrefix(text, "line "); found {
		number, message, _ := strings.Cut(rest, ": ")
		if n, convErr := strconv.Atoi(number); convErr == nil && n > 0 {
			at.Line, at.Column, text = n, 1, message
		}
	}
	// The library counts these from 0, and leaves line 0 out. They tell of
	// the line where the unfinished list or mapping starts.
	if strings.HasPrefix(text, "did not find expected") {
		last := 1 + strings.Count(strings.TrimRight(string(f.Data), "\n"), "\n")
		at.Line, at.Column = min(at.Line+1, last), 1
	}
	return policy.Errorf(at, "not YAML: %s", inset.OneLine(text))
}

func (c *converter) node(n *yaml.Node) (*policy.Node, error) {
	c.nodes++
	c.bytes += len(n.Value)
	c.depth++
	defer func() { c.depth-- }()
	at := policy.Pos{File: c.file.Name, Line: n.Line, Column: n.Column}
	if c.nodes > maxNodes || c.bytes > maxText || c.depth > maxDepth {
		return nil, policy.Errorf(at, "nested too deep, or too many aliases, expected a template")
	}
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) == 1 {
			return c.node(n.Content[0])
		}
	case yaml.AliasNode:
		if n.Alias != nil {
			return c.node(n.Alias)
		}
	default:
	}
	function, err := intrinsicTag(n)
	if err != nil {
		return nil, policy.Errorf(at, "%s", err)
	}
	out := &policy.Node{Pos: at}
	out.Start, out.End = c.content(n), len(c.file.Data)
	switch n.Kind {
	case yaml.MappingNode:
		out.Kind = policy.Object
		err = c.mapping(n, out)
	case yaml.SequenceNode:
		out.Kind = policy.Array
		for _, e := range n.Content {
			var elem *policy.Node
			if elem, err = c.node(e); err != nil {
				break
			}
			out.Elems = append(out.Elems, elem)
		}
	case yaml.ScalarNode:
		if out.Kind, out.Text = scalar(n); function != "" {
			out.Kind, out.Text = policy.String, n.Value
		}
	default: // an empty document
	}
	if err != nil {
		return nil, err
	}
	if function != "" {
		key := &policy.Node{Kind: policy.String, Text: function, Pos: at}
		out = &policy.Node{Kind: policy.Object, Pos: at, Members: []policy.Member{{Key: key, Value: out}}}
	}
	return out, nil
}

var errTag = errors.New("a tag that CloudFormation does not know")

// intrinsicTag is the long name of a function's short form, "" for none.
func intrinsicTag(n *yaml.Node) (string, error) {
	if !strings.HasPrefix(n.Tag, "!") || strings.HasPrefix(n.Tag, "!!") {
		return "", nil
	}
	switch name := n.Tag[1:]; name {
	case "Ref", "Condition":
		return name, nil
	case "":
		return "", errTag
	default:
		return "Fn::" + name, nil
	}
}

func (c *converter) mapping(n *yaml.Node, out *policy.Node) error {
	first := make(map[string]policy.Pos)
	var merged []*policy.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, err := c.key(n.Content[i])
		if err != nil {
			return err
		}
		value, err := c.node(n.Content[i+1])
		if err != nil {
			return err
		}
		at, twice := first[key.Text]
		switch {
		case n.Content[i].ShortTag() == "!!merge":
			merged = append(merged, value)
		case twice && out.Duplicate == nil:
			out.Duplicate = policy.Twice(key, at)
		case !twice:
			first[key.Text] = key.Pos
			out.Members = append(out.Members, policy.Member{Key: key, Value: value})
		}
	}
	for _, m := range merged {
		merge(out, m, first)
	}
	return nil
}

// merge adds what a mapping, or each of a list, has and the object has not.
func merge(out, from *policy.Node, has map[string]policy.Pos) {
	for _, e := range from.Elems {
		merge(out, e, has)
	}
	for _, m := range from.Members {
		if _, own := has[m.Key.Text]; !own {
			has[m.Key.Text] = m.Key.Pos
			out.Members = append(out.Members, m)
		}
	}
}

func (c *converter) key(n *yaml.Node) (*policy.Node, error) {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	at := policy.Pos{File: c.file.Name, Line: n.Line, Column: n.Column}
	if n.Kind != yaml.ScalarNode {
		return nil, policy.Errorf(at, "found a list or a mapping, expected a name")
	}
	return &policy.Node{Kind: policy.String, Text: n.Value, Pos: at}, nil
}

// content is the offset at which the text of a scalar starts: behind its tag,
// its anchor, its quote, and the line that announces a block.
func (c *converter) content(n *yaml.Node) int {
	data, at := c.file.Data, c.file.Offset(n.Line, n.Column)
	for at < len(data) && (data[at] == '!' || data[at] == '&') {
		for at < len(data) && !isSpace(data[at]) {
			at++
		}
		for at < len(data) && isSpace(data[at]) {
			at++
		}
	}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		for at < len(data) && data[at] != '\n' {
			at++
		}
		return min(at+1, len(data))
	}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		return min(at+1, len(data))
	}
	return at
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// plainNumber is what every reader of YAML takes for the same number. A
// leading zero is octal to some, colons are base sixty, and underscores vanish.
var (
	plainNumber  = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)
	otherNumber  = regexp.MustCompile(`^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$|^[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?$`)
	writtenFalse = regexp.MustCompile(`^(false|False|FALSE|no|No|NO|off|Off|OFF)$`)
	writtenTrue  = regexp.MustCompile(`^(true|True|TRUE|yes|Yes|YES|on|On|ON)$`)
)

// scalar is the kind and text of a scalar as CloudFormation takes it. A date
// without quotes, as of a version, is text there.
func scalar(n *yaml.Node) (policy.Kind, string) {
	quoted := n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	switch tag := n.ShortTag(); {
	case quoted && (tag == "!!str" || n.Style&yaml.TaggedStyle == 0):
		return policy.String, n.Value
	case tag == "!!str" && n.Style&yaml.TaggedStyle != 0, tag == "!!timestamp":
		return policy.String, n.Value
	case writtenTrue.MatchString(n.Value):
		return policy.Bool, "true"
	case writtenFalse.MatchString(n.Value):
		return policy.Bool, "false"
	case tag == "!!null":
		return policy.Null, ""
	case plainNumber.MatchString(n.Value):
		return policy.Number, n.Value
	case tag == "!!int", tag == "!!float", tag == "!!binary", otherNumber.MatchString(n.Value):
		return policy.Unresolved, inset.OneLine(n.Value)
	}
	return policy.String, n.Value
}
