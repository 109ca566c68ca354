package engine_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/scan/engine"
	"whydenied/pkg/trail"
)

const provider = "arn:aws:iam::222233334444:oidc-provider/token.actions.githubusercontent.com"

func row() engine.Row {
	return engine.Row{
		engine.EventID: "5d1f0000-0000-4000-8000-000000000001", engine.EventTime: "2026-03-04T09:41:07Z", engine.Account: "222233334444",
		engine.ErrorCode: "AccessDenied", engine.IdentityType: "WebIdentityUser", engine.PrincipalID: provider + ":sts.amazonaws.com:repo:a'b\"c",
		engine.UserName: "repo:a'b\"c", engine.Provider: provider, engine.RequestParameters: `{"roleArn":"r","durationSeconds":900,"principalTags":{"a":"b"}}`,
		engine.TLS: `{"clientProvidedHostHeader":"sts.amazonaws.com"}`,
	}
}

func TestRow(t *testing.T) {
	it := row().Item("athena:logs.trail")
	if it.Kind != trail.KindDenied {
		t.Fatalf("got %s: %v", it.Kind, it.Err)
	}
	d := it.Denial
	got := []any{d.Provider, d.Audience, d.Subject, d.RoleARN, d.DurationSeconds, d.PrincipalTags, d.TLS, d.HostHeader, it.Pos.String()}
	want := []any{
		trail.Known(provider), trail.Known("sts.amazonaws.com"), trail.Known(`repo:a'b"c`), trail.Known("r"), 900, map[string]string{"a": "b"}, true, "sts.amazonaws.com",
		"athena:logs.trail:1:1 (eventID 5d1f0000-0000-4000-8000-000000000001)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRowWithoutProvider(t *testing.T) {
	r := row()
	delete(r, engine.Provider)
	d := r.Item("x").Denial
	if d.Provider.Known || d.Audience.Known || !d.Subject.Known {
		t.Errorf("got provider %v and audience %v, want neither: principalId is never split", d.Provider, d.Audience)
	}
}

func TestMalformedRow(t *testing.T) {
	for _, tt := range []struct{ label, field, value, want, reason string }{
		{"no JSON", engine.RequestParameters, "{a=b}", "x:1:243 (eventID 5d1f0000-0000-4000-8000-000000000001, requestParameters): found a string, expected an object", "what is no JSON is not guessed at"},
		{"a time", engine.EventTime, "yesterday", "x:1:164 (eventID 5d1f0000-0000-4000-8000-000000000001, eventTime): found a string that is not a time, expected a time such as 2025-09-02T15:47:12Z", "as in a log file"},
		{"hostile id", engine.EventID, "a b", "", "any text may be an eventID, but none other gets into a place"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			r := row()
			r[tt.field] = tt.value
			it := r.Item("x")
			if tt.want == "" {
				if it.Pos.Path != "" {
					t.Errorf("%s: got the path %q", tt.reason, it.Pos.Path)
				}
				return
			}
			if it.Kind != trail.KindMalformed || it.Err.Error() != tt.want {
				t.Errorf("%s:\ngot  %s: %v\nwant %s", tt.reason, it.Kind, it.Err, tt.want)
			}
		})
	}
}

func TestQuery(t *testing.T) {
	now := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		label  string
		query  engine.Query
		want   string
		reason string
	}{
		{"zero", engine.Query{}, "", "all calls"},
		{"good", engine.Query{Since: now, Until: now.Add(1), Regions: []string{"us-gov-west-1"}, Accounts: []string{"000011112222"}}, "", ""},
		{"empty range", engine.Query{Since: now, Until: now}, "the range of time ends at 2026-03-04T00:00:00Z, not after its begin at 2026-03-04T00:00:00Z", "the end is not included"},
		{"region", engine.Query{Regions: []string{"us-east-1' OR 1=1"}}, `region "us-east-1' OR 1=1": expected a name such as us-east-1`, "no text gets into SQL that is no region"},
		{"account", engine.Query{Accounts: []string{"1"}}, `account "1": expected twelve digits`, ""},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got := ""
			if err := tt.query.Validate(); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q: %s", got, tt.want, tt.reason)
			}
		})
	}
}

func TestQuoting(t *testing.T) {
	for _, tt := range [][2]string{
		{engine.Quote("it's"), "'it''s'"}, {engine.Name(`a"b`), `"a""b"`},
		{engine.In("a", engine.Quoted([]string{"x"})), "a = 'x'"}, {engine.In("a", engine.Quoted([]string{"x", "y"})), "a IN ('x', 'y')"},
	} {
		if tt[0] != tt[1] {
			t.Errorf("got %s, want %s", tt[0], tt[1])
		}
	}
}

func TestCost(t *testing.T) {
	athena := engine.Price{Dollars: 5, Unit: 1e12, Name: "TB", Least: 10e6}
	const words = " (5 USD per TB, at least 10 MB a query, the list price in us-east-1 in 2026)"
	for _, tt := range []struct{ got, want, reason string }{
		{engine.Cost{Bytes: 12_345_678_901, Price: athena}.String(), "12.3 GB scanned, 0.07 USD" + words, "rounded up"},
		{engine.Cost{Bytes: 0, Price: athena}.String(), "0 B scanned, less than 0.01 USD" + words, "10 MB are charged"},
		{engine.Cost{Bytes: 2e12, Price: athena}.String(), "2 TB scanned, 10.00 USD" + words, ""},
		{engine.Estimate{Cost: engine.Cost{Price: athena}, Why: "Athena has no dry run", Cutoff: 1e12}.String(), "how much it will scan is not known before: Athena has no dry run; it costs 5 USD per TB, at least 10 MB a query, the list price in us-east-1 in 2026; the workgroup ends it after 1 TB, 5.00 USD", ""},
		{engine.Estimate{Cost: engine.Cost{Bytes: 4e9, Price: athena}, Known: true, Why: "as S3 lists it"}.String(), "about 4 GB to scan (as S3 lists it), 0.02 USD" + words, ""},
	} {
		if tt.got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.reason, tt.got, tt.want)
		}
	}
}

func TestPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin, asked := time.Now(), 0
		err := engine.Poll(t.Context(), func() (bool, error) { asked++; return asked == 12, nil })
		if took := time.Since(begin); err != nil || took < 20*time.Second || took > time.Minute {
			t.Errorf("eleven pauses took %s (%v), want them to grow to five seconds", took, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := engine.Poll(ctx, func() (bool, error) { return false, nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the end of the context", err)
		}
	})
}
