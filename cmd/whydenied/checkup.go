package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"whydenied/lambda/doctor/checkup"
)

// checkMarks are the signs of a status, on a terminal and in ASCII.
var checkMarks = map[checkup.Status]struct{ sign, ascii, color string }{
	checkup.OK:      {"✓", "[ok]", "32"},
	checkup.Failed:  {"✗", "[no]", "31"},
	checkup.Unknown: {"?", "[??]", "33"},
}

// printCheckup writes what a doctor found, in the format that was asked for.
func (a *app) printCheckup(r *checkup.Report) error {
	if a.format == formatJSON {
		enc := json.NewEncoder(a.stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(r)
	}
	var b strings.Builder
	if a.format == formatMarkdown {
		checkupTable(&b, r)
	} else {
		columns, isTerminal := terminal(a.stdout)
		o := a.textOptions(columns, isTerminal)
		p := &checkupPage{b: &b, width: max(o.Width, leastCheckup), ascii: o.ASCII, color: o.Color}
		p.print(r)
	}
	_, err := io.WriteString(a.stdout, b.String())
	return err
}

// leastCheckup is how narrow the columns of a table still make sense.
const leastCheckup = 60

// checkupPage is text in columns: sign, name, and what was found.
type checkupPage struct {
	b            *strings.Builder
	width        int
	ascii, color bool
}

func (p *checkupPage) print(r *checkup.Report) {
	margin := 0
	for i := range r.Checks {
		margin = max(margin, utf8.RuneCountInString(checkName(&r.Checks[i])))
	}
	margin = min(margin, p.width/3)
	for i := range r.Checks {
		c := &r.Checks[i]
		p.check(c, margin)
	}
	p.b.WriteByte('\n')
	for _, text := range r.NotLookedAt {
		p.lines("", "not looked at: ", text, 0)
	}
	fmt.Fprintf(p.b, "%d ok, %d failed, %d unknown\n", counted(r, checkup.OK), counted(r, checkup.Failed), counted(r, checkup.Unknown))
}

func (p *checkupPage) check(c *checkup.Check, margin int) {
	mark := checkMarks[c.Status]
	sign := mark.sign
	if p.ascii {
		sign = mark.ascii
	}
	width := utf8.RuneCountInString(sign) + 1 + margin + 2
	if p.color {
		sign = "\x1b[" + mark.color + "m" + sign + "\x1b[0m"
	}
	label := short(checkName(c), margin)
	head := sign + " " + label + strings.Repeat(" ", margin-utf8.RuneCountInString(label)+2)
	p.lines(head, "", c.Found, width)
	arrow := "→ "
	if p.ascii {
		arrow = "-> "
	}
	if c.Do != "" {
		p.lines(strings.Repeat(" ", width), arrow, c.Do, width)
	}
}

// lines writes a text behind a head, in lines that begin below its own begin.
func (p *checkupPage) lines(head, lead, text string, margin int) {
	indent := strings.Repeat(" ", margin+utf8.RuneCountInString(lead))
	line, room := head+lead, p.width-margin-utf8.RuneCountInString(lead)
	used := 0
	for _, word := range strings.Fields(p.spelt(text)) {
		n := utf8.RuneCountInString(word)
		if used > 0 && used+1+n > room {
			p.b.WriteString(line + "\n")
			line, used = indent, 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	p.b.WriteString(strings.TrimRight(line, " ") + "\n")
}

// spelt is a text that cannot do anything to a terminal.
func (p *checkupPage) spelt(text string) string {
	text = withoutTokens(oneLineOf(text))
	if !p.ascii {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r > '~' {
			return '?'
		}
		return r
	}, strings.NewReplacer("“", `"`, "”", `"`, "…", "...").Replace(text))
}

// checkName is what a check is about.
func checkName(c *checkup.Check) string { return strings.TrimSpace(oneLineOf(c.Name + " " + c.On)) }

// checkupTable is the same in Markdown.
func checkupTable(b *strings.Builder, r *checkup.Report) {
	b.WriteString("| | check | found | what to do |\n| --- | --- | --- | --- |\n")
	for i := range r.Checks {
		c := &r.Checks[i]
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", checkMarks[c.Status].sign, tableText(checkName(c)), tableText(c.Found), tableText(c.Do))
	}
	b.WriteByte('\n')
	for _, text := range r.NotLookedAt {
		fmt.Fprintf(b, "- Not looked at: %s\n", tableText(text))
	}
}

// tableText is text in which nothing becomes markup, a link or a mention.
func tableText(text string) string {
	var b strings.Builder
	for _, r := range withoutTokens(oneLineOf(text)) {
		switch {
		case r == '@' || r == '#' || r == ':': // a backslash would not keep a mention, or a URL, from being one
			fmt.Fprintf(&b, "&#%d;", r)
		case r < utf8.RuneSelf && strings.ContainsRune("\\`*_{}[]()<>|~!&", r):
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
