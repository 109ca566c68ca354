package whydenied_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"whydenied/internal/checks"
)

// The rules themselves, on small trees that keep or break them.
func TestRules(t *testing.T) {
	for _, tt := range []struct {
		label, reason string
		file, imports string
		body          string
		want          []string
	}{
		{
			label: "left knows right", reason: "data goes one way",
			file: "pkg/policy/a.go", imports: `"whydenied/pkg/diagnosis"`,
			want: []string{"pkg/policy/a.go:2: pkg/policy may not import whydenied/pkg/diagnosis"},
		},
		{
			label: "neighbors on the left", reason: "trail, policy and oidc know nothing of each other",
			file: "pkg/trail/a.go", imports: `"whydenied/pkg/oidc"`,
			want: []string{"pkg/trail/a.go:2: pkg/trail may not import whydenied/pkg/oidc"},
		},
		{
			label: "right knows left", reason: "the table of the design",
			file: "pkg/diagnosis/a.go", imports: `"whydenied/pkg/policy"; "net/netip"; "net/url"`,
		},
		{
			label: "declaring package knows an implementation", reason: "evidence.Source is declared where it is consumed",
			file: "pkg/evidence/a.go", imports: `"whydenied/pkg/evidence/live"`,
			want: []string{"pkg/evidence/a.go:2: pkg/evidence may not import whydenied/pkg/evidence/live"},
		},
		{
			label: "explain knows alert", reason: "explain knows everything left of alert",
			file: "pkg/explain/a.go", imports: `"whydenied/pkg/alert"`,
			want: []string{"pkg/explain/a.go:2: pkg/explain may not import whydenied/pkg/alert"},
		},
		{
			label: "the handler wires", reason: "lambda knows everything",
			file: "lambda/handler/a.go", imports: `"os"; "whydenied/pkg/evidence/live"; "whydenied/pkg/alert/slack"`,
		},
		{
			label: "a package knows the handler", reason: "the handler is to the right of all of pkg",
			file: "pkg/scan/a.go", imports: `"whydenied/lambda/handler"`,
			want: []string{"pkg/scan/a.go:2: pkg/scan may not import whydenied/lambda/handler"},
		},
		{
			label: "a helper", reason: "all of pkg may use pkg/internal",
			file: "pkg/source/a.go", imports: `"whydenied/pkg/internal/jsonpos"`,
		},
		{
			label: "a helper knows the domain", reason: "helpers have no words of the domain",
			file: "pkg/internal/jsonpos/a.go", imports: `"whydenied/pkg/policy"`,
			want: []string{"pkg/internal/jsonpos/a.go:2: pkg/internal/jsonpos may not import whydenied/pkg/policy"},
		},
		{
			label: "network in a pure package", reason: "pure packages get what they know as arguments",
			file: "pkg/report/a.go", imports: `"net/http"`,
			want: []string{"pkg/report/a.go:2: pkg/report is pure and may not import net/http"},
		},
		{
			label: "SDK in a pure package", reason: "nothing pure imports an SDK",
			file: "pkg/trail/a.go", imports: `"github.com/aws/aws-lambda-go/events"`,
			want: []string{"pkg/trail/a.go:2: pkg/trail is pure and may not import github.com/aws/aws-lambda-go/events"},
		},
		{
			label: "SDK behind the interface", reason: "evidence/live is there to talk to AWS",
			file: "pkg/evidence/live/a.go", imports: `"github.com/aws/aws-sdk-go-v2/service/iam"; "net/http"`,
		},
		{
			label: "the clock under another name", reason: "a call and a function value read it alike",
			file: "pkg/explain/a.go", imports: `clock "time"`, body: "var now = clock.Now",
			want: []string{"pkg/explain/a.go:3: pkg/explain is pure and may not read the clock"},
		},
		{
			label: "time without the clock", reason: "parsing and arithmetic are pure",
			file: "pkg/explain/a.go", imports: `"time"`, body: "var at, _ = time.Parse(time.RFC3339, ``)",
		},
		{
			label: "the clock under a dot", reason: "its uses cannot be told from others",
			file: "pkg/oidc/a.go", imports: `. "time"`, body: "var now = Now()",
			want: []string{"pkg/oidc/a.go:2: pkg/oidc is pure and may not read the clock"},
		},
		{
			label: "a folder without a row", reason: "a new package is placed on the path first",
			file: "pkg/util/a.go", imports: `"strings"`,
			want: []string{"pkg/util: no rule says what this folder may import"},
		},
		{
			label: "a test", reason: "tests may read files and know everything",
			file: "pkg/policy/a_test.go", imports: `"os"; "whydenied/pkg/report"`,
		},
	} {
		t.Run(tt.label, func(t *testing.T) {
			src := "package p\nimport (" + tt.imports + ")\n" + tt.body
			got, err := checks.Imports(fstest.MapFS{tt.file: {Data: []byte(src)}}, rules)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestRulesOnBadSource(t *testing.T) {
	tree := fstest.MapFS{"pkg/policy/a.go": {Data: []byte("package p\nimport (")}}
	_, err := checks.Imports(tree, rules)
	if err == nil || !strings.HasPrefix(err.Error(), "pkg/policy/a.go:2:") {
		t.Errorf("got error %v, want one that names pkg/policy/a.go:2", err)
	}
}
