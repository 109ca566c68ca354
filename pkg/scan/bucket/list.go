package bucket

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// The layout is looked for in up to looks folders, no further than deepest below
// the given one; a trail's own prefix has rarely more than one. What lies beyond
// is listed as a whole.
const (
	deepest = 4
	looks   = 500
)

// list lists one place: what is wanted of its objects is sent, what may hold
// more is put on the stack.
func (w *walk) list(ctx context.Context, p place) error {
	if p.asked && p.prefix != "" && !strings.HasSuffix(p.prefix, "/") {
		return w.named(ctx, p)
	}
	s := spotOf(p.prefix)
	switch {
	case s.level == foreign:
		return fmt.Errorf("%s: CloudTrail's log files are not in this folder, but in ACCOUNT/%s/", quote(w.store.at.of(p.prefix)), trailFolder)
	case !w.query.holds(s):
		return fmt.Errorf("%s: this account or region is not among those that are asked for", quote(w.store.at.of(p.prefix)))
	}
	in := s3.ListObjectsV2Input{Prefix: &p.prefix}
	p.whole = p.whole || s.level == days || s.level == outside && !w.look(p)
	var last string
	if p.whole {
		var first string
		if s.level == days {
			first, last = w.query.days(s.folder)
		}
		if first > p.prefix {
			in.StartAfter = &first
		}
	} else {
		in.Delimiter = aws.String("/")
	}
	return w.pages(ctx, p, in, last)
}

// pages lists a place page by page, until the keys are beyond the last.
func (w *walk) pages(ctx context.Context, p place, in s3.ListObjectsV2Input, last string) error {
	if w.store.o.PageSize > 0 {
		in.MaxKeys = &w.store.o.PageSize
	}
	for first := true; ; first = false {
		got, err := w.store.list(ctx, in)
		if err != nil {
			return err
		}
		switch n := len(got.objects) + len(got.prefixes); {
		case n == 0 && first && p.asked && in.StartAfter == nil:
			return w.nothing(p)
		case first && got.next != nil && in.Delimiter != nil && spotOf(p.prefix).level == outside:
			// So many folders are not worth being looked into one by one.
			p.whole = true
			w.push(p)
			return nil
		}
		if w.take(ctx, p, got); got.next == nil || beyond(got, last) {
			return nil
		}
		in.ContinuationToken, in.StartAfter = got.next, nil
	}
}

// look says whether a folder is worth looking for the layout in it.
func (w *walk) look(p place) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looked++
	return p.depth < deepest && w.looked <= looks
}

// beyond says whether a page ends after the last key that is wanted.
func beyond(p page, last string) bool {
	n := len(p.objects)
	return last != "" && n > 0 && p.objects[n-1].key >= last
}

// take sends on what is wanted of a page, and remembers which folders are to be
// listed.
func (w *walk) take(ctx context.Context, p place, got page) {
	var b batch
	passed := 0
	for _, o := range got.objects {
		if strings.HasSuffix(o.key, "/") { // stands for a folder
			continue
		}
		switch w.query.choose(o.key) {
		case wanted:
			b.objects = append(b.objects, o)
		case passedOver:
			passed++
		default:
		}
	}
	for _, prefix := range got.prefixes {
		if s := spotOf(prefix); s.level != foreign && w.query.holds(s) {
			w.push(place{prefix: prefix, depth: p.depth + 1})
		}
	}
	w.mu.Lock()
	w.passed += passed
	w.mu.Unlock()
	w.send(ctx, b)
}

// named lists what an address without a slash at its end names: the object and
// the folder of that name, or else whatever begins so, as S3 has it.
func (w *walk) named(ctx context.Context, p place) error {
	object, err := w.first(ctx, p.prefix)
	if err != nil {
		return err
	}
	if len(object.objects) == 0 {
		return w.nothing(p)
	}
	found := object.objects[0].key == p.prefix
	if found {
		w.send(ctx, batch{objects: object.objects})
	}
	folder, err := w.first(ctx, p.prefix+"/")
	if err != nil {
		return err
	}
	switch {
	case len(folder.objects) > 0:
		w.push(place{prefix: p.prefix + "/", asked: true})
	case !found:
		w.push(place{prefix: p.prefix})
	}
	return nil
}

func (w *walk) nothing(p place) error {
	return fmt.Errorf("%s: there is nothing", quote(w.store.at.of(p.prefix)))
}

func (w *walk) first(ctx context.Context, prefix string) (page, error) {
	return w.store.list(ctx, s3.ListObjectsV2Input{Prefix: &prefix, MaxKeys: aws.Int32(1)})
}
