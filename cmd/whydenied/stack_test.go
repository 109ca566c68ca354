package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// stubStack is a stack of whydenied, with what its function answers.
type stubStack struct {
	answer  string
	payload string // what the function was given
	letters string
	log     []string
}

// stackOutputs are the stack's. Its rule is on a bus of its own.
var stackOutputs = map[string]string{
	"FunctionName": "whydenied-WhyDenied-1", "DeadLetterQueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/dead", "LogGroupName": "/aws/lambda/whydenied",
	"CentralBusArn": "arn:aws:events:eu-west-1:123456789012:event-bus/whydenied-denials", "DenialRuleArn": "arn:aws:events:eu-west-1:123456789012:rule/test-bus/whydenied-DenialRule-1",
}

// stackAction is a call that is about a stack, or "".
func stackAction(r *http.Request, action string) string {
	_, target, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch {
	case strings.HasSuffix(r.URL.Path, "/invocations"):
		return "Invoke"
	case target == "GetQueueAttributes", target == "FilterLogEvents":
		return target
	case action == "DescribeStacks":
		return action
	}
	return ""
}

func (s *stub) serveStack(w http.ResponseWriter, r *http.Request, action string) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, action)
	code := s.faults[action]
	switch {
	case action == "DescribeStacks" && r.Form.Get("StackName") != "whydenied":
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id x does not exist</Message></Error></ErrorResponse>")
	case code != "" && action == "DescribeStacks":
		refuse(w, code)
	case code == "FunctionError":
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		_, _ = fmt.Fprint(w, s.stack.answer)
	case code != "":
		w.Header().Set("X-Amzn-ErrorType", code)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"__type":%q,"message":"no"}`, code)
	case action == "DescribeStacks":
		_, _ = fmt.Fprintf(w, "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>whydenied</StackName><Outputs>%s</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>", outputsXML())
	case action == "Invoke":
		s.stack.payload = string(body)
		_, _ = fmt.Fprint(w, s.stack.answer)
	case action == "GetQueueAttributes":
		_, _ = fmt.Fprintf(w, `{"Attributes":{"ApproximateNumberOfMessages":"%s","ApproximateNumberOfMessagesNotVisible":"0"}}`, s.stack.letters)
	case action == "FilterLogEvents":
		s.stack.serveLog(w, body)
	}
}

// serveLog gives one line a page.
func (s *stubStack) serveLog(w http.ResponseWriter, body []byte) {
	var in struct{ NextToken string }
	_ = json.Unmarshal(body, &in) // the SDK writes what it reads
	at := len(in.NextToken)
	out := map[string]any{"events": []any{}}
	if at < len(s.log) {
		out["events"] = []any{map[string]any{"timestamp": 1_795_600_000_000 + at, "message": s.log[at]}}
	}
	if at+1 < len(s.log) {
		out["nextToken"] = in.NextToken + "x"
	}
	_ = json.NewEncoder(w).Encode(out)
}

func outputsXML() string {
	var b strings.Builder
	for key, value := range stackOutputs {
		fmt.Fprintf(&b, "<member><OutputKey>%s</OutputKey><OutputValue>%s</OutputValue></member>", key, value)
	}
	return b.String()
}

// stackCommand does one about the stack, if it is one.
func (s *stub) stackCommand(ts *testscript.TestScript, args []string) bool {
	if len(args) != 2 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch args[0] {
	case "function":
		s.stack.answer = ts.ReadFile(args[1])
	case "letters":
		s.stack.letters = args[1]
	case "log":
		s.stack.log = strings.Split(strings.TrimSuffix(ts.ReadFile(args[1]), "\n"), "\n")
	case "invoked":
		if !strings.Contains(s.stack.payload, args[1]) {
			ts.Fatalf("the function was given %s, want %s in it", s.stack.payload, args[1])
		}
	default:
		return false
	}
	return true
}
