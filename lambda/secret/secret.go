// Package secret reads a token or a webhook from where an account keeps such
// things: a secret of Secrets Manager, or a parameter of SSM. Which of the two
// it is, and in which region, is in its ARN.
//
// The value is the text itself, or a JSON object with one of the keys "token",
// "webhook" and "url", or with exactly one string. It never gets into an error,
// in whole or in part, and neither does an ARN that is none: it may be the
// secret, in the wrong place.
//
// The calls are secretsmanager:GetSecretValue and ssm:GetParameter, and on what
// is encrypted with a key of the customer's kms:Decrypt.
package secret

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// Secret is one value, where it is kept.
type Secret struct {
	load func(context.Context) (aws.Config, error)
	arn  string
}

// New makes a secret of an ARN. load makes the configuration of the clients,
// when it is needed. Nothing is called yet, and a malformed ARN is an error of
// Get.
func New(load func(context.Context) (aws.Config, error), arn string) *Secret {
	return &Secret{load: load, arn: arn}
}

// Get reads the value, each time anew, without white space around it. The error
// names the call, the ARN and the permission that is missing.
func (s *Secret) Get(ctx context.Context) (string, error) { return s.read(ctx, valueIn) }

// Text reads all that is kept, whatever it is, for those who know its form: a
// JSON object of several values. Its errors are those of Get.
func (s *Secret) Text(ctx context.Context) (string, error) { return s.read(ctx, whole) }

func (s *Secret) read(ctx context.Context, valueIn func(string) (string, error)) (string, error) {
	at, err := arn.Parse(s.arn)
	if err != nil {
		return "", errors.New("what stands for the ARN of a secret is no ARN; it is not shown here, since it may be the secret itself")
	}
	var get func(context.Context, aws.Config, string) (string, error)
	var call string
	switch {
	case at.Service == "secretsmanager" && strings.HasPrefix(at.Resource, "secret:"):
		call, get = "secretsmanager:GetSecretValue", s.secret
	case at.Service == "ssm" && strings.HasPrefix(at.Resource, "parameter/"):
		call, get = "ssm:GetParameter", s.parameter
	default:
		return "", fmt.Errorf("%q is the ARN of neither a secret of Secrets Manager nor a parameter of SSM", s.arn)
	}
	config, err := s.load(ctx)
	if err != nil {
		return "", s.failed(call, err)
	}
	text, err := get(ctx, config, at.Region)
	if err != nil {
		return "", s.failed(call, err)
	}
	value, err := valueIn(text)
	if err != nil {
		return "", fmt.Errorf("%s %q: %w", call, s.arn, err)
	}
	return value, nil
}

func (s *Secret) secret(ctx context.Context, config aws.Config, region string) (string, error) {
	client := secretsmanager.NewFromConfig(config, func(o *secretsmanager.Options) { o.Region = region })
	out, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &s.arn})
	if err != nil {
		return "", err
	}
	if out.SecretString == nil {
		return "", errBinary
	}
	return *out.SecretString, nil
}

// parameter is asked for by its ARN: the ARNs of "name" and of "/name" are the
// same, so the name cannot be told from it.
func (s *Secret) parameter(ctx context.Context, config aws.Config, region string) (string, error) {
	client := ssm.NewFromConfig(config, func(o *ssm.Options) { o.Region = region })
	out, err := client.GetParameter(ctx, &ssm.GetParameterInput{Name: &s.arn, WithDecryption: aws.Bool(true)})
	if err != nil {
		return "", err
	}
	if out.Parameter == nil || out.Parameter.Value == nil {
		return "", errEmpty
	}
	if out.Parameter.Type == types.ParameterTypeStringList {
		return "", errList
	}
	return *out.Parameter.Value, nil
}
