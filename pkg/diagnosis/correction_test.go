package diagnosis_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/policy"
)

// slips are what people do to a value on its way into a policy.
var slips = []func(string) string{
	func(s string) string { return s },
	func(s string) string { return s },
	strings.ToUpper,
	strings.ToTitle,
	func(s string) string { return " " + s },
	func(s string) string { return strings.Replace(s, ":", ": ", 1) },
	func(s string) string { return "“" + s + "”" },
	func(s string) string { return strings.ReplaceAll(s, "-", "–") },
	func(s string) string { return strings.Replace(s, "/", "/\u200b", 1) },
	func(s string) string { return s + "\ufeff" },
	func(s string) string { return "`" + s + "`" },
	func(s string) string { return strings.ReplaceAll(s, "/", "%2F") },
	func(s string) string { return "https://" + s },
	func(s string) string { return s + "/" },
	func(s string) string { return s[:strings.LastIndexAny(s, ":/")] },
	func(s string) string { return s[:strings.LastIndexAny(s, ":/")+1] },
	func(s string) string { return s[:strings.LastIndexAny(s, ":/")] + "*" },
	func(s string) string { return strings.Replace(s, "octo-org", "*", 1) },
	func(s string) string { return strings.Replace(s, "octo", "octto", 1) },
	func(s string) string { return strings.Replace(s, "main", "release", 1) },
	func(s string) string { return strings.Replace(s, "octo-org/api", "octo-org@12/api@34", 1) },
	func(s string) string { return strings.Replace(s, "111122223333", "444455556666", 1) },
	func(s string) string { return strings.Replace(s, "octo-org", "<your-org>", 1) },
	func(string) string { return stsAud },
}

// corrected does what a hint says, on both sides of a comparison.
func corrected(h diagnosis.Hint, op policy.Operator, expected, presented string) (policy.Operator, string, string) {
	both := func(f func(string) string) (policy.Operator, string, string) { return op, f(expected), f(presented) }
	like, _, _ := policy.ParseOperator("StringLike")
	switch h {
	case diagnosis.HintCaseDiffers:
		return both(strings.ToLower)
	case diagnosis.HintWildcardNeedsStringLike:
		return like, expected, presented
	case diagnosis.HintMissingWildcard:
		for _, end := range []string{"*", ":*", "/*"} {
			if op.Matches(expected+end, presented, false) == policy.True {
				return op, expected + end, presented
			}
		}
	case diagnosis.HintWhitespace:
		return both(func(s string) string { return strings.Join(strings.Fields(s), "") })
	case diagnosis.HintSmartQuotes:
		return both(strings.NewReplacer("“", "", "”", "", "–", "-").Replace)
	case diagnosis.HintInvisibleCharacter:
		return both(strings.NewReplacer("\u200b", "", "\ufeff", "").Replace)
	case diagnosis.HintChatMarkup:
		return both(func(s string) string { return strings.ReplaceAll(s, "`", "") })
	case diagnosis.HintPercentEncoding:
		return both(func(s string) string {
			if plain, err := url.PathUnescape(s); err == nil {
				return plain
			}
			return s
		})
	case diagnosis.HintURLScheme:
		return both(func(s string) string { return strings.Replace(s, "https://", "", 1) })
	case diagnosis.HintTrailingSlash:
		return both(func(s string) string { return strings.TrimRight(s, "/") })
	case diagnosis.HintAudSubSwapped:
		return op, expected, stsAud
	case diagnosis.HintTypo:
		if slip(op, expected, presented) {
			return op, presented, presented
		}
	default: // the others name a difference, and no correction
	}
	return op, expected, presented
}

// slip tells whether all parts but one hold under the operator, and that one
// differs by at most two edits and a fifth of its letters.
func slip(op policy.Operator, a, b string) bool {
	split := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(":/.", r) })
	}
	as, bs := split(a), split(b)
	if len(as) != len(bs) {
		return false
	}
	bad := 0
	for i := range as {
		if op.Matches(as[i], bs[i], false) == policy.True {
			continue
		}
		bad++
		if n := edits([]rune(as[i]), []rune(bs[i])); n > 2 || n*5 > len([]rune(as[i])) {
			return false
		}
	}
	return bad == 1
}

// edits counts by trying: it is slow and obvious.
func edits(a, b []rune) int {
	switch {
	case len(a) == 0 || len(b) == 0:
		return len(a) + len(b)
	case a[0] == b[0]:
		return edits(a[1:], b[1:])
	default:
		return 1 + min(edits(a[1:], b), edits(a, b[1:]), edits(a[1:], b[1:]))
	}
}

