package dynamo_test

import (
	"context"
	"testing"

	"whydenied/pkg/alert"
	"whydenied/pkg/alert/dynamo"
	"whydenied/pkg/alert/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) alert.Store {
		fake := newTable(t)
		return dynamo.New(dynamo.Config{
			Table:  "incidents",
			Client: func(context.Context) (dynamo.API, error) { return fake, nil },
		})
	})
}
