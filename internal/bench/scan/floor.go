package main

import (
	"bufio"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"

	"whydenied/pkg/trail"
)

// gunzip unpacks files one after the other, with the same buffers for each.
type gunzip struct {
	in   *bufio.Reader
	gzip *gzip.Reader
}

// file has a file used as it is unpacked.
func (g *gunzip) file(path string, use func(io.Reader) (answer, error)) (answer, error) {
	f, err := os.Open(path)
	if err != nil {
		return answer{}, err
	}
	defer f.Close()
	if g.in == nil {
		g.in = bufio.NewReaderSize(nil, 64<<10)
		g.gzip = new(gzip.Reader)
	}
	g.in.Reset(f)
	if err := g.gzip.Reset(g.in); err != nil {
		return answer{}, err
	}
	return use(g.gzip)
}

// unpack is the floor: it looks at nothing.
func unpack() func(string) (answer, error) {
	var g gunzip
	return func(path string) (answer, error) {
		return g.file(path, func(r io.Reader) (answer, error) {
			n, err := io.Copy(io.Discard, r)
			return answer{Files: 1, Bytes: n}, err
		})
	}
}

// read parses each record, as trail.Read does, and explains none.
func read() func(string) (answer, error) {
	var g gunzip
	return func(path string) (answer, error) {
		return g.file(path, func(r io.Reader) (answer, error) { return parsed(path, r) })
	}
}

func parsed(path string, r io.Reader) (answer, error) {
	counted := &counter{r: r}
	a := answer{Files: 1}
	for it := range trail.Read(path, counted) {
		switch it.Kind {
		case trail.KindMalformed:
			return a, it.Err
		case trail.KindDenied:
			a.Calls, a.Denials = a.Calls+1, a.Denials+1
		case trail.KindSucceeded:
			a.Calls++
		case trail.KindOther:
		}
	}
	a.Bytes = counted.n
	return a, nil
}

type counter struct {
	r io.Reader
	n int64
}

// Read counts what it gives.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
