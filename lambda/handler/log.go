package handler

import (
	"strings"
	"unicode/utf8"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/report"
)

// maxLogged is how many bytes of one value a log line holds. Callers choose
// some of these values, and a log group is paid for by the byte.
const maxLogged = 256

// explained writes the one line of a denial. A success is none.
func (h *Handler) explained(r *report.Report) {
	if r.Verdict == string(diagnosis.VerdictAllowed) {
		h.Log.Debug().Str("event_id", cut(r.Denial.EventID)).Msg("the call succeeded")
		return
	}
	cause, confidence := "", ""
	if len(r.Causes) > 0 {
		cause, confidence = r.Causes[0].Code, r.Causes[0].Confidence
	}
	role := ""
	if r.Denial.RoleARN != nil {
		role = *r.Denial.RoleARN
	}
	if h.Explained != nil {
		h.Explained(r)
	}
	h.Log.Info().
		Str("event_id", cut(r.Denial.EventID)).
		Str("account", cut(r.Denial.Account)).
		Str("role", cut(role)).
		Str("verdict", r.Verdict).
		Str("cause", cause).
		Str("confidence", confidence).
		Msg("denial explained")
}

// cut bounds a value, between two characters.
func cut(s string) string {
	if len(s) <= maxLogged {
		return s
	}
	end := maxLogged
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.ToValidUTF8(s[:end], "�") + "…"
}
