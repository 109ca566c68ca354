package scan_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/scan"
	"whydenied/pkg/trail"
)

// asked is a source that counts what it is asked, and takes a second for it.
type asked struct {
	source evidence.Source
	err    error

	mu      sync.Mutex
	queries []evidence.Query
}

func (a *asked) Account(ctx context.Context, q evidence.Query) (evidence.Account, error) {
	a.mu.Lock()
	a.queries = append(a.queries, q)
	a.mu.Unlock()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return evidence.Account{Partial: true}, ctx.Err()
	}
	if a.err != nil {
		return evidence.Account{}, a.err
	}
	return a.source.Account(ctx, q)
}

func add(t testing.TB, c *scan.Collector, denials ...trail.Denial) {
	t.Helper()
	for _, d := range denials {
		c.Add(t.Context(), trail.Item{Kind: trail.KindDenied, Denial: d})
	}
}

// Lists are never nil: schema.json has no null, and "notes" is the one that is
// empty where all went well.
func TestListsAreNotNil(t *testing.T) {
	for _, tt := range []struct {
		label   string
		denials []trail.Denial
	}{{"nothing", nil}, {"one denial", []trail.Denial{refused("repo:evil/x:pull_request", 1)}}} {
		c := scan.NewCollector(company(t), scan.Options{})
		add(t, c, tt.denials...)
		r := c.Result()
		if r.Groups == nil || r.Timeline == nil || r.Problems == nil || r.Notes == nil {
			t.Errorf("%s: groups nil %t, timeline nil %t, problems nil %t, notes nil %t; want none", tt.label, r.Groups == nil, r.Timeline == nil, r.Problems == nil, r.Notes == nil)
		}
		for _, g := range r.Groups {
			if g.Subjects.Listed == nil || g.Sources.Listed == nil || g.UserAgents.Listed == nil {
				t.Errorf("%s: a group's list is nil", tt.label)
			}
		}
	}
}

// Eight goroutines ask for two roles at once, and each is read once.
func TestReadOnce(t *testing.T) {
	for _, tt := range []struct {
		label       string
		since, want time.Time
		err         error
		reason      string
	}{
		{"all", time.Time{}, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -89), nil, "CloudTrail tells 90 days, and the source looks at the day before as well"},
		{"since", time.Date(1999, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(1999, 12, 1, 0, 0, 0, 0, time.UTC), nil, "no call is older"},
		{"error", time.Time{}, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -89), errors.New("no\ncredentials"), "what fails is not asked again"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				source := &asked{source: company(t), err: tt.err}
				c := scan.NewCollector(source, scan.Options{Only: scan.Selection{Since: tt.since}})
				var wait sync.WaitGroup
				for worker := range 8 {
					wait.Go(func() {
						for n := range 20 {
							d := refused("repo:evil/x:pull_request", n*8+worker)
							if n%2 == 1 {
								d.RoleARN = trail.Known(otherARN)
							}
							c.Add(t.Context(), trail.Item{Kind: trail.KindDenied, Denial: d})
						}
					})
				}
				wait.Wait()
				for _, q := range source.queries {
					if q.Account != account || !q.Time.Equal(tt.want) {
						t.Errorf("asked for %+v, want account %s at %s: %s", q, account, tt.want, tt.reason)
					}
				}
				r := c.Result()
				if len(source.queries) != 2 || r.Denials != 160 || len(r.Groups) != 2 {
					t.Errorf("%d questions, %d denials, %d groups; want 2, 160 and 2: %s", len(source.queries), r.Denials, len(r.Groups), tt.reason)
				}
				if told := strings.Join(r.Notes, "; "); tt.err != nil && told != "account 111122223333 could not be read whole, for 2 roles: no\ufffdcredentials" {
					t.Errorf("notes %q, want the error in one line", told)
				}
				if tt.err != nil && (!r.Groups[0].Report.Partial || r.Groups[0].Cause != "") {
					t.Errorf("report partial %t, cause %q; want a partial report and no cause", r.Groups[0].Report.Partial, r.Groups[0].Cause)
				}
			})
		})
	}
}

// half is a source that reads accounts in part, as one does that a permission is
// missing for.
type half struct{ account evidence.Account }

func (h half) Account(context.Context, evidence.Query) (evidence.Account, error) {
	return h.account, nil
}

