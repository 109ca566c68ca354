package policy

// State is what is known of a key in a request. The zero State is Hidden.
type State uint8

// The states.
const (
	// Hidden: the key may or may not be in the request, with any value.
	Hidden State = iota
	// Absent: the key is not in the request.
	Absent
	// Present: the key is in the request, with the values given.
	Present
)

// String is "hidden", "absent" or "present".
func (s State) String() string {
	return [...]string{"hidden", "absent", "present"}[s]
}

// Attr is a condition key's part in a request. The zero Attr is hidden.
type Attr struct {
	State  State
	Values []string // of a present key
	// Multi marks a key that AWS documents as multivalued. How such a key
	// compares without ForAllValues or ForAnyValue is not documented, so a
	// condition that does it is unknown.
	Multi bool
}

// One is a present key with a single value.
func One(v string) Attr { return Attr{State: Present, Values: []string{v}} }

// Request is what a policy is asked about.
type Request struct {
	// Action is the call, such as "sts:AssumeRoleWithWebIdentity".
	Action string
	// Provider is the federated principal: a provider ARN, or a built-in
	// provider's host; "" where it is not known.
	Provider string
	// Keys are the condition keys by their names in lower case. One that is
	// not listed is hidden.
	Keys map[string]Attr
}
