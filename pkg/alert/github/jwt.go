package github

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"
)

const (
	// drift is how far the clocks may be apart, lifetime how long a JWT is good:
	// GitHub takes ten minutes at most ("Generating a JSON Web Token (JWT) for a
	// GitHub App").
	drift    = time.Minute
	lifetime = 9 * time.Minute
)

// jwt says who asks, to what asks for installations and their tokens.
func (a *app) jwt(now time.Time) (string, error) {
	claims, err := json.Marshal(map[string]any{"iss": a.id, "iat": now.Add(-drift).Unix(), "exp": now.Add(lifetime).Unix()})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode(claims)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, a.key, crypto.SHA256, sum[:])
	if err != nil {
		return "", errors.New("github credential: the private key cannot sign")
	}
	return signed + "." + encode(signature), nil
}
