package stack_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyfunction "github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// module is one folder of deploy/terraform: its blocks by type, and its locals.
type module struct {
	blocks map[string][]*hclsyntax.Block
	locals map[string]hclsyntax.Expression
}

// readModule parses a folder of Terraform.
func readModule(t *testing.T, folder string) module {
	t.Helper()
	m := module{blocks: map[string][]*hclsyntax.Block{}, locals: map[string]hclsyntax.Expression{}}
	files, err := filepath.Glob(filepath.Join(root, folder, "*.tf"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s holds %d files: %v", folder, len(files), err)
	}
	for _, name := range files {
		for _, block := range hclBody(t, name).Blocks {
			if block.Type == "locals" {
				for local, a := range block.Body.Attributes {
					m.locals[local] = a.Expr
				}
			}
			m.blocks[block.Type] = append(m.blocks[block.Type], block)
		}
	}
	return m
}

func hclBody(t *testing.T, name string) *hclsyntax.Body {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	file, diagnostics := hclsyntax.ParseConfig(data, name, hcl.InitialPos)
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		t.Fatalf("%s is not in HCL's own syntax", name)
	}
	return body
}

// functions are those of Terraform that the modules call. The digest of the zip
// file is a text, for the file is not there.
var functions = map[string]ctyfunction.Function{
	"alltrue": alltrue, "anytrue": anytrue, "can": tryfunc.CanFunc, "concat": stdlib.ConcatFunc, "contains": stdlib.ContainsFunc,
	"floor": stdlib.FloorFunc, "jsondecode": stdlib.JSONDecodeFunc, "jsonencode": stdlib.JSONEncodeFunc, "keys": stdlib.KeysFunc, "length": length, "merge": stdlib.MergeFunc,
	"one": one, "range": stdlib.RangeFunc, "regex": stdlib.RegexFunc, "tostring": stdlib.MakeToFunc(cty.String), "try": tryfunc.TryFunc,
	"filebase64sha256": ctyfunction.New(&ctyfunction.Spec{
		Params: []ctyfunction.Parameter{{Name: "path", Type: cty.String}},
		Type:   ctyfunction.StaticReturnType(cty.String),
		Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return args[0], nil },
	}),
}

// length is Terraform's, which counts characters too.
var length = ctyfunction.New(&ctyfunction.Spec{
	Params: []ctyfunction.Parameter{{Name: "value", Type: cty.DynamicPseudoType}},
	Type:   ctyfunction.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if args[0].Type() == cty.String {
			return stdlib.Strlen(args[0])
		}
		return args[0].Length(), nil
	},
})

var (
	alltrue = over(cty.True, cty.Value.And)
	anytrue = over(cty.False, cty.Value.Or)
)

// over joins the values of a list, of which an empty one gives the start.
func over(start cty.Value, join func(cty.Value, cty.Value) cty.Value) ctyfunction.Function {
	return ctyfunction.New(&ctyfunction.Spec{
		Params: []ctyfunction.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
		Type:   ctyfunction.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			joined := start
			for _, v := range args[0].AsValueSlice() {
				joined = join(joined, v)
			}
			return joined, nil
		},
	})
}

var one = ctyfunction.New(&ctyfunction.Spec{
	Params: []ctyfunction.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type:   ctyfunction.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		for _, v := range args[0].AsValueSlice() {
			return v, nil
		}
		return cty.NullVal(cty.String), nil
	},
})

// snake is the module's name for one of the template: SlackSecretArn is
// slack_secret_arn in Terraform.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

// camel is the way back.
func camel(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

// terraformFiles are all files of Terraform in the repository's deploy folder.
func terraformFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(filepath.Join(root, "deploy", "terraform"), func(name string, d fs.DirEntry, err error) error {
		if err == nil && path.Ext(name) == ".tf" {
			files = append(files, name)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	return files
}
