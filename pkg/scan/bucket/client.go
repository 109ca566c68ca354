package bucket

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const (
	connections = 64 // kept for the next request; the SDK keeps ten, and would make new ones for the rest
	tries       = 8  // of one request: S3 asks those who read much to slow down

	anyRegion = "us-east-1" // where S3 says in which region a bucket is
)

// NewClient is a client that is fit for reading many objects at once. An
// endpoint of the configuration or of the environment (AWS_ENDPOINT_URL_S3) is
// addressed by path, since the name of a bucket before its host need not
// resolve.
func NewClient(cfg aws.Config) *s3.Client {
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		if o.BaseEndpoint != nil {
			o.UsePathStyle = true
		}
		if o.Region == "" {
			o.Region = anyRegion
		}
		o.HTTPClient = keeping(cfg.HTTPClient)
		if cfg.Retryer == nil && cfg.RetryMode != aws.RetryModeAdaptive {
			// The SDK's limit on all retries together is for services that others
			// wait for; here it would turn slowness into loss. AWS_MAX_ATTEMPTS,
			// where it is set, holds all the same.
			o.Retryer = retry.NewStandard(func(r *retry.StandardOptions) {
				r.MaxAttempts, r.RateLimiter = tries, ratelimit.None
			})
		}
	})
}

// keeping is an HTTP client of the SDK that keeps as many connections as are
// used; a client of another kind stays as it is.
func keeping(client aws.HTTPClient) aws.HTTPClient {
	if client == nil {
		client = awshttp.NewBuildableClient()
	}
	buildable, ok := client.(*awshttp.BuildableClient)
	if !ok {
		return client
	}
	return buildable.WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns, t.MaxIdleConnsPerHost = connections, connections
	})
}
