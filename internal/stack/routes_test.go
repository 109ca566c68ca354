package stack_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"whydenied/pkg/alert"
)

// Of all that the function takes for rules, the template and the module refuse
// nothing. What they take and the function refuses is what they say that they
// do not see.

// unseen are the reasons of ParseRoutes for what the template's pattern takes:
// those that its ConstraintDescription names.
var unseen = []string{
	"after array element", "after object key:value pair", // a comma is missing
	"invalid character ',' looking for beginning of", // one stands first, or after another
	"stands in it twice", "it says nowhere to go", "is never reached",
}

// unseenByModule is left of these where Terraform reads the JSON.
var unseenByModule = []string{"stands in it twice"}

// takers say of rules what is said by the function, by the template and by the
// module.
func takers(t *testing.T) (function func(string) error, template, module func(string) bool) {
	t.Helper()
	pattern := regexp.MustCompile(parse(t, "template.yaml").Parameters["Routes"].Pattern)
	var variable *hclsyntax.Block
	for _, block := range readModule(t, "deploy/terraform").blocks["variable"] {
		if block.Labels[0] == "routes" {
			variable = block
		}
	}
	return func(text string) error {
			_, err := alert.ParseRoutes([]byte(text))
			return err
		}, pattern.MatchString, func(text string) bool {
			return valid(t, variable, map[string]cty.Value{"routes": cty.StringVal(text)})
		}
}

func TestRoutesPattern(t *testing.T) {
	function, template, module := takers(t)
	for _, tt := range []struct {
		label, rules                    string
		function, template, terraformed bool
	}{
		{"none", `[]`, true, true, true},
		{"for all", `[{"mention": "here"}]`, true, true, true},
		{"each form", "\n[ {\"match\": {\"account\": \"111122223333\", \"role\": \"/ci/*\", \"tags\": {\"équipe\": \"p?y <*>\"}} ,\t\"slackChannel\":\"C0123456789\", \"mention\": \"S0123456789\"},\r\n {\"topicArn\": \"arn:aws-cn:sns:cn-north-1:111122223333:d\", \"slackChannel\": \"\", \"match\": {\"tags\": {}, \"role\": \"a\"}} ]\n", true, true, true},
		{"another order", `[{"mention": "U0123456789", "match": {"tags": {"a": "b"}, "account": "111122223333"}}]`, true, true, true},
		{"null", `null`, false, false, false},
		{"an object", `{}`, false, false, false},
		{"an empty object in it", `[{}]`, false, true, false},
		{"a list in it", `[[]]`, false, false, false},
		{"not closed", `[{]`, false, false, false},
		{"cut", `[{"match": {"role": "a"}, "mention": "he`, false, false, false},
		{"quotes lost", `[{match: {role: a}, mention: here}]`, false, false, false},
		{"a comma at the end", `[{"mention": "here"},]`, false, false, false},
		{"a comma at the end within", `[{"mention": "here",}]`, false, false, false},
		{"no comma", `[{"match": {"role": "a"} "mention": "here"}]`, false, true, false},
		{"a comma first", `[,{"mention": "here"}]`, false, true, false},
		{"two commas", `[{"match": {"role": "a"},, "mention": "here"}]`, false, true, false},
		{"more", `[] []`, false, false, false},
		{"misspelled", `[{"match": {"acount": "111122223333"}, "mention": "here"}]`, false, false, false},
		{"in other letters", `[{"match": {"Role": "a"}, "mention": "here"}]`, false, false, false},
		{"of another place", `[{"role": "a", "mention": "here"}]`, false, false, false},
		{"twice", `[{"match": {"role": "a", "role": "b"}, "mention": "here"}]`, false, true, true},
		{"a number", `[{"match": {"account": 111122223333}, "mention": "here"}]`, false, false, false},
		{"null for a text", `[{"match": {"role": null}, "mention": "here"}]`, false, false, false},
		{"null for an object", `[{"match": null, "mention": "here"}]`, false, false, false},
		{"a list for an object", `[{"match": [], "mention": "here"}]`, false, false, false},
		{"a list of tags", `[{"match": {"tags": []}, "mention": "here"}]`, false, false, false},
		{"an account's name", `[{"match": {"account": "prod"}, "mention": "here"}]`, false, false, false},
		{"an empty account", `[{"match": {"account": ""}, "mention": "here"}]`, false, false, false},
		{"an empty role", `[{"match": {"role": ""}, "mention": "here"}]`, false, false, false},
		{"a role with a space", `[{"match": {"role": "a b"}, "mention": "here"}]`, false, false, false},
		{"a path without its slash", `[{"match": {"role": "ci/*"}, "mention": "here"}]`, false, false, false},
		{"an empty tag", `[{"match": {"tags": {"a": ""}}, "mention": "here"}]`, false, false, false},
		{"a tag without a key", `[{"match": {"tags": {"": "a"}}, "mention": "here"}]`, false, false, false},
		{"a tag's number", `[{"match": {"tags": {"tier": 1}}, "mention": "here"}]`, false, false, false},
		{"an escape", `[{"match": {"role": "\/ci"}, "mention": "here"}]`, false, false, false},
		{"an escape in a tag", `[{"match": {"tags": {"a": "\u00e9"}}, "mention": "here"}]`, false, false, false},
		{"a line's end in a tag", "[{\"match\": {\"tags\": {\"a\": \"\n\"}}, \"mention\": \"here\"}]", false, false, false},
		{"a channel's name", `[{"slackChannel": "#alerts"}]`, false, false, false},
		{"a webhook", `[{"slackChannel": "https://hooks.slack.com/services/T0/B0/x"}]`, false, false, false},
		{"a person's name", `[{"mention": "@ana"}]`, false, false, false},
		{"a queue", `[{"topicArn": "arn:aws:sqs:eu-west-1:111122223333:q"}]`, false, false, false},
		{"a FIFO topic", `[{"topicArn": "arn:aws:sns:eu-west-1:111122223333:q.fifo"}]`, false, false, false},
		{"nowhere", `[{"match": {"role": "a"}}]`, false, true, false},
		{"nowhere, and says so", `[{"match": {"role": "a"}, "mention": ""}]`, false, true, false},
		{"never reached", `[{"match": {"tags": {}}, "mention": "here"}, {"mention": "here"}]`, false, true, false},
	} {
		err := function(tt.rules)
		if got := template(tt.rules); (err == nil) != tt.function || got != tt.template {
			t.Errorf("%s: the function takes it: %v (%v), the template: %v, want %v and %v", tt.label, err == nil, err, got, tt.function, tt.template)
		}
		if got := module(tt.rules); got != tt.terraformed {
			t.Errorf("%s: the module takes it: %v, want %v", tt.label, got, tt.terraformed)
		}
	}
}

