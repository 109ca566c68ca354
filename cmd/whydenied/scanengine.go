package main

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"whydenied/pkg/scan"
	"whydenied/pkg/scan/athena"
	"whydenied/pkg/scan/bucket"
	"whydenied/pkg/scan/engine"
	"whydenied/pkg/scan/lake"
	"whydenied/pkg/trail"
)

// asking is a query that an engine will be given.
type asking struct {
	place    string // which archive
	sql      string
	notes    []string
	estimate engine.Estimate
	cost     func() engine.Cost
	items    func(context.Context) iter.Seq2[trail.Item, error]
	// files, where it is not nil, is to be read instead: the log files that hold
	// the calls, since the engine's own table says too little of them.
	files func(context.Context) iter.Seq2[string, error]
	// client is for reading those.
	client *s3.Client
}

func (f *archiveFlags) isEngine() bool { return f.athena.Table != "" || f.store != "" }

// plan says what will be asked. Nothing is charged for that.
func (s *scanning) plan(ctx context.Context) (*asking, error) {
	q := engine.Query{Since: s.only.Since, Until: s.only.Until, Regions: s.only.Regions, Accounts: s.only.Accounts}
	if err := q.Validate(); err != nil {
		return nil, usage("%w", err)
	}
	cfg, err := s.archive.load(ctx, s.cloud)
	if err != nil {
		return nil, err
	}
	s.app.progress.show("looking at what will be asked")
	if s.archive.store != "" {
		store, err := lake.ParseStore(s.archive.store)
		if err != nil {
			return nil, usage("%w", err)
		}
		return planLake(lake.Config{API: lake.Client(cfg, store), Store: store}, q)
	}
	c := s.archive.athena
	client := bucket.NewClient(cfg)
	c.API, c.Measure, c.Now = athena.Client(cfg), athena.Sizes(client), s.app.now
	return planAthena(ctx, c, q, client)
}

func planLake(c lake.Config, q engine.Query) (*asking, error) {
	source, err := lake.New(c)
	if err != nil {
		return nil, usage("%w", err)
	}
	p, err := source.Plan(q)
	if err != nil {
		return nil, &failure{statusNoEvidence, err}
	}
	return &asking{place: source.String(), sql: p.SQL, notes: p.Notes, estimate: p.Estimate, cost: p.Cost, items: p.Items}, nil
}

func planAthena(ctx context.Context, c athena.Config, q engine.Query, client *s3.Client) (*asking, error) {
	source, err := athena.New(c)
	if err != nil {
		return nil, usage("%w", err)
	}
	p, err := source.Plan(ctx, q)
	if err != nil {
		return nil, &failure{statusNoEvidence, err}
	}
	a := &asking{place: source.String(), sql: p.SQL, notes: p.Notes, estimate: p.Estimate, cost: p.Cost, items: p.Items, client: client}
	if !p.Whole {
		a.files = p.Files
	}
	return a, nil
}

// show prints what would be asked.
func (a *asking) show(app *app) error {
	app.progress.clear()
	var notes strings.Builder
	for _, note := range a.notes {
		fmt.Fprintf(&notes, "-- %s\n", note)
	}
	_, err := fmt.Fprintf(app.stdout, "-- %s: %s\n%s%s\n", a.place, a.estimate, notes.String(), a.sql)
	return err
}

// ask has the engine find the calls, and says before and after what that costs.
func (s *scanning) ask(ctx context.Context, a *asking, c *scan.Collector, m *scan.Meter) error {
	s.app.say(a.place + ": " + a.estimate.String())
	for _, note := range a.notes {
		c.Note(note)
	}
	s.app.progress.show(a.place + " looks for the calls")
	err := s.take(ctx, a, c, m)
	cost := a.place + ": " + a.cost().String()
	c.Note(cost)
	s.app.say(cost)
	return err
}

func (s *scanning) take(ctx context.Context, a *asking, c *scan.Collector, m *scan.Meter) error {
	if a.files != nil {
		return scan.Read(ctx, c, filesOfEngine(ctx, a), scan.ReadOptions{Workers: s.atOnce(), Meter: m})
	}
	taken := 0
	for item, err := range a.items(ctx) {
		switch {
		case err != nil && taken == 0:
			return &failure{statusNoEvidence, err}
		case err != nil:
			c.Incomplete(err.Error())
			return nil
		}
		c.Add(ctx, item)
		taken++
	}
	return nil
}

// filesOfEngine are the log files that an engine names, as they lie in S3.
func filesOfEngine(ctx context.Context, a *asking) scan.Files {
	return func(yield func(scan.File, error) bool) {
		for address, err := range a.files(ctx) {
			var at bucket.Location
			if err == nil {
				at, err = bucket.Parse(address)
			}
			if err != nil {
				if !yield(scan.File{}, err) {
					return
				}
				continue
			}
			for f, err := range bucket.Files(ctx, a.client, at, bucket.Query{}, bucket.Options{}) {
				if !yield(f, err) {
					return
				}
			}
		}
	}
}
