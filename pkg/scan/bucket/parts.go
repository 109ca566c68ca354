package bucket

import (
	"context"
	"errors"
	"io"
)

// An object that is larger than large is read in parts of partSize bytes. While
// one comes from S3 to the reader, up to ahead others are read into memory,
// as far as there is room: there is room for spares parts of all objects
// together, so that what is held does not grow with the number of readers, and
// the garbage collector's share of it is small, too. A reader never waits for
// room; without any it reads on as S3 sends.
const (
	large    = 16 << 20
	partSize = 8 << 20
	ahead    = 2
	spares   = 2
)

// parts reads a large object, part by part in their order.
type parts struct {
	ctx    context.Context
	cancel context.CancelFunc
	store  *store
	o      object
	next   int64 // where the next part begins that nobody reads yet
	queue  []*part
	now    io.ReadCloser // the part that is being read
	err    error         // what ended the reading
}

func (s *store) inParts(ctx context.Context, o object) (*parts, error) {
	ctx, cancel := context.WithCancel(ctx)
	r := &parts{ctx: ctx, cancel: cancel, store: s, o: o}
	if err := r.advance(); err != nil {
		cancel()
		return nil, err
	}
	return r, nil
}

// Read reads on.
func (r *parts) Read(p []byte) (int, error) {
	for r.err == nil && len(p) > 0 {
		n, err := r.now.Read(p)
		switch {
		case errors.Is(err, io.EOF):
			_ = r.now.Close()
			r.err = r.advance()
		case err != nil:
			r.err = err
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, r.err
}

// advance goes to the next part, which may be in memory, and has those after it
// read ahead. After the last it is io.EOF.
func (r *parts) advance() error {
	switch {
	case len(r.queue) > 0:
		first := r.queue[0]
		r.queue = r.queue[1:]
		r.now = first
		<-first.done
	case r.next < r.o.size:
		from, end := r.span()
		direct, err := r.store.section(r.ctx, r.o, from, end)
		if err != nil {
			return err
		}
		r.now = direct
	default:
		return io.EOF
	}
	r.readAhead()
	return nil
}

// span is the next part, which is somebody's then.
func (r *parts) span() (from, end int64) {
	from, r.next = r.next, min(r.next+partSize, r.o.size)
	return from, r.next
}

func (r *parts) readAhead() {
	for len(r.queue) < ahead && r.next < r.o.size {
		select {
		case room := <-r.store.spare:
			from, end := r.span()
			r.queue = append(r.queue, r.store.readPart(r.ctx, r.o, from, end, room))
		default:
			return
		}
	}
}

// Close ends the requests, and gives back the room.
func (r *parts) Close() error {
	r.cancel()
	for _, p := range r.queue {
		<-p.done
		_ = p.Close()
	}
	r.queue, r.err = nil, io.ErrClosedPipe
	return r.now.Close()
}

// part is a part in memory.
type part struct {
	store *store
	room  []byte
	rest  []byte // of the room, what is still to be read
	err   error  // after the rest, io.EOF if all of it is there
	done  chan struct{}
}

// readPart has a part read into memory.
func (s *store) readPart(ctx context.Context, o object, from, end int64, room []byte) *part {
	if room == nil {
		room = make([]byte, partSize)
	}
	p := &part{store: s, room: room, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		in, err := s.section(ctx, o, from, end)
		if err != nil {
			p.err = err
			return
		}
		n, err := io.ReadFull(in, room[:end-from])
		if err == nil {
			_, err = io.ReadFull(in, make([]byte, 1)) // io.EOF, after what the SDK checks at the end
		}
		p.rest, p.err = room[:n], err
		_ = in.Close()
	}()
	return p
}

// Read reads from memory.
func (p *part) Read(to []byte) (int, error) {
	n := copy(to, p.rest)
	p.rest = p.rest[n:]
	if n > 0 {
		return n, nil
	}
	return 0, p.err
}

// Close gives the room to others.
func (p *part) Close() error {
	if p.room != nil {
		p.store.spare <- p.room
		p.room, p.rest = nil, nil
	}
	return nil
}
