package athena_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"whydenied/internal/golden"
	"whydenied/pkg/scan/engine"
	"whydenied/pkg/scan/engine/enginetest"
)

func at(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 9, 30, 0, 0, time.UTC)
}

// projected is AWS's partition projection.
func projected(t enginetest.Table, more map[string]string) enginetest.Table {
	t.Properties = map[string]string{"projection.enabled": "true", "projection.timestamp.type": "date", "projection.timestamp.format": "yyyy/MM/dd"}
	for key, value := range more {
		t.Properties[key] = value
	}
	return t
}

// TestSQL keeps what Athena gets for each kind of table. make e2e-athena runs
// the same on a Trino server.
func TestSQL(t *testing.T) {
	week := engine.Query{Since: at(10, 26), Until: at(11, 1)}
	old := map[string]string{"useridentity": "struct<type:string,principalid:string,arn:string,userName:string>", "tlsdetails": "", "vpcendpointid": ""}
	for _, tt := range []struct {
		label string
		table enginetest.Table
		query engine.Query
	}{
		{"everything", table(nil), engine.Query{}},
		{"projected", projected(table(nil, "timestamp string"), nil), week},
		{"projected-since", projected(table(nil, "timestamp string"), nil), engine.Query{Since: at(10, 26)}},
		{"projected-hours", projected(table(nil, "timestamp string"), map[string]string{"projection.timestamp.format": "yyyy-MM-dd-HH"}), week},
		{"projected-unknown", projected(table(nil, "timestamp string"), map[string]string{"projection.timestamp.format": "dd/MM/yyyy"}), week},
		{"organization", projected(table(nil, "account string", "region string", "timestamp string"), nil), engine.Query{Since: at(10, 26), Regions: []string{"us-east-1", "eu-west-1"}, Accounts: []string{"111122223333"}}},
		{"calendar", table(nil, "region string", "year string", "month string", "day string"), engine.Query{Since: at(7, 30), Until: at(10, 2), Regions: []string{"us-east-1"}}},
		{"calendar-years", table(nil, "year string", "month string", "day string"), engine.Query{Since: time.Date(2024, 11, 30, 0, 0, 0, 0, time.UTC)}},
		{"calendar-months", table(nil, "year int", "month int"), week},
		{"calendar-projected", projected(table(nil, "year string", "month string", "day string"), map[string]string{"projection.month.type": "integer", "projection.month.digits": "2", "projection.day.type": "integer", "projection.year.type": "integer"}), week},
		{"dates", table(nil, "dt date"), week},
		{"unknown-dates", table(nil, "dt string"), week},
		{"old", table(old), week},
		{"timestamps", table(map[string]string{"eventtime": "timestamp", "resources": "string", "tlsdetails": "string"}), week},
	} {
		t.Run(tt.label, func(t *testing.T) {
			p, err := source(t, api(tt.table), nil).Plan(t.Context(), tt.query)
			if err != nil {
				t.Fatal(err)
			}
			text := p.SQL
			for _, note := range p.Notes {
				text += "\n-- " + note + "\n"
			}
			golden.Compare(t, filepath.Join("testdata", tt.label+".sql"), text)
		})
	}
}

// TestWhole holds a definition without the provider to saying so, once.
func TestWhole(t *testing.T) {
	without := table(map[string]string{"useridentity": "struct<type:string,principalid:string,username:string>"})
	p, err := source(t, api(without), nil).Plan(t.Context(), engine.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Whole || len(p.Notes) != 1 || !strings.Contains(p.Notes[0], "identityprovider:string") {
		t.Errorf("got whole %t and notes %q, want one note with what to add", p.Whole, p.Notes)
	}
	if p, err = source(t, api(table(nil)), nil).Plan(t.Context(), engine.Query{}); err != nil || !p.Whole || len(p.Notes) > 0 {
		t.Errorf("got whole %t, notes %q, error %v for a table with all", p.Whole, p.Notes, err)
	}
}
