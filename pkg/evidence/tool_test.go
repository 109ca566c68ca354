package evidence_test

import (
	"strings"
	"testing"

	"whydenied/pkg/evidence"
)

func TestTool(t *testing.T) {
	const (
		terraform = "APN/1.0 HashiCorp/1.0 Terraform/1.10.5 (+https://www.terraform.io) terraform-provider-aws/5.90.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.23.3 md/GOOS#linux md/GOARCH#amd64 api/iam#1.39.2"
		cli       = "aws-cli/2.24.5 md/awscrt#0.23.8 ua/2.0 os/macos#24.3.0 md/arch#arm64 lang/python#3.12.9 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#iam.update-assume-role-policy"
		cfn       = "cloudformation.amazonaws.com"
		someone   = "arn:aws:sts::111122223333:assumed-role/admin/alice"
		byCDK     = "arn:aws:sts::111122223333:assumed-role/cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1/AWSCloudFormation"
	)
	for _, tt := range []struct {
		label, reason string
		change        evidence.Change
		want          evidence.Tool
	}{
		{"Terraform", "aws-sdk-go-base names it before the SDK", evidence.Change{UserAgent: terraform}, evidence.ToolTerraform},
		{"old Terraform", "behind the SDK", evidence.Change{UserAgent: "aws-sdk-go/1.10.18 (go1.8; linux; amd64) APN/1.0 HashiCorp/1.0 Terraform/0.9.8"}, evidence.ToolTerraform},
		{"Terraform's Cloud Control provider", "it names Terraform, too", evidence.Change{UserAgent: "APN/1.0 HashiCorp/1.0 Terraform/1.0.8 (+https://www.terraform.io) terraform-provider-awscc/dev (+https://registry.terraform.io/providers/hashicorp/awscc) aws-sdk-go-v2/1.9.1"}, evidence.ToolTerraform},
		{"OpenTofu", "where it names itself", evidence.Change{UserAgent: "OpenTofu/1.9.0 (+https://www.opentofu.org) aws-sdk-go-v2/1.36.3"}, evidence.ToolOpenTofu},
		{"Pulumi", "pulumi-aws 1604", evidence.Change{UserAgent: "APN/1.0 Pulumi/1.0 Pulumi-Aws/4.17.0-alpha.1629393364+0b9d696e.dirty (+https://www.pulumi.com) aws-sdk-go/1.40.20 (go1.16.4; darwin; amd64)"}, evidence.ToolPulumi},
		{"Pulumi's native provider", "pulumi-aws-native 54", evidence.Change{UserAgent: "aws-sdk-go-v2/1.7.1 os/macos lang/go/1.16.6 md/GOOS/darwin md/GOARCH/amd64 api/sts/1.6.0 APN/1.0 Pulumi/3.9.1 PulumiAwsNative/0.0.2-alpha.1629496855+f3f26040.dirty"}, evidence.ToolPulumi},
		{"CloudFormation", "AWS itself records invokedBy", evidence.Change{By: someone, UserAgent: cfn, InvokedBy: cfn}, evidence.ToolCloudFormation},
		{"CloudFormation with a role", "invokedBy is missing where the stack has a role", evidence.Change{By: someone, UserAgent: cfn}, evidence.ToolCloudFormation},
		{"the CDK", "its bootstrap names the role that CloudFormation works with", evidence.Change{By: byCDK, UserAgent: cfn, InvokedBy: cfn}, evidence.ToolCDK},
		{"the CDK's role without CloudFormation", "whoever may take the role may do so by hand", evidence.Change{By: byCDK, UserAgent: cli}, evidence.ToolCLI},
		{"the CDK's own calls", "aws-cdk", evidence.Change{UserAgent: "aws-cdk/2.178.1 aws-sdk-js/3.741.0 os/linux lang/js"}, evidence.ToolCDK},
		{"AWS CLI 2", "aws-cli", evidence.Change{UserAgent: cli}, evidence.ToolCLI},
		{"AWS CLI 1", "CloudTrail puts brackets around some", evidence.Change{UserAgent: "[aws-cli/1.16.260 Python/3.7.3 Darwin/18.7.0 botocore/1.12.250]"}, evidence.ToolCLI},
		{"CloudShell", "a program within the console names itself", evidence.Change{UserAgent: cli + " exec-env/CloudShell", FromConsole: true}, evidence.ToolCLI},
		{"the console", "sessionCredentialFromConsole, whatever the user agent", evidence.Change{UserAgent: "AWS Internal", FromConsole: true}, evidence.ToolConsole},
		{"the console by its own SDK", "sessionCredentialFromConsole", evidence.Change{UserAgent: "aws-internal/3 aws-sdk-java/1.12.750 Linux/5.10", FromConsole: true}, evidence.ToolConsole},
		{"the console by its name", "CloudTrail User Guide, \"userAgent\"", evidence.Change{UserAgent: "console.amazonaws.com"}, evidence.ToolConsole},
		{"the console by the browser", "the console hands on the browser's", evidence.Change{UserAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"}, evidence.ToolConsole},
		{"an SDK in a browser", "it names itself beside the browser", evidence.Change{UserAgent: "Mozilla/5.0 (X11) aws-sdk-js/2.1692.0 callback"}, evidence.ToolSDK},
		{"Boto3", "its own name", evidence.Change{UserAgent: "Boto3/1.40.21 md/Botocore#1.40.21 lang/python#3.12.11"}, evidence.ToolSDK},
		{"the SDK for Go", "aws-sdk-", evidence.Change{UserAgent: "aws-sdk-go-v2/1.36.3 os/linux lang/go#1.23.3"}, evidence.ToolSDK},
		{"none", "not recorded", evidence.Change{}, evidence.ToolUnknown},
		{"something else", "not in the table", evidence.Change{UserAgent: "curl/8.5.0"}, evidence.ToolUnknown},
		{"a service", "not CloudFormation", evidence.Change{UserAgent: "servicecatalog.amazonaws.com", InvokedBy: "servicecatalog.amazonaws.com"}, evidence.ToolUnknown},
		{"a name in a comment", "comments are anybody's", evidence.Change{UserAgent: "curl/8.5.0 (not Terraform/1.0 (nor Pulumi/1.0))"}, evidence.ToolUnknown},
		{"a part of a name", "products are whole words", evidence.Change{UserAgent: "notTerraform/1.0 myaws-cli/2"}, evidence.ToolUnknown},
		{"hostile", "as far as it is looked at", evidence.Change{UserAgent: strings.Repeat("(\xff\u202e", 5000) + "Terraform/1"}, evidence.ToolUnknown},
	} {
		t.Run(tt.label, func(t *testing.T) {
			if got := tt.change.Tool(); got != tt.want {
				t.Errorf("want %s, got %s: %s", tt.want, got, tt.reason)
			}
		})
	}
}

func TestActor(t *testing.T) {
	for _, tt := range []struct{ arn, want, reason string }{
		{"arn:aws:iam::111122223333:user/ana", "ana", "a user"},
		{"arn:aws:iam::111122223333:user/platform/eu/ana", "ana", "the path says nothing of who it is"},
		{"arn:aws-cn:sts::111122223333:assumed-role/admin/ana", "ana (role admin)", "anybody who takes the role chooses the session's name"},
		{"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/ana@example.com", "ana@example.com (AdministratorAccess)", "Identity Center"},
		{"arn:aws:sts::111122223333:federated-user/ana", "ana", "GetFederationToken"},
		{"arn:aws:iam::111122223333:root", "the root user", "of the account"},
		{"arn:aws:sts::111122223333:assumed-role/admin", "arn:aws:sts::111122223333:assumed-role/admin", "no session"},
		{"arn:aws:sts::111122223333:assumed-role//", "arn:aws:sts::111122223333:assumed-role//", "no names"},
		{"arn:aws:iam::111122223333:user/", "arn:aws:iam::111122223333:user/", "no name"},
		{"arn:", "arn:", "no ARN"},
		{"", "", "not recorded"},
	} {
		if got := evidence.Actor(tt.arn); got != tt.want {
			t.Errorf("%q: want %q, got %q: %s", tt.arn, tt.want, got, tt.reason)
		}
	}
}
