package live

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// found is a record of a change.
type found struct {
	at   time.Time
	text rawJSON
}

// events reads every change that CloudTrail keeps. Where one kind cannot be
// read to its end, all end where that one does: a list with a gap would say
// that nothing changed there.
func (t *taking) events(ctx context.Context) {
	kinds := changeEvents()
	read := make([][]found, len(kinds))
	from, errs := make([]time.Time, len(kinds)), make([]error, len(kinds))
	trail := t.a.trail(t.a.partition.home)
	var wait sync.WaitGroup
	for i, name := range kinds {
		wait.Go(func() { read[i], from[i], errs[i] = t.kind(ctx, trail, name) })
	}
	wait.Wait()
	start, told := slices.MaxFunc(from, time.Time.Compare), map[string]bool{}
	for _, err := range errs {
		if err != nil && !told[err.Error()] {
			told[err.Error()] = true
			t.lack("changes before %s were not read: %v", clock(start), err)
		}
	}
	if !start.Before(t.f.TakenAt) {
		return
	}
	all := []found{}
	for _, kind := range read {
		slices.Reverse(kind)
		all = append(all, slices.DeleteFunc(kind, func(f found) bool { return f.at.Before(start) })...)
	}
	slices.SortStableFunc(all, func(x, y found) int { return x.at.Compare(y.at) })
	events := []rawJSON{}
	for _, f := range all {
		events = append(events, f.text)
	}
	t.f.Events = &events
}

// kind reads one kind of change, and tells from when on it is whole.
func (t *taking) kind(ctx context.Context, trail *trail, name string) (all []found, from time.Time, err error) {
	now := t.s.c.Now()
	q := search{key: types.LookupAttributeKeyEventName, value: name, from: now.Add(-kept)}
	from, n := now, 0
	var bound error
	err = t.s.pages(ctx, trail, q, func(events []types.Event, last bool) bool {
		n++
		for i := range events {
			text := aws.ToString(events[i].CloudTrailEvent)
			from = aws.ToTime(events[i].EventTime)
			if !json.Valid([]byte(text)) {
				bound = fmt.Errorf("CloudTrail's record %s is no JSON", aws.ToString(events[i].EventId))
				return false
			}
			all = append(all, found{from, rawJSON(text)})
		}
		t.s.progress("reading %s from CloudTrail in %s: %d, back to %s", name, trail.region, len(all), clock(from))
		switch {
		case last:
			from = q.from
		case n >= t.s.c.MaxPages:
			bound = &boundError{name, n}
			return false
		}
		return true
	})
	from = from.Truncate(time.Second).Add(time.Second)
	if err == nil {
		err = bound
	}
	return all, from, err
}
