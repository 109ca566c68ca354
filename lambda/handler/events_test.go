package handler_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/report"
)

// Every event in events/ gives the cause that its name stands for, against the
// one account that serves them all.
func TestEvents(t *testing.T) {
	want := map[string]one{
		"beyond-trust-policy": {Verdict: "unexplained", Cause: "beyond_trust_policy"},
		"eks-provider-arn":    {Verdict: "explained", Cause: "provider_arn_mismatch"},
		"explicit-deny":       {Verdict: "explained", Cause: "explicit_deny"},
		"github-action":       {Verdict: "explained", Cause: "action_not_allowed"},
		"github-audience":     {Verdict: "explained", Cause: "aud_mismatch"},
		"github-environment":  {Verdict: "explained", Cause: "sub_mismatch"},
		"github-immutable":    {Verdict: "explained", Cause: "sub_mismatch"},
		"hidden-claim":        {Verdict: "suspected", Cause: "hidden_claim"},
		"key-misnamed":        {Verdict: "explained", Cause: "condition_key_misnamed"},
		"no-web-identity":     {Verdict: "explained", Cause: "no_federated_principal"},
		"prefect-subject":     {Verdict: "explained", Cause: "sub_mismatch"},
		"role-not-found":      {Verdict: "explained", Cause: "role_not_found"},
		"session-tags":        {Verdict: "explained", Cause: "tag_session_not_allowed"},
		"token-expired":       {Verdict: "explained", Cause: "token_expired"},
	}
	files, err := filepath.Glob("../../events/*.json")
	if err != nil {
		t.Fatal(err)
	}
	h, _ := newHandler(t)
	got := make(map[string]one)
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		if name == "account" || name == "env" {
			continue
		}
		event, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out, err := h.Handle(context.Background(), event)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var r report.Report
		if err := json.Unmarshal(out, &r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		b := brief(r)
		b.Sub = ""
		got[name] = b
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("each event stands for one cause (-want +got):\n%s", diff)
	}
}
