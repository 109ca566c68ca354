package stack_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"whydenied/internal/stack"
)

func TestCalls(t *testing.T) {
	const sdk = `"github.com/aws/aws-sdk-go-v2/`
	for _, tt := range []struct {
		label, reason, imports, body string
		want                         []string
	}{
		{"a call", "its input is made there", sdk + `service/iam"`,
			"func f(c *iam.Client) { c.GetRole(nil, &iam.GetRoleInput{}) }", []string{"iam.GetRole"}},
		{"an interface", "its methods are the calls", sdk + `service/sns"`,
			"type api interface { Publish(*sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error) }", []string{"sns.Publish"}},
		{"an answer", "an input may be nil", sdk + `service/iam"`,
			"func f() *iam.ListOpenIDConnectProvidersOutput { return nil }", []string{"iam.ListOpenIDConnectProviders"}},
		{"another name", "a file may rename the package", "ct " + sdk + `service/cloudtrail"`,
			"var in ct.LookupEventsInput", []string{"cloudtrail.LookupEvents"}},
		{"a transaction", "IAM permits its parts", sdk + `service/dynamodb"; ` + sdk + `service/dynamodb/types"`,
			"var in dynamodb.TransactWriteItemsInput; var item = types.TransactWriteItem{Put: &types.Put{}}", []string{"dynamodb.Put", "dynamodb.TransactWriteItems"}},
		{"a role", "the provider calls sts itself", sdk + `credentials/stscreds"`,
			"var p = stscreds.NewAssumeRoleProvider(nil, ``)", []string{"sts.AssumeRole"}},
		{"a name like it", "only the SDK's types count", `"whydenied/pkg/diagnosis"`,
			"var in diagnosis.CheckInput", nil},
	} {
		t.Run(tt.label, func(t *testing.T) {
			src := "package p\nimport (" + tt.imports + ")\n" + tt.body
			tree := fstest.MapFS{
				"pkg/a/a.go":            {Data: []byte(src)},
				"pkg/a/a_test.go":       {Data: []byte("package p\nimport " + sdk + "service/ec2\"\nvar in ec2.RunInstancesInput")},
				"pkg/a/testdata/bad.go": {Data: []byte("no Go")},
			}
			got, err := stack.Calls(tree, "pkg")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}
