package lake_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/internal/golden"
	"whydenied/pkg/scan/engine"
	"whydenied/pkg/scan/engine/enginetest"
	"whydenied/pkg/scan/lake"
	"whydenied/pkg/trail"
)

const (
	id  = "5d1f0c6a-1f0b-4a53-9d5e-3c2b1a0f9e8d"
	arn = "arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:eventdatastore/" + id
)

func TestParseStore(t *testing.T) {
	for _, tt := range []struct {
		label, text string
		want        lake.Store
		reason      string
	}{
		{"ARN", arn, lake.Store{ID: id, Region: "us-gov-west-1", Account: "111122223333"}, "names region and account"},
		{"ID", strings.ToUpper(id), lake.Store{ID: id}, "in lower case, as AWS writes it"},
		{"injection", id + " -- x", lake.Store{}, "it stands in the SQL without quotation marks"},
		{"name", "my-store", lake.Store{}, "a name is no ID"},
		{"another ARN", "arn:aws:cloudtrail:us-east-1:111122223333:trail/" + id, lake.Store{}, ""},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got, err := lake.ParseStore(tt.text)
			if diff := cmp.Diff(tt.want, got); diff != "" || (err == nil) != (tt.want.ID != "") {
				t.Errorf("%s: %v (-want +got):\n%s", tt.reason, err, diff)
			}
		})
	}
	if _, err := lake.New(lake.Config{Store: lake.Store{ID: "x; y"}}); err == nil {
		t.Error("New takes an ID that is none")
	}
}

