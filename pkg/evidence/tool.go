package evidence

import (
	"slices"
	"strings"

	"whydenied/pkg/internal/lazy"
)

// Tool is what a change was made with, as far as its record tells.
type Tool string

// The tools. A user agent is chosen by whoever calls, so that all but
// CloudFormation and the console are hints.
const (
	ToolUnknown        Tool = "unknown"
	ToolTerraform      Tool = "terraform" // or OpenTofu, under which the provider calls itself the same
	ToolOpenTofu       Tool = "opentofu"
	ToolPulumi         Tool = "pulumi"
	ToolCDK            Tool = "cdk"
	ToolCloudFormation Tool = "cloudformation"
	ToolConsole        Tool = "console"
	ToolCLI            Tool = "aws_cli"
	ToolSDK            Tool = "sdk"
)

// Tools are all of them.
func Tools() []Tool {
	return []Tool{ToolUnknown, ToolTerraform, ToolOpenTofu, ToolPulumi, ToolCDK, ToolCloudFormation, ToolConsole, ToolCLI, ToolSDK}
}

const cloudFormation = "cloudformation.amazonaws.com"

// cdkRole is the role that the CDK's bootstrap makes for CloudFormation:
// "cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1" (CDK, bootstrap-template.yaml).
var cdkRole = lazy.Regexp(`:assumed-role/cdk-[A-Za-z0-9]+-cfn-exec-role-`)

// Tool tells what the change was made with. What AWS itself puts into the
// record comes before the user agent: the service that called for somebody,
// and whether the credentials were those of a session of the console. A
// program within such a session (CloudShell) names itself.
func (c *Change) Tool() Tool {
	named := toolNamed(c.UserAgent)
	switch {
	case (c.InvokedBy == cloudFormation || named == ToolCloudFormation) && cdkRole().MatchString(c.By):
		return ToolCDK
	case c.InvokedBy == cloudFormation:
		return ToolCloudFormation
	case c.FromConsole && (named == ToolUnknown || named == ToolSDK):
		return ToolConsole
	}
	return named
}

// maxUserAgent is how much of a user agent is looked at, in bytes. CloudTrail
// itself cuts it at 1 KB (User Guide, "CloudTrail record contents").
const maxUserAgent = 1024

// toolNamed reads a user agent: products as in "Terraform/1.10.5", a comment in
// parentheses behind some. Tools are built on SDKs and name these too, so the
// table goes from the special to the general. CloudTrail puts brackets around
// some.
func toolNamed(userAgent string) Tool {
	text := strings.Trim(userAgent[:min(len(userAgent), maxUserAgent)], "[]")
	var products []string
	for _, word := range strings.Fields(strings.ToLower(outsideComments(text))) {
		name, _, _ := strings.Cut(word, "/")
		products = append(products, name)
	}
	for _, t := range named {
		if slices.ContainsFunc(products, t.is) {
			return t.tool
		}
	}
	return ToolUnknown
}

// named are the products by which tools make themselves known: Terraform's
// provider (aws-sdk-go-base, StdUserAgentProducts), Pulumi's (pulumi-aws 1604,
// pulumi-aws-native 54), the CDK's and AWS's own clients; for the console, what
// CloudTrail's User Guide lists, and browsers.
var named = []struct {
	tool Tool
	is   func(product string) bool
}{
	{ToolPulumi, oneOf("pulumi", "pulumi-aws", "pulumiawsnative")},
	{ToolOpenTofu, oneOf("opentofu")},
	{ToolTerraform, oneOf("terraform", "terraform-provider-aws", "terraform-provider-awscc")},
	{ToolCDK, oneOf("aws-cdk")},
	{ToolCloudFormation, oneOf(cloudFormation)},
	{ToolCLI, oneOf("aws-cli")},
	{ToolSDK, func(p string) bool { return strings.HasPrefix(p, "aws-sdk-") || p == "boto3" || p == "botocore" }},
	{ToolConsole, oneOf("console.amazonaws.com", "signin.amazonaws.com", "coral", "mozilla")},
}

func oneOf(names ...string) func(string) bool {
	return func(product string) bool { return slices.Contains(names, product) }
}

// outsideComments leaves out what stands in parentheses.
func outsideComments(s string) string {
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}
