package bucket_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/scan/bucket"
)

var odd = []string{
	"x/a b.json", "x/a+b.json", "x/a%20b.json", "x/ä/日本語.json", "x/&<>\"'.json", "x/a?b=c#d.json", "x/*~!().json", "x/ .json", "x/\x01.json", "x/a//b.json",
}

func TestKeysAreDecoded(t *testing.T) {
	objects := map[string]string{}
	for _, key := range odd {
		objects[key] = "content of " + key
	}
	s := newStub(t, objects)
	got, err := s.contents(t, "s3://"+bucketName, bucket.Options{PageSize: 3})
	if diff := cmp.Diff(objects, got); diff != "" || err != nil {
		t.Errorf("failed: %v (-want +got):\n%s", err, diff)
	}
	for _, key := range odd {
		if got, failures := s.listed(t, "s3://"+bucketName+"/"+key, bucket.Query{}, bucket.Options{}); len(got) != 1 || got[0] != key || failures != nil {
			t.Errorf("the address of %q leads to %q, failures %q", key, got, failures)
		}
	}
}

func TestServerWithoutEncoding(t *testing.T) {
	objects := map[string]string{"x/a+b%41.json": "1", "x/ä b.json": "2"}
	s := newStub(t, objects)
	s.plain = true
	got, err := s.contents(t, "s3://"+bucketName, bucket.Options{})
	if diff := cmp.Diff(objects, got); diff != "" || err != nil {
		t.Errorf("a key is not decoded that is not said to be encoded; failed: %v (-want +got):\n%s", err, diff)
	}
}

func TestPages(t *testing.T) {
	objects := map[string]string{}
	for i := range 2500 {
		objects[fmt.Sprintf("AWSLogs/%s/CloudTrail/us-east-1/2026/11/07/%04d.json.gz", first, i)] = "{}"
	}
	s := newStub(t, objects)
	got, failures := s.listed(t, "s3://"+bucketName+"/AWSLogs/", bucket.Query{}, bucket.Options{})
	if diff := cmp.Diff(keys(objects), got); diff != "" || failures != nil {
		t.Errorf("failures %q (-want +got):\n%s", failures, diff)
	}
	if n := len(s.made()); n != 5 {
		t.Errorf("%d calls, want 5: two levels, three pages", n)
	}
}

// Where there are very many folders, not each of them is looked into.
func TestManyFolders(t *testing.T) {
	objects := map[string]string{}
	for i := range 1200 {
		objects[fmt.Sprintf("data/%03d/%d/a.json", i/3, i)] = "{}"
	}
	s := newStub(t, objects)
	got, failures := s.listed(t, "s3://"+bucketName, bucket.Query{}, bucket.Options{})
	if diff := cmp.Diff(keys(objects), got); diff != "" || failures != nil {
		t.Errorf("failures %q (-want +got):\n%s", failures, diff)
	}
	if n := len(s.made()); n > 900 {
		t.Errorf("%d calls for 1600 folders, want 500 and one for each folder that is left of the 400 above", n)
	}
}

// A prefix that cannot be listed costs itself, whether on its first page or
// later.
func TestOnePlaceFails(t *testing.T) {
	for _, again := range []bool{false, true} {
		objects := logs("")
		s := newStub(t, objects)
		s.fault = func(w http.ResponseWriter, r *http.Request) bool {
			q := r.URL.Query()
			bad := strings.HasSuffix(q.Get("prefix"), first+"/CloudTrail/us-east-1/") && (q.Get("continuation-token") != "") == again
			if bad {
				refuse(w, http.StatusForbidden, "AccessDenied", "Access Denied")
			}
			return bad
		}
		got, failures := s.listed(t, "s3://"+bucketName, bucket.Query{}, bucket.Options{PageSize: 5, RequesterPays: true})
		want := []string{`s3:ListObjectsV2 "s3://org-trail/AWSLogs/o-exampleorgid/111122223333/CloudTrail/us-east-1/": access denied: the permission s3:ListBucket is missing`}
		if diff := cmp.Diff(want, failures); diff != "" {
			t.Errorf("failures (-want +got):\n%s", diff)
		}
		n := 75
		if again {
			n = 80
		}
		if len(got) != n {
			t.Errorf("%d files, want %d", len(got), n)
		}
	}
}

