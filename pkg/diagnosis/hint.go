package diagnosis

import (
	"slices"

	"whydenied/pkg/policy"
)

// Hint names a near miss on a cause. The set is closed: [Hints] lists it.
type Hint string

// The hints.
const (
	HintCaseDiffers             Hint = "case_differs"
	HintWildcardNeedsStringLike Hint = "wildcard_needs_string_like"
	HintMissingWildcard         Hint = "missing_wildcard"
	HintWhitespace              Hint = "whitespace"
	HintSmartQuotes             Hint = "smart_quotes"
	HintInvisibleCharacter      Hint = "invisible_character"
	HintChatMarkup              Hint = "chat_markup"
	HintPercentEncoding         Hint = "percent_encoding"
	HintURLScheme               Hint = "url_scheme"
	HintTrailingSlash           Hint = "trailing_slash"
	HintAccountIDDiffers        Hint = "account_id_differs"
	HintSegmentDiffers          Hint = "segment_differs"
	HintSubjectShapeDiffers     Hint = "subject_shape_differs"
	HintImmutableSubject        Hint = "immutable_subject"
	HintAudSubSwapped           Hint = "aud_sub_swapped"
	HintTypo                    Hint = "typo"
	HintPlaceholder             Hint = "placeholder"
	HintOtherProvider           Hint = "other_provider"
	HintIssuerPathMissing       Hint = "issuer_path_missing"
)

// Hints are all hints.
func Hints() []Hint {
	return []Hint{
		HintCaseDiffers, HintWildcardNeedsStringLike, HintMissingWildcard, HintWhitespace, HintSmartQuotes,
		HintInvisibleCharacter, HintChatMarkup, HintPercentEncoding, HintURLScheme, HintTrailingSlash,
		HintAccountIDDiffers, HintSegmentDiffers, HintSubjectShapeDiffers, HintImmutableSubject,
		HintAudSubSwapped, HintTypo, HintPlaceholder, HintOtherProvider, HintIssuerPathMissing,
	}
}

// attempt is a comparison that failed, on its way to one that holds.
type attempt struct {
	op        policy.Operator
	expected  string
	presented string
	other     string // the token's sub where aud is compared, and the other way round
}

func (a attempt) holds() bool {
	return a.op.Matches(a.expected, a.presented, false) == policy.True
}

// correction is one thing that people get wrong. Apply puts it right on both
// sides; what it leaves as it was had nothing of the kind in it.
type correction struct {
	hint  Hint
	apply func(attempt) attempt
	alone bool // said only where nothing else is wrong
}

// corrections are tried in this order: singly first, then two and three
// together. The order is that in which hints are reported.
var corrections = []correction{
	{HintCaseDiffers, ignoreCase, false},
	{HintWildcardNeedsStringLike, asStringLike, false},
	{HintMissingWildcard, addWildcard, false},
	{HintWhitespace, dropSpace, false},
	{HintSmartQuotes, plainPunctuation, false},
	{HintInvisibleCharacter, dropInvisible, false},
	{HintChatMarkup, dropMarkup, false},
	{HintPercentEncoding, decodePercent, false},
	{HintURLScheme, dropScheme, false},
	{HintTrailingSlash, dropTrailingSlash, false},
	{HintAccountIDDiffers, sameAccountID, false},
	{HintImmutableSubject, dropIDs, false},
	{HintAudSubSwapped, swapClaims, true},
	{HintPlaceholder, fillPlaceholder, true},
	{HintTypo, mendTypo, true},
}

// nameCorrections are those that make sense for a provider's name, which
// knows no wildcards and no claims; wholeCorrections those for a value that
// has no parts.
var (
	nameCorrections  = without(HintWildcardNeedsStringLike, HintMissingWildcard, HintImmutableSubject, HintAudSubSwapped)
	wholeCorrections = without(HintMissingWildcard, HintImmutableSubject)
)

func without(hints ...Hint) []correction {
	return slices.DeleteFunc(slices.Clone(corrections), func(c correction) bool { return slices.Contains(hints, c.hint) })
}

// correct finds the fewest of the corrections that make the comparison hold.
func correct(a attempt, of []correction) []Hint {
	for _, size := range []int{1, 2, 3} {
		if hints := correctWith(a, of, size, size); hints != nil {
			return hints
		}
	}
	return nil
}

// correctWith tries each choice of n corrections. Only those that change
// something are gone into, so that few choices are tried.
func correctWith(a attempt, of []correction, n, size int) []Hint {
	for i := range of {
		c := &of[i]
		if c.alone && size > 1 {
			continue
		}
		b := c.apply(a)
		if b.expected == a.expected && b.presented == a.presented && b.op == a.op {
			continue
		}
		if n == 1 {
			switch {
			case !b.holds():
			case c.hint == HintMissingWildcard && a.op.Base() != like.Base():
				return []Hint{HintWildcardNeedsStringLike, c.hint}
			default:
				return []Hint{c.hint}
			}
			continue
		}
		if rest := correctWith(b, of[i+1:], n-1, size); rest != nil {
			return append([]Hint{c.hint}, rest...)
		}
	}
	return nil
}
