package stack_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/internal/stack"
)

const small = `
Parameters:
  Name: {Type: String, Default: ""}
  Size: {Type: Number}
Conditions:
  HasName: !Not [!Equals [!Ref Name, ""]]
  Nameless: !Not [!Condition HasName]
  Both: !And [!Condition HasName, !Equals [!Ref Size, "3"]]
  Either: !Or [!Condition HasName, !Equals [!Ref Size, "4"]]
Resources:
  Thing:
    Type: A::B
    Properties:
      Name: !If [HasName, !Ref Name, !Ref AWS::NoValue]
      Size: !Ref Size
      Arn: !Sub arn:${AWS::Partition}:x:${Name}:${Other.Id}
      Both: !If [Both, yes, no]
      Either: !If [Either, yes, no]
      Parts: !Split [",", !Ref Name]
      List: [one, !If [HasName, two, !Ref AWS::NoValue], {"Fn::GetAtt": Other.Id}]
  Other: {Type: A::C, Condition: Nameless}
`

func TestRender(t *testing.T) {
	for _, tt := range []struct {
		label, reason string
		given         map[string]string
		want          map[string]any
		resources     int
	}{
		{"empty", "NoValue takes its key, or its place in a list, with it",
			map[string]string{"Size": "3", "AWS::Partition": "aws-cn"},
			map[string]any{"Size": "3", "Arn": "arn:aws-cn:x::${Other.Id}", "Both": "no", "Either": "no", "Parts": []any{""}, "List": []any{"one", "${Other.Id}"}}, 2},
		{"given", "a resource whose condition is false is not there",
			map[string]string{"Size": "3", "Name": "n,m", "AWS::Partition": "aws"},
			map[string]any{"Name": "n,m", "Size": "3", "Arn": "arn:aws:x:n,m:${Other.Id}", "Both": "yes", "Either": "yes", "Parts": []any{"n", "m"}, "List": []any{"one", "two", "${Other.Id}"}}, 1},
	} {
		t.Run(tt.label, func(t *testing.T) {
			template, err := stack.Parse("small.yaml", []byte(small))
			if err != nil {
				t.Fatal(err)
			}
			got, err := template.Render(tt.given)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got["Thing"].Properties); diff != "" || len(got) != tt.resources {
				t.Errorf("%s; %d resources (-want +got):\n%s", tt.reason, len(got), diff)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		label, reason, template string
		given                   map[string]string
		want                    string
	}{
		{"not given", "CloudFormation would ask for it", small, nil, `parameter "Size" has no default and is not given`},
		{"misspelled", "CloudFormation refuses parameters that it does not know", small, map[string]string{"Szie": "3"}, `no parameter "Szie"`},
		{"a function", "a value that is not understood must not pass for one", "Resources: {A: {Type: T, Properties: {P: !Base64 x}}}", nil, "unknown function Fn::Base64"},
		{"a condition", "a misspelled one would count as false", "Resources: {A: {Type: T, Properties: {P: !If [Nope, a, b]}}}", nil, `unknown condition "Nope"`},
		{"an alias", "CloudFormation does not read them", "Resources: {A: &a {Type: T}, B: *a}", nil, "x.yaml:1:33: an alias"},
		{"no YAML", "the line is named", "a: [", nil, "x.yaml: yaml: line 1"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			template, err := stack.Parse("x.yaml", []byte(tt.template))
			if err == nil {
				_, err = template.Render(tt.given)
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: want an error with %q, got %v", tt.reason, tt.want, err)
			}
		})
	}
}
