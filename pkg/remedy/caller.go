package remedy

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// caller is what the caller may change instead, and whether the mistake is
// more likely on that side.
func (f *finder) caller() (fix *Fix, first bool) {
	c := &f.d.Causes[0]
	switch c.Code {
	case diagnosis.CauseRoleNotFound:
		return f.callerRole(c), true
	case diagnosis.CauseAudMismatch:
		return f.callerAudience(c, f.askable(expectedName(c)))
	case diagnosis.CauseAudienceNotRegistered:
		return f.callerAudience(c, f.usualOf(c.Expected))
	case diagnosis.CauseSubMismatch:
		return f.callerSubject(c)
	case diagnosis.CauseConditionMismatch:
		if strings.EqualFold(c.Key, "sts:RoleSessionName") && len(c.Expected) > 0 && !strings.Contains(c.Expected[0], "${") {
			return &Fix{Title: "Ask for the session under a name that the role expects", Kind: KindCaller, Side: SideCaller,
				Caller: fmt.Sprintf("role session name: %s", quoted(cut(c.Expected[0])))}, true
		}
	default:
	}
	return nil, false
}

func (f *finder) callerRole(c *diagnosis.Cause) *Fix {
	if len(c.Expected) == 0 {
		return nil
	}
	return &Fix{Title: fmt.Sprintf("Ask for the role %q, which is the nearest there is", cut(c.Expected[0])), Kind: KindCaller, Side: SideCaller,
		Caller: f.roleLines(c.Expected[0])}
}

// roleLines name a role where the caller's platform does.
func (f *finder) roleLines(arn string) string {
	switch {
	case strings.HasPrefix(f.issuer.Name, "GitHub"):
		return "- uses: aws-actions/configure-aws-credentials\n  with:\n    role-to-assume: " + quoted(arn)
	case f.reading.Kind == "service account":
		return "metadata:\n  annotations:\n    eks.amazonaws.com/role-arn: " + quoted(arn)
	}
	return "role ARN: " + quoted(arn)
}

// expectedName is the nearest expected value if a token can be made to have it.
func expectedName(c *diagnosis.Cause) string {
	name := c.Nearest
	if name == "" && len(c.Expected) == 1 {
		name = c.Expected[0]
	}
	if policy.IsGlob(name) || strings.Contains(name, "${") || diagnosis.IsPlaceholder(name) || onlyWriting(c.Hints) || slices.Contains(c.Hints, diagnosis.HintAudSubSwapped) {
		return ""
	}
	return name
}

// askable is an audience that a token may come with, as far as that is known:
// the provider is registered with it, or the issuer's users take it.
func (f *finder) askable(aud string) string {
	if p := f.in.Account.Provider(f.provider.Text); p != nil && slices.Contains(p.ClientIDs, aud) || f.usual(aud) {
		return aud
	}
	return ""
}

// usual tells whether an audience is one that the issuer's users take. What
// stands for a name is a wildcard; a name alone would be any audience.
func (f *finder) usual(aud string) bool {
	return slices.ContainsFunc(f.issuer.Audiences, func(usual string) bool {
		before, rest, named := strings.Cut(usual, "<")
		_, after, _ := strings.Cut(rest, ">")
		if !named {
			return usual == aud
		}
		return before+after != "" && strings.HasPrefix(aud, before) && strings.HasSuffix(aud, after)
	})
}

// usualOf is the one of the registered audiences that the issuer's users take.
func (f *finder) usualOf(registered []string) string {
	for _, v := range registered {
		if f.usual(v) {
			return v
		}
	}
	if len(registered) == 1 {
		return registered[0]
	}
	return ""
}

// callerAudience asks for the expected audience. Which side errs is told by
// which of the two the issuer's users take.
func (f *finder) callerAudience(c *diagnosis.Cause, expected string) (*Fix, bool) {
	if expected == "" || c.Foreign || f.usual(f.in.Denial.Audience.Value) || slices.Contains(c.Hints, diagnosis.HintTypo) && !f.usual(expected) {
		return nil, false
	}
	usual := f.usual(expected)
	fix := &Fix{Title: fmt.Sprintf("Caller's side: ask for a token with the audience %q", cut(expected)), Kind: KindCaller, Side: SideCaller,
		Caller: f.audienceLines(expected)}
	if usual {
		fix.Title += fmt.Sprintf("; the mistake is more likely there, for that is the audience that %s users take", f.issuer.Name)
	}
	return fix, usual
}

