package oidc_test

import (
	"testing"

	"whydenied/pkg/oidc"
)

func TestShape(t *testing.T) {
	for _, tt := range []struct{ label, suffix, subject, want, reason string }{
		{"branch", "token.actions.githubusercontent.com", "repo:octo-org/api:ref:refs/heads/main", "repo:octo-org/api:ref:refs/heads/main",
			"every run of the branch sends the same"},
		{"commit", "agent.buildkite.com", "organization:acme:pipeline:web:ref:refs/heads/main:commit:9f3ac1:step:deploy",
			"organization:acme:pipeline:web:ref:refs/heads/main:commit:*:step:deploy", "a commit is sent once or a few times, its step's key each time"},
		{"step", "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc", "{8f1c}:{77aa}", "{8f1c}:{*}",
			"the step's uuid changes on each run"},
		{"custom template", "token.actions.githubusercontent.com", "repo:octo-org/api:run_id:17:environment:prod", "repo:octo-org/api:run_id:*:environment:prod",
			"run_id is one of the claims that a template may select"},
		{"no grammar", "token.actions.githubusercontent.com", "gibberish:17", "gibberish:17", "which of its parts change is not known"},
		{"unknown issuer", "idp.example.com", "anything", "anything", "the same"},
		{"empty", "agent.buildkite.com", "", "", "a record may lack the subject"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			if got := oidc.Lookup(tt.suffix, tt.subject).Shape(tt.subject); got != tt.want {
				t.Errorf("%s: got %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

func TestShapeOf(t *testing.T) {
	for _, tt := range []struct{ label, provider, subject, want, reason string }{
		{"ARN", "arn:aws:iam::111122223333:oidc-provider/agent.buildkite.com", "organization:acme:pipeline:web:ref:refs/heads/main:commit:9f3ac1:step:deploy",
			"organization:acme:pipeline:web:ref:refs/heads/main:commit:*:step:deploy", "the issuer is named by the ARN"},
		{"no ARN", "nobody", "organization:acme", "organization:acme", "no issuer, no grammar"},
		{"none", "", "", "", "a record may lack both"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			if got := oidc.ShapeOf(tt.provider, tt.subject); got != tt.want {
				t.Errorf("%s: got %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}
