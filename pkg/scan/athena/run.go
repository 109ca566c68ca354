package athena

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"

	"whydenied/pkg/scan/engine"
)

// run starts a query, waits for its end and returns its id. A query that nobody
// waits for any more is stopped, so that it is not paid for.
func (p *Plan) run(ctx context.Context, sql string) (id string, err error) {
	s := p.source
	in := &athena.StartQueryExecutionInput{
		QueryString: aws.String(sql), WorkGroup: aws.String(s.c.Workgroup),
		QueryExecutionContext: &types.QueryExecutionContext{Catalog: aws.String(s.c.Catalog), Database: aws.String(s.database)},
	}
	if s.c.Output != "" {
		in.ResultConfiguration = &types.ResultConfiguration{OutputLocation: aws.String(s.c.Output)}
	}
	if minutes := int32(s.c.Reuse.Minutes()); minutes > 0 {
		in.ResultReuseConfiguration = &types.ResultReuseConfiguration{
			ResultReuseByAgeConfiguration: &types.ResultReuseByAgeConfiguration{Enabled: true, MaxAgeInMinutes: aws.Int32(minutes)},
		}
	}
	out, err := s.c.API.StartQueryExecution(ctx, in)
	if err != nil {
		return "", s.failed("athena:StartQueryExecution", err)
	}
	id = aws.ToString(out.QueryExecutionId)
	var last *types.QueryExecution
	err = engine.Poll(ctx, func() (bool, error) {
		last, err = s.look(ctx, id)
		return last != nil && ended(last), err
	})
	p.count(last)
	if err != nil {
		return "", p.abandon(ctx, id, err)
	}
	return id, s.outcome(last)
}

// look asks how a query is doing.
func (s *Source) look(ctx context.Context, id string) (*types.QueryExecution, error) {
	out, err := s.c.API.GetQueryExecution(ctx, &athena.GetQueryExecutionInput{QueryExecutionId: aws.String(id)})
	if err != nil {
		return nil, s.failed("athena:GetQueryExecution", err)
	}
	return out.QueryExecution, nil
}

func ended(e *types.QueryExecution) bool {
	if e.Status == nil {
		return false
	}
	switch e.Status.State {
	case types.QueryExecutionStateSucceeded, types.QueryExecutionStateFailed, types.QueryExecutionStateCancelled:
		return true
	default:
		return false
	}
}

// abandon stops a query whose end will not be seen.
func (p *Plan) abandon(ctx context.Context, id string, cause error) error {
	s := p.source
	err := engine.Stop(ctx, func(ctx context.Context) error {
		_, err := s.c.API.StopQueryExecution(ctx, &athena.StopQueryExecutionInput{QueryExecutionId: aws.String(id)})
		return err
	})
	if err != nil {
		return fmt.Errorf("%w; it may still run, and cost: %w", cause, s.about("athena:StopQueryExecution", id, err))
	}
	return fmt.Errorf("athena query %s on %q was stopped: %w", id, s.name(), cause)
}

// count adds what a query scanned, which Athena tells while it runs, too.
func (p *Plan) count(e *types.QueryExecution) {
	if e == nil || e.Statistics == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cost.Bytes += aws.ToInt64(e.Statistics.DataScannedInBytes)
	if e.Statistics.ResultReuseInformation != nil && e.Statistics.ResultReuseInformation.ReusedPreviousResult {
		p.cost.Price.Least = 0
	}
}

// outcome is why a query that has ended gave no result, nil where it did.
func (s *Source) outcome(e *types.QueryExecution) error {
	if e.Status.State == types.QueryExecutionStateSucceeded {
		return nil
	}
	reason := aws.ToString(e.Status.StateChangeReason)
	if reason == "" && e.Status.AthenaError != nil {
		reason = aws.ToString(e.Status.AthenaError.ErrorMessage)
	}
	if reason == "" {
		reason = "Athena gives no reason"
	}
	how := "failed"
	if e.Status.State == types.QueryExecutionStateCancelled {
		how = "was canceled"
	}
	return fmt.Errorf("athena query %s on %q %s: %s", aws.ToString(e.QueryExecutionId), s.name(), how, advised(reason))
}