func TestWordsOfFailures(t *testing.T) {
	const call = `s3:ListObjectsV2 "s3://org-trail/": `
	tests := []struct {
		label         string
		status        int
		code, message string
		want          string
		tries         int
	}{
		{"outsider", http.StatusForbidden, "AccessDenied", "Access Denied",
			call + "access denied: the permission s3:ListBucket is missing, or the bucket is one whose readers have to say that they pay", 1},
		{"insider", http.StatusForbidden, "AccessDenied", `User: arn:aws:iam::111122223333:user/a is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::org-trail" because no identity-based policy allows the s3:ListBucket action`,
			call + "access denied: the permission s3:ListBucket is missing", 1},
		{"explicit", http.StatusForbidden, "AccessDenied", `User: arn:aws:iam::111122223333:user/a is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::org-trail" with an explicit deny in a resource-based policy`,
			call + "access denied: s3:ListBucket is denied explicitly in a resource-based policy", 1},
		{"bucket", http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist", call + "there is no bucket of this name", 1},
		{"expired", http.StatusBadRequest, "ExpiredToken", "The provided token has expired.", call + "the AWS credentials have expired", 1},
		{"slow", http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.", call + "SlowDown: Please reduce your request rate.", 3},
		{"other", http.StatusBadRequest, "InvalidArgument", "a\nb", call + "InvalidArgument: a b", 1},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			s := newStub(t, nil)
			s.fault = func(w http.ResponseWriter, _ *http.Request) bool {
				refuse(w, tt.status, tt.code, tt.message)
				return true
			}
			_, failures := s.listed(t, "s3://"+bucketName, bucket.Query{}, bucket.Options{})
			if diff := cmp.Diff([]string{tt.want}, failures); diff != "" {
				t.Errorf("failures (-want +got):\n%s", diff)
			}
			if n := len(s.made()); n != tt.tries {
				t.Errorf("%d calls, want %d", n, tt.tries)
			}
		})
	}
}

// What fails for one place for a reason that all have is asked once.
func TestHopelessEndsTheList(t *testing.T) {
	s := newStub(t, nil)
	s.objects = map[string]string{}
	for i := range 500 {
		s.objects[fmt.Sprintf("AWSLogs/%012d/CloudTrail/us-east-1/2026/11/07/a.json.gz", i)] = ""
	}
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		expired := strings.Contains(r.URL.Query().Get("prefix"), "CloudTrail")
		if expired {
			refuse(w, http.StatusBadRequest, "ExpiredToken", "The provided token has expired.")
		}
		return expired
	}
	_, failures := s.listed(t, "s3://"+bucketName, bucket.Query{}, bucket.Options{})
	if n := len(failures); n < 1 || n > 8 {
		t.Errorf("%d failures, want one for each of at most eight lists that were asked for at once", n)
	}
}

