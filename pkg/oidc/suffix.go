package oidc

import "strings"

// serves reports whether a suffix pattern holds for a provider suffix whose host is
// in lower case and whose trailing slash is gone.
func serves(pattern, suffix string) bool {
	for {
		wanted, wantedRest, wantedMore := strings.Cut(pattern, "/")
		given, givenRest, givenMore := strings.Cut(suffix, "/")
		if wantedMore != givenMore || !servesSegment(wanted, given) {
			return false
		}
		if !wantedMore {
			return true
		}
		pattern, suffix = wantedRest, givenRest
	}
}

// servesSegment compares one segment; its pattern holds at most one "*".
func servesSegment(pattern, segment string) bool {
	before, after, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == segment
	}
	return len(segment) > len(before)+len(after) &&
		strings.HasPrefix(segment, before) && strings.HasSuffix(segment, after)
}

// hasLabel reports whether one of the host's labels is the given one.
func hasLabel(host, label string) bool {
	for more := true; more; {
		var next string
		next, host, more = strings.Cut(host, ".")
		if next == label {
			return true
		}
	}
	return false
}
