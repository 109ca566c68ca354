package athena

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"whydenied/internal/awserr"
)

// Sizes is a Config.Measure that lists S3, which needs s3:ListBucket and costs a
// request for each thousand log files.
func Sizes(client s3.ListObjectsV2APIClient) func(ctx context.Context, prefix string) (int64, error) {
	service := awserr.Service{Name: "S3"}
	return func(ctx context.Context, prefix string) (bytes int64, err error) {
		bucket, key, _ := strings.Cut(strings.TrimPrefix(prefix, "s3://"), "/")
		pages := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: aws.String(bucket), Prefix: aws.String(key)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return 0, service.Failed("s3:ListObjectsV2", prefix, err)
			}
			for _, object := range page.Contents {
				bytes += aws.ToInt64(object.Size)
			}
		}
		return bytes, nil
	}
}
