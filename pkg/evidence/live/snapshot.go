package live

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// PartialError says what a snapshot does not hold. What is there is right.
type PartialError struct {
	Missing []string // one line each: what was not read, and why
}

// Error is one line.
func (e *PartialError) Error() string {
	return "the snapshot is not whole: " + strings.Join(e.Missing, "; ")
}

// Snapshot writes the own account to a file that [evidence.ParseSnapshot]
// reads: its alias, its roles, its identity providers, and the changes of these as far
// back as CloudTrail keeps them. What could not be read leaves its key out,
// which means "not read"; changes that could not be read to their end begin
// later. Either is told by a [*PartialError]. Any other error
// means that nothing was written, or not all of it.
func (s *Source) Snapshot(ctx context.Context, w io.Writer) error {
	a, err := s.reach(ctx, "")
	if err != nil {
		return err
	}
	t := &taking{s: s, a: a, f: file{AccountID: a.id, TakenAt: s.c.Now().UTC().Truncate(time.Second)}}
	t.roles(ctx)
	t.providers(ctx)
	t.alias(s.alias(ctx, a)) // nobody waits for a file as for an alert
	if t.f.Roles == nil && t.f.Providers == nil {
		return fmt.Errorf("account %s could not be read: %s", a.id, t.missing[0])
	}
	t.events(ctx)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(t.f); err != nil {
		return err
	}
	if len(t.missing) > 0 {
		return &PartialError{Missing: t.missing}
	}
	return nil
}

// taking is one snapshot, while it is put together.
type taking struct {
	s       *Source
	a       *account
	f       file
	missing []string
}

func (t *taking) lack(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	t.missing = append(t.missing, text)
	t.s.progress("%s", text)
}

func (t *taking) roles(ctx context.Context) {
	all := []role{}
	err := t.s.eachRole(ctx, t.a, func(r *iamtypes.Role) { all = append(all, asPrinted(r)) })
	if err != nil {
		t.lack("the roles were not read: %v", err)
		return
	}
	for i := range all {
		if mentionsTags(all[i].AssumeRolePolicyDocument) {
			t.tags(ctx, &all[i])
		}
	}
	t.f.Roles = &all
}

// alias is left out where it could not be read, and the snapshot is whole
// without.
func (t *taking) alias(named alias) {
	if named.err != nil {
		t.s.progress("the account's alias was not read: %v", named.err)
		return
	}
	t.f.Aliases = &named.listed
}

// mentionsTags tells whether a trust policy may look at the role's own tags.
func mentionsTags(document []byte) bool {
	return strings.Contains(strings.ToLower(string(document)), "resourcetag")
}

// tags asks for a role's tags, which ListRoles leaves out.
func (t *taking) tags(ctx context.Context, r *role) {
	out, err := call(ctx, t.s.limits(), "iam:GetRole", quote(r.RoleName), func(ctx context.Context) (*iam.GetRoleOutput, error) {
		return t.a.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(r.RoleName)})
	})
	if err != nil {
		t.lack("the tags of a role were not read: %v", err)
		return
	}
	tags := []tag{}
	for _, e := range out.Role.Tags {
		tags = append(tags, tag{aws.ToString(e.Key), aws.ToString(e.Value)})
	}
	r.Tags = &tags
}

func (t *taking) providers(ctx context.Context) {
	p, _, err := t.s.listProviders(ctx, t.a, func(time.Time) bool { return false })
	if err != nil {
		t.lack("the identity providers were not read: %v", err)
		return
	}
	all := []idp{}
	for _, e := range p.all {
		out := idp{Arn: e.ARN, ClientIDList: append([]string{}, e.ClientIDs...)}
		if !e.Created.IsZero() {
			out.CreateDate = &e.Created
		}
		all = append(all, out)
	}
	t.f.Providers = &all
}
