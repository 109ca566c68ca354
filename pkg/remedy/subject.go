package remedy

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

var stringEquals, _, _ = policy.ParseOperator("StringEquals")
var stringLike, _, _ = policy.ParseOperator("StringLike")

// subjectDrafts see to a subject that is not the one expected.
func (f *finder) subjectDrafts(c *diagnosis.Cause) ([]draft, string) {
	k := f.condition(c)
	switch {
	case k == nil || len(c.Presented) != 1 || !isText(k.Operator) && !isARN(k.Operator):
		return nil, "the condition on sub lists no names that get in, and has to be decided by hand"
	case slices.Contains(c.Hints, diagnosis.HintAudSubSwapped):
		return f.swapDrafts(c, k)
	}
	if reason := f.unknownOwner(k); reason != "" {
		return nil, reason
	}
	presented := c.Presented[0]
	if f.issuer.Shape(presented) != presented {
		return f.shapeDrafts(c, k)
	}
	exact, ok := f.exactDraft(c, k, presented)
	if !ok {
		return nil, "the presented subject cannot be written to the letter in a document of this version"
	}
	pattern, ok := f.patternDraft(c, k)
	switch {
	case !ok:
		return []draft{exact}, ""
	case pattern.whole:
		return []draft{pattern.draft, exact}, ""
	default:
		return []draft{exact, pattern.draft}, ""
	}
}

// exactDraft writes the presented subject: in the place of an expected value
// that no token can have, or of the same name in another writing, else beside
// it. Under an operator for ARNs, which no subject is, it changes that too.
func (f *finder) exactDraft(c *diagnosis.Cause, k *policy.Condition, presented string) (draft, bool) {
	if isARN(k.Operator) {
		return f.textDraft(c, k, presented)
	}
	value, ok := literal(presented, k.Operator, f.doc.Version)
	dr := draft{admits: value, operator: k.Operator, warnings: f.warnings(c)}
	if f.replaceable(c, k) {
		dr.kind = KindCorrect
		dr.title = fmt.Sprintf("Write %q in the place of %q", cut(presented), cut(c.Nearest))
		dr.steps = []step{replaceValue(c.Statement, k.Operator.Text, k.Key.Text, c.Nearest, value)}
		dr.gone = []string{sampleOf(c.Nearest, k.Operator)}
		return dr, ok
	}
	dr.kind = KindAdd
	dr.title = fmt.Sprintf("Admit %q beside the present subjects", cut(presented))
	dr.steps = []step{addValue(c.Statement, k.Operator.Text, k.Key.Text, value)}
	return dr, ok
}

// textDraft tests a subject, which is no ARN, under an operator for texts. The
// other values stay: nobody came by them, and whoever wrote them meant them.
func (f *finder) textDraft(c *diagnosis.Cause, k *policy.Condition, presented string) (draft, bool) {
	op := stringEquals
	if slices.ContainsFunc(k.Values, func(v policy.Value) bool { return policy.IsGlob(v.Text) }) {
		op = stringLike
	}
	value, ok := literal(presented, op, f.doc.Version)
	list := texts(k)
	if !slices.Contains(list, value) {
		list = append(list, value)
	}
	return draft{
		title: fmt.Sprintf("Test sub under %s, with %q among its values", op, cut(presented)), kind: KindCorrect,
		steps:  []step{moveCondition(c.Statement, k.Operator.Text, k.Key.Text, op.String(), list)},
		admits: value, operator: op, mends: true, warnings: f.warnings(c),
	}, ok
}

func texts(k *policy.Condition) []string {
	list := make([]string, len(k.Values))
	for i, v := range k.Values {
		list[i] = v.Text
	}
	return list
}

// mergeQueue begins the names of the branches that GitHub's merge queue makes,
// as in "gh-readonly-queue/main/pr-7-8f1c0de" (GitHub Docs, "Managing a merge
// queue").
const mergeQueue = "gh-readonly-queue/"

// warnings say what a subject stands for that its name does not show.
func (f *finder) warnings(c *diagnosis.Cause) []string {
	var said []string
	if strings.Contains(c.Nearest, "${") {
		said = append(said, "the present value rests on a policy variable: confirm that this caller is meant")
	} else if r := f.issuer.ReadPattern(c.Nearest); r.Resource() != "" && !diagnosis.SameName(r.Resource(), f.reading.Resource()) && !policy.IsGlob(r.Resource()) {
		said = append(said, fmt.Sprintf("%q is another resource than %q: confirm that it is meant", cut(f.reading.Resource()), cut(r.Resource())))
	}
	switch f.reading.Kind {
	case oidc.KindEnvironment:
		if strings.HasPrefix(f.issuer.Name, "GitHub") {
			said = append(said, "a job of any branch that may use this environment gets this subject: limit the environment to the branches that are meant")
		}
	case oidc.KindBranch:
		if branch, _ := f.reading.Get("branch"); strings.HasPrefix(f.issuer.Name, "GitHub") && strings.HasPrefix(branch, mergeQueue) {
			said = append(said, "GitHub's merge queue makes this branch for one entry of the queue alone: the next has another name, so that this helps no later run; a job that names an environment has a subject that stays")
		}
	case oidc.KindPullRequest:
		said = append(said, "every pull request of this repository gets this subject, whatever its branch holds")
	case oidc.KindCustom:
		if strings.Contains(f.in.Denial.Subject.Value, ":pull_request") || strings.Contains(f.in.Denial.Subject.Value, "refs/pull/") {
			said = append(said, "this subject is that of a pull request, whatever its branch holds")
		}
	}
	return said
}
