package athena_test

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"whydenied/pkg/scan/athena"
)

// bucket lists one object a page.
type bucket []int64

func (b bucket) ListObjectsV2(_ context.Context, in *s3.ListObjectsV2Input, _ ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	if aws.ToString(in.Bucket) != "logs" || aws.ToString(in.Prefix) != "AWSLogs/x/" {
		return nil, errors.New("another place")
	}
	at := len(aws.ToString(in.ContinuationToken))
	out := &s3.ListObjectsV2Output{Contents: []types.Object{{Size: aws.Int64(b[at])}}}
	if at+1 < len(b) {
		out.IsTruncated, out.NextContinuationToken = aws.Bool(true), aws.String(aws.ToString(in.ContinuationToken)+"+")
	}
	return out, nil
}

func TestSizes(t *testing.T) {
	size := athena.Sizes(bucket{1, 20, 300})
	if n, err := size(t.Context(), "s3://logs/AWSLogs/x/"); err != nil || n != 321 {
		t.Errorf("got %d, %v, want what lies on all three pages", n, err)
	}
	_, err := size(t.Context(), "s3://logs/elsewhere/")
	if want := `s3:ListObjectsV2 "s3://logs/elsewhere/": another place`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
