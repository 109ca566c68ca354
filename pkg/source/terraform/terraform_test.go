package terraform_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"whydenied/pkg/policy"
	"whydenied/pkg/source"
	"whydenied/pkg/source/terraform"
)

// role is a role with a trust policy of its own.
func role(trust string) string {
	return "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = " + trust + "\n}\n"
}

// document is a role with a data source for its trust policy.
func document(body string) string {
	return "data \"aws_iam_policy_document\" \"d\" {\n" + body + "\n}\n" + role("data.aws_iam_policy_document.d.json")
}

const minimal = `jsonencode({Statement = {Effect = "Allow", Principal = "*", Action = "sts:*"}})`

func TestErrors(t *testing.T) {
	for _, tt := range []struct{ label, reason, text, want string }{
		{"not Terraform", "the parser's own words, on one line", "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = 👋\n}",
			"main.tf:2:24: not Terraform: invalid character: "},
		{"an argument twice", "Terraform refuses it", "resource \"aws_iam_role\" \"r\" {\n  name = \"a\"\n  name = \"b\"\n}",
			"main.tf:3:3: not Terraform: attribute redefined: "},
		{"cut off", "a paste without its end", "resource \"aws_iam_role\" \"r\" {", "main.tf:1:29: not Terraform: "},
		{"no trust policy", "Terraform wants the argument", `resource "aws_iam_role" "r" {}`, "main.tf:1:1: aws_iam_role.r has no assume_role_policy"},
		{"object", "the argument is a text", role("{ Statement = [] }"), "main.tf:2:24: found an object, expected a JSON text: jsonencode({…})"},
		{"misspelled operator", "as in JSON", role(`jsonencode({Statement = {Effect = "Allow", Principal = "*", Action = "a", Condition = {StringLikes = {}}}})`),
			`main.tf:2:111: unknown operator "StringLikes" (did you mean "StringLike"?)`},
		{"null", "jsonencode prints it, IAM refuses it", role(`jsonencode({Statement = null})`), "main.tf:2:48: found null, expected a statement or a list of statements"},
		{"misspelled argument", "Terraform refuses it", document("statement {\n  action = [\"sts:*\"]\n}"), `main.tf:3:3: unknown argument "action" (did you mean actions?)`},
		{"misspelled block", "Terraform refuses it", document("statement {\n  conditions {}\n}"), `main.tf:3:3: unknown block "conditions" (did you mean condition?)`},
		{"condition without a test", "the schema wants it", document("statement {\n  condition {\n    variable = \"a\"\n    values = []\n  }\n}"),
			"main.tf:3:3: the block has no test"},
		{"resources", "IAM refuses them in a trust policy", document("statement {\n  resources = [\"*\"]\n}"), "main.tf:3:3: Resource is not allowed in a trust policy"},
		{"a sid twice", "the data source refuses it", document("statement {\n  sid = \"a\"\n}\nstatement {\n  sid = \"a\"\n}"), `main.tf:6:9: sid "a" stands twice in this document, first at main.tf:3:9`},
		{"no principal", "IAM refuses it", document("statement {\n  actions = [\"sts:*\"]\n}"), "main.tf:2:1: Statement[0] needs either Principal or NotPrincipal"},
		{"misspelled type", "of a principal", document("statement {\n  principals {\n    type = \"federated\"\n    identifiers = [\"x\"]\n  }\n}"),
			`main.tf:4:12: unknown principal type "federated" (did you mean "Federated"?)`},
		{"unknown version", "the data source refuses it", document("version = \"2020-01-01\"\n"), `main.tf:2:11: unknown Version "2020-01-01"`},
		{"a local twice", "Terraform refuses it", "locals {\n  a = 1\n}\nlocals {\n  a = 2\n}", "main.tf:5:3: local.a is defined twice in this module"},
		{"a role twice", "Terraform refuses it", role(minimal) + role(minimal), "main.tf:4:1: aws_iam_role.r is defined twice in this module, first at main.tf:1:1"},
		{"nothing", "an empty file is no mistake of Terraform's", "", "main.tf: no trust policy, expected "},
		{"too deep", "the parser recurses without a limit", "a = " + strings.Repeat("(", 100000), "main.tf:1:"},
		{"too many signs", "the parser recurses without a limit", "a = " + strings.Repeat("!", 100000), "main.tf:1:"},
		{"too long", "nobody writes such a file", strings.Repeat("#", 1<<20+1), "main.tf: larger than 1048576 bytes"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			_, err := terraform.Parse("main.tf", []byte(tt.text), source.Deployment{})
			if err == nil {
				t.Fatalf("no error: %s", tt.reason)
			}
			if got := err.Error(); !strings.HasPrefix(got, tt.want) || strings.Contains(got, "\n") {
				t.Errorf("%s\nwant prefix %s\ngot         %s", tt.reason, tt.want, got)
			}
			if got, want := errors.Is(err, source.ErrNoPolicy), strings.Contains(tt.want, "no trust policy"); got != want {
				t.Errorf("want ErrNoPolicy %v, got %v", want, got)
			}
		})
	}
}

