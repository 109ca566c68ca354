package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"whydenied/pkg/explain"
	"whydenied/pkg/policy"
	policyfile "whydenied/pkg/source"
	"whydenied/pkg/source/files"
	"whydenied/pkg/trail"
)

// bringPolicy reads the trust policy to ask. The role's ARN, and with it the
// account of the provider, is the flag's, the record's or the file's.
func (a *app) bringPolicy(q *question, asked *explain.Question) error {
	d := asked.Denial
	if !d.Provider.Known {
		d.Provider.Value = asked.Provider
	}
	all, bad, err := a.policies(q.policy, deployment(q.role, &d))
	switch {
	case err != nil:
		return err
	case bad && isAnyones(all) && (q.role == "" || strings.HasPrefix(q.role, "arn:")):
		return ended(statusBadInput) // why has been said
	}
	p, err := choose(all, q.policy, q.role, &asked.Denial)
	if err != nil {
		return err
	}
	take(p, q.role, asked)
	return nil
}

// take makes a policy the one that is asked.
func take(p *policyfile.Policy, role string, asked *explain.Question) {
	asked.Policy = p.Policy
	switch d := &asked.Denial; {
	case strings.HasPrefix(role, "arn:"):
		d.RoleARN = trail.Known(role)
	case !d.RoleARN.Known && p.RoleARN != "":
		d.RoleARN = trail.Known(p.RoleARN)
	}
	asked.Denial.Notes = append(asked.Denial.Notes, p.Notes...)
	if note := unresolvedNote(p.Policy); note != "" {
		asked.Denial.Notes = append(asked.Denial.Notes, note)
	}
}

// deployment is what the flag and the record tell of the place where a
// template is deployed.
func deployment(role string, d *trail.Denial) policyfile.Deployment {
	for _, arn := range []string{role, d.RoleARN.Value, d.Provider.Value} {
		if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && len(parts[4]) == 12 {
			return policyfile.Deployment{Account: parts[4], Partition: parts[1]}
		}
	}
	return policyfile.Deployment{}
}

// policies reads every trust policy of a file or of a folder. That one is bad
// is said, and the others are there; the error is of having none.
func (a *app) policies(path string, at policyfile.Deployment) (all []policyfile.Policy, bad bool, err error) {
	all, first, err := a.readPolicies(path, at)
	if err == nil && first != nil {
		a.complain(first.Error())
	}
	return all, first != nil, err
}

// readPolicies keeps the error of a bad policy apart from that of having none.
func (a *app) readPolicies(path string, at policyfile.Deployment) (all []policyfile.Policy, bad, err error) {
	all, err = a.parsePolicies(path, at)
	var parse *policy.ParseError
	var file *fs.PathError
	switch {
	case err == nil || len(all) > 0:
		return all, err, nil
	case errors.As(err, &file):
		return nil, nil, named(path, err)
	case errors.As(err, &parse), errors.Is(err, policyfile.ErrNoPolicy):
		return nil, nil, usage("%w", err)
	case statusOf(err) == statusInterrupted || errors.As(err, new(*failure)):
		return nil, nil, err
	}
	return nil, nil, usage("%s: %w", path, err)
}

// sayNotes says, once each, what was taken for granted where policies were read
// or could not be: no report has a place for it where there is none of a single
// call.
func (a *app) sayNotes(policies []policyfile.Policy) {
	said := make(map[string]bool)
	for i := range policies {
		for _, note := range policies[i].Notes {
			if !said[note] {
				a.say("note: " + note)
			}
			said[note] = true
		}
	}
}

// parsePolicies returns the good policies beside the error of the first bad
// one.
func (a *app) parsePolicies(path string, at policyfile.Deployment) ([]policyfile.Policy, error) {
	if info, err := os.Stat(path); path == stdinName || err != nil || !info.IsDir() {
		name, data, err := a.read(path)
		if err != nil {
			return nil, err
		}
		return files.ParseAll(name, data, at)
	}
	all, err := files.ParseFolder(path, os.DirFS(path), at)
	if !errors.Is(err, policyfile.ErrNoPolicy) {
		a.sayUnread(path, all)
		return all, err
	}
	others, bad := a.readFolder(path, at)
	if len(others) > 0 || bad != nil {
		return others, bad
	}
	return nil, err
}

// readFolder reads the templates and documents of a folder without Terraform:
// those that speak of the call, for a folder has other files as well.
func (a *app) readFolder(path string, at policyfile.Deployment) (all []policyfile.Policy, first error) {
	for _, name := range documents(path) {
		name, data, err := a.read(name)
		if err == nil && speaks(name, data) {
			var some []policyfile.Policy
			some, err = files.ParseAll(name, data, at)
			all = append(all, some...)
		}
		if err != nil && !errors.Is(err, policyfile.ErrNoPolicy) && first == nil {
			first = err
		}
	}
	return all, first
}

// documents are the files of a folder that may be templates or documents, by
// their names. The folder was read before.
func documents(path string) (list []string) {
	entries, _ := os.ReadDir(path)
	for _, e := range entries {
		if slices.Contains([]string{".json", ".yaml", ".yml", ".template"}, filepath.Ext(e.Name())) && !e.IsDir() && !strings.HasSuffix(e.Name(), ".tf.json") {
			list = append(list, filepath.Join(path, e.Name()))
		}
	}
	return list
}

// speaks tells whether a file may hold a trust policy.
func speaks(name string, data []byte) bool {
	return bytes.Contains(data, []byte("AssumeRole")) && !files.IsOther(name, data)
}

// sayUnread names the templates and documents beside the files of a module that
// none of these takes in.
func (a *app) sayUnread(path string, module []policyfile.Policy) {
	for _, file := range documents(path) {
		name, data, err := a.read(file)
		taken := slices.ContainsFunc(module, func(p policyfile.Policy) bool { return p.Policy.Files[filepath.ToSlash(file)] != nil })
		if err == nil && !taken && speaks(name, data) {
			a.say("note: " + name + " is not read beside the files of Terraform: name it with a --policy of its own")
		}
	}
}
