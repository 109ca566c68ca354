package inset_test

import (
	"strings"
	"testing"

	"whydenied/pkg/policy"
	"whydenied/pkg/source/inset"
)

// text makes a Text of a file in which "<…>" is an expression that is not
// known, and everything else stands for itself.
func text(file string) *inset.Text {
	t := &inset.Text{File: inset.NewFile("f", []byte(file))}
	rest, at := file, 0
	for rest != "" {
		literal, hole, found := strings.Cut(rest, "<")
		t.Add(literal, at, at+len(literal))
		at += len(literal)
		if !found {
			break
		}
		source, after, _ := strings.Cut(hole, ">")
		t.AddUnknown("<"+source+">", at)
		at += len(source) + 2
		rest = after
	}
	return t
}

func TestJSON(t *testing.T) {
	for _, tt := range []struct{ label, reason, file, want string }{
		{"in a string", "the string as a whole is not known", `{"a": "x<b>y"}`, `{a 1:2: «x<b>y» 1:7}`},
		{"a whole string", "as above", `{"a": "<b>"}`, `{a 1:2: «<b>» 1:7}`},
		{"in a key", "as above", `{"<a>:sub": "x"}`, `{«<a>:sub» 1:2: x 1:13}`},
		{"for a value", "it stands outside of every string", `{"a": <b>}`, `{a 1:2: «<b>» 1:7}`},
		{"in a list", "it may be several values", `["a", <b>]`, `[a 1:2 «<b>» 1:7]`},
		{"after an escape", "a quote that is escaped ends no string", `["\"<b>", "é", 7]`, `[«\"<b>» 1:2 é 1:11 7 1:16]`},
		{"escaped backslash", "the quote behind it does", `["\\", <b>]`, `[\ 1:2 «<b>» 1:8]`},
		{"for several members", "the rest is no JSON without it", `{"a": 1, <b>}`, `«{"a": 1, <b>}» 9:9`},
		{"alone", "it is a value", `<b>`, `«<b>» 1:1`},
		{"lines", "positions are the file's own", "[\n  \"é\",\n  {\"a\": \"b\"}]", `[é 2:3 {a 3:4: b 3:9}]`},
		{"private use", "the text's own are no marks", "[\"\ue000\", \"\ue001<b>\", \"\\ue002\"]", "[\ue000 1:2 «\ue001<b>» 1:7 \ue002 1:15]"},
		{"twice", "both places are the file's", "{\"a\": \"<b>\",\n\"a\": 1}", `{a 1:2: «<b>» 1:7 f:2:1: key "a" stands twice in one object, first on line 1}`},
	} {
		t.Run(tt.label, func(t *testing.T) {
			n, err := text(tt.file).JSON(policy.Pos{Line: 9, Column: 9})
			if err != nil {
				t.Fatal(err)
			}
			if got := show(n); got != tt.want {
				t.Errorf("%s\nwant %s\ngot  %s", tt.reason, tt.want, got)
			}
		})
	}
}

func show(n *policy.Node) string {
	n.Pos.File = ""
	parts := []string{}
	for _, m := range n.Members {
		parts = append(parts, show(m.Key)+": "+show(m.Value))
	}
	for _, e := range n.Elems {
		parts = append(parts, show(e))
	}
	if n.Duplicate != nil {
		parts = append(parts, n.Duplicate.Error())
	}
	switch n.Kind {
	case policy.Object:
		return "{" + strings.Join(parts, " ") + "}"
	case policy.Array:
		return "[" + strings.Join(parts, " ") + "]"
	case policy.Unresolved:
		return "«" + n.Text + "» " + n.Pos.String()
	default:
		return n.Text + " " + n.Pos.String()
	}
}

func TestJSONErrors(t *testing.T) {
	for _, tt := range []struct{ label, file, want string }{
		{"trailing comma", "[\n  \"<a>\",\n]", "f:3:1: not JSON: "},
		{"cut off", "[\n  1", "f:2:3: the JSON ends too early"},
		{"empty", "", "f:1:1: empty"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			_, err := text(tt.file).JSON(policy.Pos{})
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("want %s, got %v", tt.want, err)
			}
		})
	}
}

// A decoded string is found in its spelling in the file.
func TestAdd(t *testing.T) {
	for _, tt := range []struct{ label, reason, file, text, want string }{
		{"escapes", "the backslashes are not in the text", `{\"a\": \"b\"}`, `{"a": "b"}`, `{a 1:3: b 1:10}`},
		{"indentation", "a block of YAML and a heredoc lose it", "  {\n     \"a\": 1}", "{\n\"a\": 1}", `{a 2:6: 1 2:11}`},
		{"folded", "YAML makes one line of several", "[\"a\",\n \"b\"]", `["a", "b"]`, `[a 1:2 b 2:2]`},
		{"another spelling", "all of it lies at the start", `\u005b1, 2]`, "[1, 2]", `[1 1:1 2 1:1]`},
	} {
		t.Run(tt.label, func(t *testing.T) {
			x := &inset.Text{File: inset.NewFile("", []byte(tt.file))}
			x.Add(tt.text, 0, len(tt.file))
			n, err := x.JSON(policy.Pos{})
			if err != nil {
				t.Fatal(err)
			}
			if got := show(n); got != tt.want {
				t.Errorf("%s\nwant %s\ngot  %s", tt.reason, tt.want, got)
			}
		})
	}
}

func TestNode(t *testing.T) {
	if got := show(text("a b").Node(policy.Pos{Line: 1, Column: 2})); got != "a b 1:2" {
		t.Errorf("want the text, got %s", got)
	}
	if got := show(text("a <b>\n c").Node(policy.Pos{Line: 1, Column: 2})); got != "«a <b> c» 1:2" {
		t.Errorf("want an unresolved text on one line, got %s", got)
	}
	if got, want := inset.OneLine(strings.Repeat("é ", 9999)), 301; len([]rune(got)) != want {
		t.Errorf("want %d characters, got %d", want, len([]rune(got)))
	}
}

func TestOffset(t *testing.T) {
	f := inset.NewFile("f", []byte("\ufeffé\nab"))
	for _, tt := range []struct{ line, column, want int }{{1, 1, 0}, {1, 2, 2}, {1, 9, 2}, {2, 2, 4}, {9, 1, 5}, {0, 0, 0}} {
		if got := f.Offset(tt.line, tt.column); got != tt.want {
			t.Errorf("%d:%d: want %d, got %d", tt.line, tt.column, tt.want, got)
		}
	}
	for _, tt := range []struct {
		offset int
		want   string
	}{{4, "f:2:2"}, {0, "f:1:1"}, {2, "f:1:2"}, {99, "f:2:3"}, {-1, "f:1:1"}} {
		if got := f.Pos(tt.offset).String(); got != tt.want {
			t.Errorf("%d: want %s, got %s", tt.offset, tt.want, got)
		}
	}
}
