package files_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/explain"
	"whydenied/pkg/report"
	"whydenied/pkg/source"
	"whydenied/pkg/source/files"
	"whydenied/pkg/trail"
)

// The pieces of advice of a chat, by their file in events/prefect-advice, as
// Terraform and as a template, comments and all.
var advice = map[string]string{
	"provider.json": `# 🙏 try the short one, worked for me!!
data "aws_iam_policy_document" "prefect" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated" // ☁️
      identifiers = ["arn:aws:iam::123456789012:oidc-provider/api.prefect.cloud/oidc"]
    }
    condition {
      test     = "StringEquals"
      variable = "api.prefect.cloud/oidc:aud"
      values   = ["prefect-cloud"]
    }
    condition {
      test     = "StringEquals"
      variable = "api.prefect.cloud/oidc:sub"
      values   = ["prefect:cloud:3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8"]
    }
  }
}
resource "aws_iam_role" "prefect" {
  assume_role_policy = data.aws_iam_policy_document.prefect.json
}
`,
	"aud-chat.json": `resource "aws_iam_role" "prefect" {
  name               = "prefect-flows"
  assume_role_policy = jsonencode({
    Version = "2012-10-17" # :point_down: 👇
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/api.prefect.cloud/oidc-provider" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "api.prefect.cloud/oidc-provider:aud" = "<http://sts.amazonaws.com|sts.amazonaws.com>" # 🎉
          "api.prefect.cloud/oidc-provider:sub" = "prefect:cloud:3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8"
        }
      }
    }]
  })
}
`,
	"sub-emoji.json": `locals {
  account = "3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8" # from the URL
}
/* thanks 🙌 */
resource "aws_iam_role" "prefect" {
  assume_role_policy = <<-EOF
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/api.prefect.cloud/oidc-provider"},
          "Action": "sts:AssumeRoleWithWebIdentity",
          "Condition": {
            "StringEquals": {"api.prefect.cloud/oidc-provider:aud": "prefect-cloud"},
            "StringLike": {"api.prefect.cloud/oidc-provider:sub": "prefect☁️${local.account}:*"}
          }
        }
      ]
    }
  EOF
}
`,
	"sub-like.json": `AWSTemplateFormatVersion: 2010-09-09 # 👋
Resources:
  Prefect:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {Federated: arn:aws:iam::123456789012:oidc-provider/api.prefect.cloud/oidc-provider}
            Action: sts:AssumeRoleWithWebIdentity
            Condition:
              StringEquals: {"api.prefect.cloud/oidc-provider:aud": prefect-cloud}
              StringLike:
                api.prefect.cloud/oidc-provider:sub: prefect:cloud:3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8:* # 🎉
`,
}

// wrong is on the line that each is refused for.
var wrong = map[string]string{
	"provider.json":  "identifiers = [",
	"aud-chat.json":  "<http://sts.amazonaws.com|sts.amazonaws.com>",
	"sub-emoji.json": "prefect☁️${local.account}:*",
	"sub-like.json":  "prefect:cloud:3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8:*",
}

func event(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "events", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// refusal is the report on Prefect's token against the one policy of a file.
func refusal(t *testing.T, file string, data []byte) report.Report {
	t.Helper()
	items := trail.Parse("prefect-subject.json", event(t, "prefect-subject.json"))
	policies, err := files.ParseAll(file, data, source.Deployment{})
	if err != nil || len(policies) != 1 || len(items) != 1 {
		t.Fatalf("%d policies, %d events, error %v", len(policies), len(items), err)
	}
	r := explain.WhatIf(context.Background(), explain.Question{Denial: items[0].Denial, Policy: policies[0].Policy}, nil)
	if r.Verdict == "allowed" || len(r.Causes) == 0 {
		t.Fatalf("want a refusal, got %s", r.Verdict)
	}
	return r
}

func codes(r report.Report) (all []string) {
	for _, c := range r.Causes {
		all = append(all, c.Code)
	}
	return all
}

// Each piece of advice is refused for the same reasons as in JSON, and the
// cause's line is the one that is wrong.
func TestPrefectAdvice(t *testing.T) {
	for name, text := range advice {
		t.Run(name, func(t *testing.T) {
			want, got := refusal(t, name, event(t, "prefect-advice/"+name)), refusal(t, "advice", []byte(text))
			if diff := cmp.Diff(codes(want), codes(got)); diff != "" {
				t.Errorf("the causes as in JSON (-want +got):\n%s", diff)
			}
			if c := got.Causes[0]; !strings.Contains(c.Excerpt, wrong[name]) || c.File != "advice" {
				t.Errorf("want the line with %q, got %s:%d %q", wrong[name], c.File, c.Line, c.Excerpt)
			}
		})
	}
}
