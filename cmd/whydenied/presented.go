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
	context, err := pairs("--context", "aws:SourceIp=192.0.2.7", q.context)
	if err != nil {
		return explain.Question{}, err
	}
	claims, err := pairs("--claim", "sub=repo:octo-org/web:ref:refs/heads/main", q.claims)
	if err != nil {
		return explain.Question{}, err
	}
	asked := explain.Question{Claims: claims, OnlyClaims: q.onlyClaims, Provider: q.provider, Token: &diagnosis.TokenFacts{}}
	if asked.Context, err = contextKeys(context); err != nil {
		return asked, err
	}
	at, err := moment(q.at)
	if err != nil {
		return asked, err
	}
	switch {
	case q.token != "":
		err = a.fromToken(q.token, &asked)
	case q.event != "":
		err = a.fromEvent(q.event, &asked)
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

// fromEvent takes the call from its record. There has to be one, and no more.
func (a *app) fromEvent(file string, asked *explain.Question) error {
	name, r, err := a.open(file)
	if err != nil {
		return err
	}
	defer r.Close()
	var found []trail.Item
	for item := range trail.Read(name, r) {
		if found = append(found, item); len(found) > 1 {
			return usage("%s: holds more than one record, expected the one to ask about", name)
		}
	}
	switch {
	case len(found) == 0:
		return usage("%s: holds no record, expected one", name)
	case found[0].Kind == trail.KindMalformed:
		return usage("%w", found[0].Err)
	case found[0].Kind == trail.KindOther:
		return usage("%s: records a call of %q, expected AssumeRoleWithWebIdentity", name, found[0].Call)
	}
	asked.Denial = found[0].Denial
	if asked.Denial.Provider.Known && asked.Provider != "" {
		return usage("%s names the token's provider: leave out --provider", name)
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
