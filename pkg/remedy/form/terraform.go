package form

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"whydenied/pkg/policy"
)

// JSONEncode is the assume_role_policy of an aws_iam_role, by jsonencode, in
// the order of the policy.
func JSONEncode(text []byte) (string, error) {
	n, err := read(text)
	if err != nil {
		return "", err
	}
	if !each(n, keptByTerraform) {
		return "", ErrReplaced
	}
	f := hclwrite.NewEmptyFile()
	f.Body().SetAttributeRaw("assume_role_policy", hclwrite.TokensForFunctionCall("jsonencode", tokens(n)))
	return string(hclwrite.Format(f.Bytes())), nil
}

func tokens(n *policy.Node) hclwrite.Tokens {
	switch n.Kind {
	case policy.Object:
		attrs := make([]hclwrite.ObjectAttrTokens, len(n.Members))
		for i, m := range n.Members {
			attrs[i] = hclwrite.ObjectAttrTokens{Name: keyTokens(m.Key.Text), Value: tokens(m.Value)}
		}
		return hclwrite.TokensForObject(attrs)
	case policy.Array:
		return listTokens(n)
	case policy.Number:
		return hclwrite.Tokens{{Type: hclsyntax.TokenNumberLit, Bytes: []byte(n.Text)}}
	case policy.Bool:
		return hclwrite.TokensForIdentifier(n.Text)
	default:
		return hclwrite.TokensForValue(cty.StringVal(n.Text))
	}
}

// keyTokens quote a key, unless it is a plain word such as "Effect".
func keyTokens(key string) hclwrite.Tokens {
	if strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && key != "" && key != "for" && key != "null" && key != "true" && key != "false" {
		return hclwrite.TokensForIdentifier(key)
	}
	return hclwrite.TokensForValue(cty.StringVal(key))
}

// listTokens sets each element of a list of several on a line of its own.
func listTokens(n *policy.Node) hclwrite.Tokens {
	elems := make([]hclwrite.Tokens, len(n.Elems))
	for i, e := range n.Elems {
		elems[i] = tokens(e)
	}
	if len(elems) < 2 {
		return hclwrite.TokensForTuple(elems)
	}
	newline := &hclwrite.Token{Type: hclsyntax.TokenNewline, Bytes: []byte{'\n'}}
	list := hclwrite.Tokens{{Type: hclsyntax.TokenOBrack, Bytes: []byte{'['}}, newline}
	for _, e := range elems {
		list = append(append(list, e...), &hclwrite.Token{Type: hclsyntax.TokenComma, Bytes: []byte{','}}, newline)
	}
	return append(list, &hclwrite.Token{Type: hclsyntax.TokenCBrack, Bytes: []byte{']'}})
}

// PolicyDocument is the policy as an aws_iam_policy_document data source of
// the given name. That data source takes "&{" for IAM's "${" and has no way
// to write "&{" itself, and it writes version 2012-10-17 unless it is told.
func PolicyDocument(name string, text []byte) (string, error) {
	n, err := read(text)
	if err != nil {
		return "", err
	}
	if !each(n, func(s string) bool { return keptByTerraform(s) && !strings.Contains(s, "&{") }) {
		return "", ErrReplaced
	}
	doc, err := policy.Decode(n)
	if err != nil {
		return "", err
	}
	f := hclwrite.NewEmptyFile()
	data := f.Body().AppendNewBlock("data", []string{"aws_iam_policy_document", Identifier(name)}).Body()
	if doc.Version != policy.Version2012 {
		text1(data, "version", doc.Version)
	}
	if doc.ID != "" {
		text1(data, "policy_id", doc.ID)
	}
	for i := range doc.Statements {
		if i > 0 || len(data.Attributes()) > 0 {
			data.AppendNewline()
		}
		statement(data.AppendNewBlock("statement", nil).Body(), &doc.Statements[i])
	}
	return string(hclwrite.Format(f.Bytes())), nil
}

func statement(b *hclwrite.Body, s *policy.Statement) {
	if s.Sid != "" {
		text1(b, "sid", s.Sid)
	}
	text1(b, "effect", s.Effect.String())
	texts(b, either(s.Action.Not, "not_actions", "actions"), s.Action.Values)
	principals(b, &s.Principal)
	for i := range s.Conditions {
		c := &s.Conditions[i]
		b.AppendNewline()
		block := b.AppendNewBlock("condition", nil).Body()
		text1(block, "test", c.Operator.Text)
		text1(block, "variable", c.Key.Text)
		texts(block, "values", c.Values)
	}
}

// principals writes one block for each type, as the policy groups them. A bare
// "*" is the type "*".
func principals(b *hclwrite.Body, p *policy.Principal) {
	for i := 0; i < len(p.Entries); {
		kind := p.Entries[i].Type
		var ids []policy.Value
		for ; i < len(p.Entries) && p.Entries[i].Type == kind; i++ {
			ids = append(ids, p.Entries[i].Value)
		}
		b.AppendNewline()
		block := b.AppendNewBlock(either(p.Not, "not_principals", "principals"), nil).Body()
		text1(block, "type", either(kind == "", "*", kind))
		texts(block, "identifiers", ids)
	}
}

func text1(b *hclwrite.Body, name, value string) { b.SetAttributeValue(name, cty.StringVal(value)) }

func texts(b *hclwrite.Body, name string, list []policy.Value) {
	n := &policy.Node{Kind: policy.Array}
	for _, v := range list {
		n.Elems = append(n.Elems, &policy.Node{Kind: policy.String, Text: v.Text})
	}
	b.SetAttributeRaw(name, listTokens(n))
}

func either(first bool, yes, no string) string {
	if first {
		return yes
	}
	return no
}

// OIDCProvider is the resource of an identity provider, with the audiences
// that it accepts.
func OIDCProvider(name, url string, clientIDs []string) (string, error) {
	list := make([]policy.Value, 0, len(clientIDs))
	for _, id := range append([]string{url}, clientIDs...) {
		if !keptByTerraform(id) {
			return "", ErrReplaced
		}
	}
	for _, id := range clientIDs {
		list = append(list, policy.Value{Text: id})
	}
	f := hclwrite.NewEmptyFile()
	b := f.Body().AppendNewBlock("resource", []string{"aws_iam_openid_connect_provider", Identifier(name)}).Body()
	text1(b, "url", url)
	texts(b, "client_id_list", list)
	return string(hclwrite.Format(f.Bytes())), nil
}
