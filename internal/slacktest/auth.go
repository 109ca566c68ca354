package slacktest

import "net/http"

// scopes are those of the token. Slack names them in a header of each answer.
func (s *Server) scopes() string {
	if s.config.Scopes == "" {
		return "chat:write"
	}
	return s.config.Scopes
}

// auth answers auth.test.
func (s *Server) auth(w http.ResponseWriter) {
	w.Header().Set("X-OAuth-Scopes", s.scopes())
	answer(w, map[string]any{"ok": true, "url": "https://example.slack.com/", "team": "Example", "user": "whydenied", "team_id": "T0", "user_id": "U0", "bot_id": "B0"})
}
