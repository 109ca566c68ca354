package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"whydenied/pkg/trail"
)

// past are the calls of several records.
type past struct {
	name  string // of the input that was read last
	first trail.Item
	calls []met
	tally tally
	seen  map[string]bool // the calls that were taken, by ID: logs of several trails hold one twice
	bad   bool            // some record could not be read
}

// eventFiles are the files that --event names; folders are read one level
// deep. many tells whether the answer is about several calls, whatever is in
// the files.
func (q *question) eventFiles() (list []string, many bool, err error) {
	many = len(q.events) > 1
	for _, name := range q.events {
		info, statErr := os.Stat(name)
		if name == stdinName || statErr != nil || !info.IsDir() {
			list = append(list, name) // what is not there is said when it is opened
			continue
		}
		many = true
		entries, err := os.ReadDir(name)
		if err != nil {
			return nil, false, named(name, err)
		}
		for _, e := range entries {
			if isRecords(e.Name()) && !e.IsDir() {
				list = append(list, filepath.Join(name, e.Name()))
			}
		}
	}
	return list, many, nil
}

// isRecords tells whether a file of a folder is read, by its name.
func isRecords(name string) bool {
	name = strings.TrimSuffix(name, ".gz")
	return slices.Contains([]string{".json", ".jsonl", ".ndjson"}, filepath.Ext(name))
}

// readPast reads the records of some files: what is no call of this kind is
// counted, what cannot be read is told of.
func (a *app) readPast(ctx context.Context, names []string) (p past, err error) {
	for _, file := range names {
		if err := a.readRecords(ctx, file, &p); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (a *app) readRecords(ctx context.Context, file string, p *past) error {
	name, r, err := a.open(file)
	if err != nil {
		return err
	}
	defer r.Close()
	p.name = name
	for item := range trail.Read(name, r) {
		if ctx.Err() != nil {
			return interrupted()
		}
		if p.tally.records++; p.tally.records == 1 {
			p.first = item
		}
		switch item.Kind {
		case trail.KindDenied, trail.KindSucceeded:
			p.take(met{item.Denial, item.Kind == trail.KindSucceeded})
		case trail.KindOther:
			p.tally.other++
			p.tally.call = item.Call
		default:
			p.tally.malformed++
			p.bad = true
			a.complain(item.Err.Error())
		}
	}
	return nil
}

func (p *past) take(c met) {
	if p.seen == nil {
		p.seen = make(map[string]bool)
	}
	if c.EventID == "" || !p.seen[c.EventID] {
		p.calls = append(p.calls, c)
	}
	p.seen[c.EventID] = true
}

// readEvents reads what --event names; many tells that the answer is about
// several calls.
func (a *app) readEvents(ctx context.Context, q *question) (many bool, err error) {
	if len(q.events) == 0 {
		return false, nil
	}
	files, many, err := q.eventFiles()
	if err != nil {
		return false, err
	}
	p, err := a.readPast(ctx, files)
	q.past = &p
	return many || p.tally.records > 1, err
}
