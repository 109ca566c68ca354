package bucket

import (
	"fmt"
	"regexp"
	"strings"
)

// Location is a place in S3.
type Location struct {
	Bucket string // name of a bucket, alias or ARN of an access point
	Prefix string // what the keys begin with, "" for all of them
}

// Scheme is what the address of a place in S3 begins with.
const Scheme = "s3://"

var (
	// Names that were given in us-east-1 before 2018 are more than today's rules
	// allow (S3 User Guide, "Bucket naming rules").
	bucketName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$`)
	accessPoint = regexp.MustCompile(`^arn:aws[a-z-]*:s3:[a-z0-9-]*:[0-9]{12}:accesspoint[:/][A-Za-z0-9.-]+`)
)

// Parse reads s3://BUCKET/PREFIX, where the bucket may be the ARN of an access
// point. An error says in one line what was expected.
func Parse(address string) (Location, error) {
	rest, found := strings.CutPrefix(address, Scheme)
	if !found {
		return Location{}, fmt.Errorf("%s: a place in S3 is given as s3://bucket/prefix", quote(address))
	}
	if strings.HasPrefix(rest, "arn:") {
		return parseARN(address, rest)
	}
	bucket, prefix, _ := strings.Cut(rest, "/")
	if !bucketName.MatchString(bucket) {
		return Location{}, fmt.Errorf("%s: %s cannot be the name of a bucket; expected s3://bucket/prefix", quote(address), quote(bucket))
	}
	return Location{Bucket: bucket, Prefix: prefix}, nil
}

func parseARN(address, rest string) (Location, error) {
	arn := accessPoint.FindString(rest)
	prefix, slash := strings.CutPrefix(rest[len(arn):], "/")
	if arn == "" || !slash && prefix != "" {
		return Location{}, fmt.Errorf(
			"%s: found an ARN that is none of an access point; expected s3://bucket/prefix or s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/prefix",
			quote(address))
	}
	return Location{Bucket: arn, Prefix: prefix}, nil
}

// String is the address that [Parse] reads.
func (l Location) String() string { return l.of(l.Prefix) }

// of is the address of a key in the same bucket.
func (l Location) of(key string) string { return Scheme + l.Bucket + "/" + key }

func (l Location) isARN() bool { return strings.HasPrefix(l.Bucket, "arn:") }
