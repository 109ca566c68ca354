package trail_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/trail"
)

// TestMalformedAmongGood puts one bad record between good ones, in each form
// that holds several.
func TestMalformedAmongGood(t *testing.T) {
	bad := denied("bad")
	cut := func(behind string) string { return bad[:strings.Index(bad, behind)+len(behind)] }
	swap := func(was, is string) string { return strings.Replace(bad, was, is, 1) }
	for _, tt := range []struct{ name, record, reason string }{
		{"brace missing", strings.TrimSuffix(bad, "}"), "the next record begins where a key should"},
		{"inner brace missing", swap(`"},"eventTime"`, `","eventTime"`), "the brackets do not balance"},
		{"brace too many at the end", bad + "}", "the record may have ended early"},
		{"brace too many inside", swap(`"},"eventTime"`, `"}},"eventTime"`), "what is left of the record lacks its call"},
		{"brace too many late", swap(`"ci"}`, `"ci"}}`), "half a denial must not be read as a whole one"},
		{"wrong bracket", swap(`"ci"}`, `"ci"]`), "the brackets do not match"},
		{"quote missing at the end of a value", swap(`AccessDenied"`, `AccessDenied`), "the string runs on to the next quote"},
		{"quote missing at the start of a value", swap(`"AccessDenied`, `AccessDenied`), "a bare word"},
		{"quote missing at the end of a key", swap(`errorCode"`, `errorCode`), "the string runs on to the next quote"},
		{"last quote missing", swap(`"recipientAccountId":"222233334444"`, `"recipientAccountId":"222233334444`), "the string runs into the next record"},
		{"cut in a string", cut(`"Acc`), "the string runs into the next record"},
		{"cut behind a string", cut(`"eventName"`), "a colon is missing"},
		{"cut behind a comma", cut(`"AccessDenied",`), "a key is missing"},
		{"cut behind a bracket", cut(`"resources":[`), "no element"},
		{"cut behind a brace", cut(`"requestParameters":{`), "no member"},
		{"cut at the start", "{", "no member"},
		{"comma missing", swap(`"AccessDenied",`, `"AccessDenied"`), "two members run together"},
		{"comma twice", swap(`"AccessDenied",`, `"AccessDenied",,`), "an empty member"},
		{"colon missing", swap(`"errorCode":`, `"errorCode"`), "no value"},
		{"control character", swap(`AccessDenied`, "Access\x00Denied"), "JSON has it escaped"},
		{"not UTF-8", swap(`AccessDenied`, "Access\xc3Denied"), "JSON is UTF-8"},
		{"not an escape", swap(`AccessDenied`, `Access\Denied`), "encoding/json refuses it"},
		{"wrong type", swap(`"AccessDenied"`, `7`), "a field that is read"},
		{"no call", swap(`"eventName"`, `"name"`), "neither a denial nor another call"},
		{"too deep", swap(`"AccessDenied"`, strings.Repeat("[", 70)+strings.Repeat("]", 70)), "deeper than 64"},
		{"too large", swap(`AccessDenied`, strings.Repeat("x", trail.MaxRecord)), "larger than MaxRecord"},
		{"much too large", swap(`"AccessDenied"`, "["+strings.Repeat(`{"version":"x"},`, trail.MaxRecord/4)+"0]"), "what is inside it is no record"},
		{"not a record", `{"version":"0","a":{"b":[]}}`, "no envelope either"},
		{"null", `null`, "an element that is nothing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, b, c := denied("a"), denied("b"), denied("c")
			want := []string{"a", "malformed", "b", "c"}
			for form, in := range map[string]string{
				"log file":            `{"Records":[` + strings.Join([]string{a, tt.record, b, c}, ",") + `]}`,
				"array by line":       "[\n" + strings.Join([]string{a, tt.record, b, c}, ",\n") + "\n]\n",
				"indented array":      "[\n    " + strings.Join([]string{a, tt.record, b, c}, ",\n    ") + "\n]\n",
				"log file over lines": "{\n  \"Records\": [\n" + strings.Join([]string{indented(t, a), tt.record, indented(t, b), indented(t, c)}, ",\n") + "\n  ]\n}\n",
				"records over lines":  strings.Join([]string{indented(t, a), tt.record, indented(t, b), indented(t, c)}, "\n") + "\n",
				"JSON lines":          strings.Join([]string{a, tt.record, b, c}, "\n") + "\n",
				"lines of arrays":     "[" + strings.Join([]string{a, tt.record, b, c}, "]\n[") + "]\n",
			} {
				items := trail.Parse("", []byte(in))
				if diff := cmp.Diff(want, outline(items)); diff != "" {
					t.Errorf("%s: %s (-want +got)\n%s", form, tt.reason, diff)
					for _, it := range items {
						t.Log(it.Pos, it.Err)
					}
				}
			}
		})
	}
}