func (f *finder) audienceLines(aud string) string {
	switch {
	case strings.HasPrefix(f.issuer.Name, "GitHub"):
		return "- uses: aws-actions/configure-aws-credentials\n  with:\n    audience: " + quoted(aud)
	case strings.Contains(f.issuer.Name, "GitLab"):
		return "id_tokens:\n  AWS_TOKEN:\n    aud: " + quoted(aud)
	case f.issuer.Name == "Amazon EKS":
		return "metadata:\n  annotations:\n    eks.amazonaws.com/audience: " + quoted(aud)
	case f.reading.Kind == "service account":
		return "serviceAccountToken:\n  audience: " + quoted(aud)
	}
	return "audience: " + quoted(aud)
}

// callerSubject is for a subject of the same owner: the job runs in other
// circumstances than the role expects, or as another account of the cluster.
func (f *finder) callerSubject(c *diagnosis.Cause) (*Fix, bool) {
	expected := expectedName(c)
	r, ok := f.issuer.Read(expected)
	if expected == "" || !ok || !f.readable() || r.Tenant() != f.reading.Tenant() || onlyWriting(c.Hints) || isYAML(f.issuer, expected) {
		return nil, false
	}
	fix := &Fix{Kind: KindCaller, Side: SideCaller}
	if r.Kind == "service account" {
		return f.callerAccount(fix, r, slices.Contains(c.Hints, diagnosis.HintTypo))
	}
	if r.Resource() != f.reading.Resource() || r.Kind == f.reading.Kind && r.Context() == f.reading.Context() {
		return nil, false
	}
	fix.Title = "Caller's side, if this caller is not meant: run as what the role expects"
	fix.Caller = f.contextLines(r)
	if fix.Caller == "" {
		fix.Caller = "subject: " + quoted(expected)
	}
	return fix, false
}

// callerAccount moves a service account. The same name in another namespace is
// more likely a mistake of the caller; another name is one that its chart or
// release gave it, which the role's owner guessed.
func (f *finder) callerAccount(fix *Fix, r oidc.Reading, typo bool) (*Fix, bool) {
	namespace, _ := r.Get("namespace")
	name, _ := r.Get("service_account")
	own, _ := f.reading.Get("service_account")
	ownNamespace, _ := f.reading.Get("namespace")
	lines := "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: " + quoted(name) + "\n  namespace: " + quoted(namespace)
	if f.issuer.Name == "Amazon EKS" && f.role != "" {
		lines += "\n  annotations:\n    eks.amazonaws.com/role-arn: " + quoted(f.role)
	}
	fix.Caller = lines
	switch {
	case own == name && namespace != ownNamespace && !typo:
		fix.Title = fmt.Sprintf("Caller's side: run in the namespace %q; the mistake is more likely there, for the account has the expected name", cut(namespace))
		return fix, true
	default:
		fix.Title = fmt.Sprintf("Caller's side: run as the service account %q of the namespace %q", cut(name), cut(namespace))
		return fix, false
	}
}

// contextLines say how a job gets the context that is expected.
func (f *finder) contextLines(r oidc.Reading) string {
	if !strings.HasPrefix(f.issuer.Name, "GitHub") {
		return ""
	}
	switch r.Kind {
	case oidc.KindEnvironment:
		if name, ok := r.Get("environment"); ok {
			return "environment: " + quoted(strings.ReplaceAll(name, "%3A", ":"))
		}
	case oidc.KindBranch:
		branch, _ := r.Get("branch")
		if f.reading.Kind == oidc.KindEnvironment {
			return "# leave out \"environment:\": a job that names one sends it in place of the branch\non:\n  push:\n    branches: [" + quoted(branch) + "]"
		}
		return "on:\n  push:\n    branches: [" + quoted(branch) + "]"
	case oidc.KindTag:
		tag, _ := r.Get("tag")
		return "on:\n  push:\n    tags: [" + quoted(tag) + "]"
	}
	return ""
}
