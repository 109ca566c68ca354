package bucket

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

const (
	listCall = "s3:ListObjectsV2"
	getCall  = "s3:GetObject"

	regionHeader = "X-Amz-Bucket-Region"
)

// store is the bucket, as it is called.
type store struct {
	client *s3.Client
	at     Location
	o      Options
	spare  chan []byte // what parts are read into ahead; see parts

	mu     sync.Mutex
	region string // the bucket's, where it is not the client's
}

func newStore(client *s3.Client, at Location, o Options) *store {
	s := &store{client: client, at: at, o: o, spare: make(chan []byte, spares)}
	for range spares {
		s.spare <- nil // made when it is first needed
	}
	return s
}

// page is one page of a list.
type page struct {
	objects  []object
	prefixes []string
	next     *string // token for the next one, nil after the last
}

// object is what the list tells of one.
type object struct {
	key  string
	size int64
	etag *string
}

// list asks for one page.
func (s *store) list(ctx context.Context, in s3.ListObjectsV2Input) (page, error) {
	// Keys may hold what XML cannot, so they are asked for in URL encoding.
	in.Bucket, in.EncodingType, in.RequestPayer = &s.at.Bucket, types.EncodingTypeUrl, s.payer()
	out, err := there(ctx, s, func(o func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
		return s.client.ListObjectsV2(ctx, &in, o)
	})
	var p page
	if err == nil {
		p, err = read(out)
	}
	if err == nil && p.next != nil && aws.ToString(p.next) == aws.ToString(in.ContinuationToken) {
		err = errors.New("S3 answered with the same page again")
	}
	if err != nil {
		return page{}, s.failed(listCall, aws.ToString(in.Prefix), err)
	}
	return p, nil
}

// read takes a page from S3's answer.
func read(out *s3.ListObjectsV2Output) (page, error) {
	var p page
	for i := range out.Contents {
		key, err := decoded(out, out.Contents[i].Key)
		if err != nil {
			return page{}, err
		}
		p.objects = append(p.objects, object{key: key, size: aws.ToInt64(out.Contents[i].Size), etag: out.Contents[i].ETag})
	}
	for _, common := range out.CommonPrefixes {
		prefix, err := decoded(out, common.Prefix)
		if err != nil {
			return page{}, err
		}
		p.prefixes = append(p.prefixes, prefix)
	}
	if aws.ToBool(out.IsTruncated) {
		if p.next = out.NextContinuationToken; aws.ToString(p.next) == "" {
			return page{}, errors.New("S3 says that the list goes on, but not where")
		}
	}
	return p, nil
}

// decoded is a key as it is. A server that does not know the encoding does not
// say that it uses it.
func decoded(out *s3.ListObjectsV2Output, key *string) (string, error) {
	if out.EncodingType != types.EncodingTypeUrl {
		return aws.ToString(key), nil
	}
	plain, err := url.QueryUnescape(aws.ToString(key))
	if err != nil {
		return "", fmt.Errorf("the list has a key that cannot be decoded: %s", quote(aws.ToString(key)))
	}
	return plain, nil
}

func (s *store) payer() types.RequestPayer {
	if s.o.RequesterPays {
		return types.RequestPayerRequester
	}
	return ""
}

// options are those of each call.
func (s *store) options(o *s3.Options) {
	o.DisableLogOutputChecksumValidationSkipped = true // most log files have none, and nobody reads that
	if s.at.isARN() {
		o.UseARNRegion = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.region != "" {
		o.Region = s.region
	}
}

// there makes a call, and makes it once more where the bucket is in another
// region than it was looked for.
func there[T any](ctx context.Context, s *store, call func(func(*s3.Options)) (T, error)) (T, error) {
	out, err := call(s.options)
	if err == nil || !elsewhere(err) || !s.found(ctx, err) {
		return out, err
	}
	return call(s.options)
}

// found learns the bucket's region: S3 says it beside every answer, or at least
// where it is asked for nothing else.
func (s *store) found(ctx context.Context, err error) bool {
	region := header(err, regionHeader)
	if region == "" {
		out, err := s.client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &s.at.Bucket}, s.options)
		if err != nil {
			region = header(err, regionHeader)
		} else {
			region = aws.ToString(out.BucketRegion)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if region != "" {
		s.region = region
	}
	return region != ""
}
