package evidence

import (
	"fmt"
	"slices"
	"time"

	"whydenied/pkg/policy"
)

// ChangeKind is what a [Change] did.
type ChangeKind uint8

// The changes that bear on a web identity: of a role, and of a provider.
const (
	RoleCreated ChangeKind = iota + 1
	RoleDeleted
	TrustPolicyUpdated
	ProviderCreated
	ProviderDeleted
	ClientIDAdded
	ClientIDRemoved
)

var changeKinds = map[string]ChangeKind{
	"CreateRole":                              RoleCreated,
	"DeleteRole":                              RoleDeleted,
	"UpdateAssumeRolePolicy":                  TrustPolicyUpdated,
	"CreateOpenIDConnectProvider":             ProviderCreated,
	"DeleteOpenIDConnectProvider":             ProviderDeleted,
	"AddClientIDToOpenIDConnectProvider":      ClientIDAdded,
	"RemoveClientIDFromOpenIDConnectProvider": ClientIDRemoved,
}

// Change is one successful change of a role or a provider.
type Change struct {
	Kind      ChangeKind
	Event     string // CloudTrail's eventName
	EventID   string
	Time      time.Time
	By        string // ARN of who made it; "" where the record has none
	UserAgent string
	InvokedBy string // the AWS service that called for By; "" where none did
	// FromConsole: the credentials were those of a session of AWS's console.
	FromConsole bool
	Role        string // role name, for a role's change
	Provider    string // provider ARN, for a provider's change
	ClientID    string
	// Policy is the trust policy that a role got; nil where the record does
	// not hold it in full.
	Policy *policy.Document
}

// AddEvent adds the change that a CloudTrail record tells of, if it is a
// successful one of a role or a provider of this account. The record may stand
// alone or in what LookupEvents or EventBridge put around it; name says in a
// note which record could not be read, and false that it could not. Call
// [Account.SortChanges] after the last one.
func (a *Account) AddEvent(name string, record []byte) bool {
	n, err := policy.ParseNode(name, record)
	if err != nil {
		a.Notes = append(a.Notes, fmt.Sprintf("%s is no CloudTrail record (%v): passed over", name, err))
		return false
	}
	return a.addChange(n, name)
}

// addChange keeps a successful change of this account, drops a failed one and
// anything else, and notes what it cannot read. It tells whether it could.
func (a *Account) addChange(n *policy.Node, path string) bool {
	n = unwrap(n)
	source, event, when := str(n, "eventSource"), str(n, "eventName"), str(n, "eventTime")
	t, err := time.Parse(time.RFC3339Nano, when)
	if source == "" || event == "" || err != nil {
		a.Notes = append(a.Notes, fmt.Sprintf("%s is no CloudTrail record (eventSource %q, eventName %q, eventTime %q): passed over", path, source, event, when))
		return false
	}
	kind, ok := changeKinds[event]
	if !ok || source != "iam.amazonaws.com" || str(n, "errorCode") != "" || str(n, "errorMessage") != "" {
		return true
	}
	// A trail of an organization holds the records of all its accounts.
	if account := str(n, "recipientAccountId"); account != "" && account != a.ID {
		return true
	}
	c := change(n, kind)
	c.Event, c.Time = event, t
	if c.Role == "" && kind <= TrustPolicyUpdated || c.Provider == "" && kind > TrustPolicyUpdated {
		a.Notes = append(a.Notes, fmt.Sprintf("%s (%s of %s) does not name what it changed: passed over", path, event, when))
		return false
	}
	a.Changes = append(a.Changes, c)
	return true
}

// change reads what CloudTrail recorded of the request. Its parameters are
// those of the IAM API in lower camel case.
func change(n *policy.Node, kind ChangeKind) Change {
	p := n.Get("requestParameters")
	c := Change{
		Kind: kind, EventID: str(n, "eventID"),
		By: str(n.Get("userIdentity"), "arn"), UserAgent: str(n, "userAgent"),
		InvokedBy: str(n.Get("userIdentity"), "invokedBy"), FromConsole: str(n, "sessionCredentialFromConsole") == "true",
		Role: str(p, "roleName"), Provider: str(p, "openIDConnectProviderArn"), ClientID: str(p, "clientID"),
	}
	if c.Provider == "" {
		// The request that creates a provider names its URL only.
		c.Provider = str(n.Get("responseElements"), "openIDConnectProviderArn")
	}
	text := str(p, "policyDocument")
	if kind == RoleCreated {
		text = str(p, "assumeRolePolicyDocument")
	}
	if text != "" {
		// A text that was cut short by CloudTrail does not parse, and counts
		// as one that is not held.
		c.Policy, _ = ParsePolicy(c.Role, text)
	}
	return c
}

// SortChanges puts the oldest first, and each once: what is put together from
// several files may hold a record twice. Times are to the second; among equal
// ones the order of the list counts, which LookupEvents gives newest first.
func (a *Account) SortChanges() {
	if n := len(a.Changes); n > 0 && a.Changes[0].Time.After(a.Changes[n-1].Time) {
		slices.Reverse(a.Changes)
	}
	type record struct{ id, event, at string } // an ID that stands on several is nobody's
	seen := make(map[record]bool, len(a.Changes))
	a.Changes = slices.DeleteFunc(a.Changes, func(c Change) bool {
		r := record{c.EventID, c.Event, c.Time.String()}
		again := seen[r]
		seen[r] = r.id != ""
		return again
	})
	slices.SortStableFunc(a.Changes, func(x, y Change) int { return x.Time.Compare(y.Time) })
	for i := range a.Changes {
		a.madeFirst(i)
	}
}

// madeFirst puts the creation of a role before its updates of the same second:
// a role is not made while it is there. One that was deleted in between was.
func (a *Account) madeFirst(at int) {
	c, to := a.Changes[at], at
	for i := at - 1; c.Kind == RoleCreated && i >= 0 && a.Changes[i].Time.Equal(c.Time); i-- {
		if o := &a.Changes[i]; o.Role == c.Role {
			if o.Kind != TrustPolicyUpdated {
				break // deleted, or made by another record
			}
			to = i
		}
	}
	if to < at {
		copy(a.Changes[to+1:at+1], a.Changes[to:at])
		a.Changes[to] = c
	}
}

// unwrap finds the record in what LookupEvents or EventBridge put around it.
func unwrap(n *policy.Node) *policy.Node {
	if d := n.Get("detail"); d != nil {
		return d
	}
	if s := n.Get("CloudTrailEvent"); s != nil {
		if inner, err := policy.ParseNode("", []byte(s.Text)); err == nil {
			return inner
		}
	}
	return n
}

func str(n *policy.Node, key string) string {
	if v := n.Get(key); v != nil && v.Kind == policy.String {
		return v.Text
	}
	return ""
}
