package evidence

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"sort"
	"strings"
	"time"

	"whydenied/pkg/policy"
)

// Snapshot is an account read from a file. It is a [Source].
type Snapshot struct{ account Account }

// Account returns what the file holds. For another account than the file's
// own, nothing was read, and a note says so.
func (s *Snapshot) Account(_ context.Context, q Query) (Account, error) {
	if q.Account != "" && q.Account != s.account.ID {
		return Account{Notes: []string{fmt.Sprintf(
			"the snapshot is of account %s, the call was made to account %q: nothing was read there", s.account.ID, q.Account)}}, nil
	}
	return s.account, nil
}

// ID is the account that the snapshot was made of.
func (s *Snapshot) ID() string { return s.account.ID }

// reader collects the first error, so that the shape of the file can be
// spelt out without a check behind each line.
type reader struct{ err error }

func (r *reader) fail(n *policy.Node, path, expected string) {
	if r.err == nil {
		r.err = &policy.ParseError{Pos: n.Pos, Text: fmt.Sprintf("%s: found %s, expected %s", path, n.Kind, expected)}
	}
}

func (r *reader) object(n *policy.Node, path string) *policy.Node {
	if n.Kind != policy.Object {
		r.fail(n, path, "an object")
	} else if n.Duplicate != nil && r.err == nil {
		r.err = n.Duplicate
	}
	return n
}

func (r *reader) text(n *policy.Node, path, key string) string {
	v := n.Get(key)
	if v == nil || v.Kind == policy.Null {
		return ""
	}
	if v.Kind != policy.String {
		r.fail(v, path+"."+key, "a string")
	}
	return v.Text
}

func (r *reader) time(n *policy.Node, path, key string) time.Time {
	s := r.text(n, path, key)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil && r.err == nil {
		r.err = &policy.ParseError{Pos: n.Get(key).Pos, Text: fmt.Sprintf("%s.%s: found %q, expected a time such as 2026-03-12T09:41:27Z", path, key, s)}
	}
	return t.UTC()
}

// list calls f for each element of a list; read is false where there is none.
func (r *reader) list(n *policy.Node, path, key string, f func(e *policy.Node, path string)) (read bool) {
	v := n.Get(key)
	if v == nil || v.Kind == policy.Null {
		return false
	}
	if path != "" {
		key = path + "." + key
	}
	if v.Kind != policy.Array {
		r.fail(v, key, "a list")
		return false
	}
	for i, e := range v.Elems {
		f(e, fmt.Sprintf("%s[%d]", key, i))
	}
	return true
}

// ParseSnapshot reads an account file. The error is a [*policy.ParseError]
// with the place and what was expected there. A trust policy that cannot be
// parsed costs only its own role.
func ParseSnapshot(name string, data []byte) (*Snapshot, error) {
	n, err := policy.ParseNode(name, data)
	if err != nil {
		return nil, err
	}
	r := &reader{}
	r.object(n, "the snapshot")
	a := Account{ID: r.text(n, "the snapshot", "AccountId"), TakenAt: r.time(n, "the snapshot", "TakenAt")}
	a.RolesRead = r.list(n, "", "Roles", func(e *policy.Node, path string) {
		a.Roles = append(a.Roles, r.role(data, e, path))
	})
	a.ProvidersRead = r.list(n, "", "OpenIDConnectProviders", func(e *policy.Node, path string) {
		a.Providers = append(a.Providers, r.provider(e, path))
	})
	a.ChangesRead = r.list(n, "", "Events", func(e *policy.Node, path string) {
		a.addChange(e, path)
	})
	if r.err != nil {
		return nil, r.err
	}
	if len(a.ID) != 12 || strings.Trim(a.ID, "0123456789") != "" {
		return nil, &policy.ParseError{Pos: n.Pos, Text: fmt.Sprintf("AccountId: found %q, expected an account snapshot with an AccountId of twelve digits", a.ID)}
	}
	sort.SliceStable(a.Changes, func(i, j int) bool { return a.Changes[i].Time.Before(a.Changes[j].Time) })
	return &Snapshot{account: a}, nil
}

func (r *reader) role(data []byte, n *policy.Node, path string) Role {
	r.object(n, path)
	role := Role{ARN: r.text(n, path, "Arn"), Name: r.text(n, path, "RoleName"), Created: r.time(n, path, "CreateDate")}
	if role.ARN == "" && r.err == nil {
		r.err = &policy.ParseError{Pos: n.Pos, Text: path + ".Arn: missing, expected a role ARN"}
	}
	if role.Name == "" {
		role.Name = RoleName(role.ARN)
	}
	if d := n.Get("MaxSessionDuration"); d != nil && d.Kind == policy.Number {
		_, _ = fmt.Sscan(d.Text, &role.MaxSessionDuration)
	}
	role.TagsRead = r.list(n, path, "Tags", func(e *policy.Node, path string) {
		if role.Tags == nil {
			role.Tags = make(map[string]string)
		}
		role.Tags[r.text(r.object(e, path), path, "Key")] = r.text(e, path, "Value")
	})
	switch d := n.Get("AssumeRolePolicyDocument"); {
	case d == nil:
		role.PolicyErr = fmt.Errorf("%s has no AssumeRolePolicyDocument", path)
	case d.Kind == policy.String:
		role.Policy, role.PolicyErr = ParsePolicy(role.ARN, d.Text)
	default:
		role.Policy, role.PolicyErr = ParsePolicy(role.ARN, string(data[d.Start:d.End]))
	}
	return role
}

func (r *reader) provider(n *policy.Node, path string) Provider {
	r.object(n, path)
	p := Provider{ARN: r.text(n, path, "Arn"), Created: r.time(n, path, "CreateDate")}
	if p.ARN == "" && r.err == nil {
		r.err = &policy.ParseError{Pos: n.Pos, Text: path + ".Arn: missing, expected a provider ARN"}
	}
	r.list(n, path, "ClientIDList", func(e *policy.Node, path string) {
		if e.Kind != policy.String {
			r.fail(e, path, "a string")
		}
		p.ClientIDs = append(p.ClientIDs, e.Text)
	})
	return p
}

// ParsePolicy reads a trust policy as IAM's API or CloudTrail gives it: JSON,
// percent-encoded or not. Positions are those of the document indented by
// four spaces in its own key order, since IAM's one long line has none worth
// telling.
func ParsePolicy(name, text string) (*policy.Document, error) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") {
		decoded, err := url.PathUnescape(text)
		if err != nil {
			return nil, fmt.Errorf("trust policy of %q: %w", name, err)
		}
		text = decoded
	}
	indented := []byte(text)
	var b bytes.Buffer
	if json.Indent(&b, indented, "", "    ") == nil {
		indented = b.Bytes()
	}
	doc, err := policy.Parse("", indented)
	if err != nil {
		return nil, fmt.Errorf("trust policy of %q: %w", name, err)
	}
	return doc, nil
}
