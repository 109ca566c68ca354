package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"whydenied/pkg/alert"
	"whydenied/pkg/alert/dynamo"
)

// canceled is the answer to a transaction that was canceled for these reasons,
// in the order of its items: incident, event, counter, two names, due.
func canceled(codes ...string) answer {
	var reasons []string
	for _, code := range codes {
		reasons = append(reasons, fmt.Sprintf(`{"Code":%q,"Message":"why"}`, code))
	}
	return answer{400, `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",` +
		`"Message":"Transaction canceled","CancellationReasons":[` + strings.Join(reasons, ",") + `]}`}
}

func TestMisfit(t *testing.T) {
	const no, failed, conflict = "None", "ConditionalCheckFailed", "TransactionConflict"
	for _, tt := range []struct {
		label, reason string
		say           answer
		want          error
	}{
		{"incident", "its version differs", canceled(failed, no, no, no, no, no), alert.ErrConflict},
		{"event", "it is there", canceled(no, failed, no, no, no, no), alert.ErrCounted},
		{"counter", "it is at its limit", canceled(no, no, failed, no, no, no), alert.ErrFull},
		{"first name", "it leads elsewhere", canceled(no, no, no, failed, no, no), alert.ErrConflict},
		{"second name", "it leads elsewhere", canceled(no, no, no, no, failed, no), alert.ErrConflict},
		{"all", "what leaves nothing to do comes first", canceled(failed, failed, failed, failed, failed, no), alert.ErrCounted},
		{"all but the event", "no retry makes room", canceled(failed, no, failed, failed, failed, no), alert.ErrFull},
		{"in use", "somebody else writes it", canceled(conflict, no, no, no, no, no), alert.ErrConflict},
		{"due in use", "the next try may find it free", canceled(no, no, no, no, no, conflict), alert.ErrConflict},
		{"in use and counted", "the event is counted for good", canceled(conflict, failed, no, no, no, no), alert.ErrCounted},
		{"throttled and counted", "the event is counted for good", canceled("ThrottlingError", failed, no, no, no, no), alert.ErrCounted},
		{
			"conflict by itself", "the same in another form",
			answer{400, `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionConflictException","message":"why"}`}, alert.ErrConflict,
		},
	} {
		t.Run(tt.label, func(t *testing.T) {
			err := store(t, &server{answers: []answer{tt.say}}).Save(t.Context(), whole())
			if !errors.Is(err, tt.want) {
				t.Errorf("got error %v, want %v: %s", err, tt.want, tt.reason)
			}
		})
	}
}

