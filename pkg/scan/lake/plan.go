package lake

import (
	"context"
	"iter"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"

	"whydenied/pkg/scan/engine"
	"whydenied/pkg/trail"
)

// price is Lake's for queries (CloudTrail pricing page: 0.005 USD per GB in
// us-east-1).
var price = engine.Price{Dollars: 0.005, Unit: 1e9, Name: "GB"}

// pageSize is how many rows a page has at most (API reference, GetQueryResults).
const pageSize = 1000

// Plan is what will be asked. Nothing has been called yet.
type Plan struct {
	// SQL is the query, as Lake gets it.
	SQL string
	// Notes say what a reader of the result should know.
	Notes []string
	// Estimate is what is known of the cost before.
	Estimate engine.Estimate

	source *Source
	query  engine.Query
	mu     sync.Mutex
	cost   engine.Cost
}

// Plan says what will be asked. It calls nothing: AWS has no dry run of a
// query, and tells no store's size.
func (s *Source) Plan(q engine.Query) (*Plan, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	p := &Plan{source: s, query: q, SQL: s.statement(q), cost: engine.Cost{Price: price}}
	p.Estimate = engine.Estimate{Cost: engine.Cost{Price: price}, Why: "CloudTrail Lake has no dry run, and charges for what it reads of the time asked for"}
	if q.Since.IsZero() {
		p.Notes = append(p.Notes, "no begin is given, so that all that the event data store keeps is scanned, which may be years")
	}
	return p, nil
}

// Items runs the query and yields the calls that it finds, denied and succeeded,
// in no order. A row that cannot be read is a malformed Item. An error ends it:
// what was not yielded by then is missing.
func (p *Plan) Items(ctx context.Context) iter.Seq2[trail.Item, error] {
	return func(yield func(trail.Item, error) bool) {
		id, err := p.run(ctx)
		if err != nil {
			yield(trail.Item{}, err)
			return
		}
		in := &cloudtrail.GetQueryResultsInput{QueryId: aws.String(id), MaxQueryResults: aws.Int32(pageSize), EventDataStoreOwnerAccountId: p.source.owner()}
		for {
			out, err := p.source.c.API.GetQueryResults(ctx, in)
			if err != nil {
				yield(trail.Item{}, p.source.failed("cloudtrail:GetQueryResults", err))
				return
			}
			for _, row := range out.QueryResultRows {
				if it := item(p.source.String(), row); p.query.Wants(it) && !yield(it, nil) {
					return
				}
			}
			if aws.ToString(out.NextToken) == "" {
				return
			}
			in.NextToken = out.NextToken
		}
	}
}

// Cost is what the query scanned, as CloudTrail counted it.
func (p *Plan) Cost() engine.Cost {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cost
}
