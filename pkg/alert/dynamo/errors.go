package dynamo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

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

// CallError says in words why a call of DynamoDB failed. What the SDK said is
// wrapped.
type CallError struct {
	words string
	cause error
}

// Error is one line that names the call and the table.
func (e *CallError) Error() string { return e.words }

// Unwrap is what the SDK said.
func (e *CallError) Unwrap() error { return e.cause }

func (s *Store) failed(call string, err error) error {
	return &CallError{fmt.Sprintf("dynamodb:%s %q: %s", call, s.table, oneLine(reason(call, err))), err}
}

// reason names what is missing, where it is known.
func reason(call string, err error) string {
	var canceled *types.TransactionCanceledException
	var refused smithy.APIError
	var unreachable net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer before the deadline"
	case errors.Is(err, context.Canceled):
		return "given up, nobody waits for the answer"
	case errors.As(err, &canceled):
		return refusedItems(canceled)
	case errors.As(err, &refused):
		return refusal(call, refused.ErrorCode(), refused.ErrorMessage())
	case errors.As(err, &unreachable):
		return "DynamoDB cannot be reached: " + unreachable.Error()
	}
	return err.Error()
}

// refusedItems are the reasons of a canceled transaction, each once.
func refusedItems(canceled *types.TransactionCanceledException) string {
	var reasons []string
	for _, r := range canceled.CancellationReasons {
		if code := aws.ToString(r.Code); code != "None" && code != "" {
			reasons = append(reasons, refusal("TransactWriteItems", code, aws.ToString(r.Message)))
		}
	}
	slices.Sort(reasons)
	if reasons = slices.Compact(reasons); len(reasons) == 0 {
		return refusal("TransactWriteItems", canceled.ErrorCode(), canceled.ErrorMessage())
	}
	return strings.Join(reasons, "; ")
}

// refusal puts one of DynamoDB's codes into words.
func refusal(call, code, message string) string {
	said := strings.TrimSuffix(code+": "+message, ": ")
	switch code {
	case "AccessDeniedException", "AccessDenied":
		return fmt.Sprintf("%s is not allowed (%s)", permission(call, message), said)
	case "ResourceNotFoundException":
		return fmt.Sprintf("there is no such table in this account and region (%s)", said)
	case "ThrottlingError", "ThrottlingException", "ProvisionedThroughputExceeded",
		"ProvisionedThroughputExceededException", "RequestLimitExceeded", "TransactionInProgressException":
		return fmt.Sprintf("the table takes no more at this moment; try again (%s)", said)
	case "ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException", "MissingAuthenticationTokenException":
		return fmt.Sprintf("AWS does not accept the credentials (%s)", said)
	}
	return said
}

// permission is the one that is missing: AWS names it, be it one of the key
// with which the table is encrypted; else those that the call may need. The
// items of a transaction are judged as calls of their own (Developer Guide,
// "Using IAM with DynamoDB transactions").
func permission(call, message string) string {
	if _, rest, named := strings.Cut(message, "not authorized to perform: "); named {
		action, _, _ := strings.Cut(rest, " ")
		return action
	}
	if call == "TransactWriteItems" {
		return "dynamodb:PutItem or dynamodb:UpdateItem"
	}
	return "dynamodb:" + call
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
