package page_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"html"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/scan"
	"whydenied/pkg/scan/page"
	"whydenied/pkg/scan/page/sample"
)

func rendered(t testing.TB, r *scan.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := page.HTML(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func month(t testing.TB) *scan.Result {
	t.Helper()
	r, err := sample.Result()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The library is the published file, unchanged: npm's chart.js 4.6.1,
// dist/chart.umd.min.js.
func TestLibraryIsTheRecordedOne(t *testing.T) {
	const version, want = "Chart.js v4.6.1", "87364cc2b2a76a6684929e7d6b80b18a897794db38400caff1fcf1791c6925d2"
	data, err := os.ReadFile("chartjs/chart.umd.min.js")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("want %s, got %s", want, got)
	}
	if !bytes.Contains(data[:200], []byte(version)) {
		t.Errorf("it does not say that it is %s", version)
	}
	license, err := os.ReadFile("chartjs/LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	for _, owner := range []string{"Chart.js Contributors", "Jukka Kurkela"} {
		if !bytes.Contains(license, []byte(owner)) {
			t.Errorf("the license of %s is not there", owner)
		}
	}
}

var element = regexp.MustCompile(`(?s)<(script|style)([^>]*)>(.*?)</(?:script|style)>`)

// Each script and the style are allowed by their own hash, and nothing else is.
func TestPolicyAllowsWhatIsThere(t *testing.T) {
	for name, r := range map[string]*scan.Result{"month": month(t), "empty": sample.Empty(), "hostile": sample.Hostile()} {
		got := rendered(t, r)
		allowed := map[string][]string{}
		for _, m := range element.FindAllStringSubmatch(got, -1) {
			if strings.Contains(m[2], "application/json") {
				continue // data, which nothing runs
			}
			sum := sha256.Sum256([]byte(m[3]))
			allowed[m[1]] = append(allowed[m[1]], "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
		}
		if len(allowed["script"]) != 2 || len(allowed["style"]) != 1 {
			t.Fatalf("%s: scripts and styles: %v", name, allowed)
		}
		want := "default-src 'none'; script-src " + strings.Join(allowed["script"], " ") + "; style-src " + allowed["style"][0] +
			"; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
		_, rest, _ := strings.Cut(got, `<meta http-equiv="Content-Security-Policy" content="`)
		policy, after, _ := strings.Cut(rest, `">`)
		if diff := cmp.Diff(want, html.UnescapeString(policy)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if before, _, _ := strings.Cut(got, policy); strings.Contains(before, "<script") || strings.Contains(before, "<style") || !strings.Contains(after, "<script>") {
			t.Errorf("%s: the policy does not come before what it is about", name)
		}
	}
}

// The page has no attribute that a browser would run or load, whatever the
// records hold.
func TestNothingRunsOrLoads(t *testing.T) {
	r := sample.Hostile()
	markup := element.ReplaceAllString(rendered(t, r), "")
	for _, banned := range []string{
		`(?i)<[a-z][^>]*\son[a-z]+\s*=`, `(?i)<[a-z][^>]*\sstyle\s*=`, `(?i)<[a-z][^>]*\ssrc\s*=`, `(?i)<(img|iframe|object|embed|link|base|form|svg|audio|video)\b`, `(?i)<a[^>]*href="[^#]`,
	} {
		if found := regexp.MustCompile(banned).FindString(markup); found != "" {
			t.Errorf("%s: %q", banned, found)
		}
	}
	for i, c := range markup {
		if c != '\n' && unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.M, unicode.Hebrew) {
			t.Fatalf("hidden character %U at byte %d", c, i)
		}
	}
	if text := html.UnescapeString(markup); !strings.Contains(text, `<img src=x onerror="window.ran=1">`) || !strings.Contains(text, `\u202e\u2066`) {
		t.Error("what the caller chose is not shown as it is")
	}
}

func TestWhatIsLeftOutIsSaid(t *testing.T) {
	for _, tt := range []struct {
		label, reason string
		result        *scan.Result
		want          []string
		not           []string
	}{
		{"empty", "a scan that found nothing says so", sample.Empty(), []string{"None of 418 calls refused", "Nothing was refused"}, []string{`id="list"`, `id="chart"`, "What was left out"}},
		{"hostile", "it is partial", sample.Hostile(), []string{"Not everything was read to its end", "and 4,213 more places", "17 more denials", "cause not known"}, []string{"unfold to their report. The other"}},
		{"month", "all groups have their report", month(t), []string{"14 of 14 groups", "no token can enter", "⚠ stranger", "read whole"}, []string{"unfold to their report. The other"}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got := rendered(t, tt.result)
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("%s: no %q", tt.reason, want)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(got, not) {
					t.Errorf("%s: there is %q", tt.reason, not)
				}
			}
		})
	}
}

// Ten thousand groups make a page that still opens: only the first have their
// report, and it says so.
func TestManyGroups(t *testing.T) {
	r, err := sample.Many(10_000)
	if err != nil {
		t.Fatal(err)
	}
	got := rendered(t, r)
	if n := strings.Count(got, "<li id=\"g"); n != 10_000 {
		t.Errorf("want 10,000 rows, got %d", n)
	}
	if n := strings.Count(got, `<details><summary class="row">`); n != page.Explained {
		t.Errorf("want %d reports, got %d", page.Explained, n)
	}
	for _, want := range []string{"The first 200 groups unfold to their report. The other 9800 are listed without", "fewer denials"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q", want)
		}
	}
	if most := 12 << 20; len(got) > most {
		t.Errorf("%d bytes of at most %d", len(got), most)
	}
	if most := 400 << 10; len(rendered(t, month(t))) > most {
		t.Errorf("the month takes %d bytes of at most %d", len(rendered(t, month(t))), most)
	}
}

// What a timeline without steps, or of ages, must not do is grow the page.
func TestTimelineIsBounded(t *testing.T) {
	r := month(t)
	r.Timeline = append(r.Timeline, scan.Moment{Start: r.Timeline[0].Start.AddDate(90, 0, 0), Causes: map[string]int{"sub_mismatch": 1}})
	if n := strings.Count(rendered(t, r), `<th scope="row">2`); n > 100 {
		t.Errorf("%d bars", n)
	}
	r.Step = 0
	if strings.Contains(rendered(t, r), `id="chart"`) {
		t.Error("a timeline without steps is drawn")
	}
}
