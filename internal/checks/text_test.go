package checks_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"whydenied/internal/checks"
)

func TestText(t *testing.T) {
	const path, host = "a.md:1: path of one machine: ", "a.md:1: host of a package registry"
	for _, tt := range []struct {
		label, text, reason string
		want                []string
	}{
		{"a checkout", "cd /" + "work/main && make", "nobody else has it", []string{path + `"/` + `work/main"`}},
		{"a home", "HOME=/" + "home/me", "nobody else has it", []string{path + `"/` + `home/me"`}},
		{"a bare folder", "`/" + "tmp`", "a folder is a path too", []string{path + `"/` + `tmp"`}},
		{"a file URL", "file:///" + "tmp/x", "the scheme changes nothing", []string{path + `"/` + `tmp/x"`}},
		{"a URL", "https://example.com/" + "home/x", "it is the same everywhere", nil},
		{"a URL with a placeholder", "https://<host>/" + "home/x", "it is the same everywhere", nil},
		{"a role's path", "arn:aws:iam::123456789012:role/" + "work/deploy", "it names no file", nil},
		{"a subject", "space_path:/root/a", "Spacelift's subjects have such a path", nil},
		{"a word that begins alike", "/" + "workloads/a", "only the whole name is the folder", nil},
		{"a registry", "GOPROXY=https://proxy." + "golang.org", "the environment chooses it", []string{host}},
		{"binary", "\x00/" + "tmp/x", "it is not read by people", nil},
		{"not UTF-8", "\xff/" + "tmp/x", "it is not read by people", nil},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got, err := checks.Text(fstest.MapFS{
				"a.md":      {Data: []byte(tt.text)},
				"bin/a.md":  {Data: []byte(tt.text)},
				".git/a.md": {Data: []byte(tt.text)},
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestDirectRequirements(t *testing.T) {
	const gomod = `module m

go 1.26.0

require example.com/one v1.0.0

require (
	example.com/two v1.2.3
	example.com/three v0.1.0 // indirect
	example.com/four v0.2.0 // kept for its fork
)

require example.com/five v1.0.0 // indirect

exclude (
	example.com/six v1.0.0
)
`
	want := []string{"example.com/one", "example.com/two", "example.com/four"}
	if diff := cmp.Diff(want, checks.DirectRequirements(gomod)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
