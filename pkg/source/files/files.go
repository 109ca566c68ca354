// Package files reads trust policies in every form in which people keep them.
// It tells the form by the content: JSON of IAM or of the AWS CLI, a plan or
// the files of Terraform, a template of CloudFormation or SAM.
//
// Only the command line imports it: the parsers that it brings along are no
// matter of a function that starts cold.
package files

import (
	"bytes"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"whydenied/pkg/policy"
	"whydenied/pkg/source"
	"whydenied/pkg/source/cloudformation"
	"whydenied/pkg/source/terraform"
)

// ParseAll reads every trust policy of a file, in its order. Where some
// policy is bad, the error is that of the first such, and the others are
// returned beside it. The error wraps [source.ErrNoPolicy] where the file is
// well-formed and has none; every error is one line.
func ParseAll(name string, data []byte, at source.Deployment) ([]source.Policy, error) {
	switch path.Ext(name) {
	case ".tf", ".tofu", ".hcl":
		return terraform.Parse(name, data, at)
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	n, err := policy.ParseNode(name, data)
	extension := path.Ext(name)
	switch {
	case err == nil:
		return tree(name, n, data, at)
	case (extension == ".yaml" || extension == ".yml") && len(text) > 0:
		return cloudformation.Parse(name, data, at)
	case extension == ".json" || len(text) == 0 || strings.IndexByte(`{["`, text[0]) >= 0:
		return nil, err
	case looksLikeTerraform(text):
		return terraform.Parse(name, data, at)
	case looksLikeYAML(text):
		return cloudformation.Parse(name, data, at)
	}
	return nil, policy.Errorf(policy.Pos{File: name, Line: 1, Column: 1},
		"found neither JSON, Terraform nor YAML, expected a trust policy in one of them")
}

// tree tells by the keys of a JSON value what it is.
func tree(name string, n *policy.Node, data []byte, at source.Deployment) ([]source.Policy, error) {
	switch {
	case strings.HasSuffix(name, ".tf.json"):
		return nil, policy.Errorf(n.Pos, "found Terraform's JSON syntax, expected its own: only that is read")
	case terraform.IsPlan(n):
		return terraform.PlanFromTree(name, n)
	case n.Get("terraform_version") != nil && n.Get("lineage") != nil:
		return nil, policy.Errorf(n.Pos, `found a state as Terraform stores it, expected what "terraform show -json" prints of it`)
	case cloudformation.IsTemplate(n):
		return cloudformation.Parse(name, data, at)
	}
	return source.FromTree(name, n, bytes.TrimPrefix(data, []byte("\ufeff")))
}

// IsOther tells whether a file is JSON of another kind than [ParseAll] reads: a
// folder has such files beside its policies. It says nothing of YAML, of which
// ParseAll tells it, nor of what cannot be read.
func IsOther(name string, data []byte) bool {
	n, err := policy.ParseNode(name, data)
	return err == nil && !terraform.IsPlan(n) && !cloudformation.IsTemplate(n) && !isPolicy(n)
}

// isPolicy tells whether a value is, or holds, what is to be a trust policy. One
// whose Statement is misspelled still has a Version, and is not passed over.
func isPolicy(n *policy.Node) bool {
	for _, key := range []string{"Version", "Statement", "Role", "Roles", "RoleDetailList", "AssumeRolePolicyDocument"} {
		if n.Get(key) != nil {
			return true
		}
	}
	return slices.ContainsFunc(n.Elems, isPolicy)
}

// looksLikeTerraform tells whether some line starts a block of Terraform.
func looksLikeTerraform(text []byte) bool {
	return regexp.MustCompile(`(?m)^[ \t]*((resource|data)[ \t]+"[^"]*"[ \t]+"[^"]*"|(variable|module|provider|output)[ \t]+"[^"]*"|locals|terraform)[ \t]*\{`).Match(text)
}

// looksLikeYAML tells whether some line starts with a key.
func looksLikeYAML(text []byte) bool {
	return regexp.MustCompile(`(?m)^[ \t]*[A-Za-z][A-Za-z0-9]*:([ \t\r]|$)`).Match(text)
}

// ParseFolder reads the trust policies of a Terraform module: the .tf files at
// the top of a file tree, with the variables and the documents that they take
// from it. The name stands before those of the files in every position. Errors
// are those of [ParseAll].
func ParseFolder(name string, folder fs.FS, at source.Deployment) ([]source.Policy, error) {
	return terraform.ParseFolder(name, folder, at)
}
