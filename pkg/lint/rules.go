package lint

// Rule is one kind of finding.
type Rule struct {
	ID       string
	Severity Severity // of most of its findings
	Summary  string   // what it finds, in a sentence
}

// The names stand for the rules in the code; [Rules] lists them.
var (
	ruleUnresolved       = &Rule{"unresolved", Note, "A part of the policy is a reference that is not resolved, and was not judged."}
	rulePrincipal        = &Rule{"principal-invalid", Error, "The principal is no identity provider that IAM could have."}
	ruleProviderPath     = &Rule{"provider-unlikely", Warning, "The provider is none of the known ones of its host."}
	ruleProviderMissing  = &Rule{"provider-not-registered", Error, "The account has no such identity provider."}
	ruleAudience         = &Rule{"audience-not-registered", Error, "The identity provider does not accept the audience."}
	ruleAction           = &Rule{"action-not-web-identity", Error, "The statement trusts an identity provider and does not allow sts:AssumeRoleWithWebIdentity."}
	ruleRequired         = &Rule{"required-claim-missing", Error, "IAM refuses the policy, for it does not test the claim that tells a shared issuer's tenants apart."}
	ruleTenantUntested   = &Rule{"tenant-not-tested", Error, "No condition tells the tenants of a shared issuer apart."}
	ruleKeyNever         = &Rule{"key-never-present", Error, "No request has the condition key, so that the condition never holds."}
	ruleConditionAlways  = &Rule{"condition-always-holds", Error, "No request has the condition key, and the operator then holds."}
	ruleKeyUndocumented  = &Rule{"key-undocumented", Warning, "AWS does not document the claim as a condition key of this issuer."}
	ruleValueEmpty       = &Rule{"value-empty", Error, "A template left a part of the value empty."}
	ruleValuePlaceholder = &Rule{"value-placeholder", Error, "The value holds what an example leaves to be filled in."}
	ruleValueDamaged     = &Rule{"value-damaged", Error, "The value holds what a chat program or an editor put there."}
	ruleWildcardEquality = &Rule{"wildcard-under-equality", Error, "The operator compares the wildcard as a character."}
	ruleSubjectBroad     = &Rule{"subject-too-broad", Error, "The pattern for subjects admits more than one tenant or resource."}
	ruleSubjectForm      = &Rule{"subject-not-of-issuer", Warning, "The issuer has no subjects of this form."}
	ruleSetVacuous       = &Rule{"set-operator-vacuous", Error, "ForAllValues holds for a request without the key."}
	ruleImmutable        = &Rule{"github-immutable-subjects", Note, "The role refuses the repository once its subjects carry GitHub's ids."}
	ruleTagSession       = &Rule{"tag-session-missing", Note, "The policy does not allow sts:TagSession, and the issuer can send session tags."}
)

// Rules are all rules there are.
func Rules() []Rule {
	list := make([]Rule, 0, 20)
	for _, r := range []*Rule{
		ruleUnresolved, rulePrincipal, ruleProviderPath, ruleProviderMissing, ruleAudience, ruleAction, ruleRequired, ruleTenantUntested,
		ruleKeyNever, ruleConditionAlways, ruleKeyUndocumented, ruleValueEmpty, ruleValuePlaceholder, ruleValueDamaged, ruleWildcardEquality,
		ruleSubjectBroad, ruleSubjectForm, ruleSetVacuous, ruleImmutable, ruleTagSession,
	} {
		list = append(list, *r)
	}
	return list
}