// References that double at each step end, in bounded time and space.
func TestBounded(t *testing.T) {
	doubling := func(template string) string {
		var b strings.Builder
		b.WriteString("locals {\n  a0 = \"" + strings.Repeat("x", 1000) + "\"\n")
		for i := 1; i < 60; i++ {
			of, from := "a"+string(rune('0'+i%10))+strings.Repeat("_", i/10), "a"+string(rune('0'+(i-1)%10))+strings.Repeat("_", (i-1)/10)
			b.WriteString("  " + of + " = " + strings.ReplaceAll(template, "@", "local."+from) + "\n")
		}
		return b.String() + "}\n" + role(`jsonencode({Statement = {Effect = "Allow", Principal = "*", Action = local.a9_____}})`)
	}
	for label, template := range map[string]string{
		"lists": "[@, @]", "text": `"${@}${@}"`, "join": `join(@, [@, @, @])`, "format": `format("%s%s", @, @)`, "concat": "concat([@], [@])", "objects": "{a = @, b = @}",
	} {
		t.Run(label, func(t *testing.T) {
			policies, err := terraform.Parse("main.tf", []byte(doubling(template)), source.Deployment{})
			if err == nil && policies[0].Policy.Statements[0].Action.Values[0].Unresolved {
				return
			}
			if err == nil || !strings.Contains(err.Error(), "expected a string") {
				t.Errorf("want an unresolved action or an error of its shape, got %v", err)
			}
		})
	}
}

// Long files end too, whatever they repeat.
func TestLarge(t *testing.T) {
	const size = 200_000
	repeat := func(s string) string { return strings.Repeat(s, size/len(s)) }
	for label, text := range map[string]string{
		"statements":   document(repeat("statement {}\n")),
		"sids":         document(repeat("statement {\n sid = \"a\"\n}\n")),
		"conditions":   document("statement {\n" + repeat("condition {\n test = var.t\n variable = \"a\"\n values = []\n}\n") + "}"),
		"principals":   document("statement {\n" + repeat("principals {\n type = \"AWS\"\n identifiers = []\n}\n") + "}"),
		"members":      role("jsonencode({" + repeat("a=1,") + "})"),
		"elements":     role("jsonencode({Statement = [" + repeat("a,") + "]})"),
		"holes":        role(`"[` + repeat("${a},") + `0]"`),
		"heredoc":      role("<<-EOF\n" + repeat("  é\n") + "  EOF"),
		"private use":  role("<<EOF\n\"" + privateUse() + repeat("x") + "${y}\"\nEOF"),
		"one unknown":  role("jsonencode([for a in b: " + repeat("a + ") + "a])"),
		"interpolated": role("jsonencode({Version = \"" + repeat("$${a}${b}") + "\"})"),
		"documents":    document("source_policy_documents = [" + repeat("var.d, ") + "]"),
		"sources":      document("source_policy_documents = [" + repeat("data.aws_iam_policy_document.d.json, ") + "]"),
		"roles of one": "locals {\n a = [" + strings.Repeat("1,", 5000) + "]\n}\n" + many(3000, "resource \"aws_iam_role\" \"r%d\" {\n assume_role_policy = jsonencode(local.a)\n}\n"),
	} {
		t.Run(label, func(t *testing.T) {
			_, err := terraform.Parse("main.tf", []byte(text), source.Deployment{})
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("want one line, got %v", err)
			}
		})
	}
}

func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func privateUse() string {
	var b strings.Builder
	for r := '\ue000'; r <= '\uf8ff'; r++ {
		b.WriteRune(r)
	}
	return b.String()
}

// Line ends of Windows count as one, also in a heredoc.
func TestLineEnds(t *testing.T) {
	text := strings.ReplaceAll(role("<<-EOF\n    {\"Statement\": {\"Effect\": \"Allow\",\n      \"Principal\": \"*\", \"Action\": \"${x}\"}}\n  EOF"), "\n", "\r\n")
	policies, err := terraform.Parse("main.tf", []byte(text), source.Deployment{})
	if err != nil {
		t.Fatal(err)
	}
	action := policies[0].Policy.Statements[0].Action.Values[0]
	if want, got := "main.tf:4:35", action.Pos.String(); want != got || action.Text != "${x}" {
		t.Errorf("want ${x} at %s, got %s at %s", want, action.Text, got)
	}
}

// An override without what it overrides is refused, as Terraform does.
func TestOverridesNothing(t *testing.T) {
	folder := fstest.MapFS{"main.tf": {Data: []byte(role(minimal))}, "override.tf": {Data: []byte("\ndata \"aws_iam_policy_document\" \"d\" {}\n")}}
	_, err := terraform.ParseFolder("infra", folder, source.Deployment{})
	if want := "infra/override.tf:2:1: data.aws_iam_policy_document.d overrides nothing: no other file of this module has it"; err == nil || err.Error() != want {
		t.Errorf("want %s, got %v", want, err)
	}
}

// A line of the document can be shown, whichever file it lies in.
func TestLineAt(t *testing.T) {
	folder := fstest.MapFS{
		"main.tf":   {Data: []byte(role(`jsonencode({Statement = {Effect = "Allow", Principal = "*", Action = local.action}})`))},
		"locals.tf": {Data: []byte("# for CI\nlocals {\n  action = \"sts:*\"\n}\n")},
	}
	policies, err := terraform.ParseFolder("infra", folder, source.Deployment{})
	if err != nil {
		t.Fatal(err)
	}
	at := policies[0].Policy.Statements[0].Action.Values[0].Pos
	if want, got := (policy.Pos{File: "infra/locals.tf", Line: 3, Column: 12}), at; want != got {
		t.Errorf("want %s, got %s", want, got)
	}
	if want, got := `  action = "sts:*"`, policies[0].Policy.LineAt(at); want != got {
		t.Errorf("want %q, got %q", want, got)
	}
}
