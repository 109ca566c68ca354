package files_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"whydenied/pkg/policy"
	"whydenied/pkg/source"
	"whydenied/pkg/source/files"
)

// texts are values that some form has to escape, or takes for something else.
var texts = []string{
	"repo:octo-org/app:ref:refs/heads/main", "repo:octo-org/*", "", "*", "a b", `"`, `\`, "'", "é日👋", "\n", "\t", "#x", "//", "- a", "a: b",
	"${aws:username}", "${k2}", "x${k2}y", "%{ if a }", "{", "}", "yes", "on", "~", "null", "true", "1", "1.0", "012", "1:30", "2012-10-17",
	"!Ref x", "&x", "<<", "\u2028", "\u202e", "EOF", "`", "$", "%", "|", "<a>",
}

func drawText(t *rapid.T) string { return rapid.SampledFrom(texts).Draw(t, "text") }

func drawAny(t *rapid.T) any { return drawText(t) }

func drawOneOrMany(t *rapid.T, draw func(*rapid.T) any) any {
	if rapid.Bool().Draw(t, "one") {
		return draw(t)
	}
	return rapid.SliceOfN(rapid.Custom(draw), 1, 3).Draw(t, "many")
}

// drawStatement is a statement as encoding/json has it.
func drawStatement(t *rapid.T) map[string]any {
	pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
	s := map[string]any{
		"Effect": pick("effect", "Allow", "Allow", "Deny"),
		pick("principal", "Principal", "NotPrincipal"): map[string]any{pick("type", "Federated", "AWS"): drawOneOrMany(t, drawAny)},
		pick("action", "Action", "NotAction"):          drawOneOrMany(t, func(t *rapid.T) any { return pick("action", "sts:*", "sts:AssumeRole", "?") }),
	}
	conditions := map[string]any{}
	for range rapid.IntRange(0, 2).Draw(t, "operators") {
		keys := map[string]any{}
		for range rapid.IntRange(1, 2).Draw(t, "keys") {
			keys[pick("key", "k1", "k2", "token.actions.githubusercontent.com:sub", "é:\"x\" y")] = drawOneOrMany(t, drawAny)
		}
		conditions[pick("operator", "StringEquals", "StringLike", "ForAnyValue:StringNotLike", "StringEqualsIfExists")] = keys
	}
	if rapid.Bool().Draw(t, "null") {
		conditions["Null"] = map[string]any{"k1": rapid.Bool().Draw(t, "absent")}
		conditions["NumericEquals"] = map[string]any{"k2": rapid.IntRange(-2, 12).Draw(t, "number")}
	}
	if len(conditions) > 0 {
		s["Condition"] = conditions
	}
	return s
}

func drawPolicy(t *rapid.T) map[string]any {
	var statements []any
	for range rapid.IntRange(1, 3).Draw(t, "statements") {
		s := drawStatement(t)
		if rapid.Bool().Draw(t, "sid") {
			s["Sid"] = fmt.Sprint("S", len(statements))
		}
		statements = append(statements, s)
	}
	p := map[string]any{"Statement": statements}
	if len(statements) == 1 && rapid.Bool().Draw(t, "alone") {
		p["Statement"] = statements[0]
	}
	if version := rapid.SampledFrom([]string{"", policy.Version2008, policy.Version2012}).Draw(t, "version"); version != "" {
		p["Version"] = version
	}
	return p
}

func drawRequest(t *rapid.T) *policy.Request {
	keys := map[string]policy.Attr{}
	for _, k := range []string{"k1", "k2", "token.actions.githubusercontent.com:sub", "é:\"x\" y", "aws:username"} {
		switch rapid.IntRange(0, 3).Draw(t, k) {
		case 0:
			keys[k] = policy.Attr{State: policy.Absent}
		case 1: // hidden
		default:
			keys[k] = policy.One(drawText(t))
		}
	}
	return &policy.Request{Action: "sts:AssumeRole", Provider: drawText(t), Keys: keys}
}

// forms are all the ways to write one policy, by name.
func forms(t *rapid.T, p map[string]any) map[string]string {
	text := string(marshal(t, p))
	indented, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{
		"document":     text,
		"role":         `{"Role": {"Arn": "a", "AssumeRolePolicyDocument": ` + text + `}}`,
		"in a string":  `{"AssumeRolePolicyDocument": ` + string(marshal(t, text)) + `}`,
		"plan":         `{"format_version": "1", "planned_values": {"root_module": {"resources": [{"type": "aws_iam_role", "values": {"assume_role_policy": ` + string(marshal(t, text)) + `}}]}}}`,
		"JSON":         `{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": ` + text + `}}}}`,
		"YAML":         template(t, p),
		"YAML policy":  string(yamlOf(t, p)),
		"Sub":          template(t, tagged{"!Sub", strings.ReplaceAll(string(indented), "${", "${!")}),
		"text in YAML": template(t, string(indented)),
		"jsonencode":   "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = jsonencode(" + literal(t, p) + ")\n}",
		"quoted":       "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = " + literal(t, text) + "\n}",
		"heredoc":      "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = <<-EOT\n    " + strings.ReplaceAll(heredoc(indented), "\n", "\n    ") + "\n  EOT\n}",
		"local":        "locals {\n  p = " + literal(t, p) + "\n}\nresource \"aws_iam_role\" \"r\" {\n  assume_role_policy = jsonencode(local.p)\n}",
		"data":         dataSource(t, p),
	}
	return all
}

func heredoc(text []byte) string {
	return strings.ReplaceAll(strings.ReplaceAll(string(text), "${", "$${"), "%{", "%%{")
}

