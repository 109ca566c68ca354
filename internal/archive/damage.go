package archive

import (
	"bytes"
	"encoding/binary"

	"github.com/klauspost/compress/gzip"
)

// Damage is a way in which a log file is not as it should be.
type Damage uint8

// The kinds of damage.
const (
	TruncatedGzip Damage = iota // the packed bytes end early
	TruncatedJSON               // they unpack well, to records that end early
	WrongCRC                    // all of it unpacks, but its checksum does not hold
	Empty                       // no byte at all
	NotALog                     // packed, and something else
	HugeRecord                  // a record of 50 MB among the others
)

// Damages are all kinds.
func Damages() []Damage {
	return []Damage{TruncatedGzip, TruncatedJSON, WrongCRC, Empty, NotALog, HugeRecord}
}

// String names the kind.
func (d Damage) String() string {
	names := [...]string{"truncated gzip", "truncated JSON", "wrong CRC", "empty", "not a log", "huge record"}
	if int(d) < len(names) {
		return names[d]
	}
	return "unknown"
}

// hugeSize is the length of what makes a record huge.
const hugeSize = 50 << 20

// Damaged returns a file like the one that is given, which must be a log file
// packed by gzip, with the damage. The error is that of unpacking it.
func Damaged(file []byte, d Damage) ([]byte, error) {
	switch d {
	case Empty:
		return []byte{}, nil
	case TruncatedGzip:
		return bytes.Clone(file[:len(file)*2/3]), nil
	case WrongCRC:
		spoilt := bytes.Clone(file)
		at := spoilt[len(spoilt)-8:] // RFC 1952: the CRC and the size end the file
		binary.LittleEndian.PutUint32(at, ^binary.LittleEndian.Uint32(at))
		return spoilt, nil
	case NotALog:
		return zip([]byte("2 " + FirstAccount + " eni-0a1b2c3d 192.0.2.1 10.0.0.1 443 49152 6 10 840 1794059964 1794060024 ACCEPT OK\n"))
	case TruncatedJSON, HugeRecord:
		body, err := unzip(file)
		if err != nil {
			return nil, err
		}
		if d == TruncatedJSON {
			return zip(body[:len(body)*2/3])
		}
		return zip(withHuge(body))
	default:
		return bytes.Clone(file), nil
	}
}

// withHuge has a huge record before the others.
func withHuge(body []byte) []byte {
	head, rest := []byte(`{"Records":[`), body[len(`{"Records":[`):]
	record := []byte(`{"eventVersion":"1.11","eventSource":"glue.amazonaws.com","eventName":"UpdateJob","requestParameters":{"script":"`)
	record = append(record, bytes.Repeat([]byte("x"), hugeSize)...)
	return append(append(append(head, record...), `"}},`...), rest...)
}

func zip(body []byte) ([]byte, error) {
	p, err := newPacker(Gzip)
	if err != nil {
		return nil, err
	}
	return p.pack(body)
}

func unzip(file []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = b.ReadFrom(r)
	return b.Bytes(), err
}
