package bucket

import (
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"whydenied/pkg/scan"
)

// Options say how a bucket is read; zero fields mean the defaults.
type Options struct {
	// RequesterPays agrees to pay for the requests, where the bucket wants that.
	RequesterPays bool
	// Note, where it is not nil, is told at the end of the list what was left
	// out of it, in a sentence.
	Note func(text string)
	// PageSize is how many objects are asked for at once. Zero: a thousand, the
	// most that S3 gives.
	PageSize int32
}

// Files lists the log files at a place in S3 that a query wants, while those
// that were listed are read. They come in no order. An error is one place that
// could not be listed, in one line; the others still are. The last of them
// tells of a context that ended.
func Files(ctx context.Context, client *s3.Client, at Location, q Query, o Options) scan.Files {
	return func(yield func(scan.File, error) bool) {
		listing, stop := context.WithCancel(ctx)
		w := newWalk(newStore(client, at, o), q)
		defer w.end()
		defer stop()
		w.start(listing)
		for found := range w.found {
			if !w.hand(found, yield) {
				return
			}
		}
		if ctx.Err() != nil {
			yield(scan.File{}, fmt.Errorf("the list of %s is not complete: %w", quote(at.String()), context.Cause(ctx)))
			return
		}
		w.tell()
	}
}

// batch is what a page gave, or what kept one from being listed.
type batch struct {
	objects []object
	err     error
}

// hand yields a batch, and says whether more is wanted.
func (w *walk) hand(b batch, yield func(scan.File, error) bool) bool {
	if b.err != nil && !yield(scan.File{}, b.err) {
		return false
	}
	for _, o := range b.objects {
		if !yield(w.store.file(o), nil) {
			return false
		}
	}
	return true
}

func (s *store) file(o object) scan.File {
	return scan.File{Name: s.at.of(o.key), Size: o.size, Open: func(ctx context.Context) (io.ReadCloser, error) {
		return s.open(ctx, o)
	}}
}

// tell notes what was passed over.
func (w *walk) tell() {
	if w.passed == 0 || w.store.o.Note == nil {
		return
	}
	objects := "objects"
	if w.passed == 1 {
		objects = "object"
	}
	w.store.o.Note(fmt.Sprintf("%d %s in %s passed over, whose names are not those of log files with records of calls",
		w.passed, objects, quote(w.store.at.String())))
}
