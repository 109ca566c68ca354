package diagnosis_test

import (
	"testing"

	"whydenied/pkg/diagnosis"
)

// Subjects and audiences are chosen by whoever calls, expected values by
// whoever writes the policy: neither may break a rule of the verdict, a text,
// or the process.
func FuzzDiagnose(f *testing.F) {
	for _, seed := range [][3]string{
		{mainSub, stsAud, "repo:Octo-Org/*"},
		{"repo:octo-org@12/api@34:environment:eu%3Aprod", "https://github.com/octo-org", "repo:<org>/api:*"},
		{hcpSub, hcpAud, "organization:acme:*"},
		{"{2f1d0c9b}:{a}", "ari:cloud:bitbucket::workspace/x", "{2f1d0c9b}"},
		{"", "", ""},
		{"repo::*", "\x00", "“repo:octo-org/api”\u200b "},
		{":::://///....", "*?*?*?", "%zz%41<<>>[[]]()``☁️"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	operators := []string{"StringEquals", "StringLike", "StringNotLike", "ArnLike", "ForAllValues:StringEqualsIfExists", "NumericLessThan"}
	f.Fuzz(func(t *testing.T, sub, aud, expected string) {
		for _, provider := range []string{gitHubARN, hcpARN, google, arnPrefix + "id.example"} {
			key := provider
			if len(provider) > len(arnPrefix) {
				key = provider[len(arnPrefix):]
			}
			operator := operators[(len(sub)+len(expected))%len(operators)]
			in := diagnosis.Input{Denial: denied(provider, aud, sub), Account: holding(
				role(t, "deploy", allow(provider, `{"`+operator+`":{"`+key+`:sub":`+jsonText(expected)+`,"`+key+`:aud":`+jsonText(aud)+`}}`)))}
			d := diagnosis.Diagnose(in)
			if problem := wrongVerdict(&in, &d); problem != "" {
				t.Fatalf("%s: %s %v", problem, d.Verdict, said(d.Causes))
			}
			if problem := wrongChecks(d.Checks); problem != "" {
				t.Fatalf("%s: %v", problem, d.Checks)
			}
			wrongWords(t, &d)
		}
	})
}
