package live

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"whydenied/pkg/evidence"
)

// Config is what a Source works with.
type Config struct {
	// Load says how AWS is reached; it is called once, when first needed.
	Load func(context.Context) (aws.Config, error)
	// Own is the account of these credentials; "" asks STS once.
	Own string
	// ReaderRole is the name of the role that is assumed in other accounts,
	// and may begin with its path. Where it is "", other accounts cannot be
	// read, and a note says so.
	ReaderRole, ExternalID string
	// Now is the clock; nil for the real one.
	Now func() time.Time
	// CallTimeout is the time of each call, Timeout that of one Account as a
	// whole. Zero: 3 and 10 seconds.
	CallTimeout, Timeout time.Duration
	// PolicyAge is how long a role as it was read is used again, RolesAge how
	// long the list of roles is. Zero: 5 seconds and 10 minutes.
	PolicyAge, RolesAge time.Duration
	// MaxPages is how many pages of LookupEvents are read for each event
	// name. Zero: 20.
	MaxPages int
	// Progress is told, for a person who waits, what is being done; it may be
	// nil, and is never called twice at once.
	Progress func(string)
}

// Source reads live AWS. It is an [evidence.Source], safe for concurrent use.
type Source struct {
	c      Config
	config *cell[aws.Config]
	caller *cell[Caller]

	mu       sync.Mutex
	accounts map[string]*account
	telling  sync.Mutex
}

var _ evidence.Source = (*Source)(nil)

// New makes a Source. It calls nothing yet.
func New(c Config) *Source {
	if c.Now == nil {
		c.Now = time.Now
	}
	c.CallTimeout = orDefault(c.CallTimeout, 3*time.Second)
	c.Timeout = orDefault(c.Timeout, 10*time.Second)
	c.PolicyAge = orDefault(c.PolicyAge, 5*time.Second)
	c.RolesAge = orDefault(c.RolesAge, 10*time.Minute)
	c.MaxPages = orDefault(c.MaxPages, 20)
	return &Source{c: c, config: newCell[aws.Config](), caller: newCell[Caller](), accounts: make(map[string]*account)}
}

func orDefault[T int | time.Duration](value, otherwise T) T {
	if value > 0 {
		return value
	}
	return otherwise
}

func (s *Source) progress(format string, args ...any) {
	if s.c.Progress == nil {
		return
	}
	s.telling.Lock()
	defer s.telling.Unlock()
	s.c.Progress(fmt.Sprintf(format, args...))
}
