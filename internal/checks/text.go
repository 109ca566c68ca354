package checks

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A path below these folders exists on one machine only. What stands before it
// tells a path from a part of a URL or of an identifier.
var machinePath = regexp.MustCompile(`(?:^|[^\w.~%>})\]-])(/(?:work|tmp|home|Users)(?:/[^\s"'` + "`" + `]*|\b))`)

// The hosts are put together here so that this file does not name them.
var registryHosts = []string{
	"proxy." + "golang.org", "sum." + "golang.org", "goproxy." + "io", "goproxy." + "cn",
	"registry." + "npmjs.org", "files." + "pythonhosted.org", "index." + "docker.io", "jfrog." + "io",
}

// Text returns a finding for each line of a text file that names a path of the
// machine it was written on, or the host of a package registry: which registry
// a build asks is the environment's choice. A file that holds a NUL byte or is
// not UTF-8 is not text. The error is that of reading the tree.
func Text(tree fs.FS) ([]string, error) {
	var findings []string
	err := walk(tree, func(name string) error {
		src, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		if bytes.IndexByte(src, 0) >= 0 || !utf8.Valid(src) {
			return nil
		}
		line := 0
		for text := range strings.Lines(string(src)) {
			line++
			if m := machinePath.FindStringSubmatch(text); m != nil {
				findings = append(findings, fmt.Sprintf("%s:%d: path of one machine: %q", name, line, m[1]))
			}
			for _, host := range registryHosts {
				if strings.Contains(text, host) {
					findings = append(findings, fmt.Sprintf("%s:%d: host of a package registry", name, line))
				}
			}
		}
		return nil
	})
	return findings, err
}

// DirectRequirements returns the modules that the text of a go.mod file
// requires directly, in its order.
func DirectRequirements(gomod string) []string {
	var modules []string
	inBlock := false
	for line := range strings.Lines(gomod) {
		line = strings.TrimSpace(line)
		rest, single := strings.CutPrefix(line, "require ")
		switch {
		case line == "require (":
			inBlock = true
			continue
		case line == ")":
			inBlock = false
		case inBlock:
			rest, single = line, true
		}
		requirement, comment, _ := strings.Cut(rest, "//")
		fields := strings.Fields(requirement)
		if single && len(fields) == 2 && strings.TrimSpace(comment) != "indirect" {
			modules = append(modules, fields[0])
		}
	}
	return modules
}

// What a build or an editor leaves in the tree is not of the repository.
var leftByOthers = []string{".git", ".aws-sam", ".idea", ".vscode", "bin", "dist"}

// walk calls visit for each regular file of the repository, in lexical order.
func walk(tree fs.FS, visit func(name string) error) error {
	return fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(leftByOthers, name):
			return fs.SkipDir
		case d.Type().IsRegular() && !strings.HasSuffix(path.Base(name), ".test"):
			return visit(name)
		}
		return nil
	})
}