func TestSlowDownIsWaitedOut(t *testing.T) {
	s := newStub(t, logs(""))
	var n atomic.Int64
	s.fault = func(w http.ResponseWriter, _ *http.Request) bool {
		slow := n.Add(1)%3 != 0 // of three tries, one is answered
		if slow {
			refuse(w, http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")
		}
		return slow
	}
	one := "s3://" + bucketName + "/" + top + first + "/CloudTrail/us-east-1/2026/11/07/"
	got, failures := s.listed(t, one, bucket.Query{}, bucket.Options{})
	if len(got) != 3 || failures != nil {
		t.Errorf("%d files, want 3; failures %q", len(got), failures)
	}
}

func TestBucketInAnotherRegion(t *testing.T) {
	tests := []struct {
		label  string
		status int
		code   string
		header bool
		want   []string
		fails  []string
	}{
		{"redirected", http.StatusMovedPermanently, "PermanentRedirect", true, []string{"list ", "list "}, nil},
		{"not told where", http.StatusMovedPermanently, "PermanentRedirect", false, []string{"head", "list ", "list "}, nil},
		{"signed for another", http.StatusBadRequest, "AuthorizationHeaderMalformed", false, []string{"head", "list ", "list "}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			s := newStub(t, map[string]string{"a.json": "{}"})
			s.fault = func(w http.ResponseWriter, r *http.Request) bool {
				if strings.Contains(r.Header.Get("Authorization"), "/"+home+"/s3/") || r.Method == http.MethodHead {
					return false
				}
				if tt.header {
					w.Header().Set("X-Amz-Bucket-Region", home)
				}
				refuse(w, tt.status, tt.code, "The bucket you are attempting to access must be addressed using the specified endpoint.")
				return true
			}
			client := s3.New(s.client().Options(), func(o *s3.Options) { o.Region = "us-east-1" })
			var got []string
			for file, err := range bucket.Files(t.Context(), client, bucket.Location{Bucket: bucketName}, bucket.Query{}, bucket.Options{}) {
				if err != nil {
					t.Fatal(err)
				}
				data, err := readFile(t.Context(), file.Open)
				got = append(got, file.Name+" "+string(data))
				if err != nil {
					t.Error(err)
				}
			}
			if diff := cmp.Diff([]string{"s3://org-trail/a.json {}"}, got); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			want := slices.Sorted(slices.Values(append(tt.want, "get a.json")))
			if diff := cmp.Diff(want, s.made()); diff != "" {
				t.Errorf("the region is learned once (-want +got):\n%s", diff)
			}
		})
	}
}

// Files are read while others are still listed: the second page comes when a
// file of the first has been opened.
func TestReadWhileListing(t *testing.T) {
	s := newStub(t, map[string]string{"AWSLogs/a.json": "a", "AWSLogs/b.json": "b"})
	opened := make(chan struct{})
	s.fault = func(_ http.ResponseWriter, r *http.Request) bool {
		switch {
		case strings.HasSuffix(r.URL.Path, "a.json"):
			close(opened)
		case r.URL.Query().Get("continuation-token") != "":
			<-opened
		}
		return false
	}
	got, err := s.contents(t, "s3://"+bucketName+"/AWSLogs/", bucket.Options{PageSize: 1})
	if diff := cmp.Diff(s.objects, got); diff != "" || err != nil {
		t.Errorf("failed: %v (-want +got):\n%s", err, diff)
	}
}

// Eight lists are asked for at once, and not more: none is answered before
// there are eight.
func TestListsAtOnce(t *testing.T) {
	s := newStub(t, map[string]string{})
	for i := range 40 {
		s.objects[fmt.Sprintf("AWSLogs/%012d/CloudTrail/us-east-1/2026/11/07/a.json.gz", i)] = "{}"
	}
	var came, now, most atomic.Int64
	eight := make(chan struct{})
	s.fault = func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Query().Get("prefix"), "/CloudTrail/") {
			most.Store(max(most.Load(), now.Add(1)))
			if came.Add(1) == 8 {
				close(eight)
			}
			<-eight
			now.Add(-1)
		}
		return false
	}
	got, failures := s.listed(t, "s3://"+bucketName+"/AWSLogs/", bucket.Query{}, bucket.Options{})
	if len(got) != 40 || failures != nil || most.Load() > 8 {
		t.Errorf("%d files, want 40; %d lists at once, want at most 8; failures %q", len(got), most.Load(), failures)
	}
}

