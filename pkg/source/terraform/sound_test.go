package terraform_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whydenied/pkg/policy"
	"whydenied/pkg/source"
	"whydenied/pkg/source/terraform"
)

// twin is a module written twice: once as the reader gets it, with parts that
// it cannot know, and once with these parts spelt out.
type twin struct {
	t         *rapid.T
	open, all strings.Builder
	variables int
}

func (w *twin) both(format string, args ...any) {
	w.each(fmt.Sprintf(format, args...), fmt.Sprintf(format, args...))
}

func (w *twin) each(open, all string) {
	w.open.WriteString(open)
	w.all.WriteString(all)
}

func (w *twin) pick(name string, from ...string) string {
	return rapid.SampledFrom(from).Draw(w.t, name)
}

// text is an expression for one of the texts: a literal, a variable, or both
// in one string.
func (w *twin) text(from ...string) (open, all string) {
	text := w.pick("text", from...)
	literal := fmt.Sprintf("%q", text)
	if w.pick("known", "known", "known", "not") == "known" {
		return literal, literal
	}
	w.variables++
	switch cut := rapid.IntRange(0, len(text)).Draw(w.t, "cut"); w.pick("how", "variable", "start", "end") {
	case "start":
		return fmt.Sprintf(`"%s${var.v%d}"`, text[:cut], w.variables), literal
	case "end":
		return fmt.Sprintf(`"${var.v%d}%s"`, w.variables, text[cut:]), literal
	}
	return fmt.Sprintf("var.v%d", w.variables), literal
}

func (w *twin) value(from ...string) { w.each(w.text(from...)) }

// lists are one or several values; sometimes not even their number is known.
func (w *twin) list(from ...string) {
	if w.pick("list", "written", "written", "written", "not") == "not" {
		w.variables++
		w.each(fmt.Sprintf("var.v%d", w.variables), `["`+strings.Join(from[:rapid.IntRange(0, len(from)-1).Draw(w.t, "length")], `", "`)+`x"]`)
		return
	}
	w.both("[")
	for range rapid.IntRange(1, 2).Draw(w.t, "values") {
		w.value(from...)
		w.both(", ")
	}
	w.both("]")
}

var (
	actions    = []string{"sts:AssumeRole", "sts:*", "sts:TagSession"}
	principals = []string{"p", "q"}
	operators  = []string{"StringEquals", "StringNotEquals", "StringLike"}
	keys       = []string{"k1", "k2"}
	words      = []string{"a", "b", "ab", "*"}
)

// key is the left side in an object.
func (w *twin) key(from ...string) {
	open, all := w.text(from...)
	if !strings.HasPrefix(open, `"`) {
		open = "(" + open + ")"
	}
	w.each(open, all)
}

// encoded is a statement for jsonencode.
func (w *twin) encoded() {
	w.both("{\n Effect = ")
	w.value("Allow", "Deny")
	w.both("\n Principal = { ")
	w.key("Federated", "AWS")
	w.both(" = ")
	w.list(principals...)
	w.both(" }\n Action = ")
	w.list(actions...)
	w.both("\n Condition = {\n")
	for range rapid.IntRange(0, 2).Draw(w.t, "operators") {
		w.key(operators...)
		w.both(" = {\n")
		for range rapid.IntRange(1, 2).Draw(w.t, "keys") {
			w.key(keys...)
			w.both(" = ")
			w.list(words...)
			w.both("\n")
		}
		w.both("}\n")
	}
	w.both("}\n}")
}

// block is a statement for the data source.
func (w *twin) block() {
	w.both("statement {\n sid = ")
	w.value("", "A", "B")
	w.both("\n effect = ")
	w.value("Allow", "Deny")
	w.both("\n actions = ")
	w.list(actions...)
	w.both("\n principals {\n type = ")
	w.value("Federated", "AWS")
	w.both("\n identifiers = ")
	w.list(principals...)
	w.both("\n}\n")
	w.conditions()
	w.both("}\n")
}

// plain is a statement that rests on its conditions alone.
func (w *twin) plain() {
	w.both("statement {\n actions = [\"sts:*\"]\n principals {\n type = \"Federated\"\n identifiers = [\"p\", \"q\"]\n}\n")
	w.conditions()
	w.both("}\n")
}

