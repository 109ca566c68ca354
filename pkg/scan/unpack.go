package scan

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	// maxWindow is how far back zstd data may refer, which is what unpacking
	// takes of memory. It is what decoders are asked to support (RFC 8878,
	// 3.1.1.1.2) and what "zstd -19" makes; "--long" and "--ultra" make more.
	maxWindow = 8 << 20
	packed    = 64 << 10 // bytes that are read at a time
	beginning = 4 << 10  // bytes of a file by which it is told what it is
)

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
	skippable = []byte{0x2a, 0x4d, 0x18} // behind a byte 0x50 to 0x5f, in front of zstd data
)

// unpacker unpacks one file after the other, and keeps its buffers between
// them.
type unpacker struct {
	in   *bufio.Reader
	gzip *gzip.Reader
	zstd *zstd.Decoder
}

// open tells by the first bytes how r is packed, and returns what it unpacks to
// and what the packing is called, "" for none.
func (u *unpacker) open(r io.Reader) (io.Reader, string, error) {
	if u.in == nil {
		u.in = bufio.NewReaderSize(r, packed)
	}
	u.in.Reset(r)
	magic, err := u.in.Peek(4)
	switch {
	case bytes.HasPrefix(magic, gzipMagic):
		r, err := u.gunzip()
		return r, "gzip", err
	case bytes.Equal(magic, zstdMagic), len(magic) == 4 && magic[0]&0xf0 == 0x50 && bytes.Equal(magic[1:], skippable):
		r, err := u.unzstd()
		return r, "zstd", err
	case err != nil && !errors.Is(err, io.EOF):
		return nil, "", err
	}
	return u.in, "", nil
}

// gunzip reads all members of a file. What follows the last one and is none is
// an error, as in Go's own package; gzip(1) warns of it and unpacks the rest.
func (u *unpacker) gunzip() (io.Reader, error) {
	if u.gzip != nil {
		return u.gzip, u.gzip.Reset(u.in)
	}
	r, err := gzip.NewReader(u.in)
	if err != nil {
		return nil, err
	}
	u.gzip = r
	return r, nil
}

func (u *unpacker) unzstd() (io.Reader, error) {
	if u.zstd != nil {
		return u.zstd, u.zstd.Reset(u.in)
	}
	r, err := zstd.NewReader(u.in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	u.zstd = r
	return r, nil
}

// close gives up the buffers.
func (u *unpacker) close() {
	if u.zstd != nil {
		u.zstd.Close()
	}
}

// damage says in words what is wrong with packed data.
func damage(packing string, err error) string {
	switch {
	case packing == "":
		return "a read error (" + err.Error() + ")"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the early end of the " + packing + " data"
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, zstd.ErrCRCMismatch):
		return packing + " data with a wrong checksum"
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, zstd.ErrMagicMismatch):
		return "what is no " + packing + " data"
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return "zstd data that takes more than 8 MB of memory to unpack (unpack it with zstd -dc --long=31)"
	}
	return packing + " data that cannot be unpacked (" + err.Error() + ")"
}

// isDigest tells whether a file that begins so is one of the digests by which
// CloudTrail's log files can be checked: its own members name a digest, and none
// before them is a list or an object. It holds no records.
func isDigest(beginning []byte) bool {
	if !bytes.Contains(beginning, []byte(`"digest`)) {
		return false // most files are none, and this is cheap
	}
	d := json.NewDecoder(bytes.NewReader(beginning))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return false
	}
	for {
		key, err := d.Token()
		if err != nil {
			return false
		}
		if key == "digestStartTime" || key == "digestS3Bucket" {
			return true
		}
		if value, err := d.Token(); err != nil || value == json.Delim('{') || value == json.Delim('[') {
			return false
		}
	}
}
