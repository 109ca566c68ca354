package terraform

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"whydenied/pkg/policy"
	"whydenied/pkg/source"
	"whydenied/pkg/source/inset"
)

// module is what is declared in the files of one folder.
type module struct {
	name      string // before the names of its files in a position
	folder    fs.FS  // nil where only one file is known
	deployed  source.Deployment
	files     map[string]*inset.File
	locals    map[string]hclsyntax.Expression
	variables map[string]variable
	blocks    map[string]*hclsyntax.Block // "data.TYPE.NAME" and "TYPE.NAME"
	order     []*hclsyntax.Block          // resources and data sources, by file and line
	notes     []string                    // on every policy of the module

	nodes, bytes int // that all its documents took so far
}

// variable is a variable's value, nil where only the caller of the module
// knows it, and what that value rests on.
type variable struct {
	value   hclsyntax.Expression
	assumed bool // a default, which whoever calls the module may replace
}

func newModule(name string, at source.Deployment) *module {
	return &module{
		name: name, deployed: at,
		files: make(map[string]*inset.File), locals: make(map[string]hclsyntax.Expression),
		variables: make(map[string]variable), blocks: make(map[string]*hclsyntax.Block),
	}
}

// parse reads a file's syntax. Its name is that in positions.
func (m *module) parse(name string, data []byte) (*hclsyntax.Body, error) {
	f := inset.NewFile(name, data)
	m.files[name] = f
	if err := guard(f); err != nil {
		return nil, err
	}
	parsed, diags := hclsyntax.ParseConfig(f.Data, name, hcl.InitialPos)
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			return nil, syntaxError(f, d)
		}
	}
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok {
		return nil, policy.Errorf(f.Pos(0), "not Terraform")
	}
	return body, nil
}

