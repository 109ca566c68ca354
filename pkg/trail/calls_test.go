package trail_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/trail"
)

// among puts a record between others that are no calls, where it has to be
// found in what is not read.
func among(record string) string {
	other := newGenerator(5).tiny()
	return `{"Records":[` + strings.Join([]string{other, other, other, record, other}, ",") + `]}`
}

// TestCallsFinds has a call in each form in which its name does not stand there
// plainly, or not where it usually is.
func TestCallsFinds(t *testing.T) {
	message := func(s string) string { return `{"messageId":"m","body":` + quoted(s) + `}` }
	notice := func(s string) string { return `{"Type":"Notification","Message":` + quoted(s) + `}` }
	hide := func(s, letter, as string) string { return strings.Replace(s, letter, as, 1) }
	a, end := denied("e"), `Identity","awsRegion"`
	escaped := with(t, end, `Ide\u006etity","awsRegion"`)
	for _, tt := range []struct{ label, in, reason string }{
		{"plain", among(a), "the common case"},
		{"indented", among(indented(t, a)), "white space is free"},
		{"source escaped", among(with(t, "sts.amazonaws.com\",\"eventName", `\u0073ts.amazonaws.com","eventName`)), "only the name is looked for"},
		{"key escaped", among(with(t, `"eventName"`, `"event\u004eame"`)), "a key is read as what it says"},
		{"key first", among(`{"eventName":"AssumeRoleWithWebIdentity",` + with(t, `"eventName":"AssumeRoleWithWebIdentity",`, "")[1:]), "keys have no order"},
		{"no space at all, then much", among(with(t, `"eventName":`, `"eventName"`+strings.Repeat(" ", 200)+":\n\t")), "white space is free"},
		{"letter in capitals", among(with(t, end, `I\u0064entity","awsRegion"`)), "d is 64"},
		{"hexadecimal capitals", among(with(t, end, `Ide\u006Etity","awsRegion"`)), "6E is 6e"},
		{"message", among(message(a)), "quotation marks are escaped once"},
		{"notice in message", among(message(notice(a))), "and twice"},
		{"message in notice in message", among(message(notice(message(a)))), "and more"},
		{"quotation marks as numbers", among(strings.ReplaceAll(message(a), `\"`, `\u0022`)), "the name stands between 2 and a backslash"},
		{"quotation marks as numbers, twice", among(strings.ReplaceAll(message(notice(a)), `\\\"`, `\u005c\u0022`)), "the same one level deeper"},
		{"escape in message", among(message(escaped)), `\\u006e`},
		{"backslash escaped", among(hide(message(escaped), `\\u006e`, `\u005cu006e`)), "5c is a backslash"},
		{"backslash escaped in capitals", among(hide(message(escaped), `\\u006e`, `\u005Cu006e`)), "so is 5C"},
		{"u escaped", among(hide(message(escaped), `\\u006e`, `\\\u0075006e`)), "75 is u"},
		{"first digit escaped", among(hide(message(escaped), `\\u006e`, `\\u\u0030`+`06e`)), "30 is 0"},
		{"second digit escaped", among(hide(message(escaped), `\\u006e`, `\\u0\u0030`+`6e`)), "30 is 0"},
		{"third digit escaped", among(hide(message(escaped), `\\u006e`, `\\u00\u0036e`)), "36 is 6"},
		{"fourth digit escaped", among(hide(message(escaped), `\\u006e`, `\\u006\u0065`)), "65 is e"},
		{"fourth digit in capitals escaped", among(hide(message(escaped), `\\u006e`, `\\u006\u0045`)), "45 is E"},
		{"escape of an escape's digit, twice", among(notice(hide(message(escaped), `\\u006e`, `\\u006\u0065`))), "two levels"},
		{"digit of the escape of an escape", among(hide(notice(hide(message(escaped), `\\u006e`, `\\u006\u0065`)), `\\u0065`, `\\u00\u00365`)), "a digit on each level"},
		{"event", among(`{"detail-type":"AWS API Call via CloudTrail","detail":` + a + "}"), "an envelope is an element, too"},
		{"other envelope in a list", `[` + denied("0") + `,{"Events":[{"EventId":"x","CloudTrailEvent":` + quoted(a) + `}]}]`, "a list in an element of a list"},
		{"list's key escaped", `{"Recor\u0064s":[` + denied("0") + "," + a + `]}`, "a key is read as what it says, also the one around all records"},
		{"list's key escaped, behind others", `{"Next\u0054oken":"x","\u0045vents":[{"EventId":"x","CloudTrailEvent":` + quoted(a) + `}]}`, "the same of LookupEvents"},
		{"list's key escaped in an element", `[` + denied("0") + `,` + newGenerator(5).tiny() + `,{"\u0045vents":[{"EventId":"x","CloudTrailEvent":` + quoted(a) + `}]},` + newGenerator(5).tiny() + `]`, "an element with a list is not passed as one object"},
		{"list not first", `{"NextToken":"x","Events":[],"a":{"Records":[7]},"Records":[` + denied("0") + "," + a + `]}`, "keys have no order"},
		{"array of arrays", "[[" + denied("0") + "],[[" + a + "]]]", "arrays nest"},
		{"lines", newGenerator(5).tiny() + "\n" + newGenerator(5).tiny() + "\n" + a + "\n", "values at the top"},
		{"lines with marks", newGenerator(5).tiny() + "\n\ufeff" + newGenerator(5).tiny() + "\n\ufeff" + a + "\n", "files one after the other"},
		{"strings", "[" + quoted(newGenerator(5).tiny()) + "," + quoted(a) + "]", "an array of strings"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			for packing, data := range map[string][]byte{"plain": []byte(tt.in), "mark": []byte("\ufeff" + tt.in), "gzip": zipped(t, []byte(tt.in))} {
				got := outline(slices.Collect(trail.Calls("f", bytes.NewReader(data))))
				if len(got) == 0 || got[len(got)-1] != "e" {
					t.Fatalf("%s: %s: got %v\n%s", packing, tt.reason, got, tt.in)
				}
				if diff := disagreement(data); diff != "" {
					t.Errorf("%s: %s: %s", packing, tt.reason, diff)
				}
			}
		})
	}
}

