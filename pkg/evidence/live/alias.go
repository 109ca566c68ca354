package live

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"whydenied/pkg/evidence"
)

const (
	// aliasAge is how long an alias is used again, and how long nobody asks for
	// one that could not be read: it is a name, and changes hardly ever.
	aliasAge = time.Hour
	// aliasGrace is how much longer an answer may take for want of the alias.
	aliasGrace = time.Second
)

// errSlow ends the wait for an alias when all else is there.
var errSlow = errors.New("all else was read before the alias")

// alias is what IAM lists for an account, or why it could not be read.
type alias struct {
	listed []string
	err    error
}

// Alias is what the administrators of an account call it, "" where they do not.
// The error is one line. It is asked for anew after an hour.
func (s *Source) Alias(ctx context.Context, account string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.c.Timeout)
	defer cancel()
	a, err := s.reach(ctx, account)
	if err != nil {
		return "", err
	}
	found := s.alias(ctx, a)
	return evidence.AliasOf(found.listed), found.err
}

// naming begins to read the alias of an account, and returns what waits for it.
// It is decoration: nobody waits for it much longer than for the rest, and that
// it could not be read is kept, too, so that it is not asked for each time.
func (s *Source) naming(ctx context.Context, a *account) func() alias {
	ctx, stop := context.WithCancelCause(ctx)
	found := make(chan alias, 1)
	go func() { found <- s.alias(ctx, a) }()
	return func() alias {
		defer stop(nil)
		late := time.AfterFunc(aliasGrace, func() { stop(errSlow) })
		defer late.Stop()
		return <-found
	}
}

func (s *Source) alias(ctx context.Context, a *account) alias {
	found, _, err := a.alias.get(ctx, s.c.Now, younger(s.c.Now, aliasAge), func(ctx context.Context) (alias, error) {
		out, err := call(ctx, s.limits(), "iam:ListAccountAliases", "", func(ctx context.Context) (*iam.ListAccountAliasesOutput, error) {
			return a.iam.ListAccountAliases(ctx, nil)
		})
		switch {
		case err == nil:
			return alias{listed: append([]string{}, out.AccountAliases...)}, nil
		case ctx.Err() != nil && !errors.Is(context.Cause(ctx), errSlow):
			return alias{}, err // that somebody gave up says nothing to others
		}
		return alias{err: err}, nil
	})
	if err != nil {
		found.err = err
	}
	return found
}