func indented(t *testing.T, record string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(record), "", "  "); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestOtherKeyOrder has records that begin with a key that nothing else tells
// of: elements of a list are alike.
func TestOtherKeyOrder(t *testing.T) {
	sorted := func(id string) string {
		return `{"awsRegion":"eu-west-1",` + strings.Replace(denied(id)[1:], `"awsRegion"`, `"x"`, 1)
	}
	bad := strings.Replace(sorted("bad"), `"AccessDenied"`, `"AccessDenied`, 1)
	in := "[" + strings.Join([]string{sorted("a"), bad, sorted("b")}, ",") + "]"
	if diff := cmp.Diff([]string{"a", "malformed", "b"}, outline(trail.Parse("", []byte(in)))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestBrokenAtTheEndOfAList has the next list begin where an element of the
// first was lost.
func TestBrokenAtTheEndOfAList(t *testing.T) {
	bad := strings.Replace(denied("bad"), `"AccessDenied"`, `"AccessDenied`, 1)
	early := strings.Replace(denied("early"), `"ci"}`, `"ci"}}`, 1)
	first, second := `{"Records":[`+denied("a")+","+bad+"]}", `{"Records":[`+denied("b")+"]}"
	for _, tt := range []struct {
		name, in string
		want     []string
		reason   string
	}{
		{"lines", first + "\n" + second + "\n" + denied("c"), []string{"a", "malformed", "b", "c"}, "a log file stands at the top"},
		{"array", "[" + first + "," + second + "," + denied("c") + "]", []string{"a", "malformed", "b", "c"}, "the brackets of the array are passed"},
		{"once more", first + "\n" + second + "\n" + early + "\n" + denied("c"), []string{"a", "malformed", "b", "malformed", "c"}, "half a record stays malformed after a loss"},
		{"part of a list", denied("a") + ",\n" + early + ",\n" + denied("b") + ",\n", []string{"a", "malformed", "b"}, "commas are left when a list is copied in part"},
		{"early over lines", strings.Replace(early, "}},", "}},\n", 1) + "\n" + denied("b"), []string{"malformed", "b"}, "what follows the comma is a key"},
		{"spaces", "[" + bad + ",{" + strings.Repeat(" ", 300) + `"eventVersion":1},` + denied("b") + "]", []string{"malformed", "b"}, "a beginning so far apart is not looked for"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, outline(trail.Parse("", []byte(tt.in)))); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tt.reason, diff)
			}
		})
	}
}

