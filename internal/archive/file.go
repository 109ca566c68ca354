package archive

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"time"
)

// file makes a file whose records are of the minutes before it was published.
func (w *writer) file(p place, rng *rand.Rand, target int64) (delivered, error) {
	published := p.day.Add(time.Duration(rng.IntN(24*60)) * time.Minute)
	s := &scene{rng: rng, account: p.account, region: p.region, pool: w.pool(p.account), at: published.Add(-7 * time.Minute)}
	people := newCast(w.kinds, *s, int(target/1400))
	w.again = 0
	w.body = w.o.Envelope.open(w.body[:0])
	for first := true; first || int64(len(w.body)) < target; first = false {
		if w.o.Identical > 0 {
			if w.left == 0 {
				break
			}
			w.left--
		}
		passed := time.Duration(float64(5*time.Minute) * float64(len(w.body)) / float64(max(target, 1500)))
		s.at = published.Add(passed - 7*time.Minute + time.Duration(rng.IntN(9))*time.Second).Truncate(time.Second)
		s.word = w.words[rng.IntN(len(w.words))]
		source, name := w.one(s, people)
		w.body = w.o.Envelope.record(w.body, w.record, first, s, source, name)
	}
	w.body = w.o.Envelope.close(w.body)
	name := w.o.name(p, published, rng)
	packed, err := w.packer.pack(w.body)
	if err != nil {
		return delivered{}, fmt.Errorf("pack %q: %w", name, err)
	}
	w.count(packed)
	if err := w.to(name, packed); err != nil {
		return delivered{}, fmt.Errorf("archive file %q: %w", name, err)
	}
	return w.deliver(name, packed), nil
}

// one makes the next record, and says of which call it is.
func (w *writer) one(s *scene, c cast) (source, name string) {
	w.tally.m.Records++
	if s.rng.Float64() >= w.o.WebIdentityShare {
		o := w.next(s, c)
		w.record = o.template.fill(w.record[:0], s)
		return o.source, o.name
	}
	callers, denied := w.allowed, s.rng.Float64() < w.o.DeniedShare
	if denied {
		callers = w.refused
	}
	// The first ones call most often.
	u := s.rng.Float64()
	caller := &callers[int(u*u*float64(len(callers)))]
	var by who
	w.record, by = caller.call(w.record[:0], s)
	w.tally.call(by, denied, s.at)
	return "sts.amazonaws.com", callName
}

// next is the other call that comes next. Programs make the same call several
// times in a row: for each page of a list, for each thing that they know of.
func (w *writer) next(s *scene, c cast) *other {
	if w.again > 0 {
		w.again--
		s.word = w.word
		return w.current
	}
	w.current, w.word, w.again = &w.others[s.rng.IntN(len(w.others))], s.word, s.rng.IntN(12)
	from := c.people
	if w.current.service {
		from = c.services
	}
	s.session = &from[s.rng.IntN(len(from))]
	return w.current
}

func (w *writer) count(packed []byte) {
	w.tally.m.Files++
	w.tally.m.Bytes += int64(len(w.body))
	w.tally.m.Packed += int64(len(packed))
	for line := range bytes.Lines(w.body) {
		if bytes.Contains(line, []byte(callName)) {
			w.tally.m.Mentioning++
		}
	}
}
