package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// cuts is how often the reading of one section is taken up again.
const cuts = 4

// open opens an object. That it is gone, changed, archived or not allowed to be
// read is told here, in one line.
func (s *store) open(ctx context.Context, o object) (io.ReadCloser, error) {
	if o.size > large {
		return s.inParts(ctx, o)
	}
	return s.section(ctx, o, 0, o.size)
}

// section reads an object's bytes from one place to another, and all of them: a
// connection that breaks is replaced by one that goes on from there.
type section struct {
	ctx     context.Context
	store   *store
	o       object
	at, end int64
	body    io.ReadCloser
	cuts    int
	err     error // what ended the reading
}

func (s *store) section(ctx context.Context, o object, from, end int64) (*section, error) {
	r := &section{ctx: ctx, store: s, o: o, at: from, end: end}
	if err := r.ask(); err != nil {
		return nil, err
	}
	return r, nil
}

// Read reads on. Only a section that is complete ends with io.EOF.
func (r *section) Read(p []byte) (int, error) {
	for r.err == nil && len(p) > 0 {
		n, err := r.body.Read(p)
		r.at += int64(n)
		switch complete := r.at == r.end; {
		case r.at > r.end:
			r.err = r.fail(errors.New("S3 sent more than was asked for"))
			return 0, r.err
		case complete && errors.Is(err, io.EOF):
			r.err = io.EOF
		case complete && err != nil: // the SDK compares checksums at the end
			r.err = r.fail(err)
		case err != nil:
			r.err = r.again(err)
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, r.err
}

// again asks for what is missing.
func (r *section) again(cause error) error {
	r.cuts++
	if r.ctx.Err() != nil {
		return r.fail(r.ctx.Err())
	}
	if r.cuts > cuts {
		return r.fail(fmt.Errorf("the answer was cut off %d times, last after %d of %d bytes (%s)", r.cuts, r.at, r.o.size, line(cause.Error())))
	}
	_ = r.body.Close()
	return r.ask()
}

// ask asks for what is still to be read: a whole object simply, anything else by
// its range.
func (r *section) ask() error {
	in := &s3.GetObjectInput{Bucket: &r.store.at.Bucket, Key: &r.o.key, IfMatch: r.o.etag, RequestPayer: r.store.payer()}
	ranged := r.at > 0 || r.end < r.o.size
	if ranged {
		in.Range = aws.String(fmt.Sprintf("bytes=%d-%d", r.at, r.end-1))
	}
	out, err := there(r.ctx, r.store, func(o func(*s3.Options)) (*s3.GetObjectOutput, error) {
		return r.store.client.GetObject(r.ctx, in, o)
	})
	if err != nil {
		return r.fail(err)
	}
	if err := r.differs(out, ranged); err != nil {
		_ = out.Body.Close()
		return r.fail(err)
	}
	r.body = out.Body
	return nil
}

// differs says how an answer is another than the one to the question.
func (r *section) differs(out *s3.GetObjectOutput, ranged bool) error {
	if ranged {
		want, got := fmt.Sprintf("bytes %d-%d/", r.at, r.end-1), aws.ToString(out.ContentRange)
		if !strings.HasPrefix(got, want) {
			return fmt.Errorf("S3 was asked for bytes %d to %d, and sent others (Content-Range %s)", r.at, r.end-1, quote(line(got)))
		}
	}
	if got := out.ContentLength; got != nil && *got != r.end-r.at {
		return fmt.Errorf("S3 sent %d bytes where %d were listed", *got, r.end-r.at)
	}
	return nil
}

func (r *section) fail(err error) error { return r.store.failed(getCall, r.o.key, err) }

// Close ends the request.
func (r *section) Close() error { return r.body.Close() }