// Rules of every form, and what one slip of the hand makes of them.
func TestRoutesPatternOnSlips(t *testing.T) {
	function, template, module := takers(t)
	dice := rand.New(rand.NewPCG(5, 16))
	good, bad := 0, map[string]int{}
	judge := func(text string) {
		err := function(text)
		for by, takes := range map[string]bool{"the template": template(text), "the module": module(text)} {
			expected := unseen
			if by == "the module" {
				expected = unseenByModule
			}
			known := err != nil && slices.ContainsFunc(expected, func(reason string) bool { return strings.Contains(err.Error(), reason) })
			if takes != (err == nil) && !(takes && known) {
				t.Errorf("%s takes %q: %v, the function: %v", by, text, takes, err)
			}
		}
		if err == nil {
			good++
		} else if template(text) { // by what it does not see
			bad["passed"]++
		} else {
			bad["refused"]++
		}
	}
	for range 40 {
		text := someRules(dice)
		if err := function(text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		judge(text)
		for range 25 {
			judge(slip(dice, text))
		}
	}
	if good < 80 || bad["refused"] < 300 || bad["passed"] < 5 {
		t.Errorf("%d texts were good, %v were not: want more of each", good, bad)
	}
}

// slip leaves out a part of a text, or puts another one in its place or beside it.
func slip(dice *rand.Rand, text string) string {
	at, length := dice.IntN(len(text)), dice.IntN(3)
	rest := text[min(at+length, len(text)):]
	pieces := []string{"", "", `"`, `,`, `:`, `{`, `}`, `[`, `]`, ` `, "\n", `\`, `/`, `x`, `C`, `0`, `null`, `1`, `{}`, `""`, `"match": {}`, `, "mention": "here"`}
	return strings.ToValidUTF8(text[:at]+pieces[dice.IntN(len(pieces))]+rest, "")
}

// someRules are good ones, with blanks wherever JSON lets them stand.
func someRules(dice *rand.Rand) string {
	blank := func() string { return []string{"", "", " ", "\n\t", "\r\n  "}[dice.IntN(5)] }
	pick := func(values ...string) string { return `"` + values[dice.IntN(len(values))] + `"` }
	join := func(open string, parts []string, end string) string {
		dice.Shuffle(len(parts), func(i, k int) { parts[i], parts[k] = parts[k], parts[i] })
		return open + blank() + strings.Join(parts, blank()+","+blank()) + blank() + end
	}
	some := func(most int, all ...string) []string {
		dice.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		return all[:min(dice.IntN(most+1), len(all))]
	}
	member := func(key, value string) string { return `"` + key + `"` + blank() + ":" + blank() + value }
	var rules []string
	for range 1 + dice.IntN(3) {
		tags := some(2, member("team", pick("pay*", "größe", "a/b=c@d")), member("cost center", pick("*", "1")))
		match := append(some(2, member("account", pick("111122223333", "000000000000")), member("tags", join("{", tags, "}"))),
			member("role", pick("*", "deploy-*", "/ci/*", "/", "a+b=c,d.e@f_g?")))
		members := append(some(2, member("slackChannel", pick("C0123456789", "G012345", "")), member("topicArn", pick("arn:aws:sns:eu-west-1:111122223333:data_x-1", ""))),
			member("mention", pick("here", "channel", "everyone", "U0123456789", "S012345")), member("match", join("{", match, "}")))
		rules = append(rules, join("{", members, "}"))
	}
	return blank() + join("[", rules, "]") + blank()
}
