package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"whydenied/pkg/evidence/live"
	"whydenied/pkg/trail"
)

// finding is one run of lookup.
type finding struct {
	explainer
	search  *search
	trail   *liveSource // whose CloudTrail is searched
	account string      // in which; "" for the caller's
	regions []string

	seen     map[string]time.Time // of the events that were taken, by ID
	tally    tally
	roleless []string // IDs of denials that name no role, where one was asked for, until they are told
	unread   int      // regions, and records, that could not be read
	said     map[string]bool
}

// met is one call that was found.
type met struct {
	trail.Denial
	succeeded bool
}

// once looks once, and explains what is found as it comes.
func (f *finding) once(ctx context.Context) error {
	err := f.ask(ctx, f.search.from, func(c met) error { return f.call(ctx, c.Denial, c.succeeded) })
	if ctx.Err() != nil {
		err = interrupted()
	}
	if err != nil {
		return err
	}
	f.summarize()
	f.tellNothing()
	if f.unread > 0 {
		return ended(statusNoEvidence) // why has been said
	}
	if f.search.eventID != "" && f.tally.records == 0 {
		return &failure{statusNoEvidence, fmt.Errorf("there is no event %q in %s: events appear within about 15 minutes, are kept for 90 days, and are in the account and the region of the call only",
			short(f.search.eventID, 40), f.where())}
	}
	return f.source.status()
}

// ask asks CloudTrail once and hands on what is wanted. What could not be read
// is said and counted; the error is one of handing on, or ends the run.
func (f *finding) ask(ctx context.Context, from time.Time, take func(met) error) error {
	look := live.Lookup{Account: f.account, Regions: f.regions, EventID: f.search.eventID, Since: from}
	for record, err := range f.trail.Records(ctx, look) {
		switch {
		case ctx.Err() != nil:
			return nil
		case f.search.cloud.unusable(err) != nil && err != nil:
			return f.search.cloud.unusable(err)
		case err != nil:
			f.lack(err.Error())
			continue
		}
		for item := range trail.Read("CloudTrail's record in "+record.Region, bytes.NewReader(record.JSON)) {
			if c, wanted := f.item(&item); wanted {
				if err := take(c); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// item counts a record that was not met before, and tells whether it is to be
// explained.
func (f *finding) item(item *trail.Item) (c met, wanted bool) {
	d := item.Denial
	if d.EventID != "" {
		if _, again := f.seen[d.EventID]; again {
			return c, false
		}
		f.seen[d.EventID] = d.Time
	}
	f.tally.records++
	switch item.Kind {
	case trail.KindDenied:
		wanted = f.wants(&d)
	case trail.KindSucceeded:
		if wanted = f.search.eventID != ""; !wanted {
			f.tally.succeeded++
		}
	case trail.KindOther:
		f.tally.other++
		f.tally.call = item.Call
	default:
		f.tally.malformed++
		f.lack(item.Err.Error())
	}
	return met{d, item.Kind == trail.KindSucceeded}, wanted
}

// wants tells whether a denial is one of the role that was asked for, and
// counts it.
func (f *finding) wants(d *trail.Denial) bool {
	switch role := f.search.role; {
	case role == "" || f.search.eventID != "" || d.RoleARN.Known && isRole(d.RoleARN.Value, role):
		f.tally.denied++
		return true
	case d.RoleARN.Known:
		f.tally.elsewhere++
	default:
		f.tally.unnamed++
		f.roleless = append(f.roleless, d.EventID)
	}
	return false
}

// lack says what could not be read, once.
func (f *finding) lack(text string) {
	f.unread++
	if !f.said[text] {
		f.said[text] = true
		f.app.complain(text)
	}
}

// found is told beside the progress.
func (f *finding) found() string {
	return count(f.tally.denied, "denial", "denials") + " so far; "
}

// summarize tells what was passed over.
func (f *finding) summarize() {
	if f.tally.succeeded+f.tally.other+f.tally.elsewhere > 0 {
		f.app.say(f.tally.String())
	}
	f.tellNamed()
	f.tellRoleless()
}

// tellRoleless tells of denials that may be of the role that was asked for.
func (f *finding) tellRoleless() {
	if n := len(f.roleless); n > 0 {
		f.app.say(count(n, "denial names", "denials name") + " no role and may be about this one: give --event-id with --role (" + someOf(f.roleless) + ")")
	}
	f.roleless = nil
}

// tellNothing says what finding nothing means.
func (f *finding) tellNothing() {
	if f.search.eventID == "" && f.tally.denied+f.tally.unnamed+f.unread == 0 {
		f.app.say("events appear within about 15 minutes; nothing found since " + f.search.from.UTC().Format("2006-01-02 15:04 MST") + " in " + f.where())
	}
}

// mostIDs is how many IDs a line holds.
const mostIDs = 5

func someOf(ids []string) string {
	line := make([]string, 0, mostIDs+1)
	for _, id := range ids {
		if len(line) == mostIDs {
			line = append(line, fmt.Sprintf("and %d more", len(ids)-mostIDs))
			break
		}
		line = append(line, short(cmp.Or(id, "one without an ID"), 40))
	}
	return strings.Join(line, ", ")
}
