package main

import (
	"strconv"
	"time"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/explain"
	"whydenied/pkg/oidc"
	"whydenied/pkg/trail"
)

// presented puts together what the token presents, from whatever was given.
func (a *app) presented(q *question) (explain.Question, error) {
	asked, at, err := beside(q)
	if err != nil {
		return asked, err
	}
	claims, err := pairs("--claim", "sub=repo:octo-org/web:ref:refs/heads/main", q.claims)
	if err != nil {
		return explain.Question{}, err
	}
	asked.Claims, asked.OnlyClaims, asked.Provider, asked.Token = claims, q.onlyClaims, q.provider, &diagnosis.TokenFacts{}
	switch {
	case q.token != "":
		err = a.fromToken(q.token, &asked)
	case q.past != nil:
		err = q.past.fill(&asked)
	default:
		asked.Made = true
		asked.Denial.HasRequestParameters = q.onlyClaims
	}
	if err == nil && q.token == "" {
		err = fromClaims(&asked)
	}
	if !at.IsZero() {
		judgedAt(at, &asked)
	}
	return asked, err
}

// beside is what the flags say that is not of the token.
func beside(q *question) (asked explain.Question, at time.Time, err error) {
	context, err := pairs("--context", "aws:SourceIp=192.0.2.7", q.context)
	if err == nil {
		asked.Context, err = contextKeys(context)
	}
	if err == nil {
		at, err = moment(q.at)
	}
	return asked, at, err
}

// fromToken takes everything from a JWT: what it lacks is absent.
func (a *app) fromToken(file string, asked *explain.Question) error {
	name, data, err := a.read(file)
	if err != nil {
		return err
	}
	t, err := oidc.ParseToken(data)
	if err != nil {
		return usage("%s: %w", name, err)
	}
	asked.Made, asked.OnlyClaims, asked.Provider, asked.Claims = true, true, t.Issuer, t.Claims
	asked.Token = &diagnosis.TokenFacts{Audiences: len(t.Audiences), Expires: t.Expires, Issued: t.IssuedAt, Roles: t.Roles}
	asked.Denial = trail.Denial{
		Audience: trail.Known(t.Audiences[0]), Subject: trail.Known(t.Subject), HasRequestParameters: true,
		PrincipalTags: t.Tags, TransitiveTagKeys: t.TransitiveTagKeys,
	}
	if t.SourceIdentity != "" {
		asked.Denial.SourceIdentity = trail.Known(t.SourceIdentity)
	}
	return nil
}

// fill takes the call from the one record that was read.
func (p *past) fill(asked *explain.Question) error {
	switch {
	case p.tally.records == 0 && !p.bad:
		return usage("%s: holds no record, expected one", p.name)
	case p.bad:
		return ended(statusBadInput) // why has been said
	case p.first.Kind == trail.KindOther:
		return usage("%s: records a call of %q, expected AssumeRoleWithWebIdentity", p.name, p.first.Call)
	}
	asked.Denial = p.first.Denial
	if asked.Denial.Provider.Known && asked.Provider != "" {
		return usage("%s names the token's provider: leave out --provider", p.name)
	}
	return nil
}

// fromClaims fills in what single claims tell. A record's own aud and sub are
// what STS saw, so they are not to be given again.
func fromClaims(asked *explain.Question) error {
	d, claims := &asked.Denial, asked.Claims
	for name, to := range map[string]*trail.Text{"aud": &d.Audience, "sub": &d.Subject} {
		values := claims[name]
		switch {
		case len(values) == 0:
		case to.Known:
			return usage("the record holds the token's %s: leave out --claim %s", name, name)
		case name == "sub" && len(values) > 1:
			return usage("--claim sub is given %d times, expected once", len(values))
		default:
			*to = trail.Known(values[0])
		}
	}
	asked.Token.Audiences = len(claims["aud"])
	if iss := claims["iss"]; len(iss) > 0 && asked.Provider == "" && !d.Provider.Known {
		asked.Provider = iss[0]
	}
	for name, to := range map[string]*time.Time{"exp": &asked.Token.Expires, "iat": &asked.Token.Issued} {
		if len(claims[name]) == 0 {
			continue
		}
		seconds, err := strconv.ParseInt(claims[name][0], 10, 64)
		if err != nil {
			return usage("--claim %s is no time, expected whole seconds since 1970", name)
		}
		*to = time.Unix(seconds, 0).UTC()
	}
	return nil
}
