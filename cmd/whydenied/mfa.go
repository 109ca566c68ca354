package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// askMFA asks for the code that a profile with an mfa_serial needs. The SDK's
// own would ask on standard output, where results go.
func (a *app) askMFA() (string, error) {
	f, ok := a.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", errors.New("the profile asks for an MFA code, and standard input is no terminal to ask on")
	}
	a.progress.clear()
	_, _ = fmt.Fprint(a.stderr, "MFA code: ") // there is nowhere left to say that it failed
	line, err := bufio.NewReader(a.input).ReadString('\n')
	return strings.TrimSpace(line), err
}
