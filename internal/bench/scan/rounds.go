package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// result is a contender over one archive.
type result struct {
	contender
	outcomes []outcome
}

// turns lets all contenders take turns over an archive. The first run of the
// floor is not counted: it brings the files into the page cache.
func (c *config) turns(ctx context.Context, s stock, contenders []contender, rounds int) ([]result, error) {
	results := make([]result, len(contenders))
	for i, one := range contenders {
		results[i].contender = one
	}
	_, _ = fmt.Fprintf(c.progress, "%s: warming up\n", s.label)
	if _, err := c.start(ctx, contenders[0], s); err != nil {
		return nil, err
	}
	for round := range rounds {
		for i := range results {
			r := &results[i]
			if r.leftOut != "" || r.slow && round >= c.slow {
				continue
			}
			o, err := c.start(ctx, r.contender, s)
			if err != nil {
				return nil, err
			}
			r.outcomes = append(r.outcomes, o)
			_, _ = fmt.Fprintf(c.progress, "%s, round %d: %s took %v, of the processors %v\n", s.label, round+1, r.name,
				o.took.Round(time.Millisecond), o.cpu.Round(time.Millisecond))
		}
	}
	return results, nil
}

func took(o outcome) time.Duration { return o.took }
func cpu(o outcome) time.Duration  { return o.cpu }

// ratio is the median over the rounds that both took part in.
func (r *result) ratio(to *result, of func(outcome) time.Duration) float64 {
	var all []float64
	for round := range min(len(r.outcomes), len(to.outcomes)) {
		all = append(all, float64(of(r.outcomes[round]))/float64(max(of(to.outcomes[round]), 1)))
	}
	return median(all)
}

func (r *result) median(of func(outcome) time.Duration) time.Duration {
	var all []time.Duration
	for _, o := range r.outcomes {
		all = append(all, of(o))
	}
	return median(all)
}

func (r *result) peak() int64 {
	var most int64
	for _, o := range r.outcomes {
		most = max(most, o.peak)
	}
	return most
}

// median is the middle one, or the lower of the two in the middle; nothing has
// the zero median.
func median[T float64 | time.Duration](of []T) T {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	return sorted[(len(sorted)-1)/2]
}
