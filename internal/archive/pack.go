package archive

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// packer packs one file after the other.
type packer struct {
	packing Packing
	buf     bytes.Buffer
	gzip    *gzip.Writer
	zstd    *zstd.Encoder
}

func newPacker(p Packing) (*packer, error) {
	pk := &packer{packing: p}
	var err error
	switch p {
	case Gzip:
		pk.gzip, err = gzip.NewWriterLevel(io.Discard, gzip.DefaultCompression)
	case Zstd:
		pk.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	case Plain:
	}
	return pk, err
}

// pack returns the packed bytes, which hold until the next call.
func (p *packer) pack(body []byte) ([]byte, error) {
	switch p.packing {
	case Gzip:
		p.buf.Reset()
		p.gzip.Reset(&p.buf)
		if _, err := p.gzip.Write(body); err != nil {
			return nil, err
		}
		err := p.gzip.Close()
		return p.buf.Bytes(), err
	case Zstd:
		p.buf.Reset()
		p.buf.Write(p.zstd.EncodeAll(body, p.buf.AvailableBuffer()))
		return p.buf.Bytes(), nil
	default:
		return body, nil
	}
}

func (p Packing) extension() string {
	switch p {
	case Gzip:
		return ".gz"
	case Zstd:
		return ".zst"
	default:
		return ""
	}
}
