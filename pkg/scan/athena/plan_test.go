package athena_test

import (
	"context"
	"errors"
	"testing"

	"whydenied/pkg/scan/athena"
	"whydenied/pkg/scan/engine"
	"whydenied/pkg/scan/engine/enginetest"
)

func TestNew(t *testing.T) {
	for _, tt := range []struct {
		label  string
		config athena.Config
		want   string
		reason string
	}{
		{"no database", athena.Config{Table: "trail"}, `athena table "trail": expected DATABASE.TABLE, of letters, digits, _ and -`, ""},
		{"injection", athena.Config{Table: `logs.trail" --`}, `athena table "logs.trail\" --": expected DATABASE.TABLE, of letters, digits, _ and -`, "names are validated before they are quoted"},
		{"catalog", athena.Config{Table: "a.b", Catalog: "x y"}, `athena catalog "x y": expected letters, digits, _, @ and -`, ""},
		{"workgroup", athena.Config{Table: "a.b", Workgroup: "x/y"}, `athena workgroup "x/y": expected letters, digits, ., _ and -`, ""},
		{"output", athena.Config{Table: "a.b", Output: "results"}, `output location "results": expected s3://BUCKET/PREFIX/`, ""},
		{"good", athena.Config{Table: "a-1.b_2", Catalog: "s3tablescatalog", Workgroup: "my.group", Output: "s3://results/x"}, "", ""},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got := ""
			if _, err := athena.New(tt.config); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s: %s", got, tt.want, tt.reason)
			}
		})
	}
}

func TestPlanRefuses(t *testing.T) {
	injected := projected(table(nil, "account string", "timestamp string"), map[string]string{"projection.account.type": "injected"})
	for _, tt := range []struct {
		label     string
		table     enginetest.Table
		query     engine.Query
		workgroup map[string]any
		faults    map[string][]enginetest.Fault
		want      string
	}{
		{label: "no trail", table: table(map[string]string{"eventname": ""}), want: `athena table "logs.trail" is no table of CloudTrail logs: it has no column eventname`},
		{label: "another type", table: table(map[string]string{"requestparameters": "struct<rolearn:string>"}), want: `athena table "logs.trail": the column requestparameters is "struct<rolearn:string>", expected string, as in AWS's definition of a table for CloudTrail logs`},
		{label: "identity as text", table: table(map[string]string{"useridentity": "string"}), want: `athena table "logs.trail": the column useridentity is "string", expected a struct, as in AWS's definition of a table for CloudTrail logs`},
		{label: "injected", table: injected, want: `athena table "logs.trail": its partition account is injected, so that Athena wants a value for it: name the accounts`},
		{label: "no region", table: table(map[string]string{"awsregion": ""}), query: engine.Query{Regions: []string{"us-east-1"}}, want: `athena table "logs.trail" has no column awsregion, so that regions cannot be chosen`},
		{label: "query", table: table(nil), query: engine.Query{Accounts: []string{"x"}}, want: `account "x": expected twelve digits`},
		{label: "no output", table: table(nil), workgroup: workgroup(map[string]any{}), want: `athena workgroup "primary" has no place for results: give an output location, an s3:// address that you may write to, or choose a workgroup that has one`},
		{label: "disabled", table: table(nil), workgroup: map[string]any{"State": "DISABLED", "Configuration": map[string]any{}}, want: `athena workgroup "primary" is disabled: choose another`},
		{
			label: "no table", faults: map[string][]enginetest.Fault{"GetTableMetadata": {fault("MetadataException", "Entity Not Found (Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException)")}},
			want: `athena:GetTableMetadata "logs.trail": MetadataException: Entity Not Found (Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException): see that the table exists in this catalog and region`,
		},
		{
			label: "not allowed", faults: map[string][]enginetest.Fault{"GetTableMetadata": {fault("AccessDeniedException", "User: x is not authorized to perform: glue:GetTable on resource: y")}},
			want: `athena:GetTableMetadata "logs.trail": glue:GetTable is not allowed (AccessDeniedException: User: x is not authorized to perform: glue:GetTable on resource: y): you need glue:GetDatabase, glue:GetTable and glue:GetPartitions on the table`,
		},
	} {
		t.Run(tt.label, func(t *testing.T) {
			a := api(tt.table)
			a.Faults = tt.faults
			if tt.workgroup != nil {
				a.Workgroup = tt.workgroup
			}
			_, err := source(t, a, nil).Plan(t.Context(), tt.query)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			if calls := a.Calls("StartQueryExecution"); len(calls) > 0 {
				t.Errorf("a query was started, which costs")
			}
		})
	}
}

func TestEstimate(t *testing.T) {
	days := projected(table(nil, "region string", "timestamp string"), map[string]string{
		"projection.region.type": "enum", "projection.region.values": "us-east-1,eu-west-1,ap-southeast-2",
		"storage.location.template": "s3://logs/AWSLogs/111122223333/CloudTrail/${region}/${timestamp}",
	})
	query := engine.Query{Since: at(10, 26), Until: at(10, 27), Regions: []string{"eu-west-1"}}
	var asked []string
	for _, tt := range []struct {
		label   string
		table   enginetest.Table
		measure func(context.Context, string) (int64, error)
		want    string
	}{
		{"nothing measured", days, nil, "how much it will scan is not known before: Athena has no dry run; it costs 5 USD per TB, at least 10 MB a query, the list price in us-east-1 in 2026; the workgroup ends it after 20 GB, 0.10 USD"},
		{"measured", days, func(_ context.Context, prefix string) (int64, error) { asked = append(asked, prefix); return 1e9, nil }, "about 4 GB to scan (the log files of the days asked for, as S3 lists them), 0.02 USD (5 USD per TB, at least 10 MB a query, the list price in us-east-1 in 2026); the workgroup ends it after 20 GB, 0.10 USD"},
		{"not allowed", days, func(context.Context, string) (int64, error) { return 0, errors.New("s3:ListBucket is missing") }, "how much it will scan is not known before: s3:ListBucket is missing; it costs 5 USD per TB, at least 10 MB a query, the list price in us-east-1 in 2026; the workgroup ends it after 20 GB, 0.10 USD"},
		{"no projection", table(nil), func(context.Context, string) (int64, error) { return 0, nil }, "how much it will scan is not known before: the table has no partition projection that says where its days lie; it costs 5 USD per TB, at least 10 MB a query, the list price in us-east-1 in 2026; the workgroup ends it after 20 GB, 0.10 USD"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			a := api(tt.table)
			a.Workgroup = workgroup(map[string]any{"BytesScannedCutoffPerQuery": 20e9, "ManagedQueryResultsConfiguration": map[string]any{"Enabled": true}})
			p, err := source(t, a, func(c *athena.Config) { c.Measure = tt.measure }).Plan(t.Context(), query)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Estimate.String(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	if len(asked) != 4 || asked[0] != "s3://logs/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/10/25/" {
		t.Errorf("measured %q, want the four days of one region", asked)
	}
}
