package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

// page prints the tables; err is the first error of writing.
type page struct {
	w   io.Writer
	err error
}

func (p *page) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

func (p *page) head(c *config, contenders []contender) {
	p.printf("On %d workers (%s, %s/%s, %s). Ratios are to the floor: unpacking all files with the same library and the same number of workers, and doing nothing else.\n\n",
		c.workers, processor(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	for _, one := range contenders {
		if one.leftOut != "" {
			p.printf("Left out: %s: %s.\n\n", one.name, one.leftOut)
		}
	}
}

func (p *page) archive(m measured) {
	p.printf("### %s\n%s files, %s packed (%.1f to 1), %s records, %s calls, %s of them denied.\n\n", m.label, thousands(m.manifest.Files),
		megabytes(m.manifest.Packed), float64(m.manifest.Bytes)/float64(m.manifest.Packed), thousands(m.manifest.Records),
		thousands(m.manifest.Calls), thousands(m.manifest.Denials))
	p.printf("| what | time to the floor's | processor time to the floor's | rounds | medians | largest process |\n| --- | --- | --- | --- | --- | --- |\n")
	floor := &m.results[0]
	for i := range m.results {
		r := &m.results[i]
		if r.leftOut != "" {
			continue
		}
		p.printf("| %s | %.2f | %.2f | %d | %s, %s | %s |\n", escaped(r.name), r.ratio(floor, took), r.ratio(floor, cpu), len(r.outcomes),
			seconds(r.median(took)), seconds(r.median(cpu)), megabytes(r.peak()))
	}
	p.printf("\n")
}

// memory has a row for each size, so that growth shows.
func (p *page) memory(all []measured, baseline int64) {
	p.printf("### Memory by size\nOver what `whydenied version` holds, %s.\n\n| unpacked | floor | %s | over the baseline |\n| --- | --- | --- | --- |\n", megabytes(baseline), standIn(all))
	for _, m := range all {
		floor, subject := &m.results[0], m.subject()
		if subject == nil {
			continue
		}
		p.printf("| %s | %s | %s | %s |\n", m.label, megabytes(floor.peak()), megabytes(subject.peak()), megabytes(subject.peak()-baseline))
	}
	p.printf("\n")
}

// identical sets what a denial costs against parsing it.
func (p *page) identical(m measured) {
	p.printf("### %s\n%s unpacked, alike but for times and IDs. Against parsing each and explaining none.\n\n| what | time to that of parsing | processor time to that of parsing | processor time for each denial | largest process |\n| --- | --- | --- | --- | --- |\n",
		m.label, megabytes(m.manifest.Bytes))
	parser := m.named(parserName)
	for i := range m.results {
		r := &m.results[i]
		if r.leftOut != "" || parser == nil {
			continue
		}
		each := r.median(cpu) / time.Duration(max(m.manifest.Denials, 1))
		p.printf("| %s | %.2f | %.2f | %d ns | %s |\n", escaped(r.name), r.ratio(parser, took), r.ratio(parser, cpu), each.Nanoseconds(), megabytes(r.peak()))
	}
	p.printf("\n")
}

func (p *page) method(c *config) {
	p.printf("### Method\nOne run, %d rounds, in each of which all take their turn as processes of their own (%d rounds for jq, DuckDB and the other slow ones). "+
		"A ratio is the median over the rounds, each against the floor of the same round; processor time is that of all processes of a contender, and is less disturbed by what else the machine does. The files were read once before and come from the page cache. "+
		"grep and jq get %d files at a time from `xargs -P %d`; DuckDB has %d threads. "+
		"Each found exactly as many calls and denials as the archive's manifest says, as far as it answers that: gunzip counts bytes, `grep -o` calls, `grep -c` only lines, and those of a log file are one. "+
		"Memory is the largest resident set of any one process, as the kernel counts it. The archives are made by `internal/archive` with seed %d.\n",
		c.rounds, min(c.slow, c.rounds), batch, c.workers, c.workers, c.seed)
}

func (m *measured) named(name string) *result {
	for i := range m.results {
		if m.results[i].name == name && m.results[i].leftOut == "" {
			return &m.results[i]
		}
	}
	return nil
}

// subject is the program, or what stands in for it.
func (m *measured) subject() *result {
	if r := m.named(subjectName); r != nil {
		return r
	}
	return m.named(parserName)
}

func standIn(all []measured) string {
	for _, m := range all {
		if r := m.subject(); r != nil {
			return r.name
		}
	}
	return subjectName
}

func escaped(name string) string { return strings.ReplaceAll(name, "|", `\|`) }

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// processor is the name that Linux has for it.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(text)) {
			if key, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(key) == "model name" {
				return strings.TrimSpace(value)
			}
		}
	}
	return "an unknown processor"
}
