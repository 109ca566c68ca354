package bucket_test

import (
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/scan/bucket"
)

const top = "AWSLogs/" + organization + "/"

var named = regexp.MustCompile(`^(\d{12}_)CloudTrail_(.*_)202611(\d\dT\d{4})Z_.*$`)

// short are keys of log files as account_region_dayTtime.
func short(keys []string) []string {
	var all []string
	for _, key := range keys {
		all = append(all, named.ReplaceAllString(path.Base(key), "$1$2$3"))
	}
	slices.Sort(all)
	return all
}

// Each call is a page of the list: what the query leaves out costs none.
func TestPrunedIsNeverListed(t *testing.T) {
	down := []string{"list ", "list AWSLogs/", "list " + top}
	tests := []struct {
		label       string
		query       bucket.Query
		calls, want []string
		reason      string
	}{
		{
			label: "one account, one region, late", query: bucket.Query{Accounts: []string{first}, Regions: []string{"us-east-1"}, Since: at("09", "01:01")},
			calls:  []string{"list " + top + first + "/CloudTrail/", "list " + top + first + "/CloudTrail/us-east-1/* after 2026/11/09"},
			want:   []string{first + "_us-east-1_09T1200", first + "_us-east-1_09T2355"},
			reason: "neither the other account nor other services' folders nor other regions nor other days are looked into; of 00:00 is more than an hour too early",
		},
		{
			label: "some hours", query: bucket.Query{Accounts: []string{second}, Regions: []string{"us-east-2"}, Since: at("07", "02:00"), Until: at("07", "17:54")},
			calls:  []string{"list " + top + second + "/CloudTrail/", "list " + top + second + "/CloudTrail/us-east-2/* after 2026/11/07"},
			want:   []string{second + "_us-east-2_07T1200"},
			reason: "of 23:55 is more than six hours too late",
		},
		{
			label: "minutes before midnight", query: bucket.Query{Accounts: []string{second}, Regions: []string{"us-east-2"}, Since: at("06", "23:57"), Until: at("06", "23:59")},
			calls:  []string{"list " + top + second + "/CloudTrail/", "list " + top + second + "/CloudTrail/us-east-2/* after 2026/11/06"},
			want:   []string{second + "_us-east-2_06T2355", second + "_us-east-2_07T0000"},
			reason: "an event may be later than its file's name says, and may lie in the next day's folder",
		},
		{
			label: "two accounts, two regions", query: bucket.Query{Regions: []string{"us-east-1", "us-east-2"}, Until: at("05", "17:00")},
			calls: []string{
				"list " + top + first + "/CloudTrail/", "list " + top + first + "/CloudTrail/us-east-1/*", "list " + top + first + "/CloudTrail/us-east-2/*",
				"list " + top + second + "/CloudTrail/", "list " + top + second + "/CloudTrail/us-east-1/*", "list " + top + second + "/CloudTrail/us-east-2/*",
				"list AWSLogs/777788889999/CloudTrail/",
			},
			want: []string{
				first + "_us-east-1_05T0000", first + "_us-east-1_05T1200", first + "_us-east-2_05T0000", first + "_us-east-2_05T1200",
				second + "_us-east-1_05T0000", second + "_us-east-1_05T1200", second + "_us-east-2_05T0000", second + "_us-east-2_05T1200",
			},
			reason: "an account without a trail costs one call",
		},
		{
			label: "nobody", query: bucket.Query{Accounts: []string{"999999999999"}}, reason: "the accounts are listed, and none is it",
		},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			s := newStub(t, logs(""))
			got, failures := s.listed(t, "s3://"+bucketName, tt.query, bucket.Options{})
			calls := slices.Sorted(slices.Values(slices.Concat(down, tt.calls)))
			if diff := cmp.Diff(calls, s.made()); diff != "" {
				t.Errorf("%s: calls (-want +got):\n%s", tt.reason, diff)
			}
			if diff := cmp.Diff(tt.want, short(got)); diff != "" || failures != nil {
				t.Errorf("%s; failures %q (-want +got):\n%s", tt.reason, failures, diff)
			}
		})
	}
}

