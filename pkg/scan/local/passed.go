package local

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// extensions are those of logs, in lower case.
var extensions = []string{".json", ".jsonl", ".ndjson", ".log", ".gz", ".zst", ".zstd"}

// digests is the folder that CloudTrail puts its digest files into, beside that
// of the logs.
const digests = "CloudTrail-Digest"

// passed counts what a walk passes over.
type passed struct{ hidden, links, digests, special, others int }

// over tells whether an entry of a folder is passed over, and counts it.
func (p *passed) over(path string, d fs.DirEntry) bool {
	name := d.Name()
	n := (*int)(nil)
	switch {
	case strings.HasPrefix(name, "."):
		n = &p.hidden
	case d.IsDir() && name == digests:
		n = &p.digests
	case d.IsDir():
	case d.Type()&fs.ModeSymlink != 0:
		n = &p.links
	case !d.Type().IsRegular():
		n = &p.special
	case !isLog(path):
		n = &p.others
	}
	if n == nil {
		return false
	}
	*n++
	return true
}

// isLog judges a file's name. What Firehose writes ends in a date and a UUID;
// its stream's name may hold dots.
func isLog(path string) bool {
	if ext := filepath.Ext(path); ext != "" && !strings.Contains(ext, "-") {
		return slices.Contains(extensions, strings.ToLower(ext))
	}
	return beginsAsLog(path)
}

// beginsAsLog tells whether a file begins as packed data or JSON does. One that
// cannot be opened counts as a log, so that reading it tells why.
func beginsAsLog(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return true
	}
	defer f.Close()
	head := make([]byte, 64)
	n, _ := io.ReadFull(f, head)
	head = bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf")), " \t\r\n")
	for _, begin := range []string{"\x1f\x8b", "\x28\xb5\x2f\xfd", "{", "["} {
		if bytes.HasPrefix(head, []byte(begin)) {
			return true
		}
	}
	return false
}

// String says what was passed over; "" where nothing was.
func (p *passed) String() string {
	var parts []string
	for _, kind := range []struct {
		n         int
		one, many string
	}{
		{p.others, "file that is not called as logs are", "files that are not called as logs are"},
		{p.hidden, "hidden name", "hidden names"},
		{p.links, "symbolic link", "symbolic links"},
		{p.special, "special file", "special files"},
		{p.digests, "folder of CloudTrail's digests", "folders of CloudTrail's digests"},
	} {
		switch {
		case kind.n == 1:
			parts = append(parts, "1 "+kind.one)
		case kind.n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", kind.n, kind.many))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "passed over in folders: " + strings.Join(parts, ", ") + "; name a file to have it read"
}
