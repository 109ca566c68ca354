package remedy

import (
	"fmt"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// unknownOwner says why a condition on sub does not show whose the token is;
// "" where it names the owner, or where the issuer is one owner's alone. Of an
// owner's name only letter case, white space, chat markup and the issuer's ids
// may differ: anything else is somebody else, however near.
func (f *finder) unknownOwner(k *policy.Condition) string {
	presented := f.in.Denial.Subject.Value
	if isYAML(f.issuer, presented) {
		return `the environment "<yaml>" stands for every environment of the organization that has no name`
	}
	for _, v := range k.Values {
		if diagnosis.SameName(v.Text, presented) {
			return f.otherIDs(k)
		}
	}
	tenant := f.reading.Tenant()
	switch {
	case !f.readable():
		return "of this issuer it is not known how a subject says whose it is, so confirm who owns this one"
	case tenant != "" && !f.namesTenant(k, tenant):
		return fmt.Sprintf("the condition names no owner %q in so many letters, so confirm who owns it", cut(tenant))
	case tenant == "" && (f.issuer.Shared() || f.provider.BuiltIn):
		return "the subject does not say whose it is, and the issuer signs for everybody"
	}
	return f.otherIDs(k)
}

// nobodys tells whether a condition on sub leaves open whose a token is, where
// the issuer signs for everybody.
func (f *finder) nobodys(k *policy.Condition) bool {
	return (f.issuer.Shared() || f.provider.BuiltIn) && !f.namesTenant(k, f.reading.Tenant())
}

// readable tells whether the subject was read by a grammar of its issuer. The
// form of a Kubernetes service account speaks for itself: a cluster's issuer
// is the cluster's own.
func (f *finder) readable() bool {
	return f.reading.Complete && (f.issuer.Known || f.reading.Kind == "service account")
}

// namesTenant tells whether some expected value spells the tenant out where
// subjects of this issuer have it, or has its id.
func (f *finder) namesTenant(k *policy.Condition, tenant string) bool {
	for _, v := range k.Values {
		if diagnosis.SameOwner(f.issuer.ReadPattern(v.Text), f.reading) {
			return true // under the name that it has now
		}
		if t := f.issuer.ReadPattern(diagnosis.PlainName(v.Text)).Tenant(); t != "" {
			if !policy.IsGlob(t) && !diagnosis.IsPlaceholder(t) && diagnosis.SameName(t, tenant) {
				return true
			}
			continue
		}
		if f.samePart(v.Text, tenant) {
			return true
		}
	}
	return false
}

// samePart is for a value that no grammar reads, as "prefect:cloud:<id>":
// whether it has the tenant as the part of the same number.
func (f *finder) samePart(expected, tenant string) bool {
	e, p := strings.FieldsFunc(diagnosis.PlainName(expected), isSeparator), strings.FieldsFunc(diagnosis.PlainName(f.in.Denial.Subject.Value), isSeparator)
	for i := range min(len(e), len(p)) {
		if e[i] == p[i] && diagnosis.SameName(p[i], tenant) {
			return true
		}
	}
	return false
}

func isSeparator(r rune) bool { return r == ':' || r == '/' }

// otherIDs: an owner or a repository of another id is another one, whatever
// its name. Some value has to be of the same name and of no other id.
func (f *finder) otherIDs(k *policy.Condition) string {
	differs := false
	for _, v := range k.Values {
		r := f.issuer.ReadPattern(v.Text)
		if t := r.Tenant(); t != "" && !diagnosis.SameName(t, f.reading.Tenant()) && !diagnosis.SameOwner(r, f.reading) {
			continue // about somebody else
		}
		if !f.idDiffers(r) {
			return ""
		}
		differs = true
	}
	if differs {
		return "an owner or a repository of another id is another one, whatever its name"
	}
	return ""
}

func (f *finder) idDiffers(pattern oidc.Reading) bool {
	for _, field := range f.reading.Fields {
		id, has := pattern.Get(field.Name)
		if field.Role == oidc.RoleID && has && stringLike.Matches(id, field.Value, false) != policy.True {
			return true
		}
	}
	return false
}
