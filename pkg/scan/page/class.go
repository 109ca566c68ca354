package page

import (
	"slices"

	"whydenied/pkg/diagnosis"
)

// families are causes of one color: what the fault lies in. Within a family
// they are told apart by texture, so that there is no need for more colors
// than people tell apart, however they see them. A cause always looks the same.
var families = []struct {
	name  string
	codes []diagnosis.Code
}{
	{"subject", []diagnosis.Code{diagnosis.CauseSubMismatch}},
	{"audience", []diagnosis.Code{diagnosis.CauseAudMismatch, diagnosis.CauseAudienceNotRegistered}},
	{"provider", []diagnosis.Code{diagnosis.CauseProviderARNMismatch, diagnosis.CauseProviderNotRegistered, diagnosis.CauseNoFederatedPrincipal}},
	{"condition", []diagnosis.Code{diagnosis.CauseConditionKeyMisnamed, diagnosis.CauseConditionMismatch, diagnosis.CauseClaimNotSupported, diagnosis.CauseRequiredMissing}},
	{"role", []diagnosis.Code{diagnosis.CauseRoleNotFound, diagnosis.CauseSessionDurationTooLong}},
	{"action", []diagnosis.Code{diagnosis.CauseTagSessionNotAllowed, diagnosis.CauseActionNotAllowed, diagnosis.CauseSourceIdentityForbidden}},
	{"deny", []diagnosis.Code{diagnosis.CauseExplicitDeny}},
	{"token", []diagnosis.Code{diagnosis.CauseTokenExpired, diagnosis.CauseTokenInvalid, diagnosis.CauseIDPUnreachable, diagnosis.CauseSTSRefused}},
	{"unknown", []diagnosis.Code{"", diagnosis.CauseBeyondTrustPolicy, diagnosis.CauseHiddenClaim}},
}

// textures are those of app.css and app.js.
var textures = []string{"plain", "lines", "dots", "cross"}

// classOf gives a cause its classes in the style sheet. A code that is not
// known gets those of the unknown.
func classOf(code string) string {
	for _, f := range families {
		if i := slices.Index(f.codes, diagnosis.Code(code)); i >= 0 {
			return "c-" + f.name + " t-" + textures[i]
		}
	}
	return "c-unknown t-cross"
}
