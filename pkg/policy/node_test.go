package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/policy"
)

// places lists each node with its position and the bytes it was read from.
func places(n *policy.Node, data []byte) [][3]string {
	found := [][3]string{{n.Kind.String(), n.Pos.String(), string(data[n.Start:n.End])}}
	for _, m := range n.Members {
		found = append(found, places(m.Key, data)...)
		found = append(found, places(m.Value, data)...)
	}
	for _, e := range n.Elems {
		found = append(found, places(e, data)...)
	}
	return found
}

func TestNodePlaces(t *testing.T) {
	for _, tt := range []struct {
		label, text string
		want        [][3]string
	}{
		{"every kind", `{"a": [1.50, true, null], "b" : "x"}`, [][3]string{
			{"an object", "f:1:1", `{"a": [1.50, true, null], "b" : "x"}`},
			{"a string", "f:1:2", `"a"`},
			{"a list", "f:1:7", `[1.50, true, null]`},
			{"a number", "f:1:8", `1.50`},
			{"true or false", "f:1:14", `true`},
			{"null", "f:1:20", `null`},
			{"a string", "f:1:27", `"b"`},
			{"a string", "f:1:33", `"x"`},
		}},
		{"characters wider than a byte", `["é", "日本", "😀", 1]`, [][3]string{
			{"a list", "f:1:1", `["é", "日本", "😀", 1]`},
			{"a string", "f:1:2", `"é"`},
			{"a string", "f:1:7", `"日本"`},
			{"a string", "f:1:13", `"😀"`},
			{"a number", "f:1:18", `1`},
		}},
		{"carriage returns", "[\r\n  1,\r\n\t2]", [][3]string{
			{"a list", "f:1:1", "[\r\n  1,\r\n\t2]"},
			{"a number", "f:2:3", "1"},
			{"a number", "f:3:2", "2"},
		}},
		{"a byte order mark", "\ufeff{\"a\":\n1}", [][3]string{
			{"an object", "f:1:1", "{\"a\":\n1}"},
			{"a string", "f:1:2", `"a"`},
			{"a number", "f:2:1", "1"},
		}},
	} {
		n, err := policy.ParseNode("f", []byte(tt.text))
		if err != nil {
			t.Fatalf("%s: %v", tt.label, err)
		}
		if diff := cmp.Diff(tt.want, places(n, []byte(tt.text))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.label, diff)
		}
	}
}

func TestNodeTexts(t *testing.T) {
	n, err := policy.ParseNode("", []byte(`{"k": ["\u00e9\n\"", 1E+2, false], "k": 1, "n": {"d": 1, "d": 2}}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range n.Get("k").Elems {
		got = append(got, e.Text)
	}
	if diff := cmp.Diff([]string{"é\n\"", "1E+2", "false"}, got); diff != "" {
		t.Errorf("strings decoded, the rest as written (-want +got):\n%s", diff)
	}
	if n.Get("missing") != nil || n.Get("k").Get("x") != nil || (*policy.Node)(nil).Get("k") != nil {
		t.Error("want nil for what an object, or nothing, does not have")
	}
	want := `1:36: key "k" stands twice in one object, first on line 1`
	if len(n.Members) != 2 || n.Duplicate == nil || n.Duplicate.Error() != want {
		t.Errorf("want two members and %q, got %d and %v", want, len(n.Members), n.Duplicate)
	}
	if n.Get("n").Duplicate == nil {
		t.Error("want the duplicate in an inner object marked on that object")
	}
}

func TestPos(t *testing.T) {
	for _, tt := range []struct {
		pos  policy.Pos
		want string
	}{
		{policy.Pos{}, ""},
		{policy.Pos{File: "f"}, "f"},
		{policy.Pos{Line: 2, Column: 3}, "2:3"},
		{policy.Pos{File: "f", Line: 2, Column: 3}, "f:2:3"},
	} {
		if got := tt.pos.String(); got != tt.want {
			t.Errorf("want %q, got %q", tt.want, got)
		}
	}
	if got := (&policy.ParseError{Text: "no place"}).Error(); got != "no place" {
		t.Errorf("want the text alone where there is no place, got %q", got)
	}
}
