package remedy_test

import (
	"strings"
	"testing"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/policy"
	"whydenied/pkg/remedy"
)

// TestPrefect: of the case that the tool was made for, one word changes, and
// none of what was advised instead: another provider, another audience,
// another operator.
func TestPrefect(t *testing.T) {
	const suffix, id = "api.prefect.cloud/oidc-provider", "7d0c5f5e-2b1a-4c63-9e8f-41a6b3d29c70"
	source := string(policy.Indented(trusting(suffix, assume, `{"StringEquals":{"`+suffix+`:aud":"prefect-cloud","`+suffix+`:sub":"prefect:cloud:`+id+`"}}`)))
	in := diagnosis.Input{Denial: denied(suffix, "prefect-cloud", "prefect:account:"+id), Account: holding(parse(t, source))}
	p := remedy.Propose(in, diagnosis.Diagnose(in))
	if len(p.Fixes) != 1 || !p.Fixes[0].Verified || p.Fixes[0].Side != remedy.SideRole {
		t.Fatalf("got %+v, withheld %q", p.Fixes, p.Withheld)
	}
	if want := strings.Replace(source, "prefect:cloud:", "prefect:account:", 1); p.Fixes[0].Policy != want {
		t.Errorf("got\n%s\nwant\n%s", p.Fixes[0].Policy, want)
	}
	if f := p.Fixes[0]; f.Admits != "prefect:account:"+id || !strings.Contains(f.WideCure, "another account") {
		t.Errorf("admits %q; %q", f.Admits, f.WideCure)
	}
}
