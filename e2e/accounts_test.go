package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"whydenied/e2e/emulator"
	"whydenied/internal/trailtest"
	"whydenied/pkg/evidence"
	"whydenied/pkg/evidence/live"
)

const (
	spoke      = "222233334444"
	readerRole = "whydenied-reader"
	manyRoles  = 230 // IAM gives a hundred on a page
)

func startMoto(t *testing.T) *emulator.Moto {
	t.Helper()
	m, err := emulator.StartMoto(t.Context(), venv, t.TempDir())
	must(t, err)
	t.Cleanup(m.Stop)
	return m
}

// evidenceIn is what the live source reads, as the account hub, of an account.
func evidenceIn(t *testing.T, m *emulator.Moto, c live.Config, q evidence.Query) evidence.Account {
	t.Helper()
	trail := httptest.NewServer(trailtest.New(nil)) // moto has no LookupEvents
	t.Cleanup(trail.Close)
	t.Setenv("AWS_ENDPOINT_URL", m.URL)
	t.Setenv("AWS_ENDPOINT_URL_CLOUDTRAIL", trail.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", account)
	t.Setenv("AWS_SECRET_ACCESS_KEY", "emulated")
	t.Setenv("AWS_REGION", emulator.Region)
	t.Setenv("AWS_CONFIG_FILE", "none")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "none")
	c.Load = func(ctx context.Context) (aws.Config, error) { return config.LoadDefaultConfig(ctx) }
	got, err := live.New(c).Account(t.Context(), q)
	must(t, err)
	return got
}

// IAM gives roles page by page and providers without a scheme; ministack does
// neither.
func TestAccountOverSeveralPages(t *testing.T) {
	m := startMoto(t)
	client := iam.NewFromConfig(m.Config(account))
	sub := "repo:octo-org/é&<app>:ref:refs/heads/main" // IAM percent-encodes documents
	for i := range manyRoles {
		_, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{
			RoleName: aws.String(fmt.Sprintf("deploy-%03d", i)), Path: aws.String("/ci/"),
			AssumeRolePolicyDocument: aws.String(trusts(github, "sts.amazonaws.com", sub)), Description: aws.String("a & b < c"),
		})
		must(t, err)
	}
	for _, suffix := range []string{github, prefect} {
		_, err := client.CreateOpenIDConnectProvider(t.Context(), &iam.CreateOpenIDConnectProviderInput{
			Url: aws.String("https://" + suffix), ClientIDList: []string{"first", "second"},
		})
		must(t, err)
	}

	got := evidenceIn(t, m, live.Config{}, evidence.Query{Account: account, Time: time.Now()})
	if !got.RolesRead || !got.ProvidersRead || got.Partial {
		t.Errorf("roles read: %t, providers read: %t, partial: %t; notes: %q", got.RolesRead, got.ProvidersRead, got.Partial, got.Notes)
	}
	if len(got.Roles) != manyRoles {
		t.Errorf("want %d roles, got %d", manyRoles, len(got.Roles))
	}
	last := got.Role("arn:aws:iam::" + account + ":role/ci/deploy-229")
	if last == nil {
		t.Fatal("the last role is not among them")
	}
	doc, err := last.TrustPolicy()
	must(t, err)
	if text := fmt.Sprintf("%+v", doc); !strings.Contains(text, sub) {
		t.Errorf("the trust policy does not hold %q: %s", sub, text)
	}
	for _, suffix := range []string{github, prefect} {
		p := got.Provider(providerARN(suffix))
		if p == nil {
			t.Errorf("provider %q is not among %+v", suffix, got.Providers)
			continue
		}
		slices.Sort(p.ClientIDs)
		if diff := cmp.Diff([]string{"first", "second"}, p.ClientIDs); diff != "" {
			t.Errorf("audiences of %q (-want +got):\n%s", suffix, diff)
		}
	}
}

// The hub reads a member account as the role that it assumes there, and never
// takes its own account's role of the same name for that one's.
func TestHubReadsSpoke(t *testing.T) {
	m := startMoto(t)
	for id, sub := range map[string]string{account: "repo:octo-org/hub:pull_request", spoke: "repo:octo-org/spoke:pull_request"} {
		client := iam.NewFromConfig(m.Config(id))
		_, err := client.CreateAccountAlias(t.Context(), &iam.CreateAccountAliasInput{AccountAlias: aws.String("octo-" + id)})
		must(t, err)
		_, err = client.CreateRole(t.Context(), &iam.CreateRoleInput{
			RoleName: aws.String("deploy"), AssumeRolePolicyDocument: aws.String(trusts(github, "sts.amazonaws.com", sub)),
		})
		must(t, err)
	}
	admin := iam.NewFromConfig(m.Config(spoke))
	reader, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]string{"AWS": account},
		"Condition": map[string]any{"StringEquals": map[string]string{"sts:ExternalId": "secret-word"}},
	}}})
	must(t, err)
	_, err = admin.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String(readerRole), AssumeRolePolicyDocument: aws.String(string(reader))})
	must(t, err)

	q := evidence.Query{Account: spoke, Role: "arn:aws:iam::" + spoke + ":role/deploy", Time: time.Now()}
	got := evidenceIn(t, m, live.Config{ReaderRole: readerRole, ExternalID: "secret-word"}, q)
	role := got.Role(q.Role)
	if role == nil {
		t.Fatalf("the role was not read; notes: %q", got.Notes)
	}
	doc, err := role.TrustPolicy()
	must(t, err)
	if text := fmt.Sprintf("%+v", doc); !strings.Contains(text, "repo:octo-org/spoke:pull_request") {
		t.Errorf("the trust policy is not that of the member account: %s", text)
	}
	if want := "octo-" + spoke; got.Alias != want {
		t.Errorf("the member account is called %q, want %q", got.Alias, want)
	}

	got = evidenceIn(t, m, live.Config{}, q)
	if got.Role(q.Role) != nil || !got.Partial || len(got.Notes) == 0 {
		t.Errorf("without a reader role nothing may be read there, and a note says so: %+v", got)
	}
}
