package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"whydenied/pkg/scan"
	"whydenied/pkg/scan/engine"
	"whydenied/pkg/scan/engine/enginetest"
)

const store = "7b4f2c1e-8d3a-4f6b-9c0d-1e2f3a4b5c6d"

// refusedRow is the denial that opens the README, as an engine gives it.
func refusedRow(t *testing.T) *string {
	t.Helper()
	const provider = "arn:aws:iam::123456789012:oidc-provider/api.prefect.cloud/oidc-provider"
	const sub = "prefect:account:3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8"
	data, err := json.Marshal(map[string]string{
		engine.EventID: "d23f0824-128b-4f33-8c5c-7fd0a6a3a450", engine.EventTime: "2026-11-02 14:02:11.000", engine.Region: "us-east-1",
		engine.Account: "123456789012", engine.ErrorCode: "AccessDenied", engine.ErrorMessage: "An unknown error occurred",
		engine.IdentityType: "WebIdentityUser", engine.PrincipalID: provider + ":prefect-cloud:" + sub, engine.UserName: sub, engine.Provider: provider,
		engine.RequestParameters: `{"roleArn":"arn:aws:iam::123456789012:role/prefect-flows"}`,
	})
	if err != nil {
		t.Fatal(err)
	}
	row := string(data)
	return &row
}

// scanned runs a scan against a server that stands for all of AWS.
func scanned(t *testing.T, api http.Handler, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	srv := httptest.NewServer(api)
	t.Cleanup(srv.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": srv.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		t.Setenv(name, value)
	}
	var out, err bytes.Buffer
	args = append([]string{"scan", "--account", "../../events/account.json", "--format", "json"}, args...)
	status = run(t.Context(), args, os.Getenv, strings.NewReader(""), &out, &err)
	return status, out.String(), err.String()
}

func TestScanByLake(t *testing.T) {
	row := refusedRow(t)
	for _, tt := range []struct {
		label, reason string
		run           enginetest.Query
		want          int
		denials       int // below 0: nothing is printed
		says          []string
	}{
		{
			"found", "the cost is said before and after, and the denial is explained as from a file",
			func(string) (enginetest.Answer, error) {
				return enginetest.Answer{Columns: []string{"record"}, Rows: [][]*string{{row}}, Scanned: 12_300_000_000}, nil
			},
			0, 1, []string{"how much it will scan is not known before", "12.3 GB scanned, 0.07 USD"},
		},
		{
			"nothing", "no row is no fault", func(string) (enginetest.Answer, error) { return enginetest.Answer{Columns: []string{"record"}}, nil },
			0, 0, nil,
		},
		{
			"failed", "an archive that was not read is no archive without denials",
			func(string) (enginetest.Answer, error) { return enginetest.Answer{}, errors.New("out of luck") },
			3, -1, []string{"lake:" + store},
		},
	} {
		t.Run(tt.label, func(t *testing.T) {
			status, stdout, stderr := scanned(t, &enginetest.Lake{Service: enginetest.Service{Run: tt.run}}, "--event-data-store", store)
			if status != tt.want {
				t.Errorf("exit status %d, want %d: %s\n%s", status, tt.want, tt.reason, stderr)
			}
			for _, text := range tt.says {
				if !strings.Contains(stderr, text) {
					t.Errorf("standard error is\n%s\nwant %q in it: %s", stderr, text, tt.reason)
				}
			}
			var got scan.Result
			switch err := json.Unmarshal([]byte(stdout), &got); {
			case tt.denials < 0 && stdout != "":
				t.Errorf("got a result, want none: %s\n%s", tt.reason, stdout)
			case tt.denials >= 0 && (err != nil || got.Denials != tt.denials):
				t.Errorf("got %d denials and error %v, want %d: %s", got.Denials, err, tt.denials, tt.reason)
			case tt.denials == 1 && got.Groups[0].Cause != "sub_mismatch":
				t.Errorf("got cause %q, want sub_mismatch: %s", got.Groups[0].Cause, tt.reason)
			}
		})
	}
}

// A table without the token's provider explains nothing: the log files that
// Athena names are read in its place.
func TestScanByAthenaReadsFilesThatItNames(t *testing.T) {
	record, err := os.ReadFile("../../events/prefect-subject.json")
	if err != nil {
		t.Fatal(err)
	}
	const key = "AWSLogs/one.json"
	address := "s3://logs/" + key
	api := &enginetest.Athena{
		Service: enginetest.Service{Run: func(sql string) (enginetest.Answer, error) {
			if !strings.Contains(sql, `"$path"`) {
				t.Errorf("Athena is asked for records, which cannot be explained:\n%s", sql)
			}
			return enginetest.Answer{Columns: []string{"file"}, Rows: [][]*string{{&address}}, Scanned: 1000}, nil
		}},
		Table: enginetest.Table{Columns: []enginetest.Column{
			{Name: "eventtime", Type: "string"}, {Name: "eventsource", Type: "string"}, {Name: "eventname", Type: "string"},
			{Name: "useridentity", Type: "struct<type:string,principalid:string,username:string>"},
		}},
		Workgroup: map[string]any{
			"Name": "primary", "State": "ENABLED",
			"Configuration": map[string]any{"ResultConfiguration": map[string]any{"OutputLocation": "s3://results/"}},
		},
	}
	both := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("X-Amz-Target") != "":
			api.ServeHTTP(w, r)
		case r.URL.Query().Get("list-type") == "2":
			w.Header().Set("Content-Type", "application/xml")
			object := ""
			if prefix := r.URL.Query().Get("prefix"); strings.HasPrefix(key, prefix) {
				object = `<Contents><Key>` + key + `</Key><LastModified>2026-11-02T14:10:00.000Z</LastModified><ETag>"e"</ETag><Size>` +
					strconv.Itoa(len(record)) + `</Size></Contents>`
			}
			_, _ = w.Write([]byte(`<ListBucketResult><Name>logs</Name><IsTruncated>false</IsTruncated>` + object + `</ListBucketResult>`))
		default:
			w.Header().Set("ETag", `"e"`)
			_, _ = w.Write(record)
		}
	})
	status, stdout, stderr := scanned(t, both, "--athena", "default.cloudtrail_logs")
	var got scan.Result
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || status != 0 || got.Files != 1 || got.Denials != 1 || got.Groups[0].Cause != "sub_mismatch" {
		t.Errorf("got status %d, error %v, %d files and %d denials, want the one of the file that Athena named\n%s\n%s", status, err, got.Files, got.Denials, stdout, stderr)
	}
}