// TestCallsFindsEachLetter escapes each letter of the name in turn, in a record
// that is inside up to three strings.
func TestCallsFindsEachLetter(t *testing.T) {
	for i, c := range callName {
		for _, form := range []string{`\u%04x`, `\u%04X`} {
			in := with(t, callName+`"`, callName[:i]+fmt.Sprintf(form, c)+callName[i+1:]+`"`)
			for wraps := range 4 {
				got := outline(slices.Collect(trail.Calls("f", strings.NewReader(among(in)))))
				if diff := cmp.Diff([]string{"e"}, got); diff != "" {
					t.Errorf("letter %d as %s, in %d strings (-want +got)\n%s", i, form, wraps, diff)
				}
				in = `{"messageId":"m","body":` + quoted(in) + `}`
			}
		}
	}
}

// TestCallsFindsNothing has what must not be taken for a call.
func TestCallsFindsNothing(t *testing.T) {
	tiny := newGenerator(5).tiny()
	param := func(s string) string {
		return strings.Replace(tiny, `"eventID":""`, `"eventID":"","requestParameters":`+s, 1)
	}
	for _, tt := range []struct{ label, in, reason string }{
		{"parameter", among(param(denied("forged"))), "a caller chooses its parameters"},
		{"list of parameters", among(param("[" + tiny + "," + denied("forged") + "," + tiny + "]")), "elements of another list"},
		{"list under a list's name", among(param(`{"Records":[` + denied("forged") + `]}`)), "only the outermost lists are read"},
		{"text", among(param(quoted(denied("forged")))), "a string is no record"},
		{"text that seems to end", among(param(quoted(`x"},` + denied("forged") + `,{"`))), "quotation marks in it are escaped"},
		{"backslashes", among(param(`{"a":"\\\\","b":"\\\"` + `},{"}`)), "two are one"},
		{"another source", among(with(t, `"sts.amazonaws.com","eventName"`, `"sts.example.com","eventName"`)), "STS alone has this call"},
		{"policy", among(param(quoted(`{"Action":"sts:` + callName + `"}`))), "the name in a text"},
		{"no calls", `{"Records":[` + tiny + "," + tiny + "]}", "nothing to be found"},
		{"no list", `{"Records":[]}`, "an empty log is none that is damaged"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			if diff := cmp.Diff([]string{}, outline(slices.Collect(trail.Calls("f", strings.NewReader(tt.in))))); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tt.reason, diff)
			}
			if diff := disagreement([]byte(tt.in)); diff != "" {
				t.Errorf("%s: %s", tt.reason, diff)
			}
		})
	}
}