// What kept an account from being read whole stands in the notes, where it is
// seen: the causes that are not known for it are many, and their reports folded.
func TestUnreadIsTold(t *testing.T) {
	for _, tt := range []struct {
		label, reason string
		account       evidence.Account
		want          []string
	}{
		{"in part", "a permission is missing", evidence.Account{ID: "111122223333", Partial: true, Notes: []string{"the role was not read: denied", "more"}},
			[]string{"account 111122223333 could not be read whole, for 2 roles: more"}},
		{"nothing", "there is no snapshot of it", evidence.Account{Notes: []string{"there is no snapshot"}},
			[]string{"account 111122223333 could not be read whole, for 2 roles: there is no snapshot"}},
		{"whole", "how old it is says nothing of what is missing", evidence.Account{ID: "111122223333", Notes: []string{"the list of roles is 3 minutes old"}}, []string{}},
	} {
		c := scan.NewCollector(half{tt.account}, scan.Options{})
		other := refused(mainSub, 2)
		other.RoleARN = trail.Known(otherARN)
		add(t, c, refused(mainSub, 1), refused(mainSub, 1), other)
		if diff := cmp.Diff(tt.want, c.Result().Notes); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.label, tt.reason, diff)
		}
	}
}

// What is being read when the context ends is read again by whoever comes next.
func TestInterruptedReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &asked{source: company(t)}
		c := scan.NewCollector(source, scan.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		c.Add(ctx, trail.Item{Kind: trail.KindDenied, Denial: refused(mainSub, 1)})
		r := c.Result()
		if r.Calls != 0 || !r.Partial || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "interrupted") {
			t.Errorf("%d calls, partial %t, notes %q; want none, and to be told", r.Calls, r.Partial, r.Notes)
		}
		add(t, c, refused(mainSub, 1))
		if r := c.Result(); r.Calls != 1 || len(source.queries) != 2 || r.Groups[0].Report.Partial {
			t.Errorf("%d calls, %d questions; want 1 and 2, of which the second was answered", r.Calls, len(source.queries))
		}
	})
}

// A group is told by what the record holds, even where that is nothing.
func TestLacking(t *testing.T) {
	c := scan.NewCollector(company(t), scan.Options{})
	odd := refused(mainSub, 1)
	odd.Time = time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -3600)).UTC()
	long := refused(strings.Repeat("é\xff", 5_000), 2)
	add(t, c, trail.Denial{ErrorCode: "AccessDenied"}, odd, long)
	c.Add(t.Context(), trail.Item{Kind: trail.KindSucceeded})
	r := c.Result()
	text := encoded(t, r)
	if len(r.Groups) != 3 || r.Calls != 4 || r.Denials != 3 || len(r.Timeline) != 1 {
		t.Fatalf("%d groups, %d calls, %d denials, %d moments; want 3, 4, 3 and that of the one with a time", len(r.Groups), r.Calls, r.Denials, len(r.Timeline))
	}
	for _, g := range r.Groups {
		switch {
		case g.Role == "" && (g.Still != scan.StillUnknown || g.First != nil || len(g.Subjects.Listed) != 0):
			t.Errorf("a record that holds nothing: %+v", g)
		case strings.HasPrefix(g.Shape, "é") && (len(g.Shape) > 510 || len(g.Subjects.Listed[0].Value) > 510):
			t.Errorf("a long subject: %d bytes of shape, %d of value", len(g.Shape), len(g.Subjects.Listed[0].Value))
		}
	}
	if len(text) > 300_000 {
		t.Errorf("the result has %d bytes, for all that a record may hold", len(text))
	}
}

func TestStill(t *testing.T) {
	for _, tt := range []struct {
		denied, allowed, newest time.Duration // after the moment; 0 for none
		want                    scan.Still
		reason                  string
	}{
		{time.Hour, 0, time.Hour, scan.StillYes, "it is the newest call"},
		{time.Hour, 0, 25 * time.Hour, scan.StillYes, "a day is within a day"},
		{time.Hour, 0, 25*time.Hour + time.Second, scan.StillQuiet, "nobody tried since"},
		{time.Hour, 2 * time.Hour, 0, scan.StillMended, "allowed later"},
		{time.Hour, time.Hour, 0, scan.StillYes, "in the same second, either may have been first"},
		{2 * time.Hour, time.Hour, 0, scan.StillYes, "allowed before"},
	} {
		c := scan.NewCollector(company(t), scan.Options{})
		call := func(after time.Duration, kind trail.Kind, sub string) {
			if d := refused(sub, 0); after > 0 {
				d.Time = moment.Add(after)
				c.Add(t.Context(), trail.Item{Kind: kind, Denial: d})
			}
		}
		call(tt.newest, trail.KindSucceeded, "repo:octo-org/another:pull_request")
		call(tt.allowed, trail.KindSucceeded, mainSub)
		call(tt.denied, trail.KindDenied, mainSub)
		if got := c.Result().Groups[0]; got.Still != tt.want || (got.Succeeded != nil) != (tt.allowed > 0) {
			t.Errorf("%+v: got %s, succeeded %v; want %s: %s", tt, got.Still, got.Succeeded, tt.want, tt.reason)
		}
	}
}

