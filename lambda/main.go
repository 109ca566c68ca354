// Command bootstrap is the Lambda. It reads its environment, wires the parts and
// answers invocations until Lambda ends it; the answers themselves are those of
// package handler. Nothing of AWS is called, and no client is made, before an
// invocation needs it: that is paid at each cold start.
//
// docs/lambda.md lists the variables.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"whydenied/lambda/handler"
)

func main() {
	config, err := configure(os.Getenv, os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		reportInit(os.Getenv("AWS_LAMBDA_RUNTIME_API"), err)
		os.Exit(1)
	}
	lambda.Start(handler.New(config).Handle)
}

// configure makes a Config of the environment. The error names the variable
// and what it should be.
func configure(env func(string) string, metrics, logs io.Writer) (handler.Config, error) {
	e, err := readEnvironment(env)
	if err != nil {
		return handler.Config{}, err
	}
	return e.wire(metrics, logs)
}

// reportInit tells Lambda why the function cannot start, so that whoever
// invokes it reads the reason and not only that the process ended (Lambda
// Developer Guide, "Lambda runtime API", initialization error).
func reportInit(api string, reason error) {
	if api == "" {
		return
	}
	body, err := json.Marshal(map[string]string{"errorType": "Runtime.Config", "errorMessage": reason.Error()})
	if err != nil {
		return
	}
	request, err := http.NewRequest(http.MethodPost, "http://"+api+"/2018-06-01/runtime/init/error", bytes.NewReader(body))
	if err != nil {
		return
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Lambda-Runtime-Function-Error-Type", "Runtime.Config")
	// The runtime API is on the same machine: a proxy has no part in it.
	client := http.Client{Transport: &http.Transport{}, Timeout: 2 * time.Second}
	if response, err := client.Do(request); err == nil {
		_ = response.Body.Close()
	}
}
