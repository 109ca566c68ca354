package live

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
)

// foundRole is IAM's answer about a role's name.
type foundRole struct {
	role   evidence.Role
	exists bool
}

// role asks for a role by its name, which is unique in an account whatever the
// path. What was read before the event tells less of it than what can be read
// now, so it is read again.
func (s *Source) role(ctx context.Context, a *account, name string, event time.Time) (foundRole, time.Time, error) {
	good := func(at time.Time) bool { return younger(s.c.Now, s.c.PolicyAge)(at) && !at.Before(event) }
	return a.roles.of(name).get(ctx, s.c.Now, good, func(ctx context.Context) (foundRole, error) {
		s.progress("reading the role %s of account %s", quote(name), a.id)
		out, err := call(ctx, s.limits(), "iam:GetRole", quote(name), func(ctx context.Context) (*iam.GetRoleOutput, error) {
			return a.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(name)})
		})
		switch {
		case is(err, absent):
			return foundRole{}, nil
		case err != nil:
			return foundRole{}, err
		}
		role := asRole(out.Role)
		role.TagsRead = true
		return foundRole{role: role, exists: true}, nil
	})
}

// listRoles reads all roles of an account.
func (s *Source) listRoles(ctx context.Context, a *account, good func(time.Time) bool) ([]evidence.Role, time.Time, error) {
	return a.list.get(ctx, s.c.Now, good, func(ctx context.Context) ([]evidence.Role, error) {
		var all []evidence.Role
		err := s.eachRole(ctx, a, func(r *types.Role) { all = append(all, asRole(r)) })
		return all, err
	})
}

// eachRole gives every role. IAM may give fewer than asked for on a page.
func (s *Source) eachRole(ctx context.Context, a *account, f func(*types.Role)) error {
	n := 0
	in := &iam.ListRolesInput{MaxItems: aws.Int32(1000)}
	for {
		out, err := call(ctx, s.limits(), "iam:ListRoles", "", func(ctx context.Context) (*iam.ListRolesOutput, error) {
			return a.iam.ListRoles(ctx, in)
		})
		if err != nil {
			return err
		}
		for i := range out.Roles {
			f(&out.Roles[i])
		}
		n += len(out.Roles)
		s.progress("reading the roles of account %s: %d", a.id, n)
		if !out.IsTruncated || aws.ToString(out.Marker) == "" {
			return nil
		}
		in.Marker = out.Marker
	}
}

// asRole keeps what a diagnosis needs. ListRoles gives no tags, though the
// type has a place for them.
func asRole(from *types.Role) evidence.Role {
	arn, text := aws.ToString(from.Arn), aws.ToString(from.AssumeRolePolicyDocument)
	r := evidence.Role{
		ARN: arn, Name: aws.ToString(from.RoleName), Created: aws.ToTime(from.CreateDate).UTC(),
		MaxSessionDuration: int(aws.ToInt32(from.MaxSessionDuration)),
		Document: sync.OnceValues(func() (*policy.Document, error) {
			return evidence.ParsePolicy(arn, text)
		}),
	}
	for _, t := range from.Tags {
		if r.Tags == nil {
			r.Tags = make(map[string]string)
		}
		r.Tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return r
}

// isRole tells whether a text is the ARN of a role of the account, so that it
// can be asked for. It comes from a record, where a caller may have put it.
func (a *account) isRole(arn string) bool {
	return partOf(arn, 4) == a.id && strings.HasPrefix(partOf(arn, 5), "role/") && isRoleName(evidence.RoleName(arn))
}

// isRoleName is IAM's rule: 1 to 64 letters, digits and _+=,.@- (IAM API
// Reference, GetRole).
func isRoleName(name string) bool {
	return len(name) >= 1 && len(name) <= 64 && !strings.ContainsFunc(name, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && !strings.ContainsRune("_+=,.@-", r)
	})
}
