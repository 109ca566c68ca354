package main

import (
	"encoding/base64"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// jwt FILE PAYLOAD writes a token with this payload, and its text into the
// variable TOKEN. Its signature is that of nobody.
func jwt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: jwt file payload")
	}
	enc := base64.RawURLEncoding.EncodeToString
	token := enc([]byte(`{"alg":"RS256"}`)) + "." + enc([]byte(ts.ReadFile(args[1]))) + "." + enc([]byte("nobody signed this"))
	ts.Setenv("TOKEN", token)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(token+"\n"), 0o600))
}
