package slacktest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"whydenied/internal/slacktest"
)

const (
	token   = "xoxb-1"
	channel = "C1"
	hook    = "/services/T/B/x"
)

func newServer() *slacktest.Server {
	return slacktest.New(slacktest.Config{Token: token, Channels: []string{channel}, WebhookPath: hook})
}

// call posts a form, as Slack's libraries do.
func call(t *testing.T, s *slacktest.Server, method string, form url.Values) (status int, header http.Header, body map[string]any) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/"+method, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code == http.StatusOK {
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
	}
	return w.Code, w.Header(), body
}

// text is a message of one text.
func text(s string) string {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":` + string(data) + `,"style":{"bold":true}}]}]}]`
}

func TestRefuses(t *testing.T) {
	good := func() url.Values {
		return url.Values{"token": {token}, "channel": {channel}, "text": {"t"}, "blocks": {text("t")}}
	}
	for _, tt := range []struct {
		label, method, field, value, want string
	}{
		{"a good one", "chat.postMessage", "", "", ""},
		{"text alone", "chat.postMessage", "blocks", "", ""},
		{"no token", "chat.postMessage", "token", "", "not_authed"},
		{"another token", "chat.postMessage", "token", "xoxb-2", "invalid_auth"},
		{"another channel", "chat.postMessage", "channel", "C2", "channel_not_found"},
		{"no text", "chat.postMessage", "text", "", "no_text"},
		{"a long text", "chat.postMessage", "text", strings.Repeat("x", 4001), "msg_too_long"},
		{"no such thread", "chat.postMessage", "thread_ts", "1.000000", "thread_not_found"},
		{"no JSON", "chat.postMessage", "blocks", "[", "invalid_blocks_format"},
		{"no blocks", "chat.postMessage", "blocks", "[]", "invalid_blocks"},
		{"too many blocks", "chat.postMessage", "blocks", "[" + strings.Repeat(`{"type":"divider"},`, 50) + `{"type":"divider"}]`, "invalid_blocks"},
		{"an unknown block", "chat.postMessage", "blocks", `[{"type":"paragraph"}]`, "invalid_blocks"},
		{"an empty text", "chat.postMessage", "blocks", text(""), "invalid_blocks"},
		{"a long element", "chat.postMessage", "blocks", text(strings.Repeat("x", 3001)), "invalid_blocks"},
		{"an unknown style", "chat.postMessage", "blocks", strings.Replace(text("t"), "bold", "loud", 1), "invalid_blocks"},
		{"an empty section", "chat.postMessage", "blocks", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[]}]}]`, "invalid_blocks"},
		{"a script for a link", "chat.postMessage", "blocks", strings.Replace(text("t"), `"type":"text"`, `"type":"link","url":"javascript:1"`, 1), "invalid_blocks"},
		{"long blocks", "chat.postMessage", "blocks", "[" + strings.TrimSuffix(strings.Repeat(`{"type":"section","text":{"type":"mrkdwn","text":"`+strings.Repeat("x", 2900)+`"}},`, 5), ",") + "]", "msg_blocks_too_long"},
		{"a long mrkdwn text", "chat.postMessage", "blocks", `[{"type":"section","text":{"type":"mrkdwn","text":"` + strings.Repeat("x", 3001) + `"}}]`, "invalid_blocks"},
		{"no such message", "chat.update", "ts", "1.000000", "message_not_found"},
		{"no link to it", "chat.getPermalink", "message_ts", "1.000000", "message_not_found"},
		{"an unknown method", "chat.shout", "", "", "unknown_method"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			form := good()
			if tt.field != "" {
				form.Set(tt.field, tt.value)
			}
			_, _, body := call(t, newServer(), tt.method, form)
			if got, _ := body["error"].(string); got != tt.want || body["ok"] != (tt.want == "") {
				t.Errorf("got %v, want %q", body, tt.want)
			}
		})
	}
}

func TestKeeps(t *testing.T) {
	s := newServer()
	form := url.Values{"token": {token}, "channel": {channel}, "text": {"first"}, "blocks": {text("first")}, "unfurl_links": {"false"}, "unfurl_media": {"false"}, "mrkdwn": {"false"}}
	_, _, posted := call(t, s, "chat.postMessage", form)
	ts, _ := posted["ts"].(string)
	call(t, s, "chat.postMessage", url.Values{"token": {token}, "channel": {channel}, "text": {"reply"}, "thread_ts": {ts}})
	call(t, s, "chat.update", url.Values{"token": {token}, "channel": {channel}, "text": {"second"}, "blocks": {text("second")}, "ts": {ts}})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, hook, strings.NewReader(`{"text":"by webhook"}`)))
	if w.Body.String() != "ok" {
		t.Errorf("the webhook says %q", w.Body)
	}
	w = httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/_messages", http.NoBody))
	var all []slacktest.Message
	if err := json.Unmarshal(w.Body.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 3 || all[0].Plain() != "«second»\n" || len(all[0].Edits) != 1 || all[0].Edits[0].Text != "first" || all[0].Mrkdwn || all[0].Unfurl || !all[2].Webhook {
		t.Errorf("got %+v", all)
	}
	if thread := slacktest.Thread(all, ts); len(thread) != 1 || thread[0].Text != "reply" {
		t.Errorf("the thread is %+v", thread)
	}
}

func TestEachSecond(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s := slacktest.New(slacktest.Config{Token: token, Channels: []string{channel}, EachSecond: true, Now: func() time.Time { return now }})
	form := url.Values{"token": {token}, "channel": {channel}, "text": {"t"}}
	for _, want := range []int{200, 429, 200} {
		status, header, _ := call(t, s, "chat.postMessage", form)
		if status != want || (want == 429) != (header.Get("Retry-After") == "1") {
			t.Errorf("got %d with %v, want %d", status, header, want)
		}
		if status == 429 {
			now = now.Add(time.Second)
		}
	}
}

func TestFaults(t *testing.T) {
	s := newServer()
	form := url.Values{"token": {token}, "channel": {channel}, "text": {"t"}}
	fail := func(n int, fault string) {
		t.Helper()
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, fmt.Sprintf("/_fail?n=%d", n), strings.NewReader(fault)))
		if w.Code != http.StatusOK {
			t.Fatal(w.Body)
		}
	}
	fail(1, `{"path":"chat.update","error":"message_not_found"}`) // of another call
	fail(2, `{"path":"chat.postMessage","retry_after":7}`)
	fail(1, `{"path":"chat.postMessage","status":503}`)
	fail(1, `{"path":"chat.postMessage","error":"internal_error","after":true}`)
	for _, want := range []int{429, 429, 503, 200, 200} {
		if status, _, _ := call(t, s, "chat.postMessage", form); status != want {
			t.Errorf("got %d, want %d", status, want)
		}
	}
	if got := len(s.Messages()); got != 2 {
		t.Errorf("%d messages, want the one that was refused after it was posted, and the last", got)
	}
}
