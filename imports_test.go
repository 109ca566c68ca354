// Package whydenied_test holds the repository to its own rules: the direction of
// its imports, the purity of its packages, a reason for each dependency.
package whydenied_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"whydenied/internal/checks"
)

// The path of a denial, from left to right. A package knows those to its left,
// never those to its right. Each list is all that the next step may know.
var (
	facts     = []string{"pkg/trail", "pkg/policy", "pkg/oidc"}
	evidence  = with(facts, "pkg/evidence")
	diagnosis = with(evidence, "pkg/diagnosis")
	remedy    = with(diagnosis, "pkg/remedy")
	report    = with(remedy, "pkg/report")
	explain   = with(report, "pkg/source", "pkg/explain")
	alert     = with(report, "pkg/alert")
	product   = with(explain, "pkg/scan", "pkg/scan/local", "pkg/scan/bucket", "pkg/scan/render", "pkg/scan/page",
		"pkg/scan/engine", "pkg/scan/athena", "pkg/scan/lake", "pkg/alert", "pkg/alert/slack", "pkg/alert/github", "pkg/alert/sns",
		"pkg/alert/dynamo", "pkg/alert/bus", "pkg/alert/queue", "pkg/evidence/live", "lambda/handler", "lambda/secret", "lambda/metrics",
		"lambda/doctor", "lambda/doctor/checkup", "internal/awserr")
	// Readers of other languages bring their parsers along, which no function
	// that starts cold has to carry: only the command line knows them.
	readers = []string{"pkg/source/terraform", "pkg/source/cloudformation", "pkg/source/files"}
)

var knows = map[string][]string{
	"pkg/trail":  nil,
	"pkg/policy": nil,
	"pkg/oidc":   nil,

	"pkg/evidence":  facts,
	"pkg/diagnosis": evidence,
	"pkg/remedy":    diagnosis,
	// The forms bring Terraform's and YAML's libraries along, which no function
	// that starts cold has to carry.
	"pkg/remedy/form": {"pkg/policy"},
	"pkg/report":      remedy,
	// What is wrong with a policy by itself: only the command line asks.
	"pkg/lint":    diagnosis,
	"pkg/source":  {"pkg/policy"},
	"pkg/explain": with(report, "pkg/source"),

	// Trust policies in other languages, and what has all of them in one call.
	"pkg/source/inset":          {"pkg/policy"},
	"pkg/source/terraform":      {"pkg/policy", "pkg/source", "pkg/source/inset"},
	"pkg/source/cloudformation": {"pkg/policy", "pkg/source", "pkg/source/inset"},
	"pkg/source/files":          {"pkg/policy", "pkg/source", "pkg/source/terraform", "pkg/source/cloudformation"},
	"pkg/source/sourcetest":     {"pkg/policy", "pkg/source", "internal/golden"},

	"pkg/scan":  explain,
	"pkg/alert": report,

	// Implementations of an interface know where it is declared. Only what
	// wires them together knows them, so nothing pure imports an SDK.
	"pkg/scan/local":    {"pkg/scan"},
	"pkg/evidence/live": evidence,
	// The engines that hold an archive yield calls, and know nothing of scans.
	"pkg/scan/engine": {"pkg/trail"},
	"pkg/scan/athena": {"pkg/trail", "pkg/scan/engine", "internal/awserr"},
	"pkg/scan/lake":   {"pkg/trail", "pkg/scan/engine", "internal/awserr"},
	// Servers that answer as their APIs do, for the tests.
	"pkg/scan/engine/enginetest": nil,
	"pkg/scan/bucket":            {"pkg/scan", "internal/awserr"},
	"pkg/alert/slack":            with(alert, "pkg/alert/internal/away"),
	"pkg/alert/internal/away":    nil,
	"pkg/alert/github":           with(alert, "pkg/alert/internal/away"),
	"pkg/alert/sns":              alert,
	"pkg/alert/dynamo":           with(alert, "internal/awserr"),
	"pkg/alert/bus":              alert,
	"pkg/alert/queue":            with(alert, "internal/awserr"),

	// What a store has to do, as a suite that both implementations run.
	"pkg/alert/storetest": alert,

	"lambda/secret":         {"internal/awserr"},
	"lambda/doctor":         {"lambda/doctor/checkup", "pkg/alert"},
	"lambda/doctor/checkup": nil,
	"lambda/metrics":        product,
	"lambda/handler":        product,
	"lambda":                product,
	"cmd/whydenied":         with(product, append(readers, "pkg/remedy/form", "pkg/lint")...),

	// Helpers without words of the domain, and what is no part of the product.
	"pkg/internal":   nil,
	"internal/bench": product, // measures the whole
	// Archives whose truth is known, and what is measured over them. The first
	// knows nothing of what reads them.
	"internal/archive":    nil,
	"internal/bench/scan": with(product, "internal/archive"),
	"internal/checks":     nil,
	"internal/golden":     nil,
	// The errors of AWS in words, for who talks to one service.
	"internal/awserr": nil,
	"internal/stack":  nil, // reads the templates, for their tests
	// Servers that behave as Slack, GitHub and CloudTrail's API do, for the tests.
	"internal/slacktest":  nil,
	"internal/githubtest": nil,
	"internal/trailtest":  nil,
	"e2e":                 with(product, "pkg/scan/bucket", "internal/slacktest", "internal/trailtest"), // a module of its own
	"e2e/athena":          {"pkg/trail", "pkg/scan", "pkg/scan/engine", "pkg/scan/engine/enginetest", "pkg/scan/athena", "pkg/scan/lake", "pkg/evidence", "internal/archive"},
	"tools":               nil,
}

var rules = checks.Rules{
	Module: "whydenied",
	Knows:  knows,
	Open:   map[string]string{"pkg/internal": "pkg"},
	Pure:   pure,
	Banned: readsTheWorld,
}

// pure says whether the package gets all that it knows as arguments. Those that
// talk to AWS, to Slack or to a disk full of log files cannot, nor what waits for
// them.
func pure(folder string) bool {
	for _, impure := range []string{"pkg/evidence/live", "pkg/alert", "pkg/scan", "pkg/internal/wait"} {
		if below(folder, impure) {
			return false
		}
	}
	return below(folder, "pkg")
}

// readsTheWorld says whether an import brings in the network, the environment or
// an SDK. Of net, only what parses addresses and URLs is harmless.
func readsTheWorld(importPath string) bool {
	if importPath == "net/netip" || importPath == "net/url" {
		return false
	}
	for _, world := range []string{"net", "os", "syscall", "golang.org/x/sys", "github.com/aws"} {
		if below(importPath, world) {
			return true
		}
	}
	return false
}

func below(folder, above string) bool {
	return folder == above || strings.HasPrefix(folder, above+"/")
}

func with(folders []string, more ...string) []string {
	return slices.Concat(folders, more)
}

func TestImports(t *testing.T) {
	findings, err := checks.Imports(os.DirFS("."), rules)
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range findings {
		t.Error(finding)
	}
}
