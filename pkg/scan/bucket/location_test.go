package bucket_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/scan/bucket"
)

func TestParse(t *testing.T) {
	const arn = "arn:aws:s3:eu-west-1:111122223333:accesspoint/audit"
	tests := []struct {
		label, address string
		want           bucket.Location
		fails          string
		reason         string
	}{
		{label: "bucket", address: "s3://org-trail", want: bucket.Location{Bucket: "org-trail"}, reason: "all of it"},
		{label: "root", address: "s3://org-trail/", want: bucket.Location{Bucket: "org-trail"}, reason: "the same"},
		{label: "prefix", address: "s3://org-trail/a/AWSLogs/", want: bucket.Location{Bucket: "org-trail", Prefix: "a/AWSLogs/"}, reason: "kept as it is"},
		{label: "empty folder name", address: "s3://org-trail//a", want: bucket.Location{Bucket: "org-trail", Prefix: "/a"}, reason: "a key may begin with a slash"},
		{label: "odd key", address: "s3://org-trail/a b?c#d%20", want: bucket.Location{Bucket: "org-trail", Prefix: "a b?c#d%20"}, reason: "a key is no URL"},
		{label: "old name", address: "s3://My_Logs.2012/x", want: bucket.Location{Bucket: "My_Logs.2012", Prefix: "x"}, reason: "names from before 2018"},
		{label: "alias", address: "s3://audit-1a4n8yjrb3kqw7-s3alias/x", want: bucket.Location{Bucket: "audit-1a4n8yjrb3kqw7-s3alias", Prefix: "x"}, reason: "an alias stands where a bucket does"},
		{label: "access point", address: "s3://" + arn + "/AWSLogs/", want: bucket.Location{Bucket: arn, Prefix: "AWSLogs/"}, reason: "the name ends at the next slash"},
		{label: "access point alone", address: "s3://" + arn, want: bucket.Location{Bucket: arn}, reason: "all of it"},
		{label: "other ARN", address: "s3://arn:aws:s3:::org-trail/x", fails: `"s3://arn:aws:s3:::org-trail/x": found an ARN that is none of an access point; expected s3://bucket/prefix or s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/prefix`, reason: "a bucket is given by name"},
		{label: "path", address: "logs/a.json", fails: `"logs/a.json": a place in S3 is given as s3://bucket/prefix`, reason: "not S3's"},
		{label: "URL", address: "https://org-trail.s3.amazonaws.com/x", fails: `"https://org-trail.s3.amazonaws.com/x": a place in S3 is given as s3://bucket/prefix`, reason: "which part is the bucket is not guessed"},
		{label: "no bucket", address: "s3:///AWSLogs/", fails: `"s3:///AWSLogs/": "" cannot be the name of a bucket; expected s3://bucket/prefix`, reason: "one slash too many"},
		{label: "hostile", address: "s3://a\x1b[31mb/x", fails: `"s3://a\x1b[31mb/x": "a\x1b[31mb" cannot be the name of a bucket; expected s3://bucket/prefix`, reason: "escaped where it is shown"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			got, err := bucket.Parse(tt.address)
			failed := ""
			if err != nil {
				failed = err.Error()
			}
			if diff := cmp.Diff(tt.fails, failed); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if again, err := bucket.Parse(got.String()); tt.fails == "" && (err != nil || again != got) {
				t.Errorf("the address %s is read as %v (%v)", got, again, err)
			}
		})
	}
}