// syntaxError is one line: the parser's details may have several.
func syntaxError(f *inset.File, d *hcl.Diagnostic) error {
	at := f.Pos(0)
	if d.Subject != nil {
		at = f.Pos(d.Subject.Start.Byte)
	}
	return policy.Errorf(at, "not Terraform: %s: %s", lowerFirst(d.Summary), inset.OneLine(d.Detail))
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// add declares what a file of Terraform declares.
func (m *module) add(body *hclsyntax.Body) error {
	for _, b := range body.Blocks {
		var err error
		switch {
		case b.Type == "locals":
			for _, name := range byPlace(b.Body.Attributes) {
				if _, twice := m.locals[name]; twice {
					return policy.Errorf(m.pos(b.Body.Attributes[name].NameRange), "local.%s is defined twice in this module", name)
				}
				m.locals[name] = b.Body.Attributes[name].Expr
			}
		case b.Type == "variable" && len(b.Labels) == 1:
			m.variable(b)
		case b.Type == "resource" && len(b.Labels) == 2:
			err = m.block(b.Labels[0]+"."+b.Labels[1], b)
		case b.Type == "data" && len(b.Labels) == 2:
			err = m.block("data."+b.Labels[0]+"."+b.Labels[1], b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *module) block(address string, b *hclsyntax.Block) error {
	if first := m.blocks[address]; first != nil {
		return policy.Errorf(m.pos(b.TypeRange), "%s is defined twice in this module, first at %s", address, m.pos(first.TypeRange))
	}
	m.blocks[address] = b
	m.order = append(m.order, b)
	return nil
}

func (m *module) variable(b *hclsyntax.Block) {
	v := variable{assumed: true}
	if d := b.Body.Attributes["default"]; d != nil {
		v.value = d.Expr
	}
	if set := m.variables[b.Labels[0]]; set.value == nil || set.assumed {
		m.variables[b.Labels[0]] = v
	}
}

// assign takes the values of a file of variables, which Terraform reads by
// itself from the folder. A later file wins.
func (m *module) assign(body *hclsyntax.Body) {
	for name, a := range body.Attributes {
		m.variables[name] = variable{value: a.Expr}
	}
}

// pos is the place where a range of the module's files starts.
func (m *module) pos(r hcl.Range) policy.Pos {
	if f := m.files[r.Filename]; f != nil {
		return f.Pos(r.Start.Byte)
	}
	return policy.Pos{File: r.Filename}
}

// texts are the module's files, for documents whose positions lie in several.
func (m *module) texts() map[string][]byte {
	texts := make(map[string][]byte, len(m.files))
	for name, f := range m.files {
		texts[name] = f.Data
	}
	return texts
}

// address is how Terraform writes a resource or data source.
func address(b *hclsyntax.Block) string {
	prefix := ""
	if b.Type == "data" {
		prefix = "data."
	}
	return prefix + strings.Join(b.Labels, ".")
}

// byPlace are the names of attributes in the order of the file.
func byPlace(attributes hclsyntax.Attributes) []string {
	names := make([]string, 0, len(attributes))
	for name := range attributes {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return attributes[a].NameRange.Start.Byte - attributes[b].NameRange.Start.Byte
	})
	return names
}

// load reads the folder's files, in the order in which Terraform does.
func (m *module) load() error {
	entries, err := fs.ReadDir(m.folder, ".")
	if err != nil {
		return fmt.Errorf("read %s: %w", m.name, err)
	}
	var values, overrides []string
	for _, e := range entries {
		name := e.Name()
		switch {
		case e.IsDir():
		case isValues(strings.TrimSuffix(name, ".json")):
			values = append(values, name)
		case isOverride(name):
			overrides = append(overrides, name)
		case strings.HasSuffix(name, ".tf.json"):
			m.notes = append(m.notes, fmt.Sprintf("%s is not read: only Terraform's own syntax is", path.Join(m.name, name)))
		case strings.HasSuffix(strings.TrimSuffix(name, ".json"), ".tofu"):
			m.notes = append(m.notes, fmt.Sprintf("%s is not read: of a folder only files that end in .tf are", path.Join(m.name, name)))
		case path.Ext(name) == ".tf":
			if err := m.read(name, m.add); err != nil {
				return err
			}
		}
	}
	for _, name := range overrides {
		if err := m.read(name, m.override); err != nil {
			return err
		}
	}
	slices.SortStableFunc(values, func(a, b string) int { return rank(a) - rank(b) })
	for _, name := range values {
		if err := m.values(name); err != nil {
			return err
		}
	}
	return nil
}

// isValues tells whether Terraform reads the variables of a file by itself.
func isValues(name string) bool {
	return name == "terraform.tfvars" || strings.HasSuffix(name, ".auto.tfvars")
}

// rank puts terraform.tfvars before all others, and its form in JSON next
// (Terraform, "Variable definition precedence").
func rank(name string) int {
	switch name {
	case "terraform.tfvars":
		return 0
	case "terraform.tfvars.json":
		return 1
	}
	return 2
}

// values takes the variables of a file. Those of one in JSON are not known.
func (m *module) values(name string) error {
	if path.Ext(name) != ".json" {
		return m.read(name, func(b *hclsyntax.Body) error { m.assign(b); return nil })
	}
	file := path.Join(m.name, name)
	data, err := fs.ReadFile(m.folder, name)
	if err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	set, err := policy.ParseNode(file, data)
	if err != nil {
		return err
	}
	for _, v := range set.Members {
		m.variables[v.Key.Text] = variable{}
	}
	m.notes = append(m.notes, file+" is not read: the variables that it sets are not known")
	return nil
}

func (m *module) read(name string, into func(*hclsyntax.Body) error) error {
	data, err := fs.ReadFile(m.folder, name)
	if err != nil {
		return fmt.Errorf("read %s: %w", path.Join(m.name, name), err)
	}
	body, err := m.parse(path.Join(m.name, name), data)
	if err != nil {
		return err
	}
	return into(body)
}