// Hints that name a difference and no correction.
var kinds = []diagnosis.Hint{
	diagnosis.HintSegmentDiffers, diagnosis.HintSubjectShapeDiffers, diagnosis.HintOtherProvider,
	diagnosis.HintIssuerPathMissing, diagnosis.HintAccountIDDiffers, diagnosis.HintImmutableSubject, diagnosis.HintPlaceholder,
}

// Whatever corrections are given, doing all of them makes the operator match.
func TestCorrectionsCorrect(t *testing.T) {
	subjects := []string{
		mainSub, "repo:octo-org/api:environment:prod", "repo:octo-org@12/api@34:ref:refs/heads/main",
		"https://octo.example/main", "arn:aws:iam::111122223333:role/main", "Repo:octo-org/API:ref:refs/heads/main/",
	}
	operators := []string{
		"StringEquals", "StringLike", "StringEqualsIgnoreCase", "ArnLike", "ArnEquals",
		"StringEqualsIfExists", "ForAllValues:StringLike", "ForAnyValue:StringEquals",
	}
	rapid.Check(t, func(t *rapid.T) {
		sub := rapid.SampledFrom(subjects).Draw(t, "sub")
		expected := rapid.SampledFrom(subjects).Draw(t, "expected")
		for _, f := range rapid.SliceOfN(rapid.SampledFrom(slips), 0, 3).Draw(t, "slips") {
			if strings.ContainsAny(expected, ":/") {
				expected = f(expected)
			}
		}
		name := rapid.SampledFrom(operators).Draw(t, "operator")
		got := explain(t, onGitHub(sub), allow(gitHubARN, when(name, gitHub+":sub", expected)))
		hints := hinted(&got)
		corrections := 0
		op, _, _ := policy.ParseOperator(name)
		e, p := expected, sub
		for _, h := range hints {
			if slices.Contains(kinds, h) {
				continue
			}
			corrections++
			op, e, p = corrected(h, op, e, p)
		}
		others := len(hints) - corrections
		if corrections > 0 && (others == 0 || slices.Contains(hints, diagnosis.HintTypo)) && op.Matches(e, p, false) != policy.True {
			t.Fatalf("%s %q of %q: %v do not make it match: %q, %q", name, expected, sub, hints, e, p)
		}
	})
}

var placeholder = regexp.MustCompile(`<[^<>]*>`)

// A placeholder filled in with what the token has makes the value match, and
// so do ids on the side that lacks them.
func TestFilledIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		org := rapid.StringMatching(`[a-z][a-z0-9-]{0,12}`).Draw(t, "org")
		repo := rapid.StringMatching(`[a-z][a-z0-9-]{0,12}`).Draw(t, "repo")
		branch := rapid.StringMatching(`[a-z]{3,8}`).Draw(t, "branch")
		sub := "repo:" + org + "/" + repo + ":ref:refs/heads/" + branch
		for _, tt := range []struct {
			hint               diagnosis.Hint
			expected, filledIn string
		}{
			{diagnosis.HintPlaceholder, "repo:<org>/" + repo + ":ref:refs/heads/" + branch, org},
			{diagnosis.HintImmutableSubject, "repo:" + org + "@1/" + repo + "@2:ref:refs/heads/" + branch, ""},
		} {
			got := explain(t, onGitHub(sub), allow(gitHubARN, when("StringEquals", gitHub+":sub", tt.expected)))
			if h := hinted(&got); !slices.Equal(h, []diagnosis.Hint{tt.hint}) {
				t.Fatalf("%q of %q: hints %v, want %s", tt.expected, sub, h, tt.hint)
			}
			if s := placeholder.ReplaceAllString(tt.expected, tt.filledIn); tt.hint == diagnosis.HintPlaceholder && s != sub {
				t.Fatalf("filled in: %q, want %q", s, sub)
			}
		}
	})
}

// No hint survives a subject that only has letters in common with the policy.
func TestNoHintForNoise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		noise := strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) {
				return r
			}
			return -1
		}, rapid.StringN(5, 40, 200).Draw(t, "noise"))
		got := explain(t, onGitHub("zzzzz"+noise), allow(gitHubARN, when("StringEquals", gitHub+":sub", mainSub)))
		for _, h := range hinted(&got) {
			if !slices.Contains(kinds, h) {
				t.Fatalf("%q gives %s", noise, h)
			}
		}
	})
}
