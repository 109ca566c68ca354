package live

import "context"

// Reach says whether there is a way into an account: credentials, and for
// another account than their own the reader role, which is assumed. What was
// assumed before is used as long as it lasts, so whoever wants to know how it
// is now asks a new Source. The error is one line, and says what is missing.
func (s *Source) Reach(ctx context.Context, account string) error {
	ctx, cancel := context.WithTimeout(ctx, s.c.Timeout)
	defer cancel()
	_, err := s.reach(ctx, account)
	return err
}
