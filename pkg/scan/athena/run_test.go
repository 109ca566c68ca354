package athena_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/scan/athena"
	"whydenied/pkg/scan/engine"
	"whydenied/pkg/scan/engine/enginetest"
	"whydenied/pkg/trail"
)

// small is a table with few columns, so that a row is short: eventid, eventtime,
// errorcode, and the user's four.
func small() enginetest.Table {
	without := map[string]string{}
	for name := range base {
		switch name {
		case "eventid", "eventtime", "eventsource", "eventname", "errorcode", "useridentity":
		default:
			without[name] = ""
		}
	}
	return table(without)
}

func rows(n int) enginetest.Query {
	text := func(s string) *string { return &s }
	a := enginetest.Answer{Columns: []string{"eventid", "eventtime", "errorcode", "type", "principalid", "username", "identityprovider"}, Scanned: 123e9}
	for i := range n {
		row := []*string{text(fmt.Sprintf("%08d-0000", i)), text("2026-10-27T10:00:00Z"), nil, text("WebIdentityUser"), text("p:a:" + "s"), text("s"), text("p")}
		switch {
		case i%3 == 0:
			row[2] = text("AccessDenied")
		case i == 4:
			row[1] = text("soon")
		}
		a.Rows = append(a.Rows, row)
	}
	return func(string) (enginetest.Answer, error) { return a, nil }
}

func items(ctx context.Context, p *athena.Plan) (kinds map[trail.Kind]int, err error) {
	kinds = map[trail.Kind]int{}
	for it, e := range p.Items(ctx) {
		if e != nil {
			return kinds, e
		}
		kinds[it.Kind]++
	}
	return kinds, nil
}

func planned(t *testing.T, a *enginetest.Athena, change func(*athena.Config)) *athena.Plan {
	t.Helper()
	p, err := source(t, a, change).Plan(t.Context(), engine.Query{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPages reads an answer of several pages. The header is on the first only,
// and the pages' order is kept by tokens.
func TestPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, size := range []int{1, 2, 7, 1000} {
			a := api(small())
			a.Run, a.Page, a.Polls = rows(10), size, 3
			p := planned(t, a, func(c *athena.Config) { c.Output, c.Workgroup, c.Reuse = "s3://out/x/", "scans", time.Hour })
			got, err := items(t.Context(), p)
			want := map[trail.Kind]int{trail.KindDenied: 4, trail.KindSucceeded: 5, trail.KindMalformed: 1}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("pages of %d: %v (-want +got):\n%s", size, err, diff)
			}
			if cost := p.Cost().String(); !strings.HasPrefix(cost, "123 GB scanned, 0.62 USD") {
				t.Errorf("got the cost %q", cost)
			}
			started := a.Calls("StartQueryExecution")[0].Input
			delete(started, "ClientRequestToken")
			wanted := map[string]any{
				"QueryString": p.SQL, "WorkGroup": "scans", "QueryExecutionContext": map[string]any{"Catalog": "AwsDataCatalog", "Database": "logs"},
				"ResultConfiguration":      map[string]any{"OutputLocation": "s3://out/x/"},
				"ResultReuseConfiguration": map[string]any{"ResultReuseByAgeConfiguration": map[string]any{"Enabled": true, "MaxAgeInMinutes": 60.0}},
			}
			if diff := cmp.Diff(wanted, started); diff != "" {
				t.Errorf("the query (-want +got):\n%s", diff)
			}
		}
	})
}

