package live

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"golang.org/x/time/rate"
)

const (
	// kept is how long CloudTrail's event history goes back (CloudTrail User
	// Guide, "event history").
	kept = 90 * 24 * time.Hour
	// between is the time between two calls of LookupEvents, of which AWS
	// takes two a second for one account and region.
	between = 500 * time.Millisecond
)

// trail is CloudTrail's event history of one account in one region.
type trail struct {
	region string
	client *cloudtrail.Client
	pace   *rate.Limiter
	reels  map[string]*reel // by event name; never changed after it was made
}

// trails are an account's, by region.
type trails struct {
	mu sync.Mutex
	by map[string]*trail
}

func (a *account) trail(region string) *trail {
	a.trails.mu.Lock()
	defer a.trails.mu.Unlock()
	if a.trails.by == nil {
		a.trails.by = make(map[string]*trail)
	}
	t := a.trails.by[region]
	if t == nil {
		t = &trail{
			region: region, pace: rate.NewLimiter(rate.Every(between), 1), reels: make(map[string]*reel),
			client: cloudtrail.NewFromConfig(a.cfg, func(o *cloudtrail.Options) { o.Region = region }),
		}
		for _, name := range changeEvents() {
			t.reels[name] = newReel(a.id, name)
		}
		a.trails.by[region] = t
	}
	return t
}

// search is what is looked for: events of one attribute between two moments,
// both included. A zero moment is none.
type search struct {
	key      types.LookupAttributeKey
	value    string
	from, to time.Time
}

// pages gives the pages of what is found, the newest events first, until more
// says that it is enough.
func (s *Source) pages(ctx context.Context, t *trail, q search, more func(events []types.Event, last bool) bool) error {
	in := &cloudtrail.LookupEventsInput{
		LookupAttributes: []types.LookupAttribute{{AttributeKey: q.key, AttributeValue: aws.String(q.value)}},
		StartTime:        moment(q.from), EndTime: moment(q.to),
	}
	for {
		out, err := call(ctx, limits{call: s.c.CallTimeout, pace: t.pace}, "cloudtrail:LookupEvents", "in "+t.region, func(ctx context.Context) (*cloudtrail.LookupEventsOutput, error) {
			return t.client.LookupEvents(ctx, in)
		})
		if err != nil {
			return err
		}
		last := aws.ToString(out.NextToken) == ""
		if !more(out.Events, last) || last {
			return nil
		}
		in.NextToken = out.NextToken
	}
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return aws.Time(t)
}

// clock shows a moment to a person.
func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }

// boundError says that a search was ended by the number of its pages.
type boundError struct {
	what  string
	pages int
}

func (e *boundError) Error() string {
	return fmt.Sprintf("there are more than %d pages of %s", e.pages, e.what)
}