func fault(code, message string) answer {
	return answer{400, fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":%q}`, code, message)}
}

func TestErrors(t *testing.T) {
	save := func(ctx context.Context, s *dynamo.Store) error { return s.Save(ctx, whole()) }
	read := func(ctx context.Context, s *dynamo.Store) error {
		_, err := s.Incident(ctx, "0123456789ab")
		return err
	}
	due := func(ctx context.Context, s *dynamo.Store) error { _, err := s.Due(ctx, noon); return err }
	for _, tt := range []struct {
		label string
		say   answer
		call  func(context.Context, *dynamo.Store) error
		want  string
	}{
		{
			"read denied", fault("AccessDeniedException", "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: dynamodb:GetItem on resource: t"), read,
			`dynamodb:GetItem "incidents": dynamodb:GetItem is not allowed (AccessDeniedException: User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: dynamodb:GetItem on resource: t)`,
		},
		{
			"write denied", fault("AccessDeniedException", "User: u is not authorized to perform: dynamodb:UpdateItem on resource: t"), save,
			`dynamodb:TransactWriteItems "incidents": dynamodb:UpdateItem is not allowed (AccessDeniedException: User: u is not authorized to perform: dynamodb:UpdateItem on resource: t)`,
		},
		{
			"write denied without a word", fault("AccessDeniedException", "no"), save,
			`dynamodb:TransactWriteItems "incidents": dynamodb:PutItem or dynamodb:UpdateItem is not allowed (AccessDeniedException: no)`,
		},
		{
			"key denied", fault("AccessDeniedException", "User: u is not authorized to perform: kms:Decrypt on this resource"), read,
			`dynamodb:GetItem "incidents": kms:Decrypt is not allowed (AccessDeniedException: User: u is not authorized to perform: kms:Decrypt on this resource)`,
		},
		{
			"no table", fault("ResourceNotFoundException", "Requested resource\nnot found"), due,
			`dynamodb:Query "incidents": there is no such table in this account and region (ResourceNotFoundException: Requested resource not found)`,
		},
		{
			"throttled", fault("ProvisionedThroughputExceededException", "slow down"), read,
			`dynamodb:GetItem "incidents": the table takes no more at this moment; try again (ProvisionedThroughputExceededException: slow down)`,
		},
		{
			"transaction throttled", canceled("None", "ThrottlingError", "ThrottlingError"), save,
			`dynamodb:TransactWriteItems "incidents": the table takes no more at this moment; try again (ThrottlingError: why)`,
		},
		{
			"transaction invalid", canceled("ValidationError", "None"), save,
			`dynamodb:TransactWriteItems "incidents": ValidationError: why`,
		},
		{
			"canceled without a reason", canceled(), save,
			`dynamodb:TransactWriteItems "incidents": TransactionCanceledException: Transaction canceled`,
		},
		{
			"credentials", fault("UnrecognizedClientException", "The security token is invalid"), read,
			`dynamodb:GetItem "incidents": AWS does not accept the credentials (UnrecognizedClientException: The security token is invalid)`,
		},
		{
			"broken inside", answer{500, `{"__type":"InternalServerError","message":"sorry"}`}, save,
			`dynamodb:TransactWriteItems "incidents": InternalServerError: sorry`,
		},
	} {
		t.Run(tt.label, func(t *testing.T) {
			err := tt.call(t.Context(), store(t, &server{answers: []answer{tt.say}}))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			for _, misfit := range []error{alert.ErrConflict, alert.ErrCounted, alert.ErrFull} {
				if errors.Is(err, misfit) {
					t.Errorf("got an error that is %q, want none of the three", misfit)
				}
			}
		})
	}
}

func TestErrorsWrapTheCause(t *testing.T) {
	_, err := store(t, &server{answers: []answer{fault("ResourceNotFoundException", "gone")}}).Named(t.Context(), "n")
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) {
		t.Errorf("got error %v, want one that wraps that of the SDK", err)
	}
}

func TestUnreachable(t *testing.T) {
	srv := httptest.NewServer(nil)
	srv.Close()
	s := dynamo.New(dynamo.Config{Table: "incidents", Client: func(context.Context) (dynamo.API, error) { return client(srv.URL), nil }})
	_, err := s.Counted(t.Context(), "event")
	if err == nil || !strings.HasPrefix(err.Error(), `dynamodb:GetItem "incidents": DynamoDB cannot be reached: `) {
		t.Errorf("got error %v, want one that says that nothing answered", err)
	}
}

func TestContextEnds(t *testing.T) {
	s := store(t, &server{answers: []answer{{200, "{}"}}})
	late, cancel := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancel()
	ended, end := context.WithCancel(t.Context())
	end()
	for _, tt := range []struct {
		ctx   context.Context
		want  string
		cause error
	}{
		{late, `dynamodb:TransactWriteItems "incidents": no answer before the deadline`, context.DeadlineExceeded},
		{ended, `dynamodb:TransactWriteItems "incidents": given up, nobody waits for the answer`, context.Canceled},
	} {
		if err := s.Save(tt.ctx, whole()); err == nil || err.Error() != tt.want || !errors.Is(err, tt.cause) {
			t.Errorf("got  %v\nwant %s", err, tt.want)
		}
	}
}
