// Package checks reads the repository's own files and says where they break its
// rules: imports that point to the right in the path of a denial, a clock or a
// network in a package that must be pure, text that only makes sense on the
// machine where it was written.
//
// A file tree goes in, findings come out, one line each and in the order of the
// tree. It changes nothing, and it knows the rules only as they are given to it:
// what the rules are, and why, stands in the tests at the root of the module.
package checks

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Rules says which folders of a module may import which. A folder stands for
// itself and for those below it that have no row of their own.
type Rules struct {
	Module string              // the module's path, as go.mod has it
	Knows  map[string][]string // for each folder, the folders it may import
	Open   map[string]string   // a folder that all code below another may import
	Pure   func(string) bool   // whether the folder must stay pure
	// Banned says whether pure code may not import this path.
	Banned func(importPath string) bool
}

// Imports returns a finding for each import and each use of the clock that
// breaks the rules, and for each folder of Go code that has no row. Tests and
// testdata are not judged: they may read files and know everything. The error is
// that of reading the tree, or names the place in a file that is not Go.
func Imports(tree fs.FS, rules Rules) ([]string, error) {
	var findings []string
	unlisted := map[string]bool{}
	err := walk(tree, func(name string) error {
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "testdata/") {
			return nil
		}
		folder := path.Dir(name)
		if rules.row(folder) == "" {
			if !unlisted[folder] {
				findings = append(findings, folder+": no rule says what this folder may import")
			}
			unlisted[folder] = true
			return nil
		}
		found, err := rules.file(tree, name)
		findings = append(findings, found...)
		return err
	})
	return findings, err
}

// row returns the nearest folder with a row, or "" when there is none.
func (r Rules) row(folder string) string {
	for ; folder != "."; folder = path.Dir(folder) {
		if _, ok := r.Knows[folder]; ok {
			return folder
		}
	}
	return ""
}

func (r Rules) file(tree fs.FS, name string) ([]string, error) {
	src, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var findings []string
	report := func(at token.Pos, format string, args ...any) {
		findings = append(findings, fmt.Sprintf("%s:%d: ", name, fset.Position(at).Line)+fmt.Sprintf(format, args...))
	}
	folder := path.Dir(name)
	pure := r.Pure(folder)
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if !r.mayImport(folder, imported) {
			report(spec.Pos(), "%s may not import %s", folder, imported)
		}
		if pure && r.Banned(imported) {
			report(spec.Pos(), "%s is pure and may not import %s", folder, imported)
		}
		if pure && imported == "time" {
			for _, at := range clockUses(file, spec) {
				report(at, "%s is pure and may not read the clock", folder)
			}
		}
	}
	return findings, nil
}

// mayImport judges only the module's own folders; others are Banned's matter.
func (r Rules) mayImport(folder, imported string) bool {
	target, ours := strings.CutPrefix(imported, r.Module+"/")
	if !ours {
		return true
	}
	from, to := r.row(folder), r.row(target)
	if from == to || slices.Contains(r.Knows[from], to) {
		return true
	}
	above, open := r.Open[to]
	return open && strings.HasPrefix(folder, above+"/")
}

// readsClock holds what package time offers that asks for the time or waits for
// it. Parsing, arithmetic and formatting are pure.
var readsClock = []string{
	"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker",
}

// clockUses returns where the file calls, or passes on, a function that reads
// the clock. A dot import of package time counts, for its uses cannot be told.
func clockUses(file *ast.File, spec *ast.ImportSpec) []token.Pos {
	local := "time"
	if spec.Name != nil {
		local = spec.Name.Name
	}
	if local == "." {
		return []token.Pos{spec.Pos()}
	}
	var uses []token.Pos
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if ok && x.Name == local && slices.Contains(readsClock, sel.Sel.Name) {
			uses = append(uses, sel.Pos())
		}
		return true
	})
	return uses
}
