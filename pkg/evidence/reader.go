package evidence

import (
	"fmt"
	"strconv"
	"time"

	"whydenied/pkg/policy"
)

// reader collects the first error, so that the shape of the file can be
// spelt out without a check behind each line.
type reader struct{ err error }

func (r *reader) fail(n *policy.Node, path, format string, args ...any) {
	if r.err != nil {
		return
	}
	if path != "" {
		format, args = "%s: "+format, append([]any{path}, args...)
	}
	r.err = policy.Errorf(n.Pos, format, args...)
}

// at is the path of an object's key; the file's own object has no path.
func at(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// value is what an object has for a key; null counts as nothing, which is how
// tools print what they do not have.
func value(n *policy.Node, key string) *policy.Node {
	if v := n.Get(key); v != nil && v.Kind != policy.Null {
		return v
	}
	return nil
}

func (r *reader) object(n *policy.Node, path, expected string) {
	if n.Kind != policy.Object {
		r.fail(n, path, "found %s, expected %s", n.Kind, expected)
	} else if n.Duplicate != nil && r.err == nil {
		r.err = n.Duplicate
	}
}

// text reads a string, or nothing.
func (r *reader) text(n *policy.Node, path, key string) string {
	v := value(n, key)
	if v == nil {
		return ""
	}
	if v.Kind != policy.String {
		r.fail(v, at(path, key), "found %s, expected a string", v.Kind)
	}
	return v.Text
}

// need reads a string that has to be there.
func (r *reader) need(n *policy.Node, path, key, expected string) string {
	s := r.text(n, path, key)
	if s == "" {
		r.fail(n, at(path, key), "missing, expected %s", expected)
	}
	return s
}

func (r *reader) time(n *policy.Node, path, key string) time.Time {
	s := r.text(n, path, key)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		r.fail(n.Get(key), at(path, key), "found %q, expected a time such as 2026-03-12T09:41:27Z", s)
	}
	return t.UTC()
}

func (r *reader) seconds(n *policy.Node, path, key string) int {
	v := value(n, key)
	if v == nil {
		return 0
	}
	s, err := strconv.Atoi(v.Text)
	if v.Kind != policy.Number || err != nil {
		r.fail(v, at(path, key), "found %s, expected a whole number of seconds", found(v))
	}
	return s
}

func found(n *policy.Node) string {
	if n.Kind == policy.Number {
		return n.Text
	}
	return n.Kind.String()
}

// list calls f for each element of a list; read is false where there is none.
func (r *reader) list(n *policy.Node, path, key string, f func(e *policy.Node, path string)) (read bool) {
	v := value(n, key)
	if v == nil {
		return false
	}
	path = at(path, key)
	if v.Kind != policy.Array {
		r.fail(v, path, "found %s, expected a list", v.Kind)
		return false
	}
	for i, e := range v.Elems {
		f(e, fmt.Sprintf("%s[%d]", path, i))
	}
	return true
}

// texts reads a list of strings; nil is none at all.
func (r *reader) texts(n *policy.Node, path, key string) []string {
	var all []string
	read := r.list(n, path, key, func(e *policy.Node, path string) {
		if e.Kind != policy.String {
			r.fail(e, path, "found %s, expected a string", e.Kind)
		}
		all = append(all, e.Text)
	})
	if read && all == nil {
		return []string{}
	}
	return all
}
