package e2e_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"whydenied/e2e/lab"
	"whydenied/pkg/alert"
	"whydenied/pkg/alert/dynamo"
	"whydenied/pkg/alert/storetest"
)

// Both emulators have a DynamoDB of their own, so that a mistake of one does
// not pass for how DynamoDB behaves. moto looks at a condition and writes in two
// steps, with other calls in between, so nobody is at work there at once.
func TestStoreInDynamoDB(t *testing.T) {
	t.Run("ministack", func(t *testing.T) { storetest.Run(t, tables(newLab(t, lab.Options{}).Config)) })
	t.Run("moto", func(t *testing.T) { storetest.Alone(t, tables(startMoto(t).Config(account))) })
}

// tables makes a store in a table of its own for each test, with the keys that
// template.yaml gives it.
func tables(conf aws.Config) func(*testing.T) alert.Store {
	client, n := dynamodb.NewFromConfig(conf), 0
	return func(t *testing.T) alert.Store {
		t.Helper()
		n++
		name := fmt.Sprintf("incidents-%d", n)
		_, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
			TableName: &name, BillingMode: types.BillingModePayPerRequest,
			AttributeDefinitions: []types.AttributeDefinition{
				{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS},
				{AttributeName: aws.String("sk"), AttributeType: types.ScalarAttributeTypeS},
			},
			KeySchema: []types.KeySchemaElement{
				{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash},
				{AttributeName: aws.String("sk"), KeyType: types.KeyTypeRange},
			},
		})
		must(t, err)
		return dynamo.New(dynamo.Config{Table: name, Client: func(context.Context) (dynamo.API, error) { return client, nil }})
	}
}
