package oidc

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxClaimDepth is how deep a payload may nest. Session tags nest three deep.
const maxClaimDepth = 32

// tokenPayload takes a compact JWT apart and returns its claims as JSON.
func tokenPayload(token string) ([]byte, error) {
	const want = "expected a JWT (header.payload.signature)"
	switch {
	case token == "":
		return nil, fmt.Errorf("the token is empty, %s", want)
	case len(token) > MaxToken:
		return nil, fmt.Errorf("the token is longer than %d bytes, %s", MaxToken, want)
	case strings.ContainsAny(token, " \t\r\n"):
		return nil, fmt.Errorf("the token has white space in it, %s on one line", want)
	}
	parts := strings.Split(token, ".")
	switch len(parts) {
	case 3:
	case 5:
		return nil, errors.New("the token is an encrypted JWT (five parts), expected a signed one (three parts), which STS can read too")
	default:
		return nil, fmt.Errorf("the token has %d parts between dots, %s", len(parts), want)
	}
	var decoded [3][]byte
	for i, name := range []string{"header", "payload", "signature"} {
		part, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[i], "="))
		if err != nil {
			return nil, fmt.Errorf("the token's %s is not base64url, %s", name, want)
		}
		decoded[i] = part
	}
	if _, err := parseClaims(decoded[0]); err != nil {
		return nil, fmt.Errorf("the token's header %w", err)
	}
	return decoded[1], nil
}

var (
	errNotObject = errors.New("is not a JSON object")
	errTwice     = errors.New("holds one name twice, so it could say two things")
	errTooDeep   = fmt.Errorf("is nested deeper than %d levels", maxClaimDepth)
)

// parseClaims reads an object. encoding/json keeps the last of two equal names
// and says nothing; what STS then does is not documented, so it is an error.
// Its own errors quote the text and are not passed on.
func parseClaims(data []byte) (map[string]any, error) {
	if !utf8.Valid(data) {
		return nil, errNotObject
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	v, err := claimValue(dec, 0)
	if err != nil {
		return nil, err
	}
	object, ok := v.(map[string]any)
	if _, end := dec.Token(); !ok || end != io.EOF {
		return nil, errNotObject
	}
	return object, nil
}

func claimValue(dec *json.Decoder, depth int) (any, error) {
	tok, err := dec.Token()
	switch {
	case err != nil:
		return nil, errNotObject
	case depth > maxClaimDepth:
		return nil, errTooDeep
	case tok == json.Delim('{'):
		return claimObject(dec, depth)
	case tok == json.Delim('['):
		list := []any{}
		for dec.More() {
			v, err := claimValue(dec, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, closing(dec)
	}
	return tok, nil
}

func claimObject(dec *json.Decoder, depth int) (any, error) {
	object := make(map[string]any)
	for dec.More() {
		key, err := dec.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return nil, errNotObject
		}
		if _, twice := object[name]; twice {
			return nil, errTwice
		}
		if object[name], err = claimValue(dec, depth+1); err != nil {
			return nil, err
		}
	}
	return object, closing(dec)
}

func closing(dec *json.Decoder) error {
	if _, err := dec.Token(); err != nil {
		return errNotObject
	}
	return nil
}
