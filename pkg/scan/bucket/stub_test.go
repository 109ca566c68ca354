package bucket_test

import (
	"crypto/md5" //nolint:gosec // as S3's entity tags look
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"whydenied/pkg/scan/bucket"
)

const (
	bucketName = "org-trail"
	home       = "eu-central-1"
)

// stub answers as S3 does to ListObjectsV2, GetObject and HeadBucket of one
// bucket, addressed by path (S3 API Reference).
type stub struct {
	URL string

	mu      sync.Mutex
	objects map[string]string // by key
	headers map[string]string // of every object's answer
	plain   bool              // as servers that know no encoding of keys
	page    int               // of a list, at most
	calls   []string
	// fault answers instead, where it returns true.
	fault func(w http.ResponseWriter, r *http.Request) bool
}

func newStub(t *testing.T, objects map[string]string) *stub {
	t.Helper()
	s := &stub{objects: objects, page: 1000}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// client is one of the bucket's region that does not wait before it tries again.
func (s *stub) client() *s3.Client { return s.through(nil) }

// through is such a client whose requests are made by another than the SDK's.
func (s *stub) through(do aws.HTTPClient) *s3.Client {
	return bucket.NewClient(aws.Config{
		HTTPClient: do,
		Region:     home, BaseEndpoint: aws.String(s.URL), Credentials: credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""),
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported, // as the SDK's own configuration has it
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		},
	})
}

// made are the calls since it was last asked, sorted, since lists are asked for
// at once.
func (s *stub) made() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := s.calls
	s.calls = nil
	slices.Sort(calls)
	return calls
}

func (s *stub) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// ServeHTTP is the server.
func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.calls = append(s.calls, s.name(r))
	fault := s.fault
	s.mu.Unlock()
	key, found := strings.CutPrefix(r.URL.Path, "/"+bucketName+"/")
	switch {
	case fault != nil && fault(w, r):
	case r.Method == http.MethodHead:
		w.Header().Set("X-Amz-Bucket-Region", home)
	case found && key != "":
		s.get(w, r, key)
	default:
		s.list(w, r.URL.Query())
	}
}

func (s *stub) name(r *http.Request) string {
	q := r.URL.Query()
	switch {
	case r.Method == http.MethodHead:
		return "head"
	case q.Get("list-type") == "":
		return strings.TrimSpace("get " + r.URL.Path[len("/"+bucketName+"/"):] + " " + r.Header.Get("Range"))
	}
	name := "list " + q.Get("prefix")
	if q.Get("delimiter") == "" {
		name += "*"
	}
	if after := q.Get("start-after"); after != "" {
		name += " after " + after[strings.LastIndex(after, "/")-7:]
	}
	if q.Get("continuation-token") != "" {
		name += " on"
	}
	return name
}

type listed struct {
	XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name                  string
	Prefix                string
	StartAfter            string `xml:",omitempty"`
	ContinuationToken     string `xml:",omitempty"`
	NextContinuationToken string `xml:",omitempty"`
	KeyCount              int
	MaxKeys               int
	Delimiter             string `xml:",omitempty"`
	EncodingType          string `xml:",omitempty"`
	IsTruncated           bool
	Contents              []listedObject
	CommonPrefixes        []listedPrefix
}

type listedObject struct {
	Key, LastModified, ETag string
	Size                    int
	StorageClass            string
}

type listedPrefix struct{ Prefix string }

func (s *stub) list(w http.ResponseWriter, q url.Values) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q.Get("max-keys") == "" {
		q.Set("max-keys", "1000")
	}
	encode := func(key string) string { return strings.ReplaceAll(url.QueryEscape(key), "%2F", "/") }
	if s.plain {
		encode = func(key string) string { return key }
		q.Del("encoding-type")
	}
	most, _ := strconv.Atoi(q.Get("max-keys"))
	prefix, delimiter := q.Get("prefix"), q.Get("delimiter")
	out := listed{
		Name: bucketName, Prefix: encode(prefix), StartAfter: encode(q.Get("start-after")), Delimiter: delimiter,
		MaxKeys: most, EncodingType: q.Get("encoding-type"), ContinuationToken: q.Get("continuation-token"),
	}
	// A token tells where the page before ended, with a key or with a folder.
	after, _ := base64.StdEncoding.DecodeString(out.ContinuationToken)
	last, rolled := strings.CutSuffix(string(after), "\x00")
	last = max(last, q.Get("start-after"))
	for _, key := range slices.Sorted(maps.Keys(s.objects)) {
		if !strings.HasPrefix(key, prefix) || key <= last || rolled && strings.HasPrefix(key, last) {
			continue
		}
		if out.KeyCount == min(most, s.page) {
			out.IsTruncated = true
			if rolled {
				last += "\x00"
			}
			out.NextContinuationToken = base64.StdEncoding.EncodeToString([]byte(last))
			break
		}
		out.KeyCount++
		if folder, _, found := strings.Cut(key[len(prefix):], delimiter); delimiter != "" && found {
			last, rolled = prefix+folder+delimiter, true
			out.CommonPrefixes = append(out.CommonPrefixes, listedPrefix{encode(last)})
			continue
		}
		last, rolled = key, false
		out.Contents = append(out.Contents, listedObject{encode(key), "2026-11-24T00:00:00.000Z", tag(s.objects[key]), len(s.objects[key]), "STANDARD"})
	}
	answer(w, http.StatusOK, out)
}

// tag is an entity tag. Nobody may read more from one than that it differs.
func tag(data string) string {
	return fmt.Sprintf(`"%x-%d"`, md5.Sum([]byte(data[:min(len(data), 1024)])), len(data)) //nolint:gosec // as S3's look
}

func answer(w http.ResponseWriter, status int, body any) {
	data, err := xml.Marshal(body)
	if err != nil {
		panic(err) // a mistake in the stub
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprint(w, xml.Header, string(data))
}

func (s *stub) get(w http.ResponseWriter, r *http.Request, key string) {
	s.mu.Lock()
	data, found := s.objects[key]
	headers := s.headers
	s.mu.Unlock()
	if !found {
		refuse(w, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
		return
	}
	w.Header().Set("ETag", tag(data))
	if match := r.Header.Get("If-Match"); match != "" && match != tag(data) {
		refuse(w, http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
		return
	}
	for name, value := range headers {
		w.Header().Set(name, value)
	}
	// Ranges and lengths are as HTTP has them, for S3 too.
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(data))
}

// refuse answers with an error in S3's form.
func refuse(w http.ResponseWriter, status int, code, message string) {
	answer(w, status, struct {
		XMLName                                      xml.Name `xml:"Error"`
		Code, Message, BucketName, RequestId, HostId string   //nolint:staticcheck // S3's spelling
	}{Code: code, Message: message, BucketName: bucketName, RequestId: "TXM3A0HQ3PBK3ESJ", HostId: "ZmFrZQ=="})
}
