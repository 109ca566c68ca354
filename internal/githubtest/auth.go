package githubtest

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	apiVersion = "2022-11-28"
	longestJWT = 10 * time.Minute
	good       = time.Hour // for how long a token is
)

// headers says what is wrong with those of a request; "" for good ones.
func headers(r *http.Request) string {
	accept := r.Header.Get("Accept")
	switch {
	case r.Header.Get("User-Agent") == "":
		return "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"
	case r.Header.Get("X-GitHub-Api-Version") != apiVersion:
		return "X-GitHub-Api-Version is not a supported version"
	case accept != "application/vnd.github+json" && accept != "application/vnd.github.sha":
		return "Unsupported 'Accept' header"
	case r.Method != http.MethodGet && r.Header.Get("Content-Type") != "application/json":
		return "Problems parsing JSON"
	}
	return ""
}

// app says what is wrong with a JWT; "" for a good one.
func (s *Server) app(bearer string) string {
	const broken = "A JSON web token could not be decoded"
	parts := strings.Split(bearer, ".")
	if len(parts) != 3 {
		return broken
	}
	var header struct{ Alg, Typ string }
	var claims struct {
		Iss      string
		Iat, Exp int64
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !decode(parts[0], &header) || !decode(parts[1], &claims) {
		return broken
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	now, issued, expires := s.config.Now(), time.Unix(claims.Iat, 0), time.Unix(claims.Exp, 0)
	switch {
	case header.Alg != "RS256" || rsa.VerifyPKCS1v15(&s.key.PublicKey, crypto.SHA256, sum[:], signature) != nil:
		return broken
	case claims.Iss != s.config.App:
		return "Integration not found"
	case issued.After(now):
		return "'Issued at' claim ('iat') must be an Integer representing a time in the past"
	case !expires.After(now):
		return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
	case expires.Sub(now) > longestJWT || expires.Sub(issued) > longestJWT:
		return "'Expiration time' claim ('exp') is too far in the future"
	}
	return ""
}

func decode(part string, into any) bool {
	data, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(data, into) == nil
}

// may tells whether a token is good for a permission in a repository, and if
// not, with which status that is refused.
func (s *Server) may(bearer, repository, permission, level string) (status int, message string) {
	g, ok := s.tokens[bearer]
	switch {
	case !ok || !s.config.Now().Before(g.expires):
		return http.StatusUnauthorized, "Bad credentials"
	case !slices.Contains(g.repositories, repository):
		return http.StatusNotFound, "Not Found"
	case g.permissions[permission] != level && g.permissions[permission] != "write":
		return http.StatusForbidden, "Resource not accessible by integration"
	}
	return 0, ""
}