// A list of many days ends with the page on which the last wanted day ends.
func TestEndsAfterTheLastDay(t *testing.T) {
	s := newStub(t, logs(""))
	region := top + first + "/CloudTrail/us-east-1/"
	got, _ := s.listed(t, "s3://"+bucketName+"/"+region, bucket.Query{Until: at("06", "10:00")}, bucket.Options{PageSize: 4})
	want := []string{first + "_us-east-1_05T0000", first + "_us-east-1_05T1200", first + "_us-east-1_05T2355", first + "_us-east-1_06T0000", first + "_us-east-1_06T1200"}
	if diff := cmp.Diff(want, short(got)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"list " + region + "*", "list " + region + "* on"}, s.made()); diff != "" {
		t.Errorf("two pages of four (-want +got):\n%s", diff)
	}
}

func TestAnyLevel(t *testing.T) {
	const (
		one   = top + first + "/CloudTrail/"
		other = "AWSLogs/" + first + "/CloudTrail/"
		day   = one + "us-east-1/2026/11/07/"
		file  = day + first + "_CloudTrail_us-east-1_20261107T1200Z_Mu0KsOhtH1ar15ZZ.json.gz"
	)
	tests := []struct {
		label, prefix, address string // the trail's prefix, and where the list begins
		files                  int
		fails                  string
		reason                 string
	}{
		{label: "bucket", address: "", files: 90, reason: "two accounts, three regions, five days, three files"},
		{label: "bucket of a trail with a prefix", prefix: "audit/trails/", address: "", files: 90, reason: "the layout begins further down"},
		{label: "above, without a slash", prefix: "audit/trails/", address: "audit", files: 90, reason: "the folder of that name"},
		{label: "control tower", prefix: organization + "/", address: "", files: 90, reason: "the organization's ID is the trail's prefix, too"},
		{label: "prefix with dates", prefix: "2026/11/07/", address: "2026/", files: 90, reason: "only the trail's own dates are days"},
		{label: "deep prefix", prefix: "a/b/c/d/e/", address: "", files: 90, reason: "what is too deep to be looked for is listed as a whole, and chosen by name"},
		{label: "AWSLogs", prefix: "audit/", address: "audit/AWSLogs/", files: 90, reason: "the top of the layout"},
		{label: "organization", address: top, files: 90, reason: "accounts"},
		{label: "account", address: top + first + "/", files: 45, reason: "one of two"},
		{label: "account, without a slash", address: top + first, files: 45, reason: "the same"},
		{label: "trail", address: one, files: 45, reason: "regions"},
		{label: "region", address: one + "us-east-1/", files: 15, reason: "one of three"},
		{label: "year", address: one + "us-east-1/2026", files: 15, reason: "one of one"},
		{label: "day", address: day, files: 3, reason: "one of five"},
		{label: "day, without a slash", address: one + "us-east-1/2026/11/07", files: 3, reason: "the same"},
		{label: "beginning of a day", address: one + "us-east-1/2026/11/0", files: 15, reason: "S3's own sense of a prefix"},
		{label: "beginning of a region", address: one + "us-", files: 30, reason: "two of three"},
		{label: "beginning of an account", address: top + "111", files: 45, reason: "one of two"},
		{label: "one file", address: file, files: 1, reason: "an object"},
		{label: "hour", address: day + first + "_CloudTrail_us-east-1_20261107T12", files: 1, reason: "S3's own sense of a prefix"},
		{label: "copy", prefix: "copy-of-", address: "copy-of-" + top, files: 90, reason: "chosen by the names of the files"},
		{label: "digests", address: top + first + "/CloudTrail-Digest/", fails: `"s3://org-trail/AWSLogs/o-exampleorgid/111122223333/CloudTrail-Digest/": CloudTrail's log files are not in this folder, but in ACCOUNT/CloudTrail/`, reason: "no records are there"},
		{label: "nothing", address: "AWSLog/", fails: `"s3://org-trail/AWSLog/": there is nothing`, reason: "a slip of the pen is no empty archive"},
		{label: "nothing, without a slash", address: "logs", fails: `"s3://org-trail/logs": there is nothing`, reason: "a slip of the pen is no empty archive"},
		{label: "account without a trail", address: "AWSLogs/777788889999", fails: `"s3://org-trail/AWSLogs/777788889999/CloudTrail/": there is nothing`, reason: "where it was looked is said"},
		{label: "trail of one account", address: other, fails: fmt.Sprintf("%q: there is nothing", "s3://org-trail/"+other), reason: "the organization is part of the path"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			s := newStub(t, logs(tt.prefix))
			got, failures := s.listed(t, "s3://"+bucketName+"/"+tt.address, bucket.Query{}, bucket.Options{})
			var want []string
			if tt.fails != "" {
				want = []string{tt.fails}
			}
			if diff := cmp.Diff(want, failures); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if len(got) != tt.files || len(slices.Compact(short(got))) != tt.files {
				t.Errorf("%d different files, want %d: %s\n%q", len(got), tt.files, tt.reason, short(got))
			}
		})
	}
}

