package scan

import (
	"slices"
	"time"

	"whydenied/pkg/trail"
)

// Selection says which calls are asked for. The zero Selection is all of them.
type Selection struct {
	Since, Until time.Time // of the calls: from the first on, before the second; zero for no bound
	Accounts     []string  // account IDs
	Regions      []string
}

// Has says whether a call is asked for. What its record does not say is no
// reason to leave it out.
func (s *Selection) Has(d *trail.Denial) bool {
	switch {
	case d.Time.IsZero():
	case !s.Since.IsZero() && d.Time.Before(s.Since), !s.Until.IsZero() && !d.Time.Before(s.Until):
		return false
	}
	return s.Wants(d.Account, d.Region)
}

// Wants says whether calls to an account that are recorded in a region are asked
// for; "" stands for one that is not known.
func (s *Selection) Wants(account, region string) bool {
	return among(s.Accounts, account) && among(s.Regions, region)
}

func among(list []string, value string) bool {
	return len(list) == 0 || value == "" || slices.Contains(list, value)
}