// The report is on the denial whose cause is surest, then the last one, then the
// one with the first ID, in whatever order they come.
func TestRepresentative(t *testing.T) {
	sure, unsure := refused(mainSub, 5), refused(mainSub, 7)
	sure.Time, unsure.Time = moment.Add(-time.Hour), moment.AddDate(0, -3, 0) // before the first version that is recorded
	later, twin := sure, sure
	later.Time, later.EventID = sure.Time.Add(time.Minute), "e-000000009"
	twin.Time, twin.EventID = later.Time, "e-000000008"
	all := []trail.Denial{sure, unsure, later, twin}
	for i := range all {
		c := scan.NewCollector(company(t), scan.Options{})
		add(t, c, append(append([]trail.Denial{}, all[i:]...), all[:i]...)...)
		for _, g := range c.Result().Groups {
			if g.Cause == "sub_mismatch" && g.Report.Denial.EventID != twin.EventID {
				t.Errorf("beginning with %d: the report is on %s, want %s", i, g.Report.Denial.EventID, twin.EventID)
			}
		}
	}
	r := explain.Call(t.Context(), sure, false, company(t))
	if primary(&r) != "sub_mismatch" {
		t.Errorf("the case is none: %s", answer(&r))
	}
}

func TestOrder(t *testing.T) {
	c := scan.NewCollector(company(t), scan.Options{})
	at := func(role, sub string, hours ...int) {
		for _, h := range hours {
			d := refused(sub, 0)
			d.RoleARN, d.Time = trail.Known(role), moment.Add(time.Duration(h)*time.Hour)
			add(t, c, d)
		}
	}
	at(roleARN, "repo:octo-org/quiet:pull_request", 0, 1, 2, 3, 4, 5, 6)
	at(roleARN, "repo:octo-org/one:pull_request", 100, 100, 100, 100, 100)
	at(roleARN, "repo:octo-org/two:pull_request", 100, 101)
	at(roleARN, "repo:octo-org/three:pull_request", 101, 100, 101)
	at(roleARN, "repo:evil/x:pull_request", 98, 99, 100, 101)
	at(otherARN, "repo:octo-org/one:pull_request", 100, 100, 100, 100, 100)
	var got []string
	for _, g := range c.Result().Groups {
		got = append(got, fmt.Sprint(evidence.RoleName(g.Role), " ", strings.TrimSuffix(g.Shape, ":pull_request"), " ", g.Hours, " ", g.Count))
	}
	want := []string{"deploy repo:octo-org/three 2 3", "deploy repo:octo-org/two 2 2", "deploy repo:octo-org/one 1 5", "other repo:octo-org/one 1 5", "deploy repo:evil/x 4 4", "deploy repo:octo-org/quiet 7 7"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what happens now, then own callers, then hours, then number (-want +got):\n%s", diff)
	}
}

// A role without a date was not made after a moment of the year 0, which lies
// before Go's zero time: such a call says as little as any other of its role, and
// counts with them whichever comes first.
func TestBeforeAllDates(t *testing.T) {
	source := company(t)
	source.Changes, source.TakenAt = nil, time.Time{}
	now, long := refused("repo:octo-org/web:pull_request", 0), refused("repo:octo-org/web:pull_request", 1)
	long.Time = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, denials := range [][]trail.Denial{{now}, {long}, {long, now}, {now, long}} {
		c := scan.NewCollector(source, scan.Options{})
		add(t, c, denials...)
		if groups := c.Result().Groups; len(groups) != 1 || groups[0].Cause != "sub_mismatch" {
			t.Errorf("%d denials, the first of %s: got %d groups, of %q, want one of sub_mismatch", len(denials), denials[0].Time, len(groups), groups[0].Cause)
		}
	}
}
