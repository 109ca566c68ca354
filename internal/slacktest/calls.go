package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

// request is what a call asks for, from a form or from JSON.
type request struct {
	Channel     string          `json:"channel"`
	Text        string          `json:"text"`
	TS          string          `json:"ts"`
	ThreadTS    string          `json:"thread_ts"`
	Blocks      json.RawMessage `json:"blocks"`
	Mrkdwn      *bool           `json:"mrkdwn"`
	Parse       string          `json:"parse"`
	UnfurlLinks *bool           `json:"unfurl_links"`
	UnfurlMedia *bool           `json:"unfurl_media"`
	MessageTS   string          `json:"message_ts"`
}

func (s *Server) api(w http.ResponseWriter, r *http.Request, method string) {
	refuse := func(code string) { answer(w, map[string]any{"ok": false, "error": code}) }
	body, token, err := read(r)
	switch {
	case err != nil:
		refuse("invalid_form_data")
		return
	case token == "":
		refuse("not_authed")
		return
	case token != s.config.Token:
		refuse("invalid_auth")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch method {
	case "auth.test":
		s.auth(w)
	case "chat.postMessage":
		s.post(w, &body)
	case "chat.update":
		s.update(w, &body)
	case "chat.getPermalink":
		if s.find(body.Channel, body.MessageTS) == nil {
			refuse("message_not_found")
			return
		}
		answer(w, map[string]any{"ok": true, "channel": body.Channel,
			"permalink": "https://example.slack.com/archives/" + body.Channel + "/p" + strings.ReplaceAll(body.MessageTS, ".", "")})
	default:
		refuse("unknown_method")
	}
}

func (s *Server) post(w http.ResponseWriter, body *request) {
	refuse := func(code string) { answer(w, map[string]any{"ok": false, "error": code}) }
	switch code := check(body); {
	case !slices.Contains(s.config.Channels, body.Channel):
		refuse("channel_not_found")
		return
	case code != "":
		refuse(code)
		return
	case body.ThreadTS != "" && s.find(body.Channel, body.ThreadTS) == nil:
		refuse("thread_not_found")
		return
	}
	if s.tooEarly(w, body.Channel) {
		return
	}
	m := s.keep(body.Channel, body)
	answer(w, map[string]any{"ok": true, "channel": m.Channel, "ts": m.TS, "message": m})
}

func (s *Server) update(w http.ResponseWriter, body *request) {
	refuse := func(code string) { answer(w, map[string]any{"ok": false, "error": code}) }
	if !slices.Contains(s.config.Channels, body.Channel) {
		refuse("channel_not_found")
		return
	}
	m := s.find(body.Channel, body.TS)
	if m == nil {
		refuse("message_not_found")
		return
	}
	if code := check(body); code != "" {
		refuse(code)
		return
	}
	m.Edits = append(m.Edits, Version{m.Text, m.Blocks})
	m.Text, m.Blocks = body.Text, body.Blocks
	answer(w, map[string]any{"ok": true, "channel": m.Channel, "ts": m.TS, "text": m.Text})
}

// webhook answers with a word in plain text, as Slack's do.
func (s *Server) webhook(w http.ResponseWriter, r *http.Request) {
	var body request
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.Method != http.MethodPost {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	if code := check(&body); code != "" {
		http.Error(w, code, http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tooEarly(w, s.config.Channels[0]) {
		return
	}
	s.keep(s.config.Channels[0], &body).Webhook = true
	_, _ = io.WriteString(w, "ok") // the caller may be gone
}

func (s *Server) tooEarly(w http.ResponseWriter, channel string) bool {
	now := s.config.Now()
	if last, ok := s.last[channel]; ok && s.config.EachSecond && now.Sub(last) < time.Second {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "rate_limited", http.StatusTooManyRequests)
		return true
	}
	s.last[channel] = now
	return false
}

func (s *Server) keep(channel string, body *request) *Message {
	s.serial++
	isNo := func(b *bool) bool { return b != nil && !*b }
	m := &Message{
		Channel: channel, TS: fmt.Sprintf("%d.%06d", s.config.Now().Unix(), s.serial), ThreadTS: body.ThreadTS, Text: body.Text,
		Blocks: body.Blocks, Mrkdwn: !isNo(body.Mrkdwn), Unfurl: !isNo(body.UnfurlLinks) || !isNo(body.UnfurlMedia),
	}
	s.messages = append(s.messages, m)
	return m
}

func (s *Server) find(channel, ts string) *Message {
	for _, m := range s.messages {
		if m.Channel == channel && m.TS == ts {
			return m
		}
	}
	return nil
}

// read takes a call's arguments from wherever Slack takes them.
func read(r *http.Request) (request, string, error) {
	var body request
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/json" {
		return body, token, json.NewDecoder(r.Body).Decode(&body)
	}
	if err := r.ParseForm(); err != nil {
		return body, token, err
	}
	if token == "" {
		token = r.PostForm.Get("token")
	}
	f := r.Form
	body = request{
		Channel: f.Get("channel"), Text: f.Get("text"), TS: f.Get("ts"), ThreadTS: f.Get("thread_ts"), Parse: f.Get("parse"),
		MessageTS: f.Get("message_ts"), Mrkdwn: flag(f.Get("mrkdwn")), UnfurlLinks: flag(f.Get("unfurl_links")), UnfurlMedia: flag(f.Get("unfurl_media")),
	}
	if blocks := f.Get("blocks"); blocks != "" {
		body.Blocks = json.RawMessage(blocks)
	}
	return body, token, nil
}

func flag(value string) *bool {
	if value == "" {
		return nil
	}
	yes := value == "true" || value == "1"
	return &yes
}