// TestCallsAfterDamage has the fault in a record without a call, before one that
// is a call.
func TestCallsAfterDamage(t *testing.T) {
	tiny, call := newGenerator(5).tiny(), denied("a")
	deep := func(n int) string { return `{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}" }
	sized := func(n int) string {
		const around = len(`{"eventVersion":"","eventSource":"a","eventName":"b"}`)
		return `{"eventVersion":"` + strings.Repeat("x", n-around) + `","eventSource":"a","eventName":"b"}`
	}
	for _, tt := range []struct {
		label, in string
		faults    int
		reason    string
	}{
		{"as deep as may be", "[" + tiny + "," + deep(62) + "," + call + "]", 0, "the object and the array around it count"},
		{"too deep", "[" + tiny + "," + deep(63) + "," + call + "]", 1, "65 in all"},
		{"as deep as may be in a list", `{"Records":[` + tiny + "," + deep(61) + "," + call + "]}", 0, "three around it"},
		{"too deep in a list", `{"Records":[` + tiny + "," + deep(62) + "," + call + "]}", 1, "65 in all"},
		{"as deep as may be at the top", tiny + "\n" + deep(63) + "\n" + call, 0, "one around it"},
		{"too deep at the top", tiny + "\n" + deep(64) + "\n" + call, 1, "65 in all"},
		{"as large as may be", `{"Records":[` + tiny + "," + sized(trail.MaxRecord) + "," + call + "]}", 0, "MaxRecord"},
		{"too large", `{"Records":[` + tiny + "," + sized(trail.MaxRecord+1) + "," + call + "]}", 1, "one byte more"},
		{"much too large", `{"Records":[` + tiny + "," + sized(5*trail.MaxRecord) + "," + call + "]}", 1, "larger than the window"},
		{"string in a list", "[" + tiny + `,{"Records":[{"a":1},"x"]},` + tiny + "," + call + "]", 1, "a string behind an object is a key of it"},
		{"comma twice", "[" + tiny + ",," + tiny + "," + call + "]", 0, "passed in a list"},
		{"comma missing", "[" + tiny + tiny + "," + call + "]", 0, "passed in a list"},
		{"bracket missing", "[" + tiny + "," + strings.TrimSuffix(tiny, "}") + "," + tiny + "," + call + "]", 1, "the next key is an object"},
		{"bracket too many", "[" + tiny + "," + tiny + "}," + tiny + "," + call + "]", 1, "the record ends early"},
		{"text between", tiny + "\n" + tiny + "\nhello\n" + call, 1, "at the top"},
		{"no break between", tiny + " \t" + tiny + tiny + call, 0, "values need nothing between them"},
		{"comma at the top", tiny + "," + tiny + "\n" + call, 0, "passed at the top, too"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got := outline(slices.Collect(trail.Calls("f", strings.NewReader(tt.in))))
			structural := 0
			for it := range trail.Read("f", strings.NewReader(tt.in)) {
				if isStructure(it) {
					structural++
				}
			}
			if !slices.Contains(got, "a") || structural != tt.faults {
				t.Errorf("%s: got %v, and %d faults from Read, want %d", tt.reason, got, structural, tt.faults)
			}
			if diff := disagreement([]byte(tt.in)); diff != "" {
				t.Errorf("%s: %s", tt.reason, diff)
			}
		})
	}
}

// TestCallsSeesEachByte puts each byte at each place of a string that is passed.
func TestCallsSeesEachByte(t *testing.T) {
	tiny, call := newGenerator(5).tiny(), denied("a")
	for c := range 256 {
		for at := range 24 {
			text := strings.Repeat("x", at) + string([]byte{byte(c)}) + "yyy"
			in := "[" + tiny + `,{"eventVersion":"` + text + `"},` + tiny + "," + call + "]"
			slow := slices.Collect(trail.Read("f", strings.NewReader(in)))
			if diff := differ(slow, trail.Calls("f", strings.NewReader(in)), true); diff != "" {
				t.Fatalf("0x%02x at %d: %s", c, at, diff)
			}
			if !slices.Contains([]int{0, 0x1f, '"', '\\'}, c) {
				continue
			}
			in = "[" + strings.Repeat(tiny+",", 4) + in[1:] // what is held ends near the string
			if diff := disagreement([]byte(in)); diff != "" {
				t.Fatalf("0x%02x at %d: %s", c, at, diff)
			}
		}
	}
}

// TestCallsSeesEachRule has every short sequence of tokens in an object that is
// passed.
func TestCallsSeesEachRule(t *testing.T) {
	tokens := []string{"{", "}", "[", "]", ",", ":", `"a"`}
	tiny := newGenerator(5).tiny()
	call := strings.Replace(tiny, `"eventSource":"a","eventName":"b"`, `"eventSource":"sts.amazonaws.com","eventName":"`+callName+`"`, 1)
	sequences := []string{""}
	for i := 0; i < len(sequences); i++ {
		s := sequences[i]
		for _, in := range []string{"[" + tiny + `,{"k":` + s + "}," + tiny + "," + call + "]", "[" + tiny + ",{" + s + "}," + tiny + "," + call + "]"} {
			slow := slices.Collect(trail.Read("f", strings.NewReader(in)))
			if diff := differ(slow, trail.Calls("f", strings.NewReader(in)), true); diff != "" {
				t.Fatalf("%s: %s", in, diff)
			}
		}
		if strings.Count(s, "\t") < 4 {
			for _, token := range tokens {
				sequences = append(sequences, s+"\t"+token)
			}
		}
	}
}

// TestCallsOfPacked cuts and spoils gzip data.
func TestCallsOfPacked(t *testing.T) {
	g := newGenerator(9)
	packed := zipped(t, []byte(g.log(40, 9)))
	inputs := map[string][]byte{"whole": packed, "twice": append(bytes.Clone(packed), packed...), "garbage behind": append(bytes.Clone(packed), "xyz"...)}
	for size := 0; size < len(packed); size += 1 + size/20 {
		inputs[fmt.Sprintf("cut at %d", size)] = packed[:size]
		spoiled := bytes.Clone(packed)
		spoiled[size] ^= 0x55
		inputs[fmt.Sprintf("spoiled at %d", size)] = spoiled
	}
	sum := bytes.Clone(packed)
	sum[len(sum)-6] ^= 1
	inputs["wrong sum"] = sum
	for label, data := range inputs {
		if diff := disagreement(data); diff != "" {
			t.Errorf("%s: %s", label, diff)
		}
	}
}

// TestCallsSaysWhere checks how a place reads where lines are not counted.
func TestCallsSaysWhere(t *testing.T) {
	tiny := newGenerator(1).tiny()
	for _, tt := range []struct{ in, want string }{
		{"", "f:byte 0: found nothing, expected a CloudTrail record or an envelope of one"},
		{"hello\n", "f:byte 0: found 'h', expected a JSON object, array or string"},
		{`{"Records":[` + tiny + "," + tiny + `,{"a`, "f:byte 151 (Records[2]): found the end of the input, expected the rest of the value"},
	} {
		for it := range trail.Calls("f", strings.NewReader(tt.in)) {
			if diff := cmp.Diff(tt.want, it.Err.Error()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		}
	}
}

func TestCallsReadError(t *testing.T) {
	g := newGenerator(9)
	for _, in := range []string{"", g.log(30, 0), g.log(30, 5)[:9000], g.lines(9)} {
		failing := func() io.Reader {
			return io.MultiReader(strings.NewReader(in), failure{})
		}
		slow := slices.Collect(trail.Read("f", failing()))
		if diff := differ(slow, trail.Calls("f", failing()), true); diff != "" {
			t.Errorf("%.30q: %s", in, diff)
		}
	}
}

type failure struct{}

func (failure) Read([]byte) (int, error) { return 0, errors.New("disk gone") }

// TestCallsHoldsLittle reads 64 MiB with a call now and then, and checks at
// each how far ahead of it the input has been taken.
func TestCallsHoldsLittle(t *testing.T) {
	const parts, ahead = 1000, 5 << 20
	filler := strings.Repeat(","+newGenerator(1).other(), 64<<10/1500)
	for form, between := range map[string]string{"log": filler, "lines": strings.ReplaceAll(filler, `,{"eventVersion"`, "\n"+`{"eventVersion"`)} {
		src := &endless{part: func(i int) string {
			switch {
			case i == 0 && form == "log":
				return `{"Records":[` + denied("0")
			case i == 0:
				return denied("0")
			case i == parts && form == "log":
				return "]}"
			case i < parts && i%100 == 0:
				return between + between[:1] + denied(fmt.Sprint(i))
			case i < parts:
				return between
			}
			return ""
		}}
		n := 0
		for it := range trail.Calls("", src) {
			if it.Denial.EventID != fmt.Sprint(n) {
				t.Fatalf("%s: got %v, want %d", form, it, n)
			}
			if held := src.read - it.Pos.Offset; held > ahead {
				t.Errorf("%s: %d bytes are held", form, held)
			}
			n += 100
		}
		if n != parts {
			t.Errorf("%s: got %d calls", form, n/100)
		}
	}
}

func TestCallsConsumerStops(t *testing.T) {
	src := &endless{part: func(int) string { return denied("a") + "\n" }}
	for it := range trail.Calls("", src) {
		if diff := cmp.Diff("a", it.Denial.EventID); diff != "" {
			t.Error(diff)
		}
		break
	}
	if src.read > 512<<10 {
		t.Errorf("%d bytes were taken for one record", src.read)
	}
}

// TestCallsAtOnce has several inputs read at once, each of which has its own
// memory.
func TestCallsAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for seed := range uint64(8) {
		wg.Go(func() {
			for n := range uint64(10) {
				data := zipped(t, []byte(newGenerator(seed*100+n).log(50, 5)))
				slow := slices.Collect(trail.Read("f", bytes.NewReader(data)))
				if diff := differ(slow, trail.Calls("f", bytes.NewReader(data)), true); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
	wg.Wait()
}
