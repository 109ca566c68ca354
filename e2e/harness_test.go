package e2e_test

import (
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"whydenied/e2e/emulator"
	"whydenied/e2e/stack"
)

func TestToy(t *testing.T) {
	m, err := emulator.StartMinistack(t.Context(), t.TempDir(), "123456789012", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Stop)
	t.Log("started")
	zip, err := stack.Build(t.Context(), "..", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Log("built", len(zip))
	s, err := stack.Deploy(t.Context(), m.Config("123456789012"), "toy", "../template.yaml", zip, nil)
	if err != nil {
		t.Log(m.Tail())
		t.Fatal(err)
	}
	t.Log(s)
	event, _ := os.ReadFile("../events/prefect-subject.json")
	for range 3 {
		out, err := lambda.NewFromConfig(m.Config("123456789012")).Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String(s.Resources["WhyDenied"]), Payload: event})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%.200s %v", out.Payload, out.FunctionError)
	}
	t.Log(m.Tail())
}