// A region that is told again and again is told on.
func TestRegionThatDoesNotHelp(t *testing.T) {
	s := newStub(t, nil)
	s.fault = func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("X-Amz-Bucket-Region", "eu-west-3")
		refuse(w, http.StatusMovedPermanently, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint.")
		return true
	}
	_, failures := s.listed(t, "s3://"+bucketName, bucket.Query{}, bucket.Options{})
	if diff := cmp.Diff([]string{`s3:ListObjectsV2 "s3://org-trail/": the bucket is in another region: give eu-west-3`}, failures); diff != "" || len(s.made()) != 2 {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestInterrupted(t *testing.T) {
	s := newStub(t, logs(""))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	n := 0
	for _, err := range bucket.Files(ctx, s.client(), bucket.Location{Bucket: bucketName}, bucket.Query{}, bucket.Options{PageSize: 1}) {
		if err == nil {
			n++
		}
		last = err
		cancel()
	}
	if !errors.Is(last, context.Canceled) || n == 90 {
		t.Errorf("%d files, then %v; want the end to be told", n, last)
	}
}

// held answers the first page of each list. The request for another is under
// way until it is given up, and an hour longer.
type held struct {
	to       http.Handler
	underWay atomic.Int64
}

func (h *held) Do(r *http.Request) (*http.Response, error) {
	if r.URL.Query().Get("continuation-token") != "" {
		h.underWay.Add(1)
		defer h.underWay.Add(-1)
		<-r.Context().Done()
		time.Sleep(time.Hour) // of the test's own clock
		return nil, r.Context().Err()
	}
	w := httptest.NewRecorder()
	h.to.ServeHTTP(w, r)
	return w.Result(), nil
}

func TestNobodyReadsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stub{URL: "http://s3.test", objects: map[string]string{"a.json": "a", "b.json": "b"}, page: 1000}
		h := &held{to: s}
		for _, err := range bucket.Files(t.Context(), s.through(h), bucket.Location{Bucket: bucketName}, bucket.Query{}, bucket.Options{PageSize: 1}) {
			if err != nil {
				t.Error(err)
			}
			synctest.Wait()
			if h.underWay.Load() == 0 {
				t.Error("no further page is asked for meanwhile")
			}
			break
		}
		if h.underWay.Load() != 0 {
			t.Error("what was under way is not over when the loop is")
		}
	})
}

// A list that is broken is neither endless nor complete.
func TestBrokenList(t *testing.T) {
	for token, want := range map[string]string{"same": "S3 answered with the same page again", "": "S3 says that the list goes on, but not where"} {
		s := newStub(t, nil)
		s.fault = func(w http.ResponseWriter, _ *http.Request) bool {
			answer(w, http.StatusOK, listed{Name: bucketName, IsTruncated: true, NextContinuationToken: token, Contents: []listedObject{
				{Key: "AWSLogs/a.json", LastModified: "2026-11-24T00:00:00.000Z"},
			}})
			return true
		}
		_, failures := s.listed(t, "s3://"+bucketName+"/AWSLogs/", bucket.Query{}, bucket.Options{})
		if diff := cmp.Diff([]string{`s3:ListObjectsV2 "s3://org-trail/AWSLogs/": ` + want}, failures); diff != "" {
			t.Errorf("token %q (-want +got):\n%s", token, diff)
		}
	}
}

func TestRequesterPays(t *testing.T) {
	s := newStub(t, map[string]string{"a.json": "{}"})
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		free := r.Header.Get("X-Amz-Request-Payer") != "requester"
		if free {
			refuse(w, http.StatusForbidden, "AccessDenied", "Access Denied")
		}
		return free
	}
	got, err := s.contents(t, "s3://"+bucketName, bucket.Options{RequesterPays: true})
	if diff := cmp.Diff(map[string]string{"a.json": "{}"}, got); diff != "" || err != nil {
		t.Errorf("failed: %v (-want +got):\n%s", err, diff)
	}
	if _, err = s.contents(t, "s3://"+bucketName, bucket.Options{}); err == nil {
		t.Error("nobody is made to pay who did not say so")
	}
}

// What the SDK's own variables say of an endpoint holds here, too.
func TestEndpointOfTheEnvironment(t *testing.T) {
	s := newStub(t, map[string]string{"a.json": "{}"})
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_S3": s.URL, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_REGION": home, "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
	} {
		t.Setenv(name, value)
	}
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client := bucket.NewClient(cfg)
	n := 0
	for _, err := range bucket.Files(t.Context(), client, bucket.Location{Bucket: bucketName}, bucket.Query{}, bucket.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d files, want 1", n)
	}
	plain := bucket.NewClient(aws.Config{}).Options()
	if plain.UsePathStyle || plain.Region == "" {
		t.Errorf("region %q, path style %t; want any region, since S3 tells the right one, and the bucket's name before the host's", plain.Region, plain.UsePathStyle)
	}
}
