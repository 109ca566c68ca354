package lake

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"whydenied/internal/awserr"
	"whydenied/pkg/scan/engine"
)

// run starts the query, waits for its end and returns its id. A query that
// nobody waits for any more is canceled, so that it is not paid for.
func (p *Plan) run(ctx context.Context) (id string, err error) {
	s := p.source
	out, err := s.c.API.StartQuery(ctx, &cloudtrail.StartQueryInput{QueryStatement: aws.String(p.SQL), EventDataStoreOwnerAccountId: s.owner()})
	if err != nil {
		return "", s.failed("cloudtrail:StartQuery", err)
	}
	id = aws.ToString(out.QueryId)
	var last *cloudtrail.DescribeQueryOutput
	err = engine.Poll(ctx, func() (bool, error) {
		last, err = s.look(ctx, id)
		return err == nil && ended(last.QueryStatus), err
	})
	p.count(last)
	if err != nil {
		return "", s.abandon(ctx, id, err)
	}
	if last.QueryStatus != types.QueryStatusFinished {
		return "", s.unfinished(id, last)
	}
	return id, nil
}

// owner is the account of a store of another account, where its ARN told it.
func (s *Source) owner() *string {
	if s.c.Store.Account == "" {
		return nil
	}
	return aws.String(s.c.Store.Account)
}

func (s *Source) look(ctx context.Context, id string) (*cloudtrail.DescribeQueryOutput, error) {
	out, err := s.c.API.DescribeQuery(ctx, &cloudtrail.DescribeQueryInput{QueryId: aws.String(id), EventDataStoreOwnerAccountId: s.owner()})
	if err != nil {
		return nil, s.failed("cloudtrail:DescribeQuery", err)
	}
	return out, nil
}

func ended(status types.QueryStatus) bool {
	return status != types.QueryStatusQueued && status != types.QueryStatusRunning
}

func (p *Plan) count(out *cloudtrail.DescribeQueryOutput) {
	if out == nil || out.QueryStatistics == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cost.Bytes += aws.ToInt64(out.QueryStatistics.BytesScanned)
}

// abandon cancels a query whose end will not be seen.
func (s *Source) abandon(ctx context.Context, id string, cause error) error {
	err := engine.Stop(ctx, func(ctx context.Context) error {
		_, err := s.c.API.CancelQuery(ctx, &cloudtrail.CancelQueryInput{QueryId: aws.String(id), EventDataStoreOwnerAccountId: s.owner()})
		return err
	})
	if err != nil {
		return fmt.Errorf("%w; it may still run, and cost: %w", cause, s.failed("cloudtrail:CancelQuery", err))
	}
	return fmt.Errorf("CloudTrail Lake query %s on %q was canceled: %w", id, s.c.Store.ID, cause)
}

// unfinished is why a query that has ended gave no result.
func (s *Source) unfinished(id string, out *cloudtrail.DescribeQueryOutput) error {
	reason := strings.Join(strings.Fields(aws.ToString(out.ErrorMessage)), " ")
	how := "failed"
	switch {
	case out.QueryStatus == types.QueryStatusTimedOut:
		how = "timed out"
		reason = strings.TrimPrefix(reason+": ", ": ") + "ask for less time"
	case reason == "":
		reason = "CloudTrail gives no reason"
	}
	if out.QueryStatus == types.QueryStatusCancelled {
		how = "was canceled"
	}
	return fmt.Errorf("CloudTrail Lake query %s on %q %s: %s", id, s.c.Store.ID, how, reason)
}

// codes are what Lake's own error codes mean, and what to do.
var codes = map[string]string{
	"EventDataStoreNotFoundException":       "there is no such event data store in this region; its ARN names the region and the account",
	"EventDataStoreARNInvalidException":     "this is no event data store; list them with aws cloudtrail list-event-data-stores",
	"InactiveEventDataStoreException":       "the event data store is not active, or is about to be deleted",
	"MaxConcurrentQueriesException":         "ten queries run already, which is the most; try again when one has ended",
	"InvalidQueryStatementException":        "CloudTrail Lake does not take the query",
	"InsufficientEncryptionPolicyException": "you may not use the key of the event data store: you need kms:Decrypt and kms:GenerateDataKey",
	"AccountHasOngoingImportException":      "the store is being filled; try again when that has ended",
}

func (s *Source) failed(call string, err error) error {
	service := awserr.Service{Name: "CloudTrail", Codes: codes}
	return service.Failed(call, s.c.Store.ID, err)
}
