package athena_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"whydenied/pkg/scan/athena"
	"whydenied/pkg/scan/engine/enginetest"
)

var now = time.Date(2026, 11, 2, 14, 0, 0, 0, time.UTC)

// base are the columns of AWS's definition that are asked for, with the provider.
var base = map[string]string{
	"eventid": "string", "requestid": "string", "eventtime": "string", "eventsource": "string", "eventname": "string", "awsregion": "string",
	"recipientaccountid": "string", "errorcode": "string", "errormessage": "string", "sourceipaddress": "string", "useragent": "string",
	"vpcendpointid": "string", "requestparameters": "string", "additionaleventdata": "string",
	"useridentity": "struct<type:string,principalid:string,username:string,identityprovider:string,sessioncontext:struct<attributes:struct<creationdate:string>>>",
	"resources":    "array<struct<arn:string,accountid:string,type:string>>",
	"tlsdetails":   "struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>",
}

// table is the base with some columns of another type; "" leaves one out.
func table(changes map[string]string, partitions ...string) enginetest.Table {
	columns := maps.Clone(base)
	maps.Copy(columns, changes)
	var t enginetest.Table
	for name, kind := range columns {
		if kind != "" {
			t.Columns = append(t.Columns, enginetest.Column{Name: name, Type: kind})
		}
	}
	for _, p := range partitions {
		name, kind, _ := strings.Cut(p, " ")
		t.Partitions = append(t.Partitions, enginetest.Column{Name: name, Type: kind})
	}
	return t
}

// api is Athena with a workgroup that works.
func api(t enginetest.Table) *enginetest.Athena {
	return &enginetest.Athena{Table: t, Workgroup: workgroup(map[string]any{"ResultConfiguration": map[string]any{"OutputLocation": "s3://results/"}})}
}

func workgroup(configuration map[string]any) map[string]any {
	return map[string]any{"Name": "primary", "State": "ENABLED", "Configuration": configuration}
}

func fault(code, message string) enginetest.Fault {
	return enginetest.Fault{Code: code, Message: message}
}

// source asks an API about logs.trail.
func source(t *testing.T, a *enginetest.Athena, change func(*athena.Config)) *athena.Source {
	t.Helper()
	c := athena.Config{API: athena.Client(a.Config()), Table: "Logs.trail", Now: func() time.Time { return now }}
	if change != nil {
		change(&c)
	}
	s, err := athena.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
