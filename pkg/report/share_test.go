package report_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"whydenied/internal/golden"
	"whydenied/pkg/report"
)

// everywhere is all that anybody gets to see of a report.
func everywhere(t testing.TB, r *report.Report) map[string]string {
	t.Helper()
	b := report.NewBrief(r, &report.Tally{Attempts: 1}, report.DefaultMost)
	sections, err := json.Marshal(report.Details(r, report.DefaultMost))
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"text": rendered(t, r, report.TextOptions{Width: 1 << 20}), "json": encoded(t, r), "markdown": markdown(t, r),
		"brief": b.Plain(), "subject": b.Subject(), "details": string(sections),
	}
}

// planter puts secrets into a report, each different from all others.
type planter struct {
	*rand.Rand
	secrets []string
}

func (p *planter) secret() string {
	n := len(p.secrets)
	core := fmt.Sprintf("qz%dvx", n)
	account := fmt.Sprintf("9%011d", 70_000_000+n)
	ip := fmt.Sprintf("203.0.113.%d", 100+n%150)
	p.secrets = append(p.secrets, core, account, ip)
	all := []string{
		core, account, ip, core + "@people.example", "arn:aws:iam::" + account + ":user/" + core, "arn:aws:sts::" + account + ":assumed-role/Admin/" + core,
		"repo:" + core + "/api:ref:refs/heads/main", "repo:" + core + "/api:environment:production", "arn:aws:iam::" + account + ":role/" + core,
		"arn:aws:iam::" + account + ":oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/" + core, core + "/1.0 (" + ip + ")",
		`sub is "repo:` + core + `/api:pull_request"; from ` + ip + " by " + core + "@people.example", "aws:PrincipalTag/" + core,
		"https://" + core + ".example/" + account, core + ":sub", "\u200b" + core + "\u202e" + account, `"x": "` + core + `", ` + account,
	}
	return all[p.IntN(len(all))]
}

// plant goes through all strings of a value. Some stay, so that what depends on
// them is shown at all.
func (p *planter) plant(v reflect.Value, path string) {
	switch kind := v.Kind(); {
	case kind == reflect.String:
		if kept(path) || p.IntN(3) == 0 {
			return
		}
		v.SetString(p.secret())
	case kind == reflect.Pointer:
		if !v.IsNil() && v.Type() != reflect.TypeFor[*time.Time]() {
			elem := reflect.New(v.Type().Elem()) // what was shared stays as it was
			elem.Elem().Set(v.Elem())
			p.plant(elem.Elem(), path)
			v.Set(elem)
		}
	case kind == reflect.Slice:
		copied := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(copied, v)
		v.Set(copied)
		for i := range v.Len() {
			p.plant(v.Index(i), path)
		}
	case kind == reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			p.plant(v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case kind == reflect.Interface:
		if v.CanSet() && !v.IsNil() {
			v.Set(reflect.ValueOf(map[string]any{"Sid": p.secret()}))
		}
	}
}

// kept are the values that a shared report is for: the token's own.
func kept(path string) bool {
	return path == ".Denial.Aud" || path == ".Denial.Sub" || path == ".Denial.ProviderARN"
}

// whole is a report with something in every list.
func whole(f *fixture) report.Report {
	r, other := f.report, full()
	r.Fixes, r.Changes = other.Fixes, other.Changes
	r.Candidates = append(r.Candidates, report.Candidate{RoleARN: arn + "role/x", Checks: r.Checks, Causes: r.Causes})
	r.Alternatives = append(r.Alternatives, report.Alternative{Statement: 1, Checks: r.Checks, Causes: r.Causes})
	r.Notes = append(r.Notes, "n")
	r.Trace = append(r.Trace, other.Trace...)
	r.Present = &report.Present{Verdict: "refuses", Cause: "aud does not match", By: "b", EventID: "e", Since: time.Unix(0, 0)}
	r.Denial.Missing = append(r.Denial.Missing, "resources")
	r.AccountAlias = "octo-tools"
	return r
}

// No secret that stands anywhere in a report gets through, whatever is beside
// it.
func TestShareKeepsSecrets(t *testing.T) {
	all := fixtures()
	schema := compiled(t)
	rapid.Check(t, func(rt *rapid.T) {
		f := rapid.SampledFrom(all).Draw(rt, "report")
		r := whole(&f)
		p := &planter{Rand: rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))}
		p.plant(reflect.ValueOf(&r).Elem(), "")
		shared := report.Share(r)
		for place, shown := range everywhere(t, &shared) {
			for _, secret := range p.secrets {
				if strings.Contains(shown, secret) {
					rt.Fatalf("%s: %s shows %q:\n%s", f.name, place, secret, shown)
				}
			}
		}
		if err := validate(schema, encoded(t, &shared)); err != nil {
			rt.Fatal(err)
		}
	})
}

