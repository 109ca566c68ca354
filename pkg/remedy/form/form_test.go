package form_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	"go.yaml.in/yaml/v3"

	"whydenied/internal/golden"
	"whydenied/pkg/policy"
	"whydenied/pkg/remedy/form"
)

const (
	gitHub   = "token.actions.githubusercontent.com"
	provider = "arn:aws:iam::111122223333:oidc-provider/" + gitHub
	usual    = `{"Version":"2012-10-17","Statement":[{"Sid":"Deploy","Effect":"Allow","Principal":{"Federated":"` + provider + `"},"Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"],` +
		`"Condition":{"StringEquals":{"` + gitHub + `:aud":"sts.amazonaws.com","` + gitHub + `:sub":["repo:octo-org/api:ref:refs/heads/main","repo:octo-org/api:environment:production"]}}},` +
		`{"Effect":"Deny","NotPrincipal":{"Federated":["` + provider + `"]},"NotAction":"sts:GetCallerIdentity","Condition":{"Bool":{"aws:SecureTransport":false},"NumericLessThan":{"aws:EpochTime":1900000000}}}]}`
	older = `{"Id":"old","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:*","Condition":{"StringLike":{"` + gitHub + `:sub":"repo:octo-org/api:${x}*"}}}}`
)

func TestGolden(t *testing.T) {
	for name, text := range map[string]string{"usual": usual, "older": older} {
		var b strings.Builder
		for _, f := range forms() {
			made, err := f.write([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "# %s\n%s\n", f.name, made)
		}
		golden.Compare(t, filepath.Join("testdata", name+".txt"), b.String())
	}
	made, err := form.OIDCProvider("api.prefect.cloud/oidc-provider", "https://api.prefect.cloud/oidc-provider", []string{"prefect-cloud", "${x}"})
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, filepath.Join("testdata", "provider.txt"), made)
}

// formOf is a form with its own reader, which turns what was written into the
// JSON that AWS would get.
type formOf struct {
	name  string
	write func([]byte) (string, error)
	read  func(testing.TB, string) any
}

func forms() []formOf {
	return []formOf{
		{"jsonencode", form.JSONEncode, readJSONEncode},
		{"aws_iam_policy_document", func(b []byte) (string, error) { return form.PolicyDocument("deploy", b) }, readPolicyDocument},
		{"CloudFormation", form.CloudFormation, readYAML},
	}
}

