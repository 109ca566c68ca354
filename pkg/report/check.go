package report

import (
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
)

// usual are the three elements that every report shows: a tick keeps people
// from changing what is right.
var usual = []string{diagnosis.ElementProviderARN, diagnosis.ElementAud, diagnosis.ElementSub}

// checksShown are provider ARN, aud and sub, one under another, then of the
// others those that a person needs: what fails or is not known, and what a
// condition of the trust policy tests. Where no trust policy was judged, the
// three say so for all of its elements.
func checksShown(r *Report) []Check {
	shown := make([]Check, 0, len(r.Checks))
	judged := false
	for _, element := range usual {
		for _, c := range r.Checks {
			if c.Element == element {
				shown = append(shown, c)
				judged = judged || c.Status != string(diagnosis.StatusUnknown)
			}
		}
	}
	for _, c := range r.Checks {
		var matters bool
		switch diagnosis.Status(c.Status) {
		case diagnosis.StatusMismatch:
			matters = true
		case diagnosis.StatusUnknown:
			matters = judged || slices.Contains(ofAccount, c.Element)
		case diagnosis.StatusMatch:
			matters = c.Key != ""
		case diagnosis.StatusNotRequired:
		}
		if matters && !slices.Contains(usual, c.Element) {
			shown = append(shown, c)
		}
	}
	return shown
}

// ofAccount are the elements that are not about a trust policy.
var ofAccount = []string{diagnosis.ElementToken, diagnosis.ElementRole, diagnosis.ElementProvider, diagnosis.ElementClientIDs}

var checkNames = map[string]string{
	diagnosis.ElementProviderARN:    "provider ARN",
	diagnosis.ElementProvider:       "provider",
	diagnosis.ElementClientIDs:      "client IDs",
	diagnosis.ElementTags:           "session tags",
	diagnosis.ElementSourceIdentity: "source identity",
	diagnosis.ElementDeny:           "Deny",
}

// checkName is an element for people.
func checkName(r *Report, c *Check) string {
	if name, ok := checkNames[c.Element]; ok {
		return name
	}
	return claimName(r, c.Element)
}

// claimName is what a key of the token's own provider is called in a token;
// any other key stays as it is.
func claimName(r *Report, key string) string {
	if p, ok := providerOf(&r.Denial); ok {
		if n := len(p.Suffix) + 1; len(key) > n && strings.EqualFold(key[:n], p.Suffix+":") {
			return key[n:]
		}
	}
	return key
}

func toneOf(status string) tone {
	switch diagnosis.Status(status) {
	case diagnosis.StatusMatch:
		return toneMatch
	case diagnosis.StatusMismatch:
		return toneMismatch
	case diagnosis.StatusUnknown:
		return toneUnknown
	case diagnosis.StatusNotRequired:
		return toneOpen
	}
	return toneUnknown
}

// check writes one element's status with what was presented. What a cause
// shows whole is cut here.
func (p *page) check(r *Report, c *Check) {
	var lines []string
	for _, v := range presented(r, c) {
		most := maxValue
		if slices.ContainsFunc(r.Causes, func(cause Cause) bool { return slices.Contains(cause.Presented, v) }) {
			most = maxShort
		}
		lines = append(lines, p.shown(v, nil, "", most)...)
	}
	if reads := r.Denial.SubReads; c.Element == diagnosis.ElementSub && reads != "" && len(reads) <= maxShort && len(lines) > 0 {
		lines = append(lines, p.words("("+reads+")", p.room())...)
	}
	if said := checkWords(r, c); said != "" {
		if n := len(lines); n == 1 && columns(lines[0])+2+columns(said) <= p.room() {
			lines[0] += "  " + said
		} else {
			lines = append(lines, p.words(said, p.room())...)
		}
	}
	p.row(toneOf(c.Status), checkName(r, c), lines)
}

// maxListed is how many values of one kind are listed.
const maxListed = 3

// presented is what the token has for an element, where the record shows it.
func presented(r *Report, c *Check) []string {
	values := c.Presented
	if len(values) == 0 {
		for element, v := range map[string]*string{
			diagnosis.ElementProviderARN: r.Denial.ProviderARN, diagnosis.ElementAud: r.Denial.Aud, diagnosis.ElementSub: r.Denial.Sub,
		} {
			if c.Element == element && v != nil {
				values = []string{*v}
			}
		}
	}
	return values[:min(len(values), maxListed)]
}

// failed says of the elements that have no value what is wrong with them.
var failed = map[string]string{
	diagnosis.ElementToken:     "refused by STS",
	diagnosis.ElementRole:      "not in the account",
	diagnosis.ElementProvider:  "not registered in the account",
	diagnosis.ElementClientIDs: "the audience is not among them",
	diagnosis.ElementDeny:      "a Deny statement holds",
}

// recorded are the elements that a record shows or leaves out; the others are
// read from the account.
var recorded = []string{
	diagnosis.ElementProviderARN, diagnosis.ElementAud, diagnosis.ElementSub, diagnosis.ElementTags, diagnosis.ElementSourceIdentity,
}

// checkWords says what the sign and the value do not.
func checkWords(r *Report, c *Check) string {
	status, some := diagnosis.Status(c.Status), len(presented(r, c)) > 0
	switch {
	case status == diagnosis.StatusMismatch && failed[c.Element] != "":
		return failed[c.Element]
	case status == diagnosis.StatusMismatch && !some:
		return "not in the request"
	case status == diagnosis.StatusNotRequired && some:
		return "(no condition asks for it)"
	case status == diagnosis.StatusNotRequired:
		return "no condition asks for it"
	case status != diagnosis.StatusUnknown || some:
		return ""
	case slices.Contains(recorded, c.Element) || strings.Contains(c.Element, ":"), c.Element == diagnosis.ElementRole && r.Denial.RoleARN == nil:
		return "not recorded"
	}
	return "not known"
}
