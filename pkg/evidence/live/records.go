package live

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// Lookup is what is looked for in CloudTrail's event history.
type Lookup struct {
	Account string // twelve digits; "" for the own one
	// Regions are those of the STS endpoints that were called. Where none are
	// named: the configured one and, in the partition aws, us-east-1, where
	// calls of the global endpoint are recorded.
	Regions      []string
	EventID      string    // one event; "" for every AssumeRoleWithWebIdentity
	Since, Until time.Time // both included; zero for no limit
}

// Record is one record of CloudTrail.
type Record struct {
	Region string // whose history holds it
	JSON   []byte // the record's own text
}

// Records looks denials up: it gives each record of AssumeRoleWithWebIdentity,
// denied or not, or the one event that was asked for, region after region and
// the newest first. Calls are paced, since AWS takes two a second; CloudTrail
// may be fifteen minutes late. An error is one line, comes with a Record that
// names its region, and does not end the other regions.
func (s *Source) Records(ctx context.Context, l Lookup) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		a, err := s.reach(ctx, l.Account)
		if err != nil {
			yield(Record{}, err)
			return
		}
		oldest := s.c.Now().Add(-kept)
		if !l.Since.IsZero() && l.Since.Before(oldest) || !l.Until.IsZero() && l.Until.Before(oldest) {
			if !yield(Record{}, fmt.Errorf("CloudTrail's event history keeps 90 days: nothing before %s can be looked up", clock(oldest))) {
				return
			}
		}
		for _, region := range a.regions(l.Regions) {
			if !s.recordsOf(ctx, a.trail(region), l, yield) {
				return
			}
		}
	}
}

// regions are those that were named, or those that calls are recorded in.
func (a *account) regions(named []string) []string {
	if len(named) > 0 {
		return named
	}
	regions := []string{a.cfg.Region}
	if a.partition.name == "aws" && !slices.Contains(regions, a.partition.home) {
		regions = append(regions, a.partition.home)
	}
	return regions
}

// recordsOf gives the records of one region, and tells whether more are wanted.
func (s *Source) recordsOf(ctx context.Context, t *trail, l Lookup, yield func(Record, error) bool) bool {
	q := search{key: types.LookupAttributeKeyEventName, value: "AssumeRoleWithWebIdentity", from: l.Since, to: l.Until}
	if l.EventID != "" {
		q.key, q.value = types.LookupAttributeKeyEventId, l.EventID
	}
	s.progress("looking in CloudTrail in %s", t.region)
	wanted, n, count := true, 0, 0
	var bound error
	err := s.pages(ctx, t, q, func(events []types.Event, last bool) bool {
		n++
		for i := range events {
			count++
			if wanted = yield(Record{Region: t.region, JSON: []byte(aws.ToString(events[i].CloudTrailEvent))}, nil); !wanted {
				return false
			}
		}
		if n >= s.c.MaxPages && !last {
			bound = cut(t, q.value, n, events)
			return false
		}
		s.progress("looking in CloudTrail in %s: page %d, %d events", t.region, n, count)
		return true
	})
	if err = errors.Join(err, bound); err != nil && wanted {
		return yield(Record{Region: t.region}, err)
	}
	return wanted
}

// cut says how far back a search went that was ended by its number of pages.
func cut(t *trail, name string, pages int, events []types.Event) error {
	back := ""
	if n := len(events); n > 0 {
		back = " back to " + clock(aws.ToTime(events[n-1].EventTime))
	}
	return fmt.Errorf("CloudTrail in %s was read%s only: %w", t.region, back, &boundError{name, pages})
}