// What identifies the account, the caller and the people is gone from each of
// the reports as they are, and the token's own values are there.
func TestShare(t *testing.T) {
	for _, f := range fixtures() {
		r := whole(&f)
		before := encoded(t, &r)
		shared := report.Share(r)
		if after := encoded(t, &r); after != before {
			t.Errorf("%s: the report itself was changed", f.name)
		}
		for place, shown := range everywhere(t, &shared) {
			for _, secret := range []string{account, "198.51.100.24", "203.0.113.7", "user/ana", "5d1f0c6a-1f0b", "api-deploy", "prefect-flows", "web-staging", "nodejs#20", "trust.json", "Flows", "octo-tools"} {
				if strings.Contains(shown, secret) {
					t.Errorf("%s: %s shows %q:\n%s", f.name, place, secret, shown)
				}
			}
		}
		if strings.HasSuffix(f.name, "hostile") {
			continue
		}
		for _, v := range []*string{r.Denial.Aud, r.Denial.Sub} {
			if v != nil && !strings.Contains(encoded(t, &shared), *v) {
				t.Errorf("%s: the token's own %q is gone", f.name, *v)
			}
		}
	}
}

func TestShareValues(t *testing.T) {
	const own = "repo:octo-org/api:environment:production"
	for _, tt := range []struct{ label, reason, expected, want string }{
		{"same tenant", "it is what the vendor has to compare", "repo:octo-org/api:ref:refs/heads/release-7", "repo:octo-org/api:ref:refs/heads/release-7"},
		{"letter case", "it is the same tenant, and the very reason", "repo:Octo-Org/api:environment:production", "repo:Octo-Org/api:environment:production"},
		{"pattern", "it names the same tenant", "repo:octo-org/*", "repo:octo-org/*"},
		{"another tenant", "it is somebody else's business", "repo:initech/billing:ref:refs/heads/main", "repo:NAME-1/NAME-2:ref:refs/heads/main"},
		{"near the tenant", "a name that is near is another one", "repo:octo-orgs/api:environment:production", "repo:NAME-1/api:environment:production"},
		{"account in a name", "accounts are replaced wherever they stand", "repo:octo-org/api:environment:prod-123456789012", "repo:octo-org/api:environment:prod-ACCOUNT-1"},
		{"another account", "different ones stay different", "repo:octo-org/api:environment:prod-444455556666", "repo:octo-org/api:environment:prod-ACCOUNT-2"},
		{"account in groups", "as AWS's own pages write it", "repo:octo-org/api:environment:prod-1234-5678-9012", "repo:octo-org/api:environment:prod-ACCOUNT-1"},
		{"another account in groups", "different ones stay different", "repo:octo-org/api:environment:4444-5555-6666", "repo:octo-org/api:environment:ACCOUNT-2"},
		{"digits of a UUID", "it is no account", "repo:octo-org/api:environment:11111111-2222-3333-4444-555555555555", "repo:octo-org/api:environment:11111111-2222-3333-4444-555555555555"},
		{"a card's number", "it is longer than an account's", "repo:octo-org/api:environment:14444-5555-66667", "repo:octo-org/api:environment:14444-5555-66667"},
		{"mail", "a person's address", "repo:octo-org/api:ref:refs/heads/ana@people.example", "repo:octo-org/api:ref:refs/heads/(left out)"},
		{"another form", "what is not read shows what the token has as well", "octo-org/api/secret-project", "octo-org/api/NAME-1"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			r := refused(gitHub, "api-deploy", stsAud, own)
			subDiffers(&r, gitHub, own, tt.expected)
			shared := report.Share(r)
			if got := shared.Causes[0].Expected[0]; got != tt.want {
				t.Errorf("%s: got %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

// The same role is the same everywhere, and another one is another.
func TestSharePlaceholders(t *testing.T) {
	r := noRoleCase()
	r.Changes = []report.Change{{Time: *r.Denial.Time, Event: "UpdateAssumeRolePolicy", Role: "web-prod"}}
	shared := report.Share(r)
	if got, want := shared.Changes[0].Role, "ROLE-2"; got != want || !strings.HasSuffix(shared.Candidates[1].RoleARN, ":role/"+want) {
		t.Errorf("the changed role is %s, the second candidate %s", got, shared.Candidates[1].RoleARN)
	}
	if got := shared.Candidates[0].RoleARN; got != "arn:aws:iam::ACCOUNT-1:role/ROLE-1" {
		t.Errorf("the first candidate is %s", got)
	}
}

// An account's alias is nobody else's business: no text to pass on has it, nor
// those that stand in a thread or a mail beside the report itself.
func TestShareHasNoAlias(t *testing.T) {
	r := aliasCase()
	shared := report.Share(r)
	places := everywhere(t, &shared)
	for _, most := range []int{report.DefaultMost, 100, 0} { // in short as well
		places["thread"] += report.ShareSections(&r, most)[0].Code
	}
	for place, shown := range places {
		if strings.Contains(shown, r.AccountAlias) {
			t.Errorf("%s shows it:\n%s", place, shown)
		}
	}
	if first, _, _ := strings.Cut(rendered(t, &r, report.TextOptions{Width: 200}), "\n"); !strings.Contains(first, "octo-tools (") {
		t.Errorf("the report itself does not: %s", first)
	}
}

func TestShareGolden(t *testing.T) {
	for _, f := range fixtures() {
		switch f.name {
		case "prefect", "environment", "alias", "stranger", "no-role", "misnamed-key":
			shared := report.Share(f.report)
			golden.Compare(t, filepath.Join("testdata", f.name+".share.txt"), rendered(t, &shared, report.TextOptions{}))
		}
	}
}
