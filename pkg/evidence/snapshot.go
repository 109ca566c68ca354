package evidence

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

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

// ParseSnapshot reads an account file. The error is a [*policy.ParseError]
// with the place and what was expected there. A trust policy that cannot be
// parsed costs only its own role.
func ParseSnapshot(name string, data []byte) (*Snapshot, error) {
	n, err := policy.ParseNode(name, data)
	if err != nil {
		return nil, err
	}
	r := &reader{}
	r.object(n, "", "an account snapshot (an object with AccountId, Roles and OpenIDConnectProviders)")
	a := Account{ID: r.account(n), Alias: AliasOf(r.texts(n, "", "AccountAliases")), TakenAt: r.time(n, "", "TakenAt")}
	a.RolesRead = r.list(n, "", "Roles", func(e *policy.Node, path string) {
		a.Roles = append(a.Roles, r.role(data, e, path))
	})
	if key := goesOn(n); a.RolesRead && key != "" {
		a.RolesRead = false
		a.Notes = append(a.Notes, "the snapshot's list of roles goes on elsewhere (it has "+key+"): a role that is missing may be there")
	}
	a.ProvidersRead = r.list(n, "", "OpenIDConnectProviders", func(e *policy.Node, path string) {
		a.Providers = append(a.Providers, r.provider(e, path))
	})
	a.others()
	whole := true
	a.ChangesRead = r.list(n, "", "Events", func(e *policy.Node, path string) {
		whole = a.addChange(e, path) && whole
	}) && whole
	if r.err != nil {
		return nil, r.err
	}
	a.SortChanges()
	return &Snapshot{account: a}, nil
}

func (r *reader) account(n *policy.Node) string {
	id := r.need(n, "", "AccountId", "the twelve digits of an account (is this an account snapshot?)")
	if len(id) != 12 || strings.Trim(id, "0123456789") != "" {
		r.fail(n.Get("AccountId"), "AccountId", "found %q, expected twelve digits", id)
	}
	return id
}

// others has lists count as not read of which nothing is this account's: a role
// that is there would pass for one that is missing.
func (a *Account) others() {
	others := func(what string, arns []string) bool {
		i := slices.IndexFunc(arns, func(arn string) bool { return AccountOf(arn) != "" })
		if i < 0 || slices.ContainsFunc(arns, func(arn string) bool { return AccountOf(arn) == a.ID }) {
			return false
		}
		a.Notes = append(a.Notes, fmt.Sprintf("the snapshot's %s are those of account %s, not of %s as its AccountId says", what, AccountOf(arns[i]), a.ID))
		return true
	}
	var roles, providers []string
	for i := range a.Roles {
		roles = append(roles, a.Roles[i].ARN)
	}
	for i := range a.Providers {
		providers = append(providers, a.Providers[i].ARN)
	}
	a.RolesRead = !others("roles", roles) && a.RolesRead
	a.ProvidersRead = !others("identity providers", providers) && a.ProvidersRead
}

// goesOn is the key by which the AWS CLI and IAM's API tell that a list has
// more pages, "" where there is none.
func goesOn(n *policy.Node) string {
	for _, key := range []string{"NextToken", "Marker", "IsTruncated"} {
		if v := value(n, key); v != nil && (v.Kind == policy.String && v.Text != "" || v.Kind == policy.Bool && v.Text == "true") {
			return key
		}
	}
	return ""
}

func (r *reader) role(data []byte, n *policy.Node, path string) Role {
	r.object(n, path, "a role (an object with Arn and AssumeRolePolicyDocument)")
	role := Role{
		ARN: r.need(n, path, "Arn", "a role ARN"), Name: r.text(n, path, "RoleName"),
		Created: r.time(n, path, "CreateDate"), MaxSessionDuration: r.seconds(n, path, "MaxSessionDuration"),
	}
	if role.Name == "" {
		role.Name = RoleName(role.ARN)
	}
	role.TagsRead = r.list(n, path, "Tags", func(e *policy.Node, path string) {
		if role.Tags == nil {
			role.Tags = make(map[string]string)
		}
		r.object(e, path, "a tag (an object with Key and Value)")
		role.Tags[r.text(e, path, "Key")] = r.text(e, path, "Value")
	})
	d := value(n, "AssumeRolePolicyDocument")
	role.Document = sync.OnceValues(func() (*policy.Document, error) {
		switch {
		case d == nil:
			return nil, fmt.Errorf("%s has no AssumeRolePolicyDocument", path)
		case d.Kind == policy.String:
			return ParsePolicy(role.ARN, d.Text)
		default:
			return ParsePolicy(role.ARN, string(data[d.Start:d.End]))
		}
	})
	return role
}

func (r *reader) provider(n *policy.Node, path string) Provider {
	r.object(n, path, "a provider (an object with Arn and ClientIDList)")
	p := Provider{ARN: r.need(n, path, "Arn", "a provider ARN"), Created: r.time(n, path, "CreateDate")}
	p.ClientIDs = r.texts(n, path, "ClientIDList")
	return p
}
