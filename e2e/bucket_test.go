package e2e_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	gocmp "github.com/google/go-cmp/cmp"

	"whydenied/e2e/emulator"
	"whydenied/pkg/scan"
	"whydenied/pkg/scan/bucket"
)

const (
	trailBucket = "org-trail"
	orgID       = "o-exampleorgid"
	otherOne    = "444455556666"
)

var trailRegions = []string{"eu-central-1", "us-east-1", "us-east-2"}

// archive is what lies in the bucket of an organization's trail: log files of
// two accounts, three regions and five days, with digests and another service's
// files beside; and in another folder what only S3 makes of keys and sizes.
func archive(t *testing.T) map[string][]byte {
	t.Helper()
	objects := map[string][]byte{}
	put := func(key, format string, args ...any) { objects[key] = packed(t, fmt.Sprintf(format, args...)) }
	for _, id := range []string{account, otherOne} {
		for _, region := range trailRegions {
			for d := 1; d <= 5; d++ {
				folder, day := fmt.Sprintf("%s/2026/11/%02d/%s_", region, d, id), fmt.Sprintf("202611%02d", d)
				top := "audit/AWSLogs/" + orgID + "/" + id + "/"
				for _, clock := range []string{"0010", "1200", "2355"} {
					put(top+"CloudTrail/"+folder+"CloudTrail_"+region+"_"+day+"T"+clock+"Z_Mu0KsOhtH1ar15ZZ.json.gz",
						`{"Records":[{"eventSource":"sts.amazonaws.com","recipientAccountId":%q,"awsRegion":%q,"eventTime":%q}]}`, id, region, day+clock)
				}
				put(top+"CloudTrail-Digest/"+folder+"CloudTrail-Digest_"+region+"_trail_us-east-1_"+day+"T100000Z.json.gz", `{"logFiles":[]}`)
				put(top+"Config/"+folder+"Config_"+region+"_ConfigHistory_AWS::IAM::Role_"+day+"T100000Z_1.json.gz", `{"configurationItems":[]}`)
			}
		}
	}
	for _, name := range []string{"a b+c%20d.json", "ä/日本語.json", "&<>'\"?#.json", "empty.json"} {
		objects["odd/"+name] = []byte(strings.TrimSuffix(name, "empty.json"))
	}
	objects["odd/large.json"] = bytes.Repeat([]byte("0123456789abcdef"), 18<<16) // 18 MiB: more than one part
	return objects
}

func packed(t *testing.T, text string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := gzip.NewWriter(&buffer)
	_, err := io.WriteString(w, text)
	must(t, errors.Join(err, w.Close()))
	return buffer.Bytes()
}

// An archive in S3 is read as it was stored, to the last byte; what is asked for
// of it is what is listed.
func TestBucket(t *testing.T) {
	t.Parallel()
	servers := map[string]func(t *testing.T) aws.Config{
		"moto": func(t *testing.T) aws.Config {
			t.Helper()
			m, err := emulator.StartMoto(t.Context(), venv, t.TempDir())
			must(t, err)
			t.Cleanup(m.Stop)
			return m.Config(emulator.MotoAccount)
		},
		"ministack": func(t *testing.T) aws.Config {
			t.Helper()
			m, err := emulator.StartMinistack(t.Context(), venv, t.TempDir(), account, func(string) map[string]string { return nil })
			must(t, err)
			t.Cleanup(m.Stop)
			return m.Config(account)
		},
	}
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			objects := archive(t)
			c := &shelf{client: bucket.NewClient(start(t))}
			c.store(t, objects)
			t.Run("whole", func(t *testing.T) { c.readsAll(t, objects) })
			t.Run("pruned", func(t *testing.T) { c.prunes(t, objects) })
			t.Run("changes", func(t *testing.T) { c.changes(t) })
		})
	}
}

// shelf is the bucket on an emulator.
type shelf struct{ client *s3.Client }

func (c *shelf) store(t *testing.T, objects map[string][]byte) {
	t.Helper()
	_, err := c.client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(trailBucket)})
	must(t, err)
	for key, data := range objects {
		c.put(t, key, data)
	}
	t.Logf("stored %d objects", len(objects))
}

