package bucket_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"whydenied/pkg/scan/bucket"
)

const (
	organization = "o-exampleorgid"
	first        = "111122223333"
	second       = "444455556666"
)

// logs are the keys of an organization's trail: two accounts, three regions,
// five days from 2026-11-05, in each a file of 00:00, 12:00 and 23:55; beside
// them what else lies in such buckets.
func logs(prefix string) map[string]string {
	objects := map[string]string{}
	put := func(key string) { objects[prefix+key] = "{}" }
	for _, account := range []string{first, second} {
		top := "AWSLogs/" + organization + "/" + account + "/"
		put(top) // a folder that the console made
		for _, region := range []string{"eu-central-1", "us-east-1", "us-east-2"} {
			for d := 5; d <= 9; d++ {
				for _, clock := range []string{"0000", "1200", "2355"} {
					put(top + fmt.Sprintf("CloudTrail/%s/2026/11/%02d/%s_CloudTrail_%s_202611%02dT%sZ_Mu0KsOhtH1ar15ZZ.json.gz", region, d, account, region, d, clock))
				}
				put(top + fmt.Sprintf("CloudTrail-Digest/%s/2026/11/%02d/%s_CloudTrail-Digest_%s_trail_us-east-1_202611%02dT100000Z.json.gz", region, d, account, region, d))
				put(top + fmt.Sprintf("CloudTrail-Insight/%s/2026/11/%02d/%s_CloudTrail-Insight_%s_202611%02dT1000Z_Mu0KsOhtH1ar15ZZ.json.gz", region, d, account, region, d))
				put(top + fmt.Sprintf("Config/%s/2026/11/%d/ConfigHistory/%s_Config_%s_ConfigHistory_AWS::EC2::Instance_202611%02dT100000Z_1.json.gz", region, d, account, region, d))
			}
		}
	}
	put("AWSLogs/777788889999/elasticloadbalancing/us-east-1/2026/11/05/777788889999_elasticloadbalancing_us-east-1_app.web_20261105T1000Z_1.2.3.4_x.log.gz")
	put("AWSLogs/notes/readme.json")
	return objects
}

// at is a time in the days of the archive.
func at(day, clock string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", "2026-11-"+day+" "+clock)
	if err != nil {
		panic(err) // a mistake in a test
	}
	return t
}

// listed are the keys that are listed at an address, and the errors.
func (s *stub) listed(t *testing.T, address string, q bucket.Query, o bucket.Options) (keys, failures []string) {
	t.Helper()
	place, err := bucket.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	for file, err := range bucket.Files(t.Context(), s.client(), place, q, o) {
		if err != nil {
			failures = append(failures, err.Error())
			continue
		}
		keys = append(keys, strings.TrimPrefix(file.Name, "s3://"+bucketName+"/"))
	}
	slices.Sort(keys)
	slices.Sort(failures)
	return keys, failures
}

// keys are those that hold each of the parts.
func keys(objects map[string]string, parts ...string) []string {
	return slices.Sorted(func(yield func(string) bool) {
		for key := range maps.Keys(objects) {
			if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(key, part) }) && !yield(key) {
				return
			}
		}
	})
}

// contents reads all the files at an address, by key.
func (s *stub) contents(t *testing.T, address string, o bucket.Options) (map[string]string, error) {
	t.Helper()
	place, err := bucket.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	var failed error
	for file, err := range bucket.Files(t.Context(), s.client(), place, bucket.Query{}, o) {
		if err == nil {
			var data []byte
			data, err = readFile(t.Context(), file.Open)
			all[strings.TrimPrefix(file.Name, "s3://"+bucketName+"/")] = string(data)
			if err == nil && int64(len(data)) != file.Size {
				t.Errorf("%s: %d bytes, want the %d that were listed", file.Name, len(data), file.Size)
			}
		}
		failed = errors.Join(failed, err)
	}
	return all, failed
}

func readFile(ctx context.Context, open func(context.Context) (io.ReadCloser, error)) ([]byte, error) {
	in, err := open(ctx)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(in)
	return data, errors.Join(err, in.Close())
}
