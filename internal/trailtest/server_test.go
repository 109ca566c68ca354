package trailtest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/internal/trailtest"
)

var noon = time.Date(2026, 5, 12, 12, 0, 0, 0, time.UTC)

func record(id, name string, ago time.Duration) []byte {
	return fmt.Appendf(nil, `{"eventID":%q,"eventName":%q,"eventSource":"sts.amazonaws.com","eventTime":%q,"awsRegion":"us-east-1","recipientAccountId":"111122223333","readOnly":true}`,
		id, name, noon.Add(-ago).Format(time.RFC3339))
}

// ask makes one call and gives the IDs of the events, or the error's code.
func ask(t *testing.T, s http.Handler, region, body string) (ids []string, token string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20260512/"+region+"/cloudtrail/aws4_request, SignedHeaders=host, Signature=0")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var out struct {
		Events []struct {
			ID string `json:"EventId"`
		}
		NextToken string
		Type      string `json:"__type"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if out.Type != "" {
		return []string{out.Type}, ""
	}
	for _, e := range out.Events {
		ids = append(ids, e.ID)
	}
	return ids, out.NextToken
}

func named(more string) string {
	return `{"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"CreateRole"}]` + more + `}`
}

func TestLookups(t *testing.T) {
	tests := []struct {
		label, reason, region, body string
		deny                        bool
		want                        []string
	}{
		{label: "by name", reason: "the newest first; what is late or too old is not there", body: named(""), want: []string{"c", "b", "a"}},
		{label: "by ID", reason: "one event", body: `{"LookupAttributes":[{"AttributeKey":"EventId","AttributeValue":"other"}]}`, want: []string{"other"}},
		{label: "between", reason: "both ends included", body: named(fmt.Sprintf(`,"StartTime":%d,"EndTime":%d`, noon.Add(-2*time.Hour).Unix(), noon.Add(-time.Hour).Unix())), want: []string{"c", "b"}},
		{label: "another region", reason: "a history each", region: "eu-west-1", body: named("")},
		{label: "several attributes", reason: "AWS takes one", body: `{"LookupAttributes":[]}`, want: []string{"InvalidLookupAttributesException"}},
		{label: "another attribute", reason: "its matching is not known here", body: `{"LookupAttributes":[{"AttributeKey":"ResourceName","AttributeValue":"x"}]}`, want: []string{"InvalidLookupAttributesException"}},
		{label: "big pages", reason: "50 at most", body: named(`,"MaxResults":51`), want: []string{"InvalidMaxResultsException"}},
		{label: "end before start", reason: "AWS refuses it", body: named(`,"StartTime":2,"EndTime":1`), want: []string{"InvalidTimeRangeException"}},
		{label: "a made-up token", reason: "it is of no question", body: named(`,"NextToken":"x"`), want: []string{"InvalidNextTokenException"}},
		{label: "no JSON", reason: "nothing to read", body: `<`, want: []string{"SerializationException"}},
		{label: "denied", reason: "on demand", body: named(""), deny: true, want: []string{"AccessDeniedException"}},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			s := trailtest.New(func() time.Time { return noon })
			add(t, s.Add(record("a", "CreateRole", 3*time.Hour)), s.Add(record("b", "CreateRole", 2*time.Hour)), s.Add(record("c", "CreateRole", time.Hour)),
				s.Add(record("other", "DeleteRole", time.Hour)), s.Add(record("old", "CreateRole", 91*24*time.Hour)),
				s.AddLate(record("late", "CreateRole", time.Minute), noon.Add(time.Second)))
			s.Deny(tt.deny)
			if tt.region == "" {
				tt.region = "us-east-1"
			}
			got, _ := ask(t, s, tt.region, tt.body)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func add(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A list that was begun is not upset by what comes in between its pages.
func TestPages(t *testing.T) {
	now := noon
	s := trailtest.New(func() time.Time { return now })
	for i := range 5 {
		add(t, s.Add(record(fmt.Sprint(i), "CreateRole", time.Duration(9-i)*time.Minute)))
	}
	add(t, s.AddLate(record("late", "CreateRole", time.Minute), noon.Add(time.Second)))
	first, token := ask(t, s, "us-east-1", named(`,"MaxResults":2`))
	now = noon.Add(time.Minute)
	second, token2 := ask(t, s, "us-east-1", named(`,"MaxResults":2,"NextToken":"`+token+`"`))
	third, end := ask(t, s, "us-east-1", named(`,"MaxResults":2,"NextToken":"`+token2+`"`))
	if diff := cmp.Diff([][]string{{"4", "3"}, {"2", "1"}, {"0"}}, [][]string{first, second, third}); diff != "" || end != "" {
		t.Errorf("token %q at the end; pages (-want +got):\n%s", end, diff)
	}
	afresh, _ := ask(t, s, "us-east-1", named(`,"MaxResults":2`))
	wrong, _ := ask(t, s, "us-east-1", named(`,"StartTime":1,"NextToken":"`+token+`"`))
	if diff := cmp.Diff([][]string{{"late", "4"}, {"InvalidNextTokenException"}}, [][]string{afresh, wrong}); diff != "" {
		t.Errorf("a new list, and a token of another question (-want +got):\n%s", diff)
	}
}

func TestThrottle(t *testing.T) {
	now := noon
	s := trailtest.New(func() time.Time { return now })
	s.Throttle(true)
	var got []string
	for range 4 {
		ids, _ := ask(t, s, "us-east-1", named(""))
		got = append(got, strings.Join(ids, ""))
		now = now.Add(400 * time.Millisecond)
	}
	if diff := cmp.Diff([]string{"", "", "ThrottlingException", ""}, got); diff != "" {
		t.Errorf("two in any second (-want +got):\n%s", diff)
	}
	if calls := s.Calls(); len(calls) != 4 || calls[2].Refused != "ThrottlingException" || calls[0].AccessKey != "AKID" {
		t.Errorf("calls %+v", calls)
	}
}

func TestAccounts(t *testing.T) {
	s := trailtest.New(func() time.Time { return noon })
	add(t, s.Add(record("a", "CreateRole", time.Hour)))
	s.Belongs("AKID", "444455556666")
	if got, _ := ask(t, s, "us-east-1", named("")); got != nil {
		t.Errorf("another account's events: %q", got)
	}
	s.Belongs("AKID", "111122223333")
	if got, _ := ask(t, s, "us-east-1", named("")); len(got) != 1 {
		t.Errorf("the own account's: %q", got)
	}
}

func TestIncompleteRecord(t *testing.T) {
	s := trailtest.New(nil)
	for _, record := range []string{`{}`, `x`, `{"eventID":"a","eventName":"b","awsRegion":"c","eventTime":"d"}`} {
		if err := s.Add([]byte(record)); err == nil {
			t.Errorf("%s: taken, though it cannot be looked up", record)
		}
	}
}
