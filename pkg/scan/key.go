package scan

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/trail"
)

// digest stands for all that a key is made of: keys hold what callers chose, of
// any length.
type digest [sha256.Size]byte

// parts puts a key together such that no choice of one part can pass for
// another.
type parts []byte

func (p *parts) number(n int) { *p = binary.AppendVarint(*p, int64(n)) }

func (p *parts) string(s string) {
	p.number(len(s))
	*p = append(*p, s...)
}

func (p *parts) text(t trail.Text) {
	if !t.Known {
		p.number(-1)
		return
	}
	p.string(t.Value)
}

func (p *parts) flag(b bool) {
	n := 0
	if b {
		n = 1
	}
	p.number(n)
}

func (p *parts) sum() digest { return sha256.Sum256(*p) }

func digestOf(list ...string) digest {
	var p parts
	for _, s := range list {
		p.string(s)
	}
	return p.sum()
}

// key is the same for two denials only if what is found out about them is the
// same: it holds all that [diagnosis.Diagnose] reads of a refused call. Of an
// error that is what was made of it, since its text may hold a date; of the
// moment, only what of the account's history lies before and after it; of the
// parts that the caller chose beside the token, those that a policy asks for.
func (h *held) key(d *trail.Denial) digest {
	p := make(parts, 0, 512)
	p.string(d.Account)
	for _, t := range []trail.Text{d.RoleARN, d.Provider, d.Audience, d.Subject, d.SourceIdentity} {
		p.text(t)
	}
	refusal := diagnosis.ReadRefusal(d.ErrorCode, d.ErrorMessage)
	for _, s := range []string{string(refusal.Code), refusal.Element, refusal.Issuer, diagnosis.OtherPolicy(d.ErrorMessage)} {
		p.string(s)
	}
	p.flag(d.HasRequestParameters)
	p.number(len(d.PrincipalTags))
	for _, k := range slices.Sorted(maps.Keys(d.PrincipalTags)) {
		p.string(k)
		p.string(d.PrincipalTags[k])
	}
	p.number(len(d.TransitiveTagKeys))
	for _, k := range d.TransitiveTagKeys {
		p.string(k)
	}
	p.number(h.class(d.Time))
	h.reads.add(&p, d)
	return p.sum()
}

// add adds the parts of a call that are read.
func (r reads) add(p *parts, d *trail.Denial) {
	if r&readsSession != 0 {
		p.text(d.SessionName)
	}
	if r&readsAddress != 0 {
		p.string(d.SourceIP)
	}
	if r&(readsAddress|readsEndpoint) != 0 {
		p.string(d.VPCEndpoint)
	}
	if r&readsUserAgent != 0 {
		p.string(d.UserAgent)
	}
	if r&readsRegion != 0 {
		p.string(d.Region)
		p.string(d.EndpointType)
		p.string(d.HostHeader)
	}
	if r&readsTime != 0 {
		p.number(int(d.Time.Unix()))
	}
}
