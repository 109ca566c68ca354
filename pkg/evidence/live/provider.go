package live

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"whydenied/pkg/evidence"
)

// atOnce is how many providers are read at the same time. An account may have
// a hundred and more, one for each of its clusters.
const atOnce = 8

// providers are what could be read of an account's identity providers.
type providers struct {
	all    []evidence.Provider
	unread int   // how many could not be read
	err    error // why one of them could not
}

// listProviders reads an account's identity providers. The list alone has no
// client IDs. What was read in part is used once, and not kept.
func (s *Source) listProviders(ctx context.Context, a *account, good func(time.Time) bool) (providers, time.Time, error) {
	var part providers
	p, at, err := a.providers.get(ctx, s.c.Now, good, func(ctx context.Context) (providers, error) {
		s.progress("reading the identity providers of account %s", a.id)
		out, err := call(ctx, s.limits(), "iam:ListOpenIDConnectProviders", "", func(ctx context.Context) (*iam.ListOpenIDConnectProvidersOutput, error) {
			return a.iam.ListOpenIDConnectProviders(ctx, nil)
		})
		if err != nil {
			return providers{}, err
		}
		arns := make([]string, 0, len(out.OpenIDConnectProviderList))
		for _, e := range out.OpenIDConnectProviderList {
			arns = append(arns, aws.ToString(e.Arn))
		}
		part = s.eachProvider(ctx, a, arns)
		return part, part.err
	})
	if err != nil {
		part.err = err
		return part, at, err
	}
	return p, at, nil
}

func (s *Source) eachProvider(ctx context.Context, a *account, arns []string) providers {
	found := make([]*evidence.Provider, len(arns))
	errs := make([]error, len(arns))
	places := make(chan struct{}, atOnce)
	var wait sync.WaitGroup
	for i, arn := range arns {
		wait.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			found[i], errs[i] = s.provider(ctx, a, arn)
		})
	}
	wait.Wait()
	var p providers
	for i := range arns {
		switch {
		case errs[i] != nil:
			p.unread++
			if p.err == nil {
				p.err = errs[i]
			}
		case found[i] != nil:
			p.all = append(p.all, *found[i])
		}
	}
	return p
}

// provider reads one; nil where it was deleted after the list was made. The
// URL in the answer is not read: some write it with https://, some without,
// and the ARN has it.
func (s *Source) provider(ctx context.Context, a *account, arn string) (*evidence.Provider, error) {
	out, err := call(ctx, s.limits(), "iam:GetOpenIDConnectProvider", quote(arn), func(ctx context.Context) (*iam.GetOpenIDConnectProviderOutput, error) {
		return a.iam.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: aws.String(arn)})
	})
	switch {
	case is(err, absent):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &evidence.Provider{ARN: arn, ClientIDs: append([]string{}, out.ClientIDList...), Created: aws.ToTime(out.CreateDate).UTC()}, nil
}
