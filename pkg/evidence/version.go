package evidence

import (
	"encoding/json"
	"sort"

	"whydenied/pkg/policy"
)

// Version is a role's state at some time.
type Version struct {
	Missing bool             // there was no such role
	Policy  *policy.Document // nil where Missing, or where the text is not held
	Err     error            // why the policy cannot be evaluated
	Since   *Change          // the last change up to then; nil where none is recorded
}

// Held tells whether it is known what the version says.
func (v Version) Held() bool { return v.Missing || v.Policy != nil }

// same tells whether two versions are known to say the same.
func (v Version) same(o Version) bool {
	if v.Policy == nil || o.Policy == nil {
		return v.Missing && o.Missing
	}
	return canonical(v.Policy) == canonical(o.Policy)
}

// Made tells whether a version may be what a change of its role made: nothing
// shows that another came after it. Which one that was, CloudTrail may tell
// minutes later than IAM.
func (c *Change) Made(v Version) bool {
	switch {
	case v.Missing || c.Kind == RoleDeleted:
		return v.Missing && c.Kind == RoleDeleted
	case c.Policy == nil || v.Policy == nil:
		return true
	}
	return len(policy.Diff(c.Policy, v.Policy)) == 0
}

// canonical prints a document with every list sorted: the order of values and
// statements has no meaning in a trust policy, and IAM does not always give it
// back as it was written.
func canonical(doc *policy.Document) string {
	data, err := doc.MarshalJSON()
	var tree any
	if err != nil || json.Unmarshal(data, &tree) != nil {
		return string(doc.Source)
	}
	return printed(sorted(tree))
}

func sorted(tree any) any {
	switch tree := tree.(type) {
	case []any:
		for i := range tree {
			tree[i] = sorted(tree[i])
		}
		sort.Slice(tree, func(i, j int) bool { return printed(tree[i]) < printed(tree[j]) })
	case map[string]any:
		for k := range tree {
			tree[k] = sorted(tree[k])
		}
	}
	return tree
}

// printed is a tree as JSON, the keys of each object in order.
func printed(tree any) string {
	data, _ := json.Marshal(tree)
	return string(data)
}
