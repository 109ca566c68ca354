package diagnosis

// Code says what kind of reason a cause is. The set is closed: [Codes] lists
// it, in the order in which causes are reported.
type Code string

// The codes.
const (
	CauseTokenExpired            Code = "token_expired"
	CauseTokenInvalid            Code = "token_invalid"
	CauseIDPUnreachable          Code = "idp_unreachable"
	CauseSTSRefused              Code = "sts_refused"
	CauseRoleNotFound            Code = "role_not_found"
	CauseSessionDurationTooLong  Code = "session_duration_too_long"
	CauseProviderNotRegistered   Code = "provider_not_registered"
	CauseAudienceNotRegistered   Code = "audience_not_registered"
	CauseNoFederatedPrincipal    Code = "no_federated_principal"
	CauseProviderARNMismatch     Code = "provider_arn_mismatch"
	CauseActionNotAllowed        Code = "action_not_allowed"
	CauseAudMismatch             Code = "aud_mismatch"
	CauseSubMismatch             Code = "sub_mismatch"
	CauseConditionKeyMisnamed    Code = "condition_key_misnamed"
	CauseClaimNotSupported       Code = "claim_not_supported"
	CauseRequiredMissing         Code = "required_condition_missing"
	CauseConditionMismatch       Code = "condition_mismatch"
	CauseHiddenClaim             Code = "hidden_claim"
	CauseTagSessionNotAllowed    Code = "tag_session_not_allowed"
	CauseSourceIdentityForbidden Code = "source_identity_not_allowed"
	CauseExplicitDeny            Code = "explicit_deny"
	CauseBeyondTrustPolicy       Code = "beyond_trust_policy"
)

// Codes are all codes.
func Codes() []Code {
	return []Code{
		CauseTokenExpired, CauseTokenInvalid, CauseIDPUnreachable, CauseSTSRefused, CauseRoleNotFound,
		CauseSessionDurationTooLong, CauseProviderNotRegistered, CauseAudienceNotRegistered,
		CauseNoFederatedPrincipal, CauseProviderARNMismatch, CauseActionNotAllowed, CauseAudMismatch,
		CauseSubMismatch, CauseConditionKeyMisnamed, CauseClaimNotSupported, CauseRequiredMissing,
		CauseConditionMismatch, CauseHiddenClaim, CauseTagSessionNotAllowed, CauseSourceIdentityForbidden,
		CauseExplicitDeny, CauseBeyondTrustPolicy,
	}
}
