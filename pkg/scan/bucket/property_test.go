package bucket_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"whydenied/pkg/scan/bucket"
)

// Whatever is pruned on the way, the files found are those that one would choose
// from the list of all.
func TestWalkFindsWhatAWholeListHas(t *testing.T) {
	s := newStub(t, nil)
	rapid.Check(t, func(r *rapid.T) {
		objects := map[string]string{}
		for range rapid.IntRange(1, 40).Draw(r, "objects") {
			objects[drawKey(r)] = "{}"
		}
		query := bucket.Query{
			Accounts: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{first, second}), 0, 2, rapid.ID).Draw(r, "accounts"),
			Regions:  rapid.SliceOfNDistinct(rapid.SampledFrom(regions), 0, 2, rapid.ID).Draw(r, "regions"),
			Since:    drawBound(r, "since"), Until: drawBound(r, "until"),
		}
		s.set(func() { s.objects = objects })
		got, failures := s.listed(t, "s3://"+bucketName, query, bucket.Options{PageSize: rapid.Int32Range(0, 7).Draw(r, "page")})
		want := slices.DeleteFunc(keys(objects), func(key string) bool { return !plainly(query, key) })
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" || failures != nil {
			r.Fatalf("failures %q; files of %+v (-want +got):\n%s", failures, query, diff)
		}
	})
}

var regions = []string{"eu-central-1", "us-east-1", "us-gov-west-1"}

func drawKey(r *rapid.T) string {
	prefix := rapid.SampledFrom([]string{"", "a/", "a/b/", "a/b/c/d/", "2026/11/06/"}).Draw(r, "prefix")
	org := rapid.SampledFrom([]string{"", organization + "/"}).Draw(r, "organization")
	account := rapid.SampledFrom([]string{first, second}).Draw(r, "account")
	region := rapid.SampledFrom(regions).Draw(r, "region")
	service := rapid.SampledFrom([]string{"CloudTrail", "CloudTrail", "CloudTrail-Digest", "Config"}).Draw(r, "service")
	hour := at("05", "00:00").Add(time.Duration(rapid.IntRange(0, 96).Draw(r, "hour")) * time.Hour)
	return fmt.Sprintf("%sAWSLogs/%s%s/%s/%s/%s/%s_%s_%s_%s_x.json.gz", prefix, org, account, service, region,
		hour.Format("2006/01/02"), account, service, region, hour.Format("20060102T1504Z"))
}

func drawBound(r *rapid.T, name string) time.Time {
	hours := rapid.IntRange(-12, 120).Draw(r, name)
	if hours < 0 {
		return time.Time{}
	}
	return at("05", "00:00").Add(time.Duration(hours) * time.Hour)
}

// plainly says whether a file is wanted, from its name alone.
func plainly(q bucket.Query, key string) bool {
	parts := strings.Split(path.Base(key), "_")
	delivered, err := time.Parse("20060102T1504Z", parts[3])
	return err == nil && parts[1] == "CloudTrail" &&
		(len(q.Accounts) == 0 || slices.Contains(q.Accounts, parts[0])) &&
		(len(q.Regions) == 0 || slices.Contains(q.Regions, parts[2])) &&
		(q.Since.IsZero() || !delivered.Before(q.Since.Add(-time.Hour))) &&
		(q.Until.IsZero() || !delivered.After(q.Until.Add(6*time.Hour)))
}
