package dynamo

import (
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"whydenied/internal/awserr"
	"whydenied/pkg/alert"
)

// misfit is how a change did not fit, nil where that is not why it failed. A
// canceled transaction gives a reason for each of its items, in their order
// (API Reference, TransactionCanceledException).
func misfit(err error, writes []write) error {
	var canceled *types.TransactionCanceledException
	if !errors.As(err, &canceled) {
		// The same, where a single item of the transaction is in use.
		var conflict *types.TransactionConflictException
		if errors.As(err, &conflict) {
			return alert.ErrConflict
		}
		return nil
	}
	var found []error
	for i, reason := range canceled.CancellationReasons {
		switch aws.ToString(reason.Code) {
		case "ConditionalCheckFailed":
			if i < len(writes) {
				found = append(found, writes[i].misfit)
			}
		case "TransactionConflict":
			found = append(found, alert.ErrConflict)
		}
	}
	for _, misfit := range []error{alert.ErrCounted, alert.ErrFull, alert.ErrConflict} {
		if slices.Contains(found, misfit) {
			return misfit
		}
	}
	return nil
}

// failures words the errors of DynamoDB.
func failures() *awserr.Service {
	const busy = "the table takes no more at this moment; try again"
	return &awserr.Service{
		Name: "DynamoDB", Busy: "the table", Permission: permission, Parts: reasons,
		Codes: map[string]string{
			"ResourceNotFoundException":     "there is no such table in this account and region",
			"ProvisionedThroughputExceeded": busy, "ProvisionedThroughputExceededException": busy, "TransactionInProgressException": busy,
		},
	}
}

func (s *Store) failed(call string, err error) error {
	return failures().Failed("dynamodb:"+call, s.table, err)
}

// reasons are those of a canceled transaction.
func reasons(err error) []smithy.APIError {
	var canceled *types.TransactionCanceledException
	if !errors.As(err, &canceled) {
		return nil
	}
	var found []smithy.APIError
	for _, r := range canceled.CancellationReasons {
		if code := aws.ToString(r.Code); code != "None" && code != "" {
			found = append(found, &smithy.GenericAPIError{Code: code, Message: aws.ToString(r.Message)})
		}
	}
	return found
}

// permission is what a call may need. The items of a transaction are judged as
// calls of their own (Developer Guide, "Using IAM with DynamoDB transactions").
func permission(call, _ string) string {
	if call == "dynamodb:TransactWriteItems" {
		return "dynamodb:PutItem or dynamodb:UpdateItem"
	}
	return call
}