// TestCutAfterAColon has the next record where the value should be.
func TestCutAfterAColon(t *testing.T) {
	bad := denied("bad")
	bad, _, _ = strings.Cut(bad, `{"roleArn"`)
	in := denied("a") + "\n" + bad + "\n" + denied("b") + "\n" + denied("c")
	if diff := cmp.Diff([]string{"a", "malformed", "b", "c"}, outline(trail.Parse("", []byte(in)))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	in = "[\n" + strings.Join([]string{denied("a"), bad + "\n" + denied("b"), denied("c")}, ",\n") + "\n]"
	if diff := cmp.Diff([]string{"a", "malformed", "b", "c"}, outline(trail.Parse("", []byte(in)))); diff != "" {
		t.Errorf("in a list (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"malformed", "b"}, outline(trail.Parse("", []byte(bad+"\n"+denied("b"))))); diff != "" {
		t.Errorf("at the end of the input (-want +got)\n%s", diff)
	}
}

func TestMalformedInsideStrings(t *testing.T) {
	message := func(body string) string { return fmt.Sprintf(`{"messageId":"m","body":%q}`, body) }
	entry := func(event string) string { return fmt.Sprintf(`{"EventId":"i","CloudTrailEvent":%q}`, event) }
	at := func(before string) string { return fmt.Sprintf("1:%d", len(before)+1) }
	a, b, bad := denied("a"), denied("b"), denied("bad")
	for _, tt := range []struct {
		name, in string
		want     []string
		place    string
	}{
		{"body cut", `{"Records":[` + message(a) + "," + message(bad[:300]) + "," + message(b) + "]}",
			[]string{"a", "malformed", "b"}, at(`{"Records":[`+message(a)+`,{"messageId":"m","body":`) + " (Records[1].body)"},
		{"body is no JSON", `{"Records":[` + message("hello") + "," + message(b) + "]}", []string{"malformed", "b"}, "1:37 (Records[0].body)"},
		{"body null", `{"messageId":"m","body":null}`, []string{"malformed"}, "1:1 (body)"},
		{"quote lost", `{"Events":[` + entry(a) + "," + strings.Replace(entry(bad), `"i","`, `"i,"`, 1) + "," + entry(b) + "]}",
			[]string{"a", "malformed", "b"}, at(`{"Events":[`+entry(a)+`,{"EventId":"i,"`) + " (Events[1])"},
		{"string lost", `["` + "x" + `"y", ` + fmt.Sprintf("%q", b) + "]", []string{"malformed", "b"}, "1:5 ([0])"},
		{"line of strings", fmt.Sprintf("%q\n%.50s\n%q\n", a, strconv.Quote(bad), b), []string{"a", "malformed", "b"}, "2:51"},
		{"element of a message", message(`{"Records":[7,` + b + `]}`), []string{"malformed", "b"}, "1:25 (body.Records[0])"},
		{"nine envelopes", strings.Repeat(`{"detail":`, 9) + a + strings.Repeat("}", 9), []string{"malformed"}, "1:91 (" + strings.TrimSuffix(strings.Repeat("detail.", 9), ".") + ")"},
		{"eight envelopes", strings.Repeat(`{"detail":`, 8) + a + strings.Repeat("}", 8), []string{"a"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			items := trail.Parse("", []byte(tt.in))
			if diff := cmp.Diff(tt.want, outline(items)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, it := range items {
				if it.Err != nil && fault(t, it).Pos.String() != tt.place {
					t.Errorf("place is wrong, want %s: %v", tt.place, it.Err)
				}
			}
		})
	}
}

// TestNestedIsNoRecord has, in a record that breaks further on, a parameter
// that looks like a record. Whoever makes a call chooses its parameters.
func TestNestedIsNoRecord(t *testing.T) {
	for _, nested := range []string{denied("forged"), `{"version":"1"}`} {
		bad := `{"eventVersion":"1.11","requestParameters":{"a":` + nested + `},"eventName":"Put","x":,"y":1}`
		for form, in := range map[string]string{
			"list":  "[" + denied("a") + "," + bad + "," + denied("b") + "]",
			"lines": denied("a") + "\n" + bad + "\n" + denied("b"),
		} {
			if diff := cmp.Diff([]string{"a", "malformed", "b"}, outline(trail.Parse("", []byte(in)))); diff != "" {
				t.Errorf("%s (-want +got)\n%s", form, diff)
			}
		}
	}
}
