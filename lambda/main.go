// Command bootstrap is the Lambda. It reads its environment, wires the handler
// and answers invocations until Lambda ends it; the answers themselves are
// those of package handler. It calls no part of AWS but the runtime API.
//
// WHYDENIED_SNAPSHOT names the account snapshot that denials are explained
// against; a relative name counts from the folder of the function's code.
// WHYDENIED_LOG is the log level: debug, info (as if unset), warn or error.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/rs/zerolog"

	"whydenied/lambda/handler"
	"whydenied/pkg/evidence"
)

func main() {
	config, err := configure(os.Getenv, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		reportInit(os.Getenv("AWS_LAMBDA_RUNTIME_API"), err)
		os.Exit(1)
	}
	lambda.Start(handler.New(config).Handle)
}

// configure makes a Config of the environment. The error names the variable
// and what it should be.
func configure(env func(string) string, logs io.Writer) (handler.Config, error) {
	level := zerolog.InfoLevel
	if name := env("WHYDENIED_LOG"); name != "" {
		l, err := zerolog.ParseLevel(name)
		if err != nil || l < zerolog.DebugLevel || l > zerolog.ErrorLevel {
			return handler.Config{}, fmt.Errorf("WHYDENIED_LOG is %q, expected debug, info, warn or error", name)
		}
		level = l
	}
	file := env("WHYDENIED_SNAPSHOT")
	if file == "" {
		return handler.Config{}, errors.New("WHYDENIED_SNAPSHOT is not set, expected the name of an account snapshot")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		var pathErr *os.PathError
		if errors.As(err, &pathErr) {
			err = pathErr.Err
		}
		return handler.Config{}, fmt.Errorf("WHYDENIED_SNAPSHOT is %q: %w", file, err)
	}
	snapshot, err := evidence.ParseSnapshot(file, data)
	if err != nil {
		return handler.Config{}, err
	}
	return handler.Config{Source: snapshot, Log: zerolog.New(logs).Level(level).With().Timestamp().Logger()}, nil
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
