package live

import (
	"context"
	"errors"

	"whydenied/pkg/evidence"
)

// Account reads what a diagnosis needs of an account. What cannot be read costs
// only itself: a note says so. An error, one line, means that nothing could be
// read at all.
func (s *Source) Account(ctx context.Context, q evidence.Query) (evidence.Account, error) {
	ctx, cancel := context.WithTimeout(ctx, s.c.Timeout)
	defer cancel()
	a, err := s.reach(ctx, q.Account)
	if out := (*noReaderError)(nil); errors.As(err, &out) {
		return evidence.Account{Notes: []string{out.Error()}, Partial: true}, nil
	}
	if err != nil {
		return evidence.Account{Partial: true}, err
	}
	r := &reading{s: s, a: a, q: q, into: evidence.Account{ID: a.id}}
	r.all(ctx)
	if r.nothing {
		return evidence.Account{Partial: true}, r.err
	}
	return r.into, nil
}