func marshal(t *rapid.T, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tagged is a scalar with a tag of its own.
type tagged struct{ tag, text string }

func (v tagged) MarshalYAML() (any, error) {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: v.tag, Style: yaml.TaggedStyle | yaml.LiteralStyle, Value: v.text}, nil
}

func yamlOf(t *rapid.T, v any) []byte {
	b, err := yaml.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func template(t *rapid.T, document any) string {
	properties := map[string]any{"Type": "AWS::IAM::Role", "Properties": map[string]any{"AssumeRolePolicyDocument": document}}
	return string(yamlOf(t, map[string]any{"Resources": map[string]any{"R": properties}}))
}

// literal is a value as Terraform's own printer has it.
func literal(t *rapid.T, v any) string { return string(hclwrite.TokensForValue(cvalue(t, v)).Bytes()) }

func cvalue(t *rapid.T, v any) cty.Value {
	b := marshal(t, v)
	kind, err := ctyjson.ImpliedType(b)
	if err != nil {
		t.Fatal(err)
	}
	value, err := ctyjson.Unmarshal(b, kind)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// dataSource is the policy as an aws_iam_policy_document, which has a version
// always.
func dataSource(t *rapid.T, p map[string]any) string {
	f := hclwrite.NewEmptyFile()
	d := f.Body().AppendNewBlock("data", []string{"aws_iam_policy_document", "d"}).Body()
	version, ok := p["Version"].(string)
	if !ok {
		version = policy.Version2008
	}
	d.SetAttributeValue("version", cty.StringVal(version))
	for _, s := range list(p["Statement"]) {
		statement := object(s)
		b := d.AppendNewBlock("statement", nil).Body()
		for element, argument := range map[string]string{"Sid": "sid", "Effect": "effect"} {
			if v, ok := statement[element]; ok {
				b.SetAttributeValue(argument, cvalue(t, v))
			}
		}
		for element, argument := range map[string]string{"Action": "actions", "NotAction": "not_actions"} {
			if v, ok := statement[element]; ok {
				b.SetAttributeValue(argument, cvalue(t, list(v)))
			}
		}
		for element, block := range map[string]string{"Principal": "principals", "NotPrincipal": "not_principals"} {
			for kind, identifiers := range object(statement[element]) {
				c := b.AppendNewBlock(block, nil).Body()
				c.SetAttributeValue("type", cty.StringVal(kind))
				c.SetAttributeRaw("identifiers", variables(t, identifiers, version))
			}
		}
		for operator, keys := range object(statement["Condition"]) {
			for key, values := range object(keys) {
				// One block for each value: the data source makes one list of them.
				for _, v := range list(values) {
					c := b.AppendNewBlock("condition", nil).Body()
					c.SetAttributeValue("test", cty.StringVal(operator))
					c.SetAttributeValue("variable", cty.StringVal(key))
					c.SetAttributeRaw("values", variables(t, v, version))
				}
			}
		}
	}
	return string(f.Bytes()) + "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = data.aws_iam_policy_document.d.json\n}\n"
}

// object is a JSON object, or an empty one.
func object(v any) map[string]any {
	o, _ := v.(map[string]any)
	return o
}

func list(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

// variables is a list of values, with IAM's variables as the data source has
// them in the newer version.
func variables(t *rapid.T, v any, version string) hclwrite.Tokens {
	text := literal(t, list(v))
	if version == policy.Version2012 {
		text = strings.ReplaceAll(text, "$${", "&{")
	}
	return hclwrite.Tokens{{Type: hclsyntax.TokenIdent, Bytes: []byte(text)}}
}

// One policy means the same in every form.
func TestForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		want, err := policy.Parse("", marshal(t, p))
		if err != nil {
			t.Fatal(err)
		}
		requests := make([]*policy.Request, 4)
		for i := range requests {
			requests[i] = drawRequest(t)
		}
		for form, text := range forms(t, p) {
			policies, err := files.ParseAll("", []byte(text), source.Deployment{})
			if err != nil || len(policies) != 1 {
				t.Fatalf("%s: %d policies, %v in\n%s", form, len(policies), err, text)
			}
			got := policies[0].Policy
			if i := slices.IndexFunc(requests, func(r *policy.Request) bool { return policy.Evaluate(want, r) != policy.Evaluate(got, r) }); i >= 0 {
				t.Fatalf("%s: want %s, got %s for %v in\n%s", form, policy.Evaluate(want, requests[i]), policy.Evaluate(got, requests[i]), requests[i], text)
			}
			same(t, form, text, want, got)
		}
	})
}

// same compares what the evaluation might not reach: every value.
func same(t *rapid.T, form, text string, want, got *policy.Document) {
	if a, b := values(want), values(got); !slices.Equal(a, b) {
		t.Fatalf("%s: want %q, got %q in\n%s", form, a, b, text)
	}
}

// values are the texts of a document without regard to their order: some forms
// have sets and maps.
func values(d *policy.Document) []string {
	var all []string
	add := func(prefix string, v policy.Value) {
		if v.Unresolved {
			prefix += " unresolved"
		}
		all = append(all, prefix+" "+v.Text)
	}
	for _, s := range d.Statements {
		all = append(all, s.Path()+s.Sid+s.Effect.String())
		for _, e := range s.Principal.Entries {
			add(s.Path()+e.Type, e.Value)
		}
		for _, v := range s.Action.Values {
			add(s.Path()+"action", v)
		}
		for _, c := range s.Conditions {
			for _, v := range c.Values {
				add(c.Path, v)
			}
		}
	}
	slices.Sort(all)
	return all
}
