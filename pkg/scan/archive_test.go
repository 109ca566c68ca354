package scan_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
	"whydenied/pkg/scan"
)

// trusting is a trust policy for one subject of GitHub's.
func trusting(t testing.TB, operator, sub string) *policy.Document {
	t.Helper()
	doc, err := policy.Parse("", fmt.Appendf(nil, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":%q},
		"Action":"sts:AssumeRoleWithWebIdentity","Condition":{%q:{%q:%q}}}]}`, gitHubARN, operator, gitHub+":sub", sub))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// company is an account with two roles, one of which changed.
func company(t testing.TB) fixed {
	a := evidence.Account{ID: account, RolesRead: true, ProvidersRead: true, ChangesRead: true, TakenAt: moment.AddDate(0, 1, 0)}
	a.Providers = []evidence.Provider{{ARN: gitHubARN, ClientIDs: []string{stsAud}}}
	a.Roles = []evidence.Role{
		{ARN: roleARN, Name: "deploy", Document: evidence.Held(trusting(t, "StringEquals", mainSub), nil)},
		{ARN: otherARN, Name: "other", Document: evidence.Held(trusting(t, "StringLike", "repo:octo-org/*"), nil)},
	}
	a.Changes = []evidence.Change{
		{Kind: evidence.RoleCreated, Event: "CreateRole", Time: moment.AddDate(0, -2, 0), Role: "deploy", Policy: trusting(t, "StringEquals", "repo:octo-org/*")},
		{Kind: evidence.TrustPolicyUpdated, Event: "UpdateAssumeRolePolicy", Time: moment, Role: "deploy", Policy: trusting(t, "StringEquals", mainSub)},
	}
	return fixed(a)
}

// recordOf is one record; n makes it like no other.
func recordOf(rng *rand.Rand, n int) string {
	choose := func(from ...string) string { return from[rng.IntN(len(from))] }
	at := moment.Add(time.Duration(rng.IntN(40*24*60)-20*24*60) * time.Minute)
	if rng.IntN(3) == 0 {
		return fmt.Sprintf(`{"eventVersion":"1.11","eventTime":%q,"eventSource":"s3.amazonaws.com","eventName":"GetObject","eventID":"o-%d"}`, at.Format(time.RFC3339), n)
	}
	sub := choose(mainSub, "repo:octo-org/api:pull_request", "repo:evil/x:pull_request", "repo:octo-org/web:ref:refs/heads/main")
	role := choose(roleARN, roleARN, otherARN, "arn:aws:iam::111122223333:role/gone")
	fields := []string{
		`"eventVersion":"1.11"`, fmt.Sprintf(`"eventTime":%q`, at.Format(time.RFC3339)), `"eventSource":"sts.amazonaws.com"`, `"eventName":"AssumeRoleWithWebIdentity"`,
		`"awsRegion":"eu-west-1"`, fmt.Sprintf(`"sourceIPAddress":"203.0.113.%d"`, rng.IntN(20)), fmt.Sprintf(`"userAgent":%q`, choose("aws-cli/2", "boto3", "evil\u202e")),
		fmt.Sprintf(`"eventID":"e-%d"`, n), fmt.Sprintf(`"recipientAccountId":%q`, account),
		fmt.Sprintf(`"userIdentity":{"type":"WebIdentityUser","principalId":%q,"userName":%q,"identityProvider":%q}`, gitHubARN+":"+stsAud+":"+sub, sub, gitHubARN),
		fmt.Sprintf(`"requestParameters":{"roleArn":%q,"roleSessionName":"ci-%d"}`, role, n),
	}
	if rng.IntN(4) > 0 {
		fields = append(fields, `"errorCode":"AccessDenied"`, `"errorMessage":"An unknown error occurred"`)
	}
	rng.Shuffle(len(fields)-1, func(i, k int) { fields[i+1], fields[k+1] = fields[k+1], fields[i+1] })
	return "{" + strings.Join(fields, ",") + "}"
}

// envelopes are the forms in which records lie in files.
var envelopes = map[string]func(records []string) string{
	"log file":    func(r []string) string { return `{"Records":[` + strings.Join(r, ",") + `]}` },
	"pretty":      func(r []string) string { return indented(`{"Records":[` + strings.Join(r, ",") + `]}`) },
	"array":       func(r []string) string { return "[" + strings.Join(r, ",\n") + "]" },
	"JSON lines":  func(r []string) string { return strings.Join(r, "\n") + "\n" },
	"EventBridge": func(r []string) string { return strings.Join(each(r, bridged), "\n") },
	"lookup":      func(r []string) string { return `{"Events":[` + strings.Join(each(r, looked), ",") + `]}` },
	"queue": func(r []string) string {
		return `{"Records":[` + strings.Join(each(each(r, bridged), func(s string) string { return `{"messageId":"m","body":` + quoted(s) + `}` }), ",") + `]}`
	},
}

func bridged(r string) string {
	return fmt.Sprintf(`{"version":"0","account":%q,"source":"aws.sts","detail-type":"AWS API Call via CloudTrail","detail":%s}`, account, r)
}

func looked(r string) string { return `{"EventId":"x","CloudTrailEvent":` + quoted(r) + `}` }

func each(list []string, f func(string) string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = f(s)
	}
	return out
}

func indented(s string) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(s), "", "  "); err != nil {
		return err.Error()
	}
	return b.String()
}

func gzipped(s string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, s)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil
	}
	return b.Bytes()
}

func zstdOf(s string, o ...zstd.EOption) []byte {
	w, err := zstd.NewWriter(nil, o...)
	if err != nil {
		return nil
	}
	return w.EncodeAll([]byte(s), nil)
}

// packings are what may be around a file.
var packings = map[string]func(string) []byte{
	"plain": func(s string) []byte { return []byte(s) },
	"gzip":  gzipped,
	"two gzip members": func(s string) []byte {
		return append(gzipped(s[:len(s)/3]), gzipped(s[len(s)/3:])...)
	},
	"zstd": func(s string) []byte { return zstdOf(s) },
	"two zstd frames": func(s string) []byte {
		return append(append(zstdOf(s[:len(s)/2]), "\x50\x2a\x4d\x18\x02\x00\x00\x00hi"...), zstdOf(s[len(s)/2:])...)
	},
}

// file is one that lies in memory.
func file(name string, data []byte) scan.File {
	return scan.File{Name: name, Size: int64(len(data)), Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

// files lists them.
func files(list ...scan.File) scan.Files {
	return func(yield func(scan.File, error) bool) {
		for _, f := range list {
			if !yield(f, nil) {
				return
			}
		}
	}
}

// read scans files.
func read(t testing.TB, source evidence.Source, workers int, list ...scan.File) scan.Result {
	t.Helper()
	c := scan.NewCollector(source, scan.Options{})
	if err := scan.Read(t.Context(), c, files(list...), scan.ReadOptions{Workers: workers}); err != nil {
		t.Fatal(err)
	}
	return c.Result()
}

func encoded(t testing.TB, r scan.Result) string {
	t.Helper()
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
