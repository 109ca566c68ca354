package sns

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"whydenied/pkg/alert"
	"whydenied/pkg/evidence"
	"whydenied/pkg/report"
)

const (
	// SNS takes 262,144 bytes, attributes included (Publish, Message). The form
	// of a message for several protocols counts with all of its texts.
	mostBytes = 262_144 - 8_192
	mostAttr  = 256 // characters of an attribute; a filter policy matches no more
	mostMail  = 32_000
)

// programs are the protocols whose subscribers read JSON.
var programs = []string{"sqs", "http", "https", "lambda", "firehose"}

func (n *Notifier) input(m *alert.Message) (*sns.PublishInput, error) {
	t := m.Tally(n.config.Accounts)
	t.Docs = n.config.Docs
	b := report.NewBrief(m.Report, &t, report.DefaultMost)
	mail := mail(m.Report, &t)
	texts := map[string]string{"default": mail, "email": mail, "sms": b.SMS(&t)}
	message, err := n.message(m, texts)
	if err != nil {
		return nil, err
	}
	return &sns.PublishInput{
		TopicArn: aws.String(n.topic(m)), Subject: aws.String(b.Subject()), Message: aws.String(message),
		MessageStructure: aws.String("json"), MessageAttributes: attributes(m),
	}, nil
}

// message is the texts with the report for programs, which is shortened until
// all of it fits: JSON within JSON is longer than it looks, by a backslash for
// each quotation mark.
func (n *Notifier) message(m *alert.Message, texts map[string]string) (string, error) {
	for most := mostBytes / len(programs); ; most /= 2 {
		payload, err := m.Payload(most)
		if err != nil {
			return "", err
		}
		for _, protocol := range programs {
			texts[protocol] = string(payload)
		}
		if n.config.Chat {
			if texts["https"], err = chat(m, &n.config); err != nil {
				return "", err
			}
		}
		var message bytes.Buffer
		enc := json.NewEncoder(&message)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(texts); err != nil {
			return "", err
		}
		if text := strings.TrimSpace(message.String()); len(text) <= mostBytes || most < 1024 {
			return text, nil
		}
	}
}

// mail is the body of an e-mail, with shorter values where it would be long.
func mail(r *report.Report, t *report.Tally) string {
	var text string
	for _, most := range []int{report.DefaultMost, 300, 80, 0} {
		var sections []report.Section
		switch {
		case t.Wave != nil:
			sections = waveLines(t.Wave, most)
		case r != nil && !t.Summary:
			sections = append(report.Details(r, most), report.ShareSections(r, most)...)
		}
		text = report.Mail(report.NewBrief(r, t, most), append(sections, report.TallySections(t, most)...))
		if len(text) <= mostMail {
			break
		}
	}
	return text
}

// waveLines are the exact lines by then; those of later members are not sent.
func waveLines(w *report.Wave, most int) (all []report.Section) {
	for page := 0; ; page++ {
		sections := report.WaveSections(w, page, most)
		if len(sections) == 0 {
			return all
		}
		all = append(all, sections...)
	}
}

// attributes are for filter policies. SNS refuses empty ones.
func attributes(m *alert.Message) map[string]types.MessageAttributeValue {
	all := map[string]types.MessageAttributeValue{}
	put := func(name, value string) {
		if value = cut(strings.ToValidUTF8(value, "?")); value != "" {
			all[name] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(value)}
		}
	}
	in := &m.Incident
	if m.Report != nil {
		put("verdict", m.Report.Verdict)
	}
	put("cause", in.Cause)
	put("account", in.Account)
	put("role", evidence.RoleName(in.Role))
	switch {
	case in.Overflow:
		put("cause", "overflow")
	case in.Wave != nil && m.Kind == alert.KindOpened:
		put("kind", "wave")
	case m.Kind == alert.KindClosing:
		put("kind", "closed")
	}
	return all
}

func cut(value string) string {
	plain := func(r rune) rune {
		if r < ' ' || r == 0x7f { // SNS speaks XML, which holds no control characters
			return ' '
		}
		return r
	}
	value = strings.Map(plain, value)
	if utf8.RuneCountInString(value) <= mostAttr {
		return value
	}
	return string([]rune(value)[:mostAttr])
}
