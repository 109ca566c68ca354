// Command bare is a Lambda function that does nothing, with the AWS clients
// that the bootstrap has: what any function in Go with those clients costs, to
// measure the bootstrap against. It makes no client either, before one is
// needed; here none ever is.
package main

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	lambda.Start(func(ctx context.Context, event json.RawMessage) (json.RawMessage, error) {
		if string(event) == `"call everything"` {
			return event, callEverything(ctx)
		}
		return event, nil
	})
}

// callEverything is never called. It is what keeps the linker from leaving the
// clients' calls out.
func callEverything(ctx context.Context) error {
	c, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	users, trail, state := iam.NewFromConfig(c), cloudtrail.NewFromConfig(c), dynamodb.NewFromConfig(c)
	for _, call := range []func() error{
		func() error { _, err := users.GetRole(ctx, nil); return err },
		func() error { _, err := users.ListRoles(ctx, nil); return err },
		func() error { _, err := users.ListOpenIDConnectProviders(ctx, nil); return err },
		func() error { _, err := users.GetOpenIDConnectProvider(ctx, nil); return err },
		func() error { _, err := trail.LookupEvents(ctx, nil); return err },
		func() error { _, err := state.GetItem(ctx, nil); return err },
		func() error { _, err := state.Query(ctx, nil); return err },
		func() error { _, err := state.TransactWriteItems(ctx, nil); return err },
		func() error { _, err := sns.NewFromConfig(c).Publish(ctx, nil); return err },
		func() error { _, err := sqs.NewFromConfig(c).SendMessage(ctx, nil); return err },
		func() error { _, err := eventbridge.NewFromConfig(c).PutEvents(ctx, nil); return err },
		func() error { _, err := secretsmanager.NewFromConfig(c).GetSecretValue(ctx, nil); return err },
		func() error { _, err := ssm.NewFromConfig(c).GetParameter(ctx, nil); return err },
		func() error { _, err := sts.NewFromConfig(c).GetCallerIdentity(ctx, nil); return err },
	} {
		if err := call(); err != nil {
			return err
		}
	}
	return nil
}
