package bucket_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/scan"
	"whydenied/pkg/scan/bucket"
)

const key = "a.json.gz"

// noise is content of so many bytes, the same for the same number.
func noise(n int) string {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(n)}).Read(data)
	return string(data)
}

// only is the one file of a bucket with one object.
func (s *stub) only(t *testing.T) scan.File {
	t.Helper()
	for file, err := range bucket.Files(t.Context(), s.client(), bucket.Location{Bucket: bucketName}, bucket.Query{}, bucket.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	t.Fatal("there is no file")
	return scan.File{}
}

func TestSizes(t *testing.T) {
	const part = 8 << 20
	for _, size := range []int{0, 1, 100_000, 2 * part, 2*part + 1, 3 * part, 5*part + 12345} {
		s := newStub(t, map[string]string{key: noise(size)})
		got, err := s.contents(t, "s3://"+bucketName, bucket.Options{})
		if err != nil || got[key] != s.objects[key] {
			t.Errorf("%d bytes: %d were read, and not the same (%v)", size, len(got[key]), err)
		}
		var want []string
		if size <= 2*part {
			want = []string{"get " + key}
		} else {
			for from := 0; from < size; from += part {
				want = append(want, fmt.Sprintf("get %s bytes=%d-%d", key, from, min(from+part, size)-1))
			}
		}
		slices.Sort(want)
		if diff := cmp.Diff(append(want, "list "), s.made()); diff != "" {
			t.Errorf("%d bytes: a small object is asked for whole, a large one in parts (-want +got):\n%s", size, diff)
		}
	}
}

// CloudTrail stores its log files with Content-Encoding gzip, and an HTTP client
// that unpacks them on the way would make other bytes of them than were listed.
func TestStoredWithAnEncoding(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte(`{"Records":[]}`))
	_ = w.Close()
	s := newStub(t, map[string]string{key: packed.String()})
	s.headers = map[string]string{"Content-Encoding": "gzip", "Content-Type": "application/json"}
	got, err := s.contents(t, "s3://"+bucketName, bucket.Options{})
	if diff := cmp.Diff(s.objects, got); diff != "" || err != nil {
		t.Errorf("failed: %v (-want +got):\n%s", err, diff)
	}
}

