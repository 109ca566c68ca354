package diagnosis

import (
	"fmt"
	"slices"
	"time"
)

// TokenFacts are what a whole token tells beside its claims.
type TokenFacts struct {
	Audiences int       // how many audiences the aud claim holds
	Expires   time.Time // exp; zero where there is none
	Issued    time.Time // iat; zero where there is none
	At        time.Time // the moment to judge both at; zero for none
	Roles     []string  // the claim https://aws.amazon.com/roles; nil where there is none
}

// expiryGrace is how late a token is still accepted (IAM User Guide, "OIDC
// federation").
const expiryGrace = 5 * time.Minute

// oldAge is an iat for which STS's "Token too old" has to be reckoned with.
// The limit is not documented; issuers' tokens live for hours at most.
const oldAge = 24 * time.Hour

// tokenCheck judges the token itself, as far as a what-if has it. Without any
// fact about it the status stays as given.
func (s *subject) tokenCheck(status Status, d *Diagnosis) Check {
	check := Check{Element: ElementToken, Status: status, Statement: NoStatement}
	f := s.in.Token
	if f == nil {
		return check
	}
	refuse := func(code Code, presented, format string, args ...any) Check {
		check.Status, check.Presented = StatusMismatch, oneOf(presented)
		d.Causes = append(d.Causes, Cause{Code: code, Element: ElementToken, Confidence: Certain, Statement: NoStatement,
			Presented: check.Presented, Message: fmt.Sprintf(format, args...)})
		return check
	}
	if len(f.Roles) > 0 && d.Role == "" {
		d.note("the token lists the roles that it may be used for (claim https://aws.amazon.com/roles); whether this one is among them was not checked, for its ARN is not known")
	}
	switch {
	case f.Audiences > 1 && len(s.in.Claims["azp"]) == 0:
		return refuse(CauseTokenInvalid, "", "the token holds %d audiences and no azp, which STS refuses.", f.Audiences)
	case len(f.Roles) > 0 && d.Role != "" && !slices.Contains(f.Roles, d.Role):
		return refuse(CauseTokenInvalid, "", "the token's own list of roles (claim https://aws.amazon.com/roles) does not hold %s.", quote(d.Role))
	case !f.At.IsZero() && !f.Expires.IsZero() && f.At.After(f.Expires.Add(expiryGrace)):
		return refuse(CauseTokenExpired, f.Expires.UTC().Format(time.RFC3339), "the token expired at %s, more than five minutes before %s.",
			f.Expires.UTC().Format(time.RFC3339), f.At.UTC().Format(time.RFC3339))
	case !f.At.IsZero() && !f.Issued.IsZero() && f.Issued.After(f.At.Add(expiryGrace)):
		check.Status = StatusUnknown
		d.note("token is unknown: it was issued at %s, after the moment asked about; what STS makes of that is not documented", f.Issued.UTC().Format(time.RFC3339))
	case !f.At.IsZero() && !f.Issued.IsZero() && f.At.Sub(f.Issued) > oldAge:
		check.Status = StatusUnknown
		d.note("token is unknown: it was issued at %s, and STS refuses tokens that are too old (Token too old); from which age on is not documented", f.Issued.UTC().Format(time.RFC3339))
	case !f.At.IsZero():
		check.Status = StatusMatch
	}
	return check
}
