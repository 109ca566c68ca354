package athena_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"whydenied/pkg/trail"
)

// logFile is one log file of the archive.
type logFile struct {
	account, region string
	day             time.Time
	name            string // below the archive's folder
	records         []map[string]any
}

var (
	accounts = []string{"111122223333", "444455556666"}
	regions  = []string{"us-east-1", "eu-west-1", "ap-southeast-2"}
	firstDay = time.Date(2026, 9, 28, 0, 0, 0, 0, time.UTC)
)

const (
	daysLong      = 8 // over the end of a month
	filesADay     = 2
	recordsInFile = 250
)

// generate writes an archive as CloudTrail lays one out, always the same.
func generate(t *testing.T, folder string) []logFile {
	t.Helper()
	var files []logFile
	g := &generator{r: rand.New(rand.NewPCG(7, 7))}
	for _, account := range accounts {
		for _, region := range regions {
			for d := range daysLong * filesADay {
				day := firstDay.AddDate(0, 0, d/filesADay)
				f := logFile{account: account, region: region, day: day}
				f.name = filepath.Join("AWSLogs", account, "CloudTrail", region, day.Format("2006/01/02"),
					fmt.Sprintf("%s_CloudTrail_%s_%s_%04d.json.gz", account, region, day.Format("20060102T1500Z"), d))
				for range recordsInFile {
					f.records = append(f.records, g.record(f))
				}
				write(t, filepath.Join(folder, f.name), map[string]any{"Records": f.records})
				files = append(files, f)
			}
		}
	}
	return files
}

func write(t *testing.T, name string, values ...any) {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	e := json.NewEncoder(z)
	e.SetEscapeHTML(false)
	for _, v := range values {
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// read is what pkg/trail finds in a log file of the archive.
func read(t *testing.T, name string) []trail.Item {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return trail.Parse(name, data)
}

// generator makes records.
type generator struct {
	r *rand.Rand
	n int
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// record is one of any service, a tenth of them web-identity calls.
func (g *generator) record(f logFile) map[string]any {
	g.n++
	// A few are delivered on the day after.
	at := f.day.Add(time.Duration(g.r.IntN(86400)) * time.Second)
	if g.r.IntN(50) == 0 {
		at = at.Add(-6 * time.Hour)
	}
	record := map[string]any{
		"eventVersion": "1.11", "eventID": fmt.Sprintf("%08x-0000-4000-8000-%012x", g.n, g.r.Int64N(1<<40)),
		"requestID": fmt.Sprintf("%08x-1111-4000-8000-000000000000", g.n), "eventTime": at.Format(time.RFC3339),
		"awsRegion": f.region, "sourceIPAddress": fmt.Sprintf("198.51.100.%d", g.r.IntN(9)), "userAgent": "aws-sdk-nodejs/3.0 exec-env/GitHub",
		"eventType": "AwsApiCall", "readOnly": true, "managementEvent": true, "eventCategory": "Management",
		"recipientAccountId": f.account, "errorCode": nil,
	}
	if g.r.IntN(10) > 0 {
		other(g.r, record)
		return record
	}
	g.call(f, record)
	return record
}

// other are calls that are not asked for, near misses among them.
func other(r *rand.Rand, record map[string]any) {
	call := pick(r, "sts.amazonaws.com:AssumeRole", "sts.amazonaws.com:GetCallerIdentity", "s3.amazonaws.com:ListBuckets", "ec2.amazonaws.com:DescribeInstances", "signin.amazonaws.com:AssumeRoleWithWebIdentity")
	for i := range call {
		if call[i] == ':' {
			record["eventSource"], record["eventName"] = call[:i], call[i+1:]
		}
	}
	record["userIdentity"] = map[string]any{"type": "AssumedRole", "principalId": "AROA:ci", "arn": "arn:aws:sts::111122223333:assumed-role/x/ci", "accountId": "111122223333"}
	record["requestParameters"] = map[string]any{"text": "AssumeRoleWithWebIdentity sts.amazonaws.com"}
	record["responseElements"] = map[string]any{"a": []any{1, "b"}}
}
