package report

import (
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/oidc"
)

// phrase is one part of the headline: words of this program around a value,
// which may be anyone's. One with an account has the name as its value, "" for
// none.
type phrase struct{ words, value, after, account string }

// spelt is the phrase with its values spelt for one place.
func (ph phrase) spelt(value func(string) string) string {
	switch {
	case ph.account != "" && ph.value != "":
		return value(ph.value) + " (" + value(ph.account) + ")"
	case ph.account != "":
		return value(ph.account)
	case ph.value != "":
		return ph.words + value(ph.value) + ph.after
	}
	return ph.words
}

// headline is the first line, which alone must do: on a lock screen there is
// no other. It says what is wrong, for which role and in which account.
func headline(r *Report) (tone, []phrase) {
	t, words := opening(r)
	phrases := []phrase{{words: words}}
	if role, ok := rolePhrase(r); ok {
		phrases = append(phrases, role)
	}
	if r.Denial.Account != "" {
		phrases = append(phrases, phrase{value: r.AccountAlias, account: r.Denial.Account})
	}
	if stranger(r) {
		return t, append(phrases, phrase{words: "nothing was let in"})
	}
	if name := resource(&r.Denial); name != "" {
		phrases = append(phrases, phrase{value: name})
	}
	return t, phrases
}

// stranger tells whether the report is about a caller that the role names
// nowhere, and was refused.
func stranger(r *Report) bool {
	return r.Stranger && len(r.Causes) > 0 && r.Verdict != string(diagnosis.VerdictAllowed)
}

func opening(r *Report) (tone, string) {
	switch {
	case r.Verdict == string(diagnosis.VerdictAllowed):
		return toneMatch, "allowed"
	case stranger(r):
		return toneStranger, "probable stranger, refused"
	case len(r.Causes) == 0 && r.Asked:
		return toneUnknown, "undecided"
	case len(r.Causes) == 0:
		return toneUnknown, "refused, reason not known"
	}
	c := &r.Causes[0]
	said := strings.Replace(c.Headline, c.Element, claimName(r, c.Element), 1)
	switch {
	case c.Code == string(diagnosis.CauseBeyondTrustPolicy):
		return toneUnknown, c.Headline
	case c.Code == string(diagnosis.CauseHiddenClaim):
		return toneUnknown, said
	case c.Confidence == string(diagnosis.Possible):
		return toneUnknown, "possibly: " + said
	case c.Confidence == string(diagnosis.Likely):
		return toneMismatch, "likely: " + said
	}
	return toneMismatch, said
}

// rolePhrase names the role. A policy or a message alone has none; a record
// that names none is about the nearest candidate.
func rolePhrase(r *Report) (phrase, bool) {
	if arn := r.Denial.RoleARN; arn != nil {
		return phrase{words: "role ", value: evidence.RoleName(*arn)}, true
	}
	asks := slices.ContainsFunc(r.Checks, func(c Check) bool {
		return c.Element == diagnosis.ElementRole && c.Status != string(diagnosis.StatusNotRequired)
	})
	if !asks {
		return phrase{}, false
	}
	if len(r.Candidates) == 0 || r.Candidates[0].Allows {
		return phrase{words: "role not recorded"}, true
	}
	nearest := evidence.RoleName(r.Candidates[0].RoleARN)
	if r.Verdict == string(diagnosis.VerdictExplained) {
		return phrase{words: "role ", value: nearest, after: " (not recorded)"}, true
	}
	return phrase{words: "role not recorded (", value: nearest, after: "?)"}, true
}

// resource is what the subject is about, as in "octo-org/api"; empty where
// the issuer's subjects do not name both whose it is and what it is.
func resource(d *Denial) string {
	provider, ok := providerOf(d)
	if !ok || d.Sub == nil {
		return ""
	}
	reading, ok := oidc.Lookup(provider.Suffix, *d.Sub).Read(*d.Sub)
	if !ok || reading.Tenant() == "" || reading.Resource() == "" {
		return ""
	}
	return reading.Tenant() + "/" + reading.Resource()
}