// hostile are values that a caller may have chosen, and what each form does
// with them; none is the forms that cannot hold them.
var hostile = []struct{ label, value, none string }{
	{"quotes", `a"b'c`, ""}, {"backslash", `\n\u0041\`, ""}, {"shell", "$(id) `id`", ""}, {"line breaks", "a\nb\r\nc\td", ""},
	{"a variable of IAM", "${aws:username}", ""}, {"its escape", "${$}{x} ${*}", ""}, {"Terraform", "${var.x} $${y} %{ if true }z%{ endif } %%{", ""},
	{"right to left", "\u202eabc\u2066", ""}, {"invisible", "a\u200bb\ufeff", ""}, {"escape sequence", "\x1b[31m\x7f", ""}, {"beyond the first plane", "\U0001f680", ""},
	{"YAML", "- x: &a !!y {z}\n# c", ""}, {"looks like a number", "0o17", ""}, {"looks like a time", "2012-10-17", ""}, {"looks like nothing", "null", ""}, {"empty", "", ""},
	{"white space around", "  a  ", ""}, {"2 KB of wildcards", strings.Repeat("*", 2048), ""}, {"heredoc", "<<EOT\nEOT", ""}, {"next line", "a\u0085b\u2028c", ""},
	{"a variable of the data source", "&{aws:username}", "aws_iam_policy_document"}, {"a dynamic reference", "{{resolve:ssm:x}}", "CloudFormation"},
	{"not composed", "e\u0301", "jsonencode aws_iam_policy_document"},
}

// TestReadBack: each form, read by its own language, is the same document.
func TestReadBack(t *testing.T) {
	for _, f := range forms() {
		for _, text := range []string{usual, older} {
			same(t, f, text)
		}
		for _, tt := range hostile {
			t.Run(f.name+" "+tt.label, func(t *testing.T) {
				quoted, err := json.Marshal(tt.value)
				if err != nil {
					t.Fatal(err)
				}
				text := strings.Replace(usual, `"repo:octo-org/api:environment:production"`, string(quoted), 1)
				if strings.Contains(tt.none, f.name) {
					if made, err := f.write([]byte(text)); !errors.Is(err, form.ErrReplaced) {
						t.Errorf("got %v and\n%s", err, made)
					}
					return
				}
				same(t, f, text)
			})
		}
	}
}

func same(t *testing.T, f formOf, text string) {
	t.Helper()
	made, err := f.write([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range made {
		if r < ' ' && r != '\n' || r == 0x7f || r == '\u202e' || r == '\u200b' {
			t.Errorf("%U is not escaped in\n%s", r, made)
		}
	}
	if diff := cmp.Diff(plain(t, []byte(text)), normal(t, f.read(t, made))); diff != "" {
		t.Errorf("%s (-policy +read back):\n%s\n%s", f.name, diff, made)
	}
}

// plain is a policy as lists of texts, in whichever of IAM's ways it was
// written.
func plain(t *testing.T, text []byte) string {
	t.Helper()
	doc, err := policy.Parse("", text)
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q\n", doc.Version, doc.ID)
	for i := range doc.Statements {
		s := &doc.Statements[i]
		var conditions []string
		for _, c := range s.Conditions {
			conditions = append(conditions, fmt.Sprintf("%s %q %q", c.Operator, c.Key.Text, values(c.Values)))
		}
		sortTexts(conditions)
		fmt.Fprintf(&b, "%q %s %v %+v %v %q %q\n", s.Sid, s.Effect, s.Principal.Not, entries(s.Principal.Entries), s.Action.Not, values(s.Action.Values), conditions)
	}
	return b.String()
}

func entries(list []policy.PrincipalEntry) []string {
	var said []string
	for _, e := range list {
		said = append(said, strings.TrimPrefix(e.Type, "*")+"="+e.Text)
	}
	return said
}

func values(list []policy.Value) []string {
	var said []string
	for _, v := range list {
		said = append(said, v.Text)
	}
	return said
}

func sortTexts(list []string) {
	for i := range list {
		for k := i; k > 0 && list[k] < list[k-1]; k-- {
			list[k], list[k-1] = list[k-1], list[k]
		}
	}
}

func normal(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return plain(t, text)
}

func parsed(t testing.TB, text string) *hclsyntax.Body {
	t.Helper()
	f, diags := hclsyntax.ParseConfig([]byte(text), "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%v in\n%s", diags, text)
	}
	body, ok := f.Body.(*hclsyntax.Body)
	if !ok {
		t.Fatal("no body")
	}
	return body
}

func value(t testing.TB, a *hclsyntax.Attribute) cty.Value {
	t.Helper()
	v, diags := a.Expr.Value(&hcl.EvalContext{Functions: map[string]function.Function{"jsonencode": stdlib.JSONEncodeFunc}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return v
}

func readJSONEncode(t testing.TB, text string) any {
	t.Helper()
	return json.RawMessage(value(t, parsed(t, text).Attributes["assume_role_policy"]).AsString())
}

// readPolicyDocument does what the data source does with these blocks.
func readPolicyDocument(t testing.TB, text string) any {
	t.Helper()
	data := parsed(t, text).Blocks[0]
	doc := map[string]any{"Version": "2012-10-17"}
	for name, key := range map[string]string{"version": "Version", "policy_id": "Id"} {
		if a := data.Body.Attributes[name]; a != nil {
			doc[key] = value(t, a).AsString()
		}
	}
	var statements []any
	for _, b := range data.Body.Blocks {
		statements = append(statements, readStatement(t, b.Body))
	}
	doc["Statement"] = statements
	return doc
}

func readStatement(t testing.TB, b *hclsyntax.Body) map[string]any {
	t.Helper()
	s := map[string]any{}
	for name, key := range map[string]string{"sid": "Sid", "effect": "Effect"} {
		if a := b.Attributes[name]; a != nil {
			s[key] = value(t, a).AsString()
		}
	}
	for name, key := range map[string]string{"actions": "Action", "not_actions": "NotAction"} {
		if a := b.Attributes[name]; a != nil {
			s[key] = list(t, a)
		}
	}
	conditions := map[string]any{}
	for _, c := range b.Blocks {
		switch c.Type {
		case "principals", "not_principals":
			key := map[string]string{"principals": "Principal", "not_principals": "NotPrincipal"}[c.Type]
			if kind := value(t, c.Body.Attributes["type"]).AsString(); kind == "*" {
				s[key] = "*"
			} else {
				s[key] = map[string]any{kind: list(t, c.Body.Attributes["identifiers"])}
			}
		case "condition":
			test := value(t, c.Body.Attributes["test"]).AsString()
			keys, ok := conditions[test].(map[string]any)
			if !ok {
				keys = map[string]any{}
			}
			keys[value(t, c.Body.Attributes["variable"]).AsString()] = list(t, c.Body.Attributes["values"])
			conditions[test] = keys
		}
	}
	s["Condition"] = conditions
	return s
}

func list(t testing.TB, a *hclsyntax.Attribute) []string {
	t.Helper()
	var texts []string
	for it := value(t, a).ElementIterator(); it.Next(); {
		_, v := it.Element()
		texts = append(texts, strings.ReplaceAll(v.AsString(), "&{", "${"))
	}
	return texts
}

func readYAML(t testing.TB, text string) any {
	t.Helper()
	var v map[string]any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return v["AssumeRolePolicyDocument"]
}

// TestBadInput: what is no trust policy is an error in every form.
func TestBadInput(t *testing.T) {
	for _, text := range []string{"", "[]", "{}", `{"Statement":[{"Effect":"Allow"}]}`, `{"Statement":`} {
		for _, f := range forms() {
			if made, err := f.write([]byte(text)); err == nil {
				t.Errorf("%s of %q is\n%s", f.name, text, made)
			}
		}
	}
}

// TestOf: a form that cannot hold a value is left out, and no other.
func TestOf(t *testing.T) {
	f := form.Of("deploy", []byte(strings.Replace(usual, "production", "&{aws:username}", 1)))
	if f.PolicyDocument != "" || f.JSONEncode == "" || f.CloudFormation == "" {
		t.Errorf("got %+v", f)
	}
	if f := form.Of("deploy", []byte("{}")); f != (form.Forms{}) {
		t.Errorf("of no trust policy: %+v", f)
	}
}

func TestIdentifier(t *testing.T) {
	for name, want := range map[string]string{"deploy": "deploy", "Prefect-Flows": "prefect_flows", "1st": "trust_1st", "": "trust", "\u202e": "trust", "a.b/c": "a_b_c", strings.Repeat("x", 99): strings.Repeat("x", 64)} {
		if got := form.Identifier(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
