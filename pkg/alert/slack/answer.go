package slack

import (
	"slices"

	"whydenied/pkg/alert"
	"whydenied/pkg/report"
)

// answers are replies to those who changed the role: each change has one.
func answers(m *alert.Message, at *place) []part {
	n := len(m.Incident.Answers)
	if len(at.Answers) < n {
		at.Answers = append(slices.Clone(at.Answers), make([]post, n-len(at.Answers))...)
	}
	parts := make([]part, 0, n)
	for i := range n {
		a := &m.Incident.Answers[i]
		said := report.Answer{Verdict: a.Verdict, Cause: a.Cause, Event: a.Event, By: a.By, At: a.At}
		sentence := said.Sentence(m.Incident.Stranger)
		reply := listed("Change", []report.Section{{Title: sentence}})
		reply.text = fallback(sentence)
		parts = append(parts, part{&at.Answers[i], reply, sum(reply.blocks)})
	}
	return parts
}
