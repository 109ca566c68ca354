package policy_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whydenied/pkg/policy"
)

const small = "\ufeff{\r\n  \"Version\": \"2012-10-17\",\r\n  \"Id\": \"é\",\r\n" +
	"  \"Statement\": {\"Sid\": \"one\", \"Effect\": \"Deny\", \"NotPrincipal\": {\"AWS\": [\"1\", \"2\"]},\r\n" +
	"    \"NotAction\": [\"sts:*\"], \"Condition\": {\"forAnyValue:StringLike\": {\"A:Sub\": [\"${B:c}*\", 5]}}}\r\n}"

func TestParse(t *testing.T) {
	doc, err := policy.Parse("t.json", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	at := func(line, column int) policy.Pos { return policy.Pos{File: "t.json", Line: line, Column: column} }
	op, _, _ := policy.ParseOperator("forAnyValue:StringLike")
	want := &policy.Document{
		Version: "2012-10-17", HasVersion: true, ID: "é",
		Source: []byte(strings.TrimPrefix(small, "\ufeff")),
		Statements: []policy.Statement{{
			Sid: "one", Pos: at(4, 16), Effect: policy.Deny,
			Principal: policy.Principal{
				Not: true, Pos: at(4, 65), Path: "Statement[0].NotPrincipal",
				Entries: []policy.PrincipalEntry{
					{Type: "AWS", Value: policy.Value{Text: "1", Pos: at(4, 74)}},
					{Type: "AWS", Value: policy.Value{Text: "2", Pos: at(4, 79)}},
				},
			},
			Action: policy.Action{
				Not: true, Pos: at(5, 18), Path: "Statement[0].NotAction",
				Values: []policy.Value{{Text: "sts:*", Pos: at(5, 19)}},
			},
			Conditions: []policy.Condition{{
				Operator: op, Pos: at(5, 70),
				Path:   `Statement[0].Condition.forAnyValue:StringLike["A:Sub"]`,
				Key:    policy.Value{Text: "A:Sub", Pos: at(5, 70)},
				Values: []policy.Value{{Text: "${B:c}*", Pos: at(5, 80)}, {Text: "5", Pos: at(5, 91)}},
			}},
		}},
	}
	if diff := cmp.Diff(want, doc, onlyExported); diff != "" {
		t.Errorf("every part with its place (-want +got):\n%s", diff)
	}
	if got := doc.Statements[0].Path(); got != "Statement[0]" {
		t.Errorf("want Statement[0], got %q", got)
	}
	if got := doc.Statements[0].Conditions[0].FoldedKey(); got != "a:sub" {
		t.Errorf("want a:sub, got %q", got)
	}
	if diff := cmp.Diff([]string{"a:sub", "b:c"}, doc.Keys()); diff != "" {
		t.Errorf("keys and variables, in lower case (-want +got):\n%s", diff)
	}
	for n, want := range map[int]string{0: "", 1: "{", 3: `  "Id": "é",`, 6: "}", 7: "", -1: ""} {
		if got := doc.Line(n); got != want {
			t.Errorf("line %d: want %q, got %q", n, want, got)
		}
	}
}

var onlyExported = cmpopts.IgnoreUnexported(policy.Document{}, policy.Condition{}, policy.Operator{})

func TestKeys(t *testing.T) {
	doc := parse(t, document(policy.Version2012,
		statement(`{"StringLike": {"B": ["${x}${Y, 'z'}", "${*}"]}, "ArnLike": {"a": "arn:aws:iam::${x}:role/${w}"}}`),
		statement(`{"StringEquals": {"b": "${a}"}, "Bool": {"@unresolved:var.key": "true"}, "Null": "@unresolved:var.keys"}`)))
	if diff := cmp.Diff([]string{"b", "x", "y", "a", "w"}, doc.Keys()); diff != "" {
		t.Errorf("each once, what is not known left out (-want +got):\n%s", diff)
	}
	if got := parse(t, document("", statement(`{"StringLike": {"a": "${x}"}}`))).Keys(); !cmp.Equal([]string{"a"}, got) {
		t.Errorf("3.4: no variables without a version; want [a], got %q", got)
	}
}

func TestDecodeNothing(t *testing.T) {
	_, err := policy.Decode(nil)
	var parseError *policy.ParseError
	if !errors.As(err, &parseError) {
		t.Errorf("want a *ParseError for no node at all, got %v", err)
	}
}

func TestPrint(t *testing.T) {
	for _, tt := range []struct{ text, want, reason string }{
		{
			small,
			`{"Version":"2012-10-17","Id":"é","Statement":[{"Sid":"one","Effect":"Deny","NotPrincipal":{"AWS":["1","2"]},"NotAction":"sts:*","Condition":{"forAnyValue:StringLike":{"A:Sub":["${B:c}*","5"]}}}]}`,
			"the order and the spelling of the document; numbers become strings, lists of one their value",
		},
		{
			document("", `{"Effect": "Allow", "Principal": "*", "Action": "a", "Condition": {}}`),
			`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"a"}]}`,
			"no version where there was none",
		},
		{
			document("", `{"Effect": "Allow", "Principal": {"AWS": "@unresolved:var.a"}, "Action": [], "Condition": {"Bool": {"k": "@unresolved:var.b"}}}`),
			`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"var.a"},"Action":[],"Condition":{"Bool":{"k":"var.b"}}}]}`,
			"an unresolved expression is its source",
		},
	} {
		got, err := json.Marshal(parse(t, tt.text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
		}
	}
	got, err := parse(t, document("", statement(`{"StringLike": {"k": "<a>&"}}`))).MarshalJSON()
	if err != nil || !strings.Contains(string(got), `"<a>&"`) {
		t.Errorf("policies are for people: want <a>& as it is, got %s, %v", got, err)
	}
}
