package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// Provide registers an OIDC provider in the account: the issuer without its
// scheme, and the audiences that it accepts.
func (l *Lab) Provide(ctx context.Context, issuer string, audiences []string) error {
	_, err := iam.NewFromConfig(l.Config).CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{
		Url: aws.String("https://" + issuer), ClientIDList: audiences,
	})
	if err != nil {
		return fmt.Errorf("iam:CreateOpenIDConnectProvider %q: %w", issuer, err)
	}
	return nil
}

// Role makes a role with a trust policy. The SDK repeats a call whose answer did
// not come, so that it may be told that the role is there.
func (l *Lab) Role(ctx context.Context, name, policy string) error {
	_, err := iam.NewFromConfig(l.Config).CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &policy})
	var made *types.EntityAlreadyExistsException
	if err != nil && !errors.As(err, &made) {
		return fmt.Errorf("iam:CreateRole %q: %w", name, err)
	}
	return nil
}

// Fill puts the roles and providers of an account file into the account, such
// as events/account.json.
func (l *Lab) Fill(ctx context.Context, file []byte) error {
	var account struct {
		Roles []struct {
			RoleName                 string
			AssumeRolePolicyDocument json.RawMessage
		}
		OpenIDConnectProviders []struct {
			Arn          string
			ClientIDList []string
		}
	}
	if err := json.Unmarshal(file, &account); err != nil {
		return err
	}
	for _, p := range account.OpenIDConnectProviders {
		_, issuer, _ := strings.Cut(p.Arn, ":oidc-provider/")
		if err := l.Provide(ctx, issuer, p.ClientIDList); err != nil {
			return err
		}
	}
	for _, r := range account.Roles {
		if err := l.Role(ctx, r.RoleName, string(r.AssumeRolePolicyDocument)); err != nil {
			return err
		}
	}
	return nil
}