func TestFiles(t *testing.T) {
	a := api(small())
	name := "s3://logs/a.json.gz"
	a.Run = func(sql string) (enginetest.Answer, error) {
		if !strings.HasPrefix(sql, `SELECT DISTINCT "$path"`) {
			return enginetest.Answer{}, errors.New("not the query for files")
		}
		return enginetest.Answer{Columns: []string{"$path"}, Rows: [][]*string{{&name}}}, nil
	}
	var got []string
	for file, err := range planned(t, a, nil).Files(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, file)
	}
	if diff := cmp.Diff([]string{name}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFailures has each way in which a query can fail, in one line with what to
// do.
func TestFailures(t *testing.T) {
	const id = "00000000-0000-4000-8000-000000000001"
	for _, tt := range []struct {
		label  string
		failed string // the reason of a query that was started
		faults map[string][]enginetest.Fault
		want   string
	}{
		{label: "column", failed: "COLUMN_NOT_FOUND: line 3:1:\nColumn 'x' cannot be resolved", want: `athena query ` + id + ` on "logs.trail" failed: COLUMN_NOT_FOUND: line 3:1: Column 'x' cannot be resolved: the table's definition changed while it was read; run again`},
		{label: "table", failed: "TABLE_NOT_FOUND: line 1:1: Table does not exist", want: `athena query ` + id + ` on "logs.trail" failed: TABLE_NOT_FOUND: line 1:1: Table does not exist: see that the table exists in this catalog and region`},
		{label: "bucket", failed: "PERMISSION_DENIED: Access Denied (Service: Amazon S3)", want: `athena query ` + id + ` on "logs.trail" failed: PERMISSION_DENIED: Access Denied (Service: Amazon S3): you need s3:GetObject and s3:ListBucket for the log files, and s3:PutObject for the result; Athena reads and writes as you`},
		{label: "limit", failed: "Bytes scanned limit was exceeded", want: `athena query ` + id + ` on "logs.trail" failed: Bytes scanned limit was exceeded: ask for less time, or raise the workgroup's limit`},
		{label: "anything", failed: "GENERIC_INTERNAL_ERROR: x", want: `athena query ` + id + ` on "logs.trail" failed: GENERIC_INTERNAL_ERROR: x`},
		{
			label: "output", faults: map[string][]enginetest.Fault{"StartQueryExecution": {fault("InvalidRequestException", "No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.")}},
			want: `athena:StartQueryExecution "logs.trail": InvalidRequestException: No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.: give an output location, an s3:// address that you may write to, or choose a workgroup that has one`,
		},
		{
			label: "start", faults: map[string][]enginetest.Fault{"StartQueryExecution": {fault("AccessDeniedException", "You are not authorized to perform: athena:StartQueryExecution on the resource.")}},
			want: `athena:StartQueryExecution "logs.trail": athena:StartQueryExecution is not allowed (AccessDeniedException: You are not authorized to perform: athena:StartQueryExecution on the resource.)`,
		},
		{
			label: "results", faults: map[string][]enginetest.Fault{"GetQueryResults": {fault("AccessDeniedException", "no")}},
			want: `athena:GetQueryResults "logs.trail": athena:GetQueryResults is not allowed (AccessDeniedException: no)`,
		},
		{
			label: "asking", faults: map[string][]enginetest.Fault{"GetQueryExecution": {fault("AccessDeniedException", "no")}},
			want: `athena query ` + id + ` on "logs.trail" was stopped: athena:GetQueryExecution "logs.trail": athena:GetQueryExecution is not allowed (AccessDeniedException: no)`,
		},
	} {
		t.Run(tt.label, func(t *testing.T) {
			a := api(small())
			a.Run, a.Faults = rows(1), tt.faults
			if tt.failed != "" {
				a.Run = func(string) (enginetest.Answer, error) { return enginetest.Answer{}, errors.New(tt.failed) }
			}
			_, err := items(t.Context(), planned(t, a, nil))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// TestThrottled is told to come again, as Athena does at a few calls a second.
func TestThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := api(small())
		slow := enginetest.Fault{Code: "TooManyRequestsException", Message: "Rate exceeded"}
		a.Run, a.Faults = rows(3), map[string][]enginetest.Fault{"StartQueryExecution": {slow, slow, slow, slow}, "GetQueryExecution": {slow}, "GetQueryResults": {slow, slow}}
		got, err := items(t.Context(), planned(t, a, nil))
		if err != nil || got[trail.KindDenied] != 1 || got[trail.KindSucceeded] != 2 {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

// TestStopped gives up on a query that does not end, which is then stopped.
func TestStopped(t *testing.T) {
	for _, tt := range []struct {
		label  string
		faults map[string][]enginetest.Fault
		want   string
	}{
		{"stopped", nil, `athena query 00000000-0000-4000-8000-000000000001 on "logs.trail" was stopped: `},
		{"not allowed", map[string][]enginetest.Fault{"StopQueryExecution": {fault("AccessDeniedException", "no")}}, `context canceled; it may still run, and cost: athena:StopQueryExecution "00000000-0000-4000-8000-000000000001": athena:StopQueryExecution is not allowed (AccessDeniedException: no)`},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := api(small())
			a.Run, a.Polls, a.Faults = rows(1), -1, tt.faults
			p := planned(t, a, nil)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Minute, cancel)
			_, err := items(ctx, p)
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) || !errors.Is(err, context.Canceled) {
				t.Errorf("%s: got  %v\nwant %s…", tt.label, err, tt.want)
			}
			if len(a.Calls("StopQueryExecution")) != 1 {
				t.Errorf("%s: the query was not stopped", tt.label)
			}
			if n := len(a.Calls("GetQueryExecution")); n > 30 {
				t.Errorf("%s: asked %d times in a minute", tt.label, n)
			}
		})
	}
}
