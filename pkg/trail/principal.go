package trail

import "strings"

// readPrincipal returns the audience that stands in principalId, and what is
// to be said where there is none.
//
// CloudTrail joins the provider, the audience and the subject with ":" and
// escapes none of them (a denied record of 2023, IAM User Guide "Logging IAM
// and AWS STS API calls"). All three may contain ":", so the two that the
// record also gives by themselves are stripped, and what remains is the
// audience. Nothing is ever split.
func readPrincipal(principal, provider, user Text) (audience Text, note string) {
	switch {
	case !principal.Known:
		return Text{}, ""
	case provider.Known && !strings.HasPrefix(principal.Value, provider.Value+":"):
		return Text{}, "principalId does not begin with identityProvider, so the audience cannot be read"
	case user.Known && !strings.HasSuffix(principal.Value, ":"+user.Value):
		return Text{}, "principalId does not end in userName, so the audience cannot be read"
	case !provider.Known && !user.Known:
		return Text{}, "the record has neither identityProvider nor userName, so principalId cannot be taken apart"
	case !provider.Known:
		return Text{}, "the record has no identityProvider, so the audience cannot be told from the provider in principalId"
	case !user.Known:
		return Text{}, "the record has no userName, so the audience cannot be told from the subject in principalId"
	}
	rest := principal.Value[len(provider.Value)+1:]
	end := len(rest) - len(user.Value) - 1
	if end < 0 {
		return Text{}, "principalId holds no audience between identityProvider and userName"
	}
	return Known(rest[:end]), ""
}
