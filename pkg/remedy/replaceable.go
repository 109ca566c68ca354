package remedy

import (
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// writing are the near misses that are the same name, written otherwise.
var writing = []diagnosis.Hint{
	diagnosis.HintCaseDiffers, diagnosis.HintWhitespace, diagnosis.HintSmartQuotes, diagnosis.HintInvisibleCharacter,
	diagnosis.HintChatMarkup, diagnosis.HintPercentEncoding, diagnosis.HintURLScheme, diagnosis.HintTrailingSlash,
}

func onlyWriting(hints []diagnosis.Hint) bool {
	return len(hints) > 0 && !slices.ContainsFunc(hints, func(h diagnosis.Hint) bool { return !slices.Contains(writing, h) })
}

// replaceable tells whether the nearest expected value may go: no token of
// this issuer can have it, or it is plainly the presented one in another
// writing. Whatever may be somebody's subject stays.
func (f *finder) replaceable(c *diagnosis.Cause, k *policy.Condition) bool {
	switch {
	case c.Nearest == "" || k.Operator.Set == policy.ForAllValues:
		return false
	case onlyWriting(c.Hints):
		return !f.mayBeAnother(c)
	case slices.Contains(c.Hints, diagnosis.HintPlaceholder):
		return !isYAML(f.issuer, c.Nearest)
	case !knowsWildcards(k.Operator) && policy.IsGlob(c.Nearest):
		return true // "*" stands in no name that an issuer gives
	case !f.issuer.Known || len(f.issuer.Grammars) == 0 || !f.reading.Complete:
		return false
	}
	return f.impossible(c.Nearest, k.Operator)
}

// mayBeAnother: branches and tags count upper and lower case, so that "Main"
// may be there beside "main".
func (f *finder) mayBeAnother(c *diagnosis.Cause) bool {
	if len(c.Hints) != 1 || c.Hints[0] != diagnosis.HintCaseDiffers {
		return false
	}
	r := f.issuer.ReadPattern(c.Nearest)
	inCase := r.Tenant() == f.reading.Tenant() && r.Resource() == f.reading.Resource()
	return inCase && (r.Kind == oidc.KindBranch || r.Kind == oidc.KindTag || r.Kind == oidc.KindRef)
}

// impossible tells whether an expected value is no subject of this issuer.
func (f *finder) impossible(expected string, op policy.Operator) bool {
	if knowsWildcards(op) && policy.IsGlob(expected) {
		r := f.issuer.ReadPattern(expected)
		return len(r.Fields) == 0 && !r.Any && !f.mayBegin(expected)
	}
	if _, ok := f.issuer.Read(expected); ok || f.beginsFreely() {
		return false
	}
	// Where the owner may put subjects together, more than the table lists is
	// possible, as long as it begins like one.
	custom := slices.ContainsFunc(f.issuer.Grammars, func(g oidc.Grammar) bool { return len(g.Parts) > 0 })
	return !custom || len(f.issuer.ReadPattern(expected).Fields) == 0
}

// mayBegin tells whether what a pattern says before its first wildcard or
// variable may begin a subject of this issuer.
func (f *finder) mayBegin(pattern string) bool {
	head, _, _ := strings.Cut(pattern, "${")
	if i := strings.IndexAny(head, "*?"); i >= 0 {
		head = head[:i]
	}
	for _, g := range f.issuer.Grammars {
		for _, form := range g.Forms() {
			first, _, _ := strings.Cut(form, "<")
			if strings.HasPrefix(head, first) || strings.HasPrefix(first, head) {
				return true
			}
		}
	}
	return false
}

// beginsFreely tells whether some form of the issuer's subjects begins with no
// text of its own, so that what is unlike the forms that are known may be one
// more: Auth0's users are "auth0|5f7c…", and its machines "<client>@clients".
func (f *finder) beginsFreely() bool {
	for _, g := range f.issuer.Grammars {
		for _, form := range g.Forms() {
			if strings.HasPrefix(form, "<") {
				return true
			}
		}
	}
	return false
}