func TestWordsOfObjects(t *testing.T) {
	const call = `s3:GetObject "s3://org-trail/a.json.gz": `
	refused := func(status int, code, message string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			get := strings.HasSuffix(r.URL.Path, key)
			if get {
				refuse(w, status, code, message)
			}
			return get
		}
	}
	tests := []struct {
		label  string
		change func(s *stub)
		want   string
	}{
		{"gone", func(s *stub) { s.objects = nil }, "it is gone since it was listed"},
		{"changed", func(s *stub) { s.objects = map[string]string{key: "other"} }, "it has changed since it was listed"},
		{"archived", func(s *stub) {
			s.fault = refused(http.StatusForbidden, "InvalidObjectState", "The operation is not valid for the object's storage class")
		}, "it is archived and cannot be read as it is: restore it first (aws s3api restore-object), or leave it out by the time or by the prefix"},
		{"key", func(s *stub) {
			s.fault = refused(http.StatusForbidden, "AccessDenied", "User: arn:aws:sts::111122223333:assumed-role/audit/me is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:111122223333:key/1 because no identity-based policy allows the kms:Decrypt action")
		}, "access denied: the permission kms:Decrypt is missing"},
		{"key of a stranger", func(s *stub) {
			s.fault = refused(http.StatusForbidden, "AccessDenied", "User: arn:aws:sts::111122223333:assumed-role/audit/me is not authorized to perform: kms:Decrypt on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access")
		}, "access denied: the permission kms:Decrypt is missing"},
		{"refused", func(s *stub) { s.fault = refused(http.StatusForbidden, "AccessDenied", "Access Denied") },
			"access denied: the permission s3:GetObject is missing, or kms:Decrypt for the key that the object is encrypted with, or the bucket is one whose readers have to say that they pay"},
		{"disabled key", func(s *stub) {
			s.fault = refused(http.StatusBadRequest, "KMS.DisabledException", "arn:aws:kms:us-east-1:111122223333:key/1 is disabled.")
		}, "KMS.DisabledException: arn:aws:kms:us-east-1:111122223333:key/1 is disabled."},
		{"other size", func(s *stub) {
			s.fault = func(w http.ResponseWriter, r *http.Request) bool {
				_, _ = io.WriteString(w, "longer than it was")
				return true
			}
		}, "S3 sent 18 bytes where 6 were listed"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			s := newStub(t, map[string]string{key: "listed"})
			file := s.only(t)
			s.set(func() { tt.change(s) })
			in, err := file.Open(t.Context())
			if err == nil {
				t.Fatal("it was opened", in.Close())
			}
			if diff := cmp.Diff(call+tt.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// cutting answers with less than it says, after so many bytes each time.
func cutting(s *stub, after int, times int64) func(http.ResponseWriter, *http.Request) bool {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, key) || n.Add(1) > times {
			return false
		}
		s.get(&shortened{ResponseWriter: w, left: after}, r, key)
		return true
	}
}

// shortened drops what is written to it after so many bytes; the server then
// closes the connection, since the answer is shorter than its Content-Length.
type shortened struct {
	http.ResponseWriter

	left int
}

func (w *shortened) Write(p []byte) (int, error) {
	n := min(len(p), w.left)
	w.left -= n
	if _, err := w.ResponseWriter.Write(p[:n]); err != nil || n == len(p) {
		return n, err
	}
	return n, errors.New("cut off")
}

func TestCutOff(t *testing.T) {
	const small, big = 200_000, 20 << 20
	tests := []struct {
		label       string
		size, after int
		times       int64
		calls       []string
		fails       string
	}{
		{"once", small, 150_000, 1, []string{"get " + key, "get " + key + " bytes=150000-199999"}, ""},
		{"four times", small, 40_000, 4, []string{"get " + key, "get " + key + " bytes=40000-199999", "get " + key + " bytes=80000-199999", "get " + key + " bytes=120000-199999", "get " + key + " bytes=160000-199999"}, ""},
		{"before the first byte", small, 0, 1, []string{"get " + key, "get " + key}, ""},
		{"always", small, 1000, 99, nil, `s3:GetObject "s3://org-trail/a.json.gz": the answer was cut off 5 times, last after 5000 of 200000 bytes (unexpected EOF)`},
		{"parts", big, 1 << 20, 3, nil, ""},
		{"parts, always", big, 1 << 20, 99, nil, `s3:GetObject "s3://org-trail/a.json.gz": the answer was cut off 5 times, last after 5242880 of 20971520 bytes (unexpected EOF)`},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			s := newStub(t, map[string]string{key: noise(tt.size)})
			s.fault = cutting(s, tt.after, tt.times)
			got, err := s.contents(t, "s3://"+bucketName, bucket.Options{})
			failed := ""
			if err != nil {
				failed = err.Error()
			}
			if diff := cmp.Diff(tt.fails, failed); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if tt.fails == "" && got[key] != s.objects[key] {
				t.Errorf("%d bytes were read, and not those of the object", len(got[key]))
			}
			if tt.calls != nil {
				if diff := cmp.Diff(append(slices.Sorted(slices.Values(tt.calls)), "list "), s.made()); diff != "" {
					t.Errorf("what is missing is asked for (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// An answer without a length is held to the size that was listed.
func TestLongerThanListed(t *testing.T) {
	s := newStub(t, map[string]string{key: "listed"})
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		get := strings.HasSuffix(r.URL.Path, key)
		if get {
			_, _ = io.WriteString(w, "listed")
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, ", and more")
		}
		return get
	}
	_, err := s.contents(t, "s3://"+bucketName, bucket.Options{})
	if want := `s3:GetObject "s3://org-trail/a.json.gz": S3 sent more than was asked for`; err == nil || err.Error() != want {
		t.Errorf("read with %v, want %s", err, want)
	}
}

// A log that changes while it is read is no mix of both.
func TestChangesBetweenParts(t *testing.T) {
	s := newStub(t, map[string]string{key: noise(49 << 20)})
	in, err := s.only(t).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close() //nolint:errcheck // nothing to lose
	s.set(func() { s.objects = map[string]string{key: noise(49<<20 + 1)} })
	_, err = io.Copy(io.Discard, in)
	if err == nil || !strings.HasSuffix(err.Error(), "it has changed since it was listed") {
		t.Errorf("read with %v", err)
	}
}

func TestServerWithoutRanges(t *testing.T) {
	s := newStub(t, map[string]string{key: noise(20 << 20)})
	s.fault = func(_ http.ResponseWriter, r *http.Request) bool {
		r.Header.Del("Range")
		return false
	}
	_, err := s.contents(t, "s3://"+bucketName, bucket.Options{})
	want := `s3:GetObject "s3://org-trail/a.json.gz": S3 was asked for bytes 0 to 8388607, and sent others (Content-Range "")`
	if err == nil || err.Error() != want {
		t.Errorf("failed with %v, want %s", err, want)
	}
}

// S3 sends the checksum with which an object was stored, and the SDK compares.
func TestOtherChecksum(t *testing.T) {
	s := newStub(t, map[string]string{key: "listed"})
	s.headers = map[string]string{"X-Amz-Checksum-Crc32": "AAAAAA=="}
	_, err := s.contents(t, "s3://"+bucketName, bucket.Options{})
	if err == nil || !strings.Contains(err.Error(), `s3:GetObject "s3://org-trail/a.json.gz": checksum did not match`) {
		t.Errorf("read with %v", err)
	}
}

// Parts come at once: the first is not sent before the next two are asked
// for. Readers that end early give back their room.
func TestReadsAhead(t *testing.T) {
	s := newStub(t, map[string]string{key: noise(33 << 20)})
	file := s.only(t)
	for range 5 {
		in, err := file.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	}
	var came atomic.Int64
	two := make(chan struct{})
	s.set(func() {
		s.fault = func(w http.ResponseWriter, r *http.Request) bool {
			begins := strings.HasPrefix(r.Header.Get("Range"), "bytes=0-")
			if begins {
				s.get(&later{ResponseWriter: w, until: two}, r, key)
			} else if came.Add(1) == 2 {
				close(two)
			}
			return begins
		}
	})
	data, err := readFile(t.Context(), file.Open)
	if err != nil || string(data) != s.objects[key] {
		t.Errorf("%d bytes were read, and not those of the object (%v)", len(data), err)
	}
}

// later sends the header, and what follows when all are there.
type later struct {
	http.ResponseWriter

	until chan struct{}
}

func (w *later) Write(p []byte) (int, error) {
	if err := http.NewResponseController(w.ResponseWriter).Flush(); err != nil {
		return 0, err
	}
	<-w.until
	return w.ResponseWriter.Write(p)
}

// However many large objects are open, no more than two parts are in memory,
// and nobody waits for another to go on.
func TestRoomIsShared(t *testing.T) {
	const size, readers = 25 << 20, 4 // four parts each
	s := newStub(t, map[string]string{})
	for i := range readers {
		s.objects[fmt.Sprintf("%d.json.gz", i)] = noise(size)
	}
	var open []io.ReadCloser
	for file, err := range bucket.Files(t.Context(), s.client(), bucket.Location{Bucket: bucketName}, bucket.Query{}, bucket.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		in, err := file.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, in)
	}
	if n := len(s.made()); n > 1+readers+2 {
		t.Errorf("%d calls, want one for the list, one for each object, and at most two for parts ahead", n)
	}
	var wait sync.WaitGroup
	for i, in := range open[1:] { // nobody reads the first, which holds room
		wait.Go(func() {
			n, err := io.Copy(io.Discard, in)
			if err != nil || n != size {
				t.Errorf("reader %d: %d bytes, %v", i+1, n, err)
			}
			if err := in.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if err := open[0].Close(); err != nil {
		t.Error(err)
	}
	if _, err := open[0].Read(make([]byte, 1)); err == nil {
		t.Error("what is closed can be read")
	}
}

func TestCanceledWhileReading(t *testing.T) {
	for _, size := range []int{1 << 20, 40 << 20} {
		s := newStub(t, map[string]string{key: noise(size)})
		s.fault = func(w http.ResponseWriter, r *http.Request) bool {
			stall := strings.HasSuffix(r.URL.Path, key)
			if stall {
				s.get(&shortened{ResponseWriter: w, left: 100}, r, key)
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}
			return stall
		}
		ctx, cancel := context.WithCancel(t.Context())
		in, err := s.only(t).Open(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(in, make([]byte, 100)); err != nil {
			t.Error(err)
		}
		cancel()
		if _, err := io.ReadAll(in); !errors.Is(err, context.Canceled) {
			t.Errorf("%d bytes: read with %v", size, err)
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	}
}
