package remedy

import (
	"strings"

	"whydenied/pkg/policy"
)

// replacePrincipal names another federated principal.
func replacePrincipal(statement int, old, with string) step {
	return func(t *text) error {
		for _, n := range values(t.statement(statement).Get("Principal").Get("Federated")) {
			if n.Text == old {
				return t.splice(n.Start, n.End, quoted(with))
			}
		}
		return errPlace
	}
}

// copyStatement writes a statement again behind the last one; its Sid, which
// has to be the only one of its name, gets another. The copy trusts one
// provider alone.
func copyStatement(statement int, sid, provider string) step {
	return func(t *text) error {
		list := t.root().Get("Statement")
		st := t.statement(statement)
		if st == nil || list == nil {
			return errPlace
		}
		body := t.slice(st.Start, st.End)
		copied := &text{source: []byte(body)}
		if err := copied.retrust(sid, provider); err != nil {
			return err
		}
		return t.appendStatement(list, string(copied.source))
	}
}

// retrust makes a statement, which is the whole text, one of one provider.
func (t *text) retrust(sid, provider string) error {
	n := t.root().Get("Principal")
	if n == nil || n.Kind != policy.Object {
		return errPlace
	}
	federated := n.Get("Federated")
	if federated == nil {
		return errPlace
	}
	with := "{" + t.slice(n.Start+1, n.Members[0].Key.Start) + `"Federated"` + t.slice(n.Members[0].Key.End, n.Members[0].Value.Start) +
		quoted(provider) + t.slice(n.Members[len(n.Members)-1].Value.End, n.End)
	if err := t.splice(n.Start, n.End, with); err != nil {
		return err
	}
	if s := t.root().Get("Sid"); s != nil {
		return t.splice(s.Start, s.End, quoted(sid))
	}
	return nil
}

func (t *text) appendStatement(list *policy.Node, body string) error {
	if list.Kind != policy.Array {
		space := " "
		if l := t.layoutAt(list); l.newline != "" {
			space = l.newline + t.indentAt(list.Start)
		}
		return t.splice(list.Start, list.End, "["+t.slice(list.Start, list.End)+","+space+body+"]")
	}
	last := list.Elems[len(list.Elems)-1]
	space := " "
	if before := t.slice(list.Start+1, list.Elems[0].Start); strings.Contains(before, "\n") {
		space = before
	}
	return t.splice(last.End, last.End, ","+space+body)
}
