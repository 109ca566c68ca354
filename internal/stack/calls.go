package stack

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

const (
	services = "github.com/aws/aws-sdk-go-v2/service/"
	stscreds = "github.com/aws/aws-sdk-go-v2/credentials/stscreds"
)

// Calls returns the operations of AWS that the Go code in a folder and below it
// can call, sorted, as service.Operation. Whoever calls Operation names the type
// OperationInput or OperationOutput, in the call or in an interface; a call with
// a nil input whose output is never named would be missed. Of DynamoDB's
// transactions the parts are returned as well (dynamodb.Put, …), since IAM
// permits those. Tests and testdata are left out. The error is that of reading
// or parsing a file.
func Calls(tree fs.FS, folder string) ([]string, error) {
	var calls []string
	err := fs.WalkDir(tree, folder, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return fs.SkipDir
		case !strings.HasSuffix(name, ".go"), strings.HasSuffix(name, "_test.go"):
			return nil
		}
		src, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		calls = append(calls, callsOf(file)...)
		return nil
	})
	slices.Sort(calls)
	return slices.Compact(calls), err
}

func callsOf(file *ast.File) []string {
	packages := imported(file)
	var calls []string
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok {
			if call := callOf(packages[x.Name], sel.Sel.Name); call != "" {
				calls = append(calls, call)
			}
		}
		return true
	})
	return calls
}

// parts of TransactWriteItems, by the type that one is made of.
var parts = []string{"Put", "Update", "Delete", "ConditionCheck"}

// callOf is the operation that a name of a package belongs to, or "".
func callOf(importPath, name string) string {
	if importPath == stscreds && strings.HasPrefix(name, "NewAssumeRole") {
		return "sts.AssumeRole"
	}
	service, ok := strings.CutPrefix(importPath, services)
	if !ok {
		return ""
	}
	if service == "dynamodb/types" && slices.Contains(parts, name) {
		return "dynamodb." + name
	}
	for _, suffix := range []string{"Input", "Output"} {
		if operation, ok := strings.CutSuffix(name, suffix); ok && !strings.Contains(service, "/") {
			return service + "." + operation
		}
	}
	return ""
}

// imported maps the local names of a file's imports to their paths.
func imported(file *ast.File) map[string]string {
	packages := make(map[string]string)
	for _, spec := range file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser has read it as a string
		}
		local := path.Base(p)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		packages[local] = p
	}
	return packages
}
