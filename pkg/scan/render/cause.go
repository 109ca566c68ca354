package render

import (
	"slices"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/report"
	"whydenied/pkg/scan"
)

// MostCauseName is how many characters a cause's name has at most.
const MostCauseName = 24

// causeNames are short enough for a column of a table.
var causeNames = map[diagnosis.Code]string{
	diagnosis.CauseTokenExpired:            "token expired",
	diagnosis.CauseTokenInvalid:            "token not accepted",
	diagnosis.CauseIDPUnreachable:          "issuer unreachable",
	diagnosis.CauseSTSRefused:              "refused by STS",
	diagnosis.CauseRoleNotFound:            "no such role",
	diagnosis.CauseSessionDurationTooLong:  "session too long",
	diagnosis.CauseProviderNotRegistered:   "provider not registered",
	diagnosis.CauseAudienceNotRegistered:   "audience not registered",
	diagnosis.CauseNoFederatedPrincipal:    "trusts no web identity",
	diagnosis.CauseProviderARNMismatch:     "provider ARN differs",
	diagnosis.CauseActionNotAllowed:        "action not allowed",
	diagnosis.CauseAudMismatch:             "aud does not match",
	diagnosis.CauseSubMismatch:             "sub does not match",
	diagnosis.CauseConditionKeyMisnamed:    "condition key misnamed",
	diagnosis.CauseClaimNotSupported:       "claim not supported",
	diagnosis.CauseRequiredMissing:         "required test missing",
	diagnosis.CauseConditionMismatch:       "condition not met",
	diagnosis.CauseHiddenClaim:             "rests on a hidden claim",
	diagnosis.CauseTagSessionNotAllowed:    "session tags refused",
	diagnosis.CauseSourceIdentityForbidden: "source identity refused",
	diagnosis.CauseExplicitDeny:            "Deny statement",
	diagnosis.CauseBeyondTrustPolicy:       "beyond the trust policy",
}

// CauseName is a cause's code for people, in a few words. A code that is not
// known here stands for itself.
func CauseName(code string) string {
	if code == "" {
		return "cause not known"
	}
	if name, ok := causeNames[diagnosis.Code(code)]; ok {
		return name
	}
	return cutName(code)
}

// CompareCauses orders codes as reports do; those that are not known come last.
func CompareCauses(a, b string) int {
	codes := diagnosis.Codes()
	place := func(code string) int {
		if i := slices.Index(codes, diagnosis.Code(code)); i >= 0 {
			return i
		}
		return len(codes) + len(code)
	}
	if n := place(a) - place(b); n != 0 || a == b {
		return n
	}
	if a < b {
		return -1
	}
	return 1
}

// never are the causes that no token of the issuer is spared: the fault is in
// the trust policy by itself.
var never = []diagnosis.Code{
	diagnosis.CauseNoFederatedPrincipal, diagnosis.CauseActionNotAllowed, diagnosis.CauseConditionKeyMisnamed,
	diagnosis.CauseClaimNotSupported, diagnosis.CauseRequiredMissing,
}

// unmeetable are the near misses that make a value which no token carries.
var unmeetable = []diagnosis.Hint{
	diagnosis.HintPlaceholder, diagnosis.HintSmartQuotes, diagnosis.HintChatMarkup, diagnosis.HintInvisibleCharacter,
}

// NeverMatches tells whether what refused a group is a condition or a
// statement that refuses every token of the issuer, not this caller's alone.
// It is said only where the cause is no mere possibility and nothing of the
// group was let in since.
func NeverMatches(g *scan.Group) bool {
	if len(g.Report.Causes) == 0 || g.Succeeded != nil || g.Still == scan.StillMended {
		return false
	}
	c := &g.Report.Causes[0]
	if c.Confidence == string(diagnosis.Possible) {
		return false
	}
	hinted := slices.ContainsFunc(unmeetable, func(h diagnosis.Hint) bool { return slices.Contains(c.Hints, string(h)) })
	return c.Foreign && !g.Stranger || hinted || slices.Contains(never, diagnosis.Code(c.Code))
}

// cutName keeps a code that may be anything within the column, in ASCII.
func cutName(code string) string { return report.Spelling{ASCII: true}.Cut(code, MostCauseName) }