func TestLeftOutByTheAddress(t *testing.T) {
	s := newStub(t, logs(""))
	got, failures := s.listed(t, "s3://"+bucketName+"/"+top+first, bucket.Query{Accounts: []string{second}}, bucket.Options{})
	want := []string{`"s3://org-trail/AWSLogs/o-exampleorgid/111122223333/CloudTrail/": this account or region is not among those that are asked for`}
	if diff := cmp.Diff(want, failures); diff != "" || got != nil {
		t.Errorf("that address and query contradict each other is no empty result; files %q (-want +got):\n%s", got, diff)
	}
}

func TestOtherLayouts(t *testing.T) {
	objects := map[string]string{
		"firehose/2026/11/07/10/trail-1-2026-11-07-10-00-00-6f1c":    "{}",
		"firehose/2026/11/07/10/trail-1-2026-11-07-10-05-00-77aa.gz": "{}",
		"exports/a.json": "{}", "exports/b.jsonl": "{}", "exports/c.ndjson.zst": "{}", "exports/d.log": "{}", "exports/": "",
		"access/2026-11-07-10-00-00-0123456789ABCDEF": "", "exports/report.csv": "", "exports/table.parquet": "",
		"flow/AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/11/07/111122223333_vpcflowlogs_us-east-1_fl-1_20261107T1000Z_1.log.gz": "",
		"copy/111122223333/CloudTrail/us-east-1/2026/11/07/111122223333_CloudTrail_us-east-1_20261107T1000Z_a.json.gz":               "{}",
		"copy/111122223333/CloudTrail/us-east-2/2026/11/07/111122223333_CloudTrail_us-east-2_20261107T1000Z_a.json.gz":               "{}",
		"flat/111122223333_CloudTrail_us-east-1_20261107T1000Z_b.json.gz":                                                            "{}",
		"flat/111122223333_CloudTrail_us-east-1_20261101T1000Z_b.json.gz":                                                            "{}",
		"flat/111122223333_CloudTrail-Digest_us-east-1_trail_us-east-1_20261107T100000Z.json.gz":                                     "{}",
	}
	s := newStub(t, objects)
	var notes []string
	query := bucket.Query{Since: at("07", "00:00"), Accounts: []string{first}, Regions: []string{"us-east-1"}}
	got, failures := s.listed(t, "s3://"+bucketName, query, bucket.Options{Note: func(text string) { notes = append(notes, text) }})
	want := []string{
		"copy/111122223333/CloudTrail/us-east-1/2026/11/07/111122223333_CloudTrail_us-east-1_20261107T1000Z_a.json.gz",
		"exports/a.json", "exports/b.jsonl", "exports/c.ndjson.zst", "exports/d.log",
		"firehose/2026/11/07/10/trail-1-2026-11-07-10-00-00-6f1c", "firehose/2026/11/07/10/trail-1-2026-11-07-10-05-00-77aa.gz",
		"flat/111122223333_CloudTrail_us-east-1_20261107T1000Z_b.json.gz",
	}
	if diff := cmp.Diff(want, got); diff != "" || failures != nil {
		t.Errorf("what a name does not tell is not left out for it; failures %q (-want +got):\n%s", failures, diff)
	}
	note := []string{`4 objects in "s3://org-trail/" passed over, whose names are not those of log files with records of calls`}
	if diff := cmp.Diff(note, notes); diff != "" {
		t.Errorf("what is not read is counted: a table, a report, an access log, a digest (-want +got):\n%s", diff)
	}
}

// Where there are no credentials, the SDK's last words are of an instance that
// this is none of.
func TestNoCredentials(t *testing.T) {
	cfg := aws.Config{Region: "eu-west-1", Credentials: aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, fmt.Errorf("no EC2 IMDS role found, %w", errors.New("operation error ec2imds: GetMetadata, request to EC2 IMDS failed"))
	}))}
	n := 0
	for _, err := range bucket.Files(t.Context(), bucket.NewClient(cfg), bucket.Location{Bucket: "logs"}, bucket.Query{}, bucket.Options{}) {
		n++
		want := `s3:ListObjectsV2 "s3://logs/": AWS credentials: none in the environment, in the shared files, or of an instance`
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if n != 1 {
		t.Errorf("%d lines, want one", n)
	}
}