func (w *twin) conditions() {
	for range rapid.IntRange(0, 3).Draw(w.t, "conditions") {
		if w.pick("block", "static", "static", "dynamic") == "dynamic" {
			w.dynamic()
			continue
		}
		w.both("condition {\n test = ")
		w.value(operators...)
		w.both("\n variable = ")
		w.value(keys...)
		w.both("\n values = ")
		w.list(words...)
		w.both("\n}\n")
	}
}

// dynamic is a block that stands for none, one or two.
func (w *twin) dynamic() {
	test, variable := w.pick("test", operators...), w.pick("variable", keys...)
	w.variables++
	w.open.WriteString(fmt.Sprintf("dynamic \"condition\" {\n for_each = var.v%d\n content {\n test = %q\n variable = %q\n values = [condition.value]\n}\n}\n", w.variables, test, variable))
	for range rapid.IntRange(0, 2).Draw(w.t, "times") {
		w.all.WriteString(fmt.Sprintf("condition {\n test = %q\n variable = %q\n values = [%q]\n}\n", test, variable, w.pick("value", words...)))
	}
}

func (w *twin) document(name string, arguments func()) {
	w.both("data \"aws_iam_policy_document\" %q {\n", name)
	arguments()
	for range rapid.IntRange(0, 2).Draw(w.t, "statements") {
		w.block()
	}
	w.both("}\n")
}

const roleOfD = "resource \"aws_iam_role\" \"r\" {\n assume_role_policy = data.aws_iam_policy_document.d.json\n}\n"

// draw writes a module in one of the forms.
func (w *twin) draw() {
	if w.pick("form", "jsonencode", "data") == "jsonencode" {
		w.both("resource \"aws_iam_role\" \"r\" {\n assume_role_policy = jsonencode({\n Version = ")
		w.value(policy.Version2012, policy.Version2008)
		w.both("\n Statement = [")
		for range rapid.IntRange(1, 2).Draw(w.t, "statements") {
			w.encoded()
			w.both(", ")
		}
		w.both("] })\n}\n")
		return
	}
	if w.pick("statements", "any", "plain") == "plain" {
		w.both("data \"aws_iam_policy_document\" \"d\" {\n")
		w.plain()
		w.both("}\n" + roleOfD)
		return
	}
	w.document("other", func() {})
	w.document("d", func() {
		for _, argument := range []string{"source_policy_documents", "override_policy_documents"} {
			known := argument + " = [data.aws_iam_policy_document.other.json]\n"
			switch w.pick(argument, "none", "known", "not") {
			case "known":
				w.both("%s", known)
			case "not":
				w.each(argument+" = [var.documents]\n", known)
			}
		}
	})
	w.both(roleOfD)
}

// What the reader does not know never decides: what it calls true or false
// stays so, whatever the unknown parts turn out to be.
func TestUnknownNeverDecides(t *testing.T) {
	decided := 0
	rapid.Check(t, func(t *rapid.T) {
		w := twin{t: t}
		w.draw()
		open, err := terraform.Parse("open.tf", []byte(w.open.String()), source.Deployment{})
		if err != nil && strings.Contains(err.Error(), "not Terraform") {
			t.Fatalf("%v in\n%s", err, w.open.String())
		}
		all, allErr := terraform.Parse("all.tf", []byte(w.all.String()), source.Deployment{})
		if allErr != nil || err != nil {
			return // a sid twice, an element with two values
		}
		for range 4 {
			req := &policy.Request{Action: "sts:AssumeRole", Provider: w.pick("provider", principals...), Keys: map[string]policy.Attr{}}
			for _, k := range keys {
				req.Keys[k] = policy.Attr{State: policy.Absent}
				if v := w.pick(k, append([]string{"absent"}, words...)...); v != "absent" {
					req.Keys[k] = policy.One(v)
				}
			}
			a, b := policy.Evaluate(open[0].Policy, req), policy.Evaluate(all[0].Policy, req)
			if a != policy.Unknown && a == b.Not() {
				t.Fatalf("%s with parts unknown, %s when all is known, for %v:\n%s\n%s", a, b, req, w.open.String(), w.all.String())
			}
			if a != policy.Unknown && w.variables > 0 {
				decided++
			}
		}
	})
	if decided == 0 {
		t.Error("no case with something unknown was decided: the test shows nothing")
	}
}
