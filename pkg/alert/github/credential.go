package github

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// Secret fetches the app's id and private key, as the JSON object
// {"app_id": …, "private_key": "-----BEGIN …"}. Its errors must hold neither.
type Secret func(context.Context) (string, error)

// app is who asks.
type app struct {
	id  string // or the client ID, which GitHub takes as well
	key *rsa.PrivateKey
}

// credential is a secret that was fetched, or will be when it is needed.
type credential struct {
	fetch Secret

	mu   sync.Mutex
	held *app
}

func (c *credential) get(ctx context.Context) (*app, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held != nil {
		return c.held, nil
	}
	if c.fetch == nil {
		return nil, errors.New("github credential: none is configured")
	}
	text, err := c.fetch(ctx)
	if err == nil {
		c.held, err = parseApp(text)
	}
	if err != nil {
		return nil, fmt.Errorf("github credential: %w", err)
	}
	return c.held, nil
}

// forget drops what GitHub no longer takes, unless it was replaced already.
func (c *credential) forget(a *app) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == a {
		c.held = nil
	}
}

func (a *app) equal(b *app) bool { return a.id == b.id && a.key.Equal(b.key) }

var (
	errObject = errors.New(`the secret is no JSON object with the strings "app_id" and "private_key"; in JSON, each line of the key ends in \n`)
	errID     = errors.New(`"app_id" of the secret is neither the number nor the client ID of an app`)
	errKey    = errors.New(`"private_key" of the secret is no RSA key as GitHub makes it, which begins with -----BEGIN RSA PRIVATE KEY-----`)
)

var idForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// parseApp reads the secret. No error quotes it.
func parseApp(text string) (*app, error) {
	var object struct {
		ID  json.RawMessage `json:"app_id"`
		Key string          `json:"private_key"`
	}
	if json.Unmarshal([]byte(text), &object) != nil {
		return nil, errObject
	}
	id := string(bytes.Trim(object.ID, `"`)) // a number, or the same as text
	if !idForm.MatchString(id) || id == "null" {
		return nil, errID
	}
	block, _ := pem.Decode([]byte(strings.TrimSpace(object.Key)))
	if block == nil {
		return nil, errKey
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return &app{id, key}, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, is := parsed.(*rsa.PrivateKey)
	if err != nil || !is {
		return nil, errKey
	}
	return &app{id, key}, nil
}
