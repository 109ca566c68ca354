// Package away says why a host could not be asked, without saying which: a
// webhook's URL is a secret, and net/url quotes it in each of its errors.
package away

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
)

// Reason is what went wrong on the way to a host and back. Of the error only the
// end of a context, and what the network said, is wrapped.
func Reason(err error) error {
	var dns *net.DNSError
	var address *url.Error
	var op *net.OpError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.As(err, &dns):
		return errors.New("the name of the host cannot be looked up")
	case errors.As(err, &address) && address.Timeout():
		return errors.New("no answer in time")
	case errors.As(err, &op):
		return fmt.Errorf("cannot %s the host: %w", op.Op, op.Err)
	case errors.As(err, &address):
		return errors.New("the connection failed")
	}
	return errors.New("the answer cannot be read")
}
