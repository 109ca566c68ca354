// Package doctor looks at all that has to be in place for an alert to come:
// that calls are recorded and get to a rule, that member accounts can be read,
// that state can be kept and channels be reached. A [checkup.Request] goes in, a
// [checkup.Report] comes out: for each thing ok, failed or unknown, what was
// found, and what to do.
//
// It looks as the function, since only that shows what the function may do. It
// changes nothing, and sends nothing unless a test alert is asked for. What a
// call that failed would have told stays unknown, and is not called broken;
// where that call is the very thing that the function needs, it is.
package doctor

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"whydenied/lambda/doctor/checkup"
	"whydenied/pkg/alert"
)

// Config is what the function works with. Load, Now, Function and Reader are
// required; what is "" or nil is off.
type Config struct {
	Load     func(context.Context) (aws.Config, error)
	Now      func() time.Time
	Function func(context.Context) string // ARN, "" where it is not told
	Account  string
	// Reader makes a way into accounts that holds nothing from before.
	Reader func() Reader

	Table     Table
	QueueURL  string
	Topic     string // ARN
	Bus       string // name or ARN
	Secret    func(context.Context) (string, error)
	Routes    alert.Routes
	Unused    []Unused
	Changes   bool                    // changes of roles are to reach the function
	Notifiers func() []alert.Notifier // makes them anew; nil for none
}

// Unused is a variable of the function that is not valid, and that it does
// without.
type Unused struct {
	Variable string
	Reason   error
	Instead  string // what happens in place of what it asks for
}

// Reader is the way into accounts: a [whydenied/pkg/evidence/live.Source].
type Reader interface {
	Reach(ctx context.Context, account string) error
	Alias(ctx context.Context, account string) (string, error)
}

// Table is the state of incidents: a [whydenied/pkg/alert/dynamo.Store].
type Table interface {
	Named(ctx context.Context, name string) (string, error)
}

// Doctor examines one function. It is safe for concurrent use.
type Doctor struct{ config Config }

// New makes a Doctor. It calls nothing yet.
func New(c Config) *Doctor { return &Doctor{c} }

const (
	// callTimeout is the time of one question.
	callTimeout = 5 * time.Second
	// reserve is left of the invocation's time for the answer.
	reserve = 3 * time.Second
	// atOnce is how many questions are asked at a time.
	atOnce = 8
)

// look is one question; it answers with one check or several.
type look func(context.Context) []checkup.Check

// Examine looks at everything. It answers in time, whatever hangs.
func (d *Doctor) Examine(ctx context.Context, q checkup.Request) checkup.Report {
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-reserve))
		defer cancel()
	}
	r := checkup.Report{Schema: checkup.Schema, Function: unqualified(d.config.Function(ctx)), Account: d.config.Account, Checks: []checkup.Check{}}
	cfg, err := d.load(ctx)
	if err != nil {
		r.Checks = append(r.Checks, checkup.Check{Name: "configuration", Status: checkup.Failed, Found: oneLine(err.Error()),
			Do: "the function has no AWS configuration: see its log"})
		return r
	}
	r.Region = cfg.Region
	v := visit{Doctor: d, cfg: cfg, function: r.Function, buses: q.Buses}
	if d.config.Notifiers != nil {
		v.notifiers = d.config.Notifiers()
	}
	places := d.regions(cfg.Region, q.Regions)
	r.Checks = append(r.Checks, d.settings()...)
	var looks []look
	for _, region := range places {
		looks = append(looks, v.region(region, q.Buses))
	}
	looks = append(looks, v.changes)
	for _, account := range q.Accounts {
		looks = append(looks, v.account(account))
	}
	looks = append(looks, v.secret, v.table, v.queue, v.topic)
	for _, to := range v.places(topics) {
		if to.TopicARN != "" {
			looks = append(looks, v.routed(to.TopicARN))
		}
	}
	looks = append(looks, v.bus)
	for _, checks := range all(ctx, looks) {
		r.Checks = append(r.Checks, checks...)
	}
	if q.TestAlert {
		r.Checks = append(r.Checks, v.testAlerts(ctx)...)
	}
	r.NotLookedAt = notLookedAt(places, q)
	return r
}

// visit is one examination.
type visit struct {
	*Doctor
	cfg      aws.Config
	function string // ARN without qualifier, "" where it is not told
	buses    []string

	notifiers []alert.Notifier
}

func (d *Doctor) load(ctx context.Context) (aws.Config, error) {
	cfg, err := d.config.Load(ctx)
	if err != nil {
		return cfg, err
	}
	cfg = cfg.Copy()
	cfg.RetryMaxAttempts = 2
	return cfg, nil
}

// all asks some questions at a time, and answers in their order.
func all(ctx context.Context, looks []look) [][]checkup.Check {
	answers := make([][]checkup.Check, len(looks))
	turn := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for i, l := range looks {
		wg.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			answers[i] = l(ctx)
		})
	}
	wg.Wait()
	return answers
}

// within makes one call, in its time.
func within[T any](ctx context.Context, call func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return call(ctx)
}

// unqualified is a function's ARN without version or alias.
func unqualified(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 7 {
		return strings.Join(parts[:7], ":")
	}
	return arn
}

func notLookedAt(regions []string, q checkup.Request) []string {
	texts := []string{"regions other than " + strings.Join(regions, ", ") + ": a rule sees its own region only, so name those that your jobs call"}
	if len(q.Accounts) == 0 {
		return append(texts, "member accounts: none was named")
	}
	return append(texts, "rules and trails of member accounts, which the reader role may not read: ask with that account's credentials (deploy/README.md)")
}
