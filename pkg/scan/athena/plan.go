package athena

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"

	"whydenied/pkg/scan/engine"
)

// price is Athena's for SQL (its pricing page: 5 USD per TB in us-east-1, 10 MB
// at least for each query; a canceled query is charged for what it scanned).
var price = engine.Price{Dollars: 5, Unit: 1e12, Name: "TB", Least: 10e6}

// Plan is what will be asked. Nothing has been charged for yet.
type Plan struct {
	// SQL is the query, as Athena gets it.
	SQL string
	// Notes say what the table lacks, a sentence each.
	Notes []string
	// Estimate is what is known of the cost before.
	Estimate engine.Estimate
	// Whole is false where the table has no column for the token's provider, so
	// that no denial can be explained by its rows alone; the log files that
	// [Plan.Files] names can be read instead.
	Whole bool

	source  *Source
	query   engine.Query
	columns []selected
	files   string // the SQL for [Plan.Files]

	mu   sync.Mutex
	cost engine.Cost
}

// Plan looks at the table and the workgroup, and says what will be asked. The
// error is one line that says what to do.
func (s *Source) Plan(ctx context.Context, q engine.Query) (*Plan, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	d, err := s.describe(ctx)
	if err != nil {
		return nil, err
	}
	list, missing, err := s.columns(d)
	if err != nil {
		return nil, err
	}
	conditions, dated, err := s.conditions(d, q)
	if err != nil {
		return nil, err
	}
	p := &Plan{
		source: s, query: q, columns: list, Whole: true,
		SQL:   s.statement(expressions(list), conditions),
		files: s.statement(`DISTINCT "$path"`, conditions),
		cost:  engine.Cost{Price: price},
	}
	p.note(missing, dated, q)
	return p, p.foresee(ctx, d, q)
}

// conditions are the query's on records and on partitions.
func (s *Source) conditions(d definition, q engine.Query) (conditions []string, dated bool, err error) {
	switch {
	case len(q.Regions) > 0 && d.columns["awsregion"] == "":
		return nil, false, fmt.Errorf("athena table %q has no column awsregion, so that regions cannot be chosen", s.name())
	case len(q.Accounts) > 0 && d.columns["recipientaccountid"] == "":
		return nil, false, fmt.Errorf("athena table %q has no column recipientaccountid, so that accounts cannot be chosen", s.name())
	}
	pruned, dated, err := s.prune(d, q)
	if err != nil {
		return nil, false, err
	}
	return append(q.Where(engine.Name, moments(d)), pruned...), dated, nil
}

// note says what the table lacks. The provider has a note of its own, for
// nothing can be explained without it.
func (p *Plan) note(missing []string, dated bool, q engine.Query) {
	var others []string
	for _, name := range missing {
		if name == "useridentity."+"identityprovider" {
			p.Whole = false
			p.Notes = append(p.Notes, fmt.Sprintf("the table %s has no identityprovider in its useridentity (AWS's own definition has none), so that its rows name no provider, and no audience can be told from the subject: "+
				"the log files that Athena names have to be read for them; to spare that, create the table again with identityprovider:string in that struct, which touches no log file; see docs/scan-engines.md", p.source.name()))
			continue
		}
		others = append(others, name)
	}
	if len(others) > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("the table %s has no %s: what these hold is missing in its records", p.source.name(), strings.Join(others, ", ")))
	}
	if !dated && (!q.Since.IsZero() || !q.Until.IsZero()) {
		p.Notes = append(p.Notes, fmt.Sprintf("the table %s has no partition by time that is understood, so that all of it is scanned, whatever time is asked for; see docs/scan-engines.md", p.source.name()))
	}
}

// foresee looks at the workgroup: whether the query can run there, and where it
// would be ended. Who may not look at it can still ask.
func (p *Plan) foresee(ctx context.Context, d definition, q engine.Query) error {
	s := p.source
	bytes, why := s.measure(ctx, d, q)
	p.Estimate = engine.Estimate{Cost: engine.Cost{Bytes: bytes, Price: price}, Known: why == "", Why: why}
	if p.Estimate.Known {
		p.Estimate.Why = "the log files of the days asked for, as S3 lists them"
	}
	out, err := s.c.API.GetWorkGroup(ctx, &athena.GetWorkGroupInput{WorkGroup: aws.String(s.c.Workgroup)})
	if err != nil {
		p.Notes = append(p.Notes, s.about("athena:GetWorkGroup", s.c.Workgroup, err).Error())
		return ctx.Err()
	}
	if out.WorkGroup == nil || out.WorkGroup.Configuration == nil {
		return nil
	}
	c := out.WorkGroup.Configuration
	p.Estimate.Cutoff = aws.ToInt64(c.BytesScannedCutoffPerQuery)
	managed := c.ManagedQueryResultsConfiguration != nil && c.ManagedQueryResultsConfiguration.Enabled
	located := c.ResultConfiguration != nil && aws.ToString(c.ResultConfiguration.OutputLocation) != ""
	switch {
	case out.WorkGroup.State == types.WorkGroupStateDisabled:
		return fmt.Errorf("athena workgroup %q is disabled: choose another", s.c.Workgroup)
	case s.c.Output == "" && !managed && !located:
		return fmt.Errorf("athena workgroup %q has no place for results: %s", s.c.Workgroup, giveOutput)
	}
	return nil
}

// Cost is what the queries of this plan scanned up to now, as Athena counted it.
func (p *Plan) Cost() engine.Cost {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cost
}
