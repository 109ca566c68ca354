package engine

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"whydenied/pkg/trail"
)

// Query says which AssumeRoleWithWebIdentity calls are asked for. The zero Query
// asks for all.
type Query struct {
	// Since and Until are bounds of eventTime, the first included, the second
	// not; a zero time is no bound.
	Since, Until time.Time
	// Regions are values of awsRegion, and Accounts the ids of the accounts whose
	// roles were asked for. Empty means all.
	Regions, Accounts []string
}

// Validate says what is wrong with a Query that a person put together.
func (q Query) Validate() error {
	if !q.Since.IsZero() && !q.Until.IsZero() && !q.Since.Before(q.Until) {
		return fmt.Errorf("the range of time ends at %s, not after its begin at %s", stamp(q.Until), stamp(q.Since))
	}
	for _, region := range q.Regions {
		if !regionName.MatchString(region) {
			return fmt.Errorf("region %q: expected a name such as us-east-1", region)
		}
	}
	for _, account := range q.Accounts {
		if !accountID.MatchString(account) {
			return fmt.Errorf("account %q: expected twelve digits", account)
		}
	}
	return nil
}

var (
	regionName = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`)
	accountID  = regexp.MustCompile(`^[0-9]{12}$`)
)

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Wants tells whether a call that an engine found is asked for: one whose record
// has no recipientAccountId has its account read from its resources, by which no
// engine was asked.
func (q Query) Wants(item trail.Item) bool {
	account := item.Denial.Account
	return len(q.Accounts) == 0 || account == "" || slices.Contains(q.Accounts, account)
}

// Quote is a string as a literal of SQL.
func Quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Name is a name as an identifier of SQL, whatever characters it has.
func Name(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// In is the condition that an expression has one of some values, given as they
// stand in SQL.
func In(expression string, values []string) string {
	if len(values) == 1 {
		return expression + " = " + values[0]
	}
	return expression + " IN (" + strings.Join(values, ", ") + ")"
}

// Quoted are strings as literals.
func Quoted(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = Quote(v)
	}
	return out
}

// Where are the conditions on what a record says itself. They come on top of
// those on partitions, so that the answer is the same however a table is laid
// out. A record without an account is left in, for [Query.Wants] to judge.
func (q Query) Where(column func(name string) string, moment func(time.Time) string) []string {
	conditions := []string{
		column("eventsource") + " = 'sts.amazonaws.com'",
		column("eventname") + " = 'AssumeRoleWithWebIdentity'",
	}
	if !q.Since.IsZero() {
		conditions = append(conditions, column("eventtime")+" >= "+moment(q.Since))
	}
	if !q.Until.IsZero() {
		conditions = append(conditions, column("eventtime")+" < "+moment(q.Until))
	}
	if len(q.Regions) > 0 {
		conditions = append(conditions, In(column("awsregion"), Quoted(q.Regions)))
	}
	if len(q.Accounts) > 0 {
		account := column("recipientaccountid")
		conditions = append(conditions, "("+In(account, Quoted(q.Accounts))+" OR "+account+" IS NULL)")
	}
	return conditions
}
