package lint

import (
	"encoding/json"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"
)

// The log of SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"),
// as far as it is written.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID          string     `json:"id"`
		Description *sarifText `json:"shortDescription,omitempty"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     Severity        `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
)

// SARIF writes findings as a log of SARIF 2.1.0, one run of the program in the
// given version. The names of SARIF's levels are those of the severities. The
// error is the writer's.
func SARIF(w io.Writer, findings []Finding, version string) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "whydenied", Version: version, Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints",
		Results:    make([]sarifResult, 0, len(findings)),
	}
	for i := range findings {
		run.Results = append(run.Results, run.result(&findings[i]))
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

func (r *sarifRun) result(f *Finding) sarifResult {
	result := sarifResult{RuleID: f.Rule, RuleIndex: r.rule(f.Rule), Level: f.Severity, Message: sarifText{unlinked(sentences(f))}}
	if f.File != "" {
		p := sarifPhysical{Artifact: sarifArtifact{uri(f.File)}}
		if f.Line > 0 {
			p.Region = &sarifRegion{f.Line, f.Column}
		}
		result.Locations = []sarifLocation{{p}}
	}
	return result
}

// rule is the index of a rule in the run's list.
func (r *sarifRun) rule(id string) int {
	list := &r.Tool.Driver.Rules
	at := slices.IndexFunc(*list, func(rule sarifRule) bool { return rule.ID == id })
	if at >= 0 {
		return at
	}
	rule := sarifRule{ID: id}
	for _, known := range Rules() {
		if known.ID == id {
			rule.Description = &sarifText{known.Summary}
		}
	}
	*list = append(*list, rule)
	return len(*list) - 1
}

// sentences are what a finding says, of which policy where no file does, and
// what to do about it.
func sentences(f *Finding) string {
	said := strings.TrimSuffix(f.Message, ".") + "."
	if f.File == "" && f.Policy != "" {
		said = f.Policy + ": " + said
	}
	if f.Do != "" {
		said += " " + f.Do
	}
	return said
}

// unlinked keeps a viewer from finding a link: brackets make one in a message
// (SARIF 2.1.0, 3.11.6), and are escaped by a backslash.
func unlinked(text string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(text)
}

// uri is a file's name as a relative reference, or as a file's URI where it is
// absolute.
func uri(file string) string {
	u := url.URL{Path: path.Clean(strings.ReplaceAll(file, `\`, "/"))}
	if path.IsAbs(u.Path) {
		u.Scheme = "file"
	}
	return u.String()
}