func (c *shelf) put(t *testing.T, key string, data []byte) {
	t.Helper()
	_, err := c.client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(trailBucket), Key: &key, Body: bytes.NewReader(data)})
	must(t, err)
}

func (c *shelf) files(t *testing.T, prefix string, q bucket.Query) map[string]scan.File {
	t.Helper()
	files := map[string]scan.File{}
	at := bucket.Location{Bucket: trailBucket, Prefix: prefix}
	// Pages are so small that each folder has several.
	for file, err := range bucket.Files(t.Context(), c.client, at, q, bucket.Options{PageSize: 4, RequesterPays: true}) {
		must(t, err)
		if _, twice := files[file.Name]; twice {
			t.Errorf("%s is listed twice", file.Name)
		}
		files[file.Name] = file
	}
	return files
}

func contentOf(t *testing.T, f scan.File) ([]byte, error) {
	t.Helper()
	in, err := f.Open(t.Context())
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(in)
	return data, errors.Join(err, in.Close())
}

func (c *shelf) readsAll(t *testing.T, objects map[string][]byte) {
	t.Helper()
	for _, prefix := range []string{"", "audit", "audit/AWSLogs/" + orgID + "/" + otherOne, "odd/"} {
		want := map[string]int64{}
		for key, data := range objects {
			if strings.HasPrefix(key, prefix) && !strings.Contains(key, "/CloudTrail-Digest/") && !strings.Contains(key, "/Config/") {
				want["s3://"+trailBucket+"/"+key] = int64(len(data))
			}
		}
		got := map[string]int64{}
		for name, f := range c.files(t, prefix, bucket.Query{}) {
			data, err := contentOf(t, f)
			must(t, err)
			got[name] = f.Size
			if !bytes.Equal(data, objects[strings.TrimPrefix(name, "s3://"+trailBucket+"/")]) {
				t.Errorf("%s: %d bytes were read, and not those that were stored", name, len(data))
			}
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("prefix %q: files and their sizes (-want +got):\n%s", prefix, diff)
		}
	}
}

func (c *shelf) prunes(t *testing.T, objects map[string][]byte) {
	t.Helper()
	from := time.Date(2026, 11, 2, 13, 30, 0, 0, time.UTC)
	q := bucket.Query{Accounts: []string{otherOne}, Regions: trailRegions[1:], Since: from, Until: from.Add(24 * time.Hour)}
	var want []string
	for key := range objects {
		name := path.Base(key)
		day := strings.Contains(name, "_20261102T2355Z") || strings.Contains(name, "_20261103T0010Z") || strings.Contains(name, "_20261103T1200Z")
		if strings.Contains(name, otherOne+"_CloudTrail_us-east-") && day {
			want = append(want, "s3://"+trailBucket+"/"+key)
		}
	}
	slices.Sort(want)
	got := slices.SortedFunc(maps.Keys(c.files(t, "audit/", q)), cmp.Compare)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("a day of one account in two regions (-want +got):\n%s", diff)
	}
}

// changes has an object replaced, and another removed, between the list and the
// reading.
func (c *shelf) changes(t *testing.T) {
	t.Helper()
	c.put(t, "late/changed.json", []byte("as it was listed"))
	c.put(t, "late/gone.json", []byte("as it was listed"))
	files := c.files(t, "late/", bucket.Query{})
	c.put(t, "late/changed.json", []byte("as it is later on"))
	_, err := c.client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String(trailBucket), Key: aws.String("late/gone.json")})
	must(t, err)
	for name, want := range map[string]string{"changed": "it has changed since it was listed", "gone": "it is gone since it was listed"} {
		address := "s3://" + trailBucket + "/late/" + name + ".json"
		data, err := contentOf(t, files[address])
		if got := fmt.Sprint(err); got != fmt.Sprintf("s3:GetObject %q: %s", address, want) {
			t.Errorf("%s was read as %q with %s", address, data, got)
		}
	}
}