func plan(t *testing.T, a *enginetest.Lake, q engine.Query) *lake.Plan {
	t.Helper()
	store, err := lake.ParseStore(arn)
	if err != nil {
		t.Fatal(err)
	}
	s, err := lake.New(lake.Config{API: lake.Client(a.Config(), store), Store: store})
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Plan(q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSQL(t *testing.T) {
	for name, q := range map[string]engine.Query{
		"everything": {},
		"chosen":     {Since: time.Date(2026, 10, 1, 0, 0, 0, 1, time.UTC), Until: time.Date(2026, 10, 8, 0, 0, 0, 0, time.UTC), Regions: []string{"eu-west-1"}, Accounts: []string{"111122223333", "444455556666"}},
	} {
		golden.Compare(t, "testdata/"+name+".sql", plan(t, &enginetest.Lake{}, q).SQL)
	}
}

// rows are answers of Lake: all fields in one column of JSON, maps of texts.
func rows(texts ...string) enginetest.Query {
	a := enginetest.Answer{Columns: []string{"record"}, Scanned: 3e9}
	for _, text := range texts {
		a.Rows = append(a.Rows, []*string{&text})
	}
	return func(string) (enginetest.Answer, error) { return a, nil }
}

const whole = `{"eventID":"00000000-0001","eventTime":"2026-10-01 10:00:00.000","awsRegion":"eu-west-1","recipientAccountId":"111122223333","errorCode":"AccessDenied",
"errorMessage":null,"type":"WebIdentityUser","principalId":"p:aud:sub","userName":"sub","identityProvider":"p",
"requestParameters":"{\"roleArn\":\"r\",\"durationSeconds\":\"900\",\"principalTags\":\"{\\\"a\\\":\\\"1\\\"}\",\"transitiveTagKeys\":\"[\\\"a\\\"]\",\"roleSessionName\":\"7\"}",
"additionalEventData":"{\"RequestDetails\":\"{\\\"endpointType\\\":\\\"regional\\\"}\"}","resources":"[{\"ARN\":\"r\",\"accountId\":\"111122223333\",\"type\":\"AWS::IAM::Role\"}]","tlsDetails":null}`

func TestItems(t *testing.T) {
	succeeded := strings.NewReplacer(`"errorCode":"AccessDenied"`, `"errorCode":null`).Replace(whole)
	unclear := strings.ReplaceAll(whole, `{\\\"a\\\":\\\"1\\\"}`, `{a=1}`)
	for size := range 4 {
		a := &enginetest.Lake{}
		a.Run, a.Page, a.Polls = rows(whole, succeeded, unclear, "no JSON"), size, 0
		p, kinds := plan(t, a, engine.Query{}), map[trail.Kind]int{}
		var first trail.Denial
		for it, err := range p.Items(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if kinds[it.Kind]++; it.Kind == trail.KindDenied {
				first = it.Denial
			}
		}
		if diff := cmp.Diff(map[trail.Kind]int{trail.KindDenied: 1, trail.KindSucceeded: 1, trail.KindMalformed: 2}, kinds); diff != "" {
			t.Errorf("pages of %d (-want +got):\n%s", size, diff)
		}
		got := []any{first.Time, first.Audience.Value, first.DurationSeconds, first.PrincipalTags, first.TransitiveTagKeys, first.SessionName.Value, first.EndpointType, first.TLS}
		want := []any{time.Date(2026, 10, 1, 10, 0, 0, 0, time.UTC), "aud", 900, map[string]string{"a": "1"}, []string{"a"}, "7", "regional", false}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("what Lake has as text (-want +got):\n%s", diff)
		}
		if got := p.Cost().String(); got != "3 GB scanned, 0.02 USD (0.005 USD per GB, the list price in us-east-1 in 2026)" {
			t.Errorf("got the cost %q", got)
		}
	}
}

// TestAnotherAccount leaves out what only the resources say to be another
// account's.
func TestAnotherAccount(t *testing.T) {
	a := &enginetest.Lake{}
	elsewhere := strings.NewReplacer(`"recipientAccountId":"111122223333"`, `"recipientAccountId":null`, `\"accountId\":\"111122223333\"`, `\"accountId\":\"444455556666\"`).Replace(whole)
	a.Run = rows(whole, elsewhere)
	n := 0
	for _, err := range plan(t, a, engine.Query{Accounts: []string{"111122223333"}}).Items(t.Context()) {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if n != 1 {
		t.Errorf("got %d calls, want the one of the account", n)
	}
}

func TestFailures(t *testing.T) {
	const query = "CloudTrail Lake query 00000000-0000-4000-8000-000000000001 on \"" + id + "\""
	for _, tt := range []struct {
		label, failed string
		action        string
		fault         enginetest.Fault
		want          string
	}{
		{"query", "Query failed:\n out of memory", "", enginetest.Fault{}, query + " failed: Query failed: out of memory"},
		{"no store", "", "StartQuery", enginetest.Fault{Code: "EventDataStoreNotFoundException", Message: "gone"}, `cloudtrail:StartQuery "` + id + `": there is no such event data store in this region; its ARN names the region and the account (EventDataStoreNotFoundException: gone)`},
		{"busy", "", "StartQuery", enginetest.Fault{Code: "MaxConcurrentQueriesException", Message: "10"}, `cloudtrail:StartQuery "` + id + `": ten queries run already, which is the most; try again when one has ended (MaxConcurrentQueriesException: 10)`},
		{"denied", "", "GetQueryResults", enginetest.Fault{Code: "AccessDeniedException", Message: "no"}, `cloudtrail:GetQueryResults "` + id + `": cloudtrail:GetQueryResults is not allowed (AccessDeniedException: no)`},
		{"lost", "", "DescribeQuery", enginetest.Fault{Code: "QueryIdNotFoundException", Message: "x"}, query + ` was canceled: cloudtrail:DescribeQuery "` + id + `": QueryIdNotFoundException: x`},
	} {
		t.Run(tt.label, func(t *testing.T) {
			a := &enginetest.Lake{}
			a.Run, a.Faults = rows(), map[string][]enginetest.Fault{tt.action: {tt.fault}}
			if tt.failed != "" {
				a.Run = func(string) (enginetest.Answer, error) { return enginetest.Answer{}, errors.New(tt.failed) }
			}
			got := ""
			for _, err := range plan(t, a, engine.Query{}).Items(t.Context()) {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestCanceled gives up on a query that does not end, after throttled answers.
func TestCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &enginetest.Lake{}
		slow := enginetest.Fault{Code: "ThrottlingException", Message: "Rate exceeded"}
		a.Run, a.Polls, a.Faults = rows(), -1, map[string][]enginetest.Fault{"DescribeQuery": {slow, slow}, "StartQuery": {slow}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for _, err := range plan(t, a, engine.Query{}).Items(ctx) {
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want the end of the context", err)
			}
		}
		if len(a.Calls("CancelQuery")) != 1 {
			t.Error("the query was not canceled")
		}
	})
}
