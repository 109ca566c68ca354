package archive

import "math/rand/v2"

// Sink takes the files of an archive, one after the other. A name is the key
// that the file has in a trail's bucket, with slashes. What data holds is only
// there until the call returns.
type Sink func(name string, data []byte) error

// callName is what the product looks for.
const callName = "AssumeRoleWithWebIdentity"

// Write makes an archive and gives its files to the sink. No more than one file
// is in memory. The error is the sink's, with the name of the file.
func Write(to Sink, o Options) (Manifest, error) {
	w, err := newWriter(to, o.filled())
	if err != nil {
		return Manifest{}, err
	}
	for _, p := range w.o.places() {
		if err := w.place(p); err != nil {
			return Manifest{}, err
		}
	}
	return w.tally.manifest(), nil
}

// writer makes the files of one archive.
type writer struct {
	o       Options
	to      Sink
	others  []other
	kinds   []compiledKind
	allowed []compiledCaller
	refused []compiledCaller
	pools   map[string]*pool
	words   []string
	packer  *packer
	tally   *tally

	left   int // identical denials that are still to be made
	body   []byte
	record []byte

	current *other // the call that comes again so many times, with this word
	again   int
	word    string
}

func newWriter(to Sink, o Options) (*writer, error) {
	w := &writer{o: o, to: to, pools: map[string]*pool{}, words: wordList(), tally: newTally(), left: o.Identical}
	var err error
	if w.packer, err = newPacker(o.Packing); err != nil {
		return nil, err
	}
	if w.others, err = compileCalls(); err != nil {
		return nil, err
	}
	if w.kinds, err = compileKinds(); err != nil {
		return nil, err
	}
	if w.allowed, err = compileCallers(allowed()); err != nil {
		return nil, err
	}
	if w.refused, err = compileCallers(refused()); err != nil {
		return nil, err
	}
	if o.Identical > 0 {
		w.refused = w.refused[:1]
		w.o.Bytes = int64(o.Identical) * identicalSize
	}
	return w, nil
}

// identicalSize is about the length of a record of the first refused caller.
const identicalSize = 1320

// place makes the files of a folder: one at least, then as many as its share
// of the bytes takes.
func (w *writer) place(p place) error {
	var names []delivered
	for more := true; more; more = w.wants(p) {
		if w.o.Identical > 0 && w.left == 0 {
			break
		}
		rng := rand.New(rand.NewPCG(w.o.Seed, uint64(w.tally.m.Files)))
		target := max(min(size(rng), p.upTo-w.tally.m.Bytes), 1)
		f, err := w.file(p, rng, target)
		if err != nil {
			return err
		}
		names = append(names, f)
	}
	if w.o.Digests {
		return w.digest(p, names)
	}
	return nil
}

func (w *writer) wants(p place) bool {
	if w.o.Identical > 0 && p.last {
		return w.left > 0
	}
	return w.tally.m.Bytes < p.upTo
}

func (w *writer) pool(account string) *pool {
	if w.pools[account] == nil {
		w.pools[account] = newPool(w.o.Seed, account)
	}
	return w.pools[account]
}
