package diagnosis

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/policy"
)

// conditionNotes tell what holds, or stays open, for a reason that is worth
// knowing.
func (j *judgement) conditionNotes() []string {
	var notes []string
	if j.focus != nil {
		notes = j.focusNotes()
	}
	for i := range j.statements {
		js := &j.statements[i]
		if js.statement.Effect != policy.Deny || js.truth != policy.Unknown {
			continue
		}
		if js.statement.Unresolved {
			notes = append(notes, fmt.Sprintf("deny is unknown: %s is not resolved", js.statement.Path()))
		}
		for k := range js.parts {
			if p := &js.parts[k]; p.truth == policy.Unknown {
				notes = append(notes, "deny is unknown: "+j.open(p))
			}
		}
	}
	return notes
}

func (j *judgement) focusNotes() []string {
	var notes []string
	if j.focus.statement.Unresolved {
		notes = append(notes, fmt.Sprintf("%s is not resolved, so nothing is known of what it asks", j.focus.statement.Path()))
	}
	if j.focus.statement.Effect == policy.EffectUnresolved && !j.focus.statement.Unresolved {
		notes = append(notes, fmt.Sprintf("%s is not known to allow: its Effect is not resolved", j.focus.statement.Path()))
	}
	literal := false
	for i := range j.focus.parts {
		p := &j.focus.parts[i]
		literal = literal || p.truth == policy.False && slices.ContainsFunc(texts(p.expected), holdsVariable)
		misnamed := p.info.class == keyMisnamed || p.info.class == keyUnlisted
		switch {
		case misnamed && p.truth == policy.True:
			notes = append(notes, fmt.Sprintf("the condition key %s is never in the request; under %s the condition therefore always holds, and tests nothing", quote(p.key), p.operator))
		case misnamed && p.truth == policy.False && j.subject.underRightKey(p) == policy.False:
			notes = append(notes, fmt.Sprintf("under the right key the value would not match either: the policy has %s, the token %s", quoteAll(texts(p.expected)), quoteEach(j.subject.presented(p))))
		case p.truth == policy.Unknown && !p.unsupported():
			notes = append(notes, j.unknownNote(p))
		}
		if p.soft {
			notes = append(notes, "the issuer may send azp, which STS then takes for aud: what was recorded may be either")
		}
	}
	if literal && j.doc.Version != policy.Version2012 {
		notes = append(notes, fmt.Sprintf("without \"Version\": %q IAM fills in no policy variable: \"${\" and what follows is taken to the letter", policy.Version2012))
	}
	return notes
}

func (j *judgement) unknownNote(p *part) string {
	if open := j.open(p); strings.HasPrefix(open, plain(p.element)+" ") {
		return open
	}
	return fmt.Sprintf("%s is unknown: %s", plain(p.element), j.open(p))
}

// open says what would settle an unknown part.
func (j *judgement) open(p *part) string {
	switch {
	case len(p.waits) > 0 && j.subject.in.Made:
		return p.waitsFor() + " was not given"
	case len(p.waits) > 0:
		return p.waitsFor() + " is not in the record; " + settles(p.waits[0])
	case p.element == ElementProviderARN:
		return "whether such a principal admits a web identity is not documented, or the record does not name the provider"
	default:
		return "how AWS decides it is not documented, or the policy's value is not resolved"
	}
}

// settles says where the value of a key that a record does not show is to be
// had.
func settles(key string) string {
	key = strings.ToLower(key)
	prefix, name, _ := strings.Cut(key, ":")
	switch {
	case strings.Contains(prefix, "."), strings.HasPrefix(name, "requesttag/"), name == "tagkeys", name == "transitivetagkeys",
		key == "sts:sourceidentity", name == "roleauthorizedbyidp":
		return "the token itself would settle it"
	case name == "rolesessionname":
		return "the caller chooses it, and its log or its settings would settle it"
	case strings.HasPrefix(name, "resourcetag/"):
		return "the tags of the role would settle it"
	case strings.HasPrefix(name, "principal"), strings.HasPrefix(name, "multifactor"),
		name == "userid", name == "username", name == "tokenissuetime":
		return "whether such a call has it is not documented, for its caller is no principal of AWS"
	default:
		return "it is no part of the token: where and how the call was made would settle it"
	}
}
