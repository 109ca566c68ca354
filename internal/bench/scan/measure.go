package main

import (
	"context"
	"fmt"
	"io"
	"slices"
)

// measured is one archive with all that was measured over it.
type measured struct {
	stock
	results []result
}

// measure makes the archives, lets the contenders take turns over each, and
// prints the tables.
func (c *config) measure(ctx context.Context, w io.Writer) error {
	contenders := c.contenders(ctx)
	p := &page{w: w}
	p.head(c, contenders)
	var all []measured
	for _, size := range c.sizes {
		m, err := c.over(ctx, contenders, fmt.Sprintf("%g GB", size), int64(size*1e9), 0, c.rounds)
		if err != nil {
			return err
		}
		all = append(all, m)
		p.archive(m)
	}
	p.memory(all, c.baseline(ctx))
	if c.identical > 0 {
		m, err := c.over(ctx, identicalOnly(contenders), fmt.Sprintf("%d identical denials", c.identical), 0, c.identical, c.slow)
		if err != nil {
			return err
		}
		p.identical(m)
	}
	p.method(c)
	return p.err
}

func (c *config) over(ctx context.Context, contenders []contender, label string, size int64, identical, rounds int) (measured, error) {
	s, err := c.stock(ctx, label, size, identical)
	if err != nil {
		return measured{}, err
	}
	results, err := c.turns(ctx, s, contenders, rounds)
	return measured{s, results}, err
}

// identicalOnly are those that read denials: the others count, whatever is
// there to count.
func identicalOnly(contenders []contender) []contender {
	return slices.DeleteFunc(slices.Clone(contenders), func(one contender) bool {
		return one.name != floorName && one.name != subjectName && one.name != parserName
	})
}
