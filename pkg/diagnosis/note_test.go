package diagnosis_test

import (
	"strings"
	"testing"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/policy"
)

// Not all that a record lacks is in the token.
func TestWhatSettlesIt(t *testing.T) {
	for _, tt := range []struct{ key, operator, reason, want string }{
		{gitHub + ":repository_id", "StringEquals", "a claim", "the token itself would settle it"},
		{"aws:RequestTag/team", "StringEquals", "session tags are a claim", "the token itself would settle it"},
		{"sts:SourceIdentity", "StringEquals", "so is a source identity", "the token itself would settle it"},
		{"sts:RoleSessionName", "StringEquals", "a parameter of the call", "the caller chooses it"},
		{"aws:ResourceTag/stage", "StringEquals", "a tag of the role", "the tags of the role would settle it"},
		{"aws:PrincipalTag/team", "StringEquals", "the caller is no principal of AWS", "is not documented"},
		{"aws:Referer", "StringEquals", "a header of the call", "how the call was made would settle it"},
		{"aws:UserAgent", "StringEquals", "another", "how the call was made would settle it"},
		{"aws:SourceIp", "IpAddress", "the record may name a service in its place", "how the call was made would settle it"},
	} {
		value := "x"
		if tt.operator == "IpAddress" {
			value = "192.0.2.0/24"
		}
		d := onGitHub(mainSub)
		d.HasRequestParameters, d.SourceIP = false, "codebuild.amazonaws.com"
		d.SessionName.Value, d.UserAgent = "", ""
		got := explain(t, d, allow(gitHubARN, when(tt.operator, tt.key, value)))
		if n := notesOn(&got, tt.key); !strings.Contains(n, tt.want) {
			t.Errorf("%s: %s: %q, want %q", tt.key, tt.reason, n, tt.want)
		}
	}
}

// What IAM makes of a variable in another spelling than its own is not known.
func TestOddVariables(t *testing.T) {
	for value, want := range map[string]diagnosis.Status{
		"repo:octo-org/${aws:RequestTag/repo, 'x'}*":   diagnosis.StatusMismatch,
		"repo:octo-org/${aws:RequestTag/repo,'x'}*":    diagnosis.StatusUnknown,
		"repo:octo-org/${ aws:RequestTag/repo, 'x' }*": diagnosis.StatusUnknown,
		"repo:octo-org/${ aws:FederatedProvider }*":    diagnosis.StatusUnknown,
	} {
		d := onGitHub(mainSub)
		d.HasRequestParameters = true
		got := explain(t, d, allow(gitHubARN, when("StringLike", gitHub+":sub", value)))
		for _, c := range got.Checks {
			if c.Element == diagnosis.ElementSub && c.Status != want {
				t.Errorf("%s: %s, want %s", value, c.Status, want)
			}
		}
	}
}

// A condition that holds for no value at all does not say that there is none.
func TestUnsatisfiable(t *testing.T) {
	for _, tt := range []struct{ operator, key, value, want string }{
		{"NumericLessThan", gitHub + ":repository_id", "abc", "holds for none that it could have"},
		{"ArnLike", "aws:Referer", "https://octo.example/*", "holds for none that it could have"},
		{"StringEquals", "aws:RequestTag/team", "web", "is not in the request"},
	} {
		d := onGitHub(mainSub)
		d.HasRequestParameters = true
		got := explain(t, d, allow(gitHubARN, when(tt.operator, tt.key, tt.value)))
		if len(got.Causes) != 1 || got.Causes[0].Confidence != diagnosis.Certain || !strings.Contains(got.Causes[0].Message, tt.want) {
			t.Errorf("%s %s: %+v, want %q", tt.operator, tt.key, got.Causes, tt.want)
		}
	}
}

func notesOn(d *diagnosis.Diagnosis, key string) string {
	var found []string
	for _, n := range d.Notes {
		if strings.Contains(strings.ToLower(n), strings.ToLower(key)) {
			found = append(found, n)
		}
	}
	return strings.Join(found, "; ")
}

// Before Version 2012-10-17 a variable is nothing but text.
func TestVariablesAndVersion(t *testing.T) {
	for _, version := range []string{"2008-10-17", "2012-10-17"} {
		doc, err := policy.Parse("", []byte(`{"Version":"`+version+`","Statement":[`+allow(gitHubARN, when("StringLike", gitHub+":sub", "repo:octo-org/${aws:RequestTag/repo}:*"))+`]}`))
		if err != nil {
			t.Fatal(err)
		}
		got := diagnosis.Diagnose(diagnosis.Input{Denial: onGitHub(mainSub), Policy: doc})
		if said := strings.Contains(strings.Join(got.Notes, "; "), "taken to the letter"); said != (version == "2008-10-17") {
			t.Errorf("%s: notes %q", version, got.Notes)
		}
	}
}
