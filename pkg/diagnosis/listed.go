package diagnosis

import "strings"

// Listed tells whether a condition key is one of AWS's own, in any letter
// case: a name that says nothing of anybody. Of a key with a tag in it, as in
// aws:PrincipalTag/team, the part behind "/" is somebody's.
func Listed(key string) bool {
	_, listed := (&subject{in: &Input{}}).awsKey(strings.ToLower(key))
	return listed
}
