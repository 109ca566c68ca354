package athena_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"whydenied/pkg/scan/engine/enginetest"
	"whydenied/pkg/scan/lake"
)

const storeID = "5d1f0c6a-1f0b-4a53-9d5e-3c2b1a0f9e8d"

// lakeColumns are Lake's (CloudTrail User Guide, "Supported SQL schemas for
// event data stores", 2026), as far as they are asked for, and some more.
const lakeColumns = `eventversion string
useridentity struct<type:string,principalid:string,arn:string,accountid:string,accesskeyid:string,username:string,sessioncontext:struct<attributes:struct<creationdate:timestamp,mfaauthenticated:string>,sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>,webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>,sourceidentity:string,ec2roledelivery:string,ec2issuedinvpc:string>,invokedby:string,identityprovider:string>
eventtime timestamp
eventsource string
eventname string
awsregion string
sourceipaddress string
useragent string
errorcode string
errormessage string
requestparameters map<string,string>
responseelements map<string,string>
additionaleventdata map<string,string>
requestid string
eventid string
resources array<struct<accountid:string,type:string,arn:string,arnprefix:string>>
recipientaccountid string
vpcendpointid string
tlsdetails struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>`

func testLake(t *testing.T, s *trino, archive string, files []logFile) {
	for _, f := range files {
		lines := make([]any, len(f.records))
		for i, r := range f.records {
			lines[i] = ingested(t, r)
		}
		write(t, filepath.Join(s.root, "lake", f.name), lines...)
	}
	create(t, s, `logs.lake`, "lake", enginetest.Table{Columns: columns(lakeColumns)})
	api := &enginetest.Lake{}
	// An event data store's ID is its table's name as it stands, which only Lake
	// can read.
	api.Run, api.Page = func(sql string) (enginetest.Answer, error) {
		return s.answer(strings.Replace(sql, "\nFROM "+storeID+"\n", "\nFROM logs.lake\n", 1))
	}, 300
	store, err := lake.ParseStore("arn:aws:cloudtrail:eu-west-1:111122223333:eventdatastore/" + storeID)
	if err != nil {
		t.Fatal(err)
	}
	source, err := lake.New(lake.Config{API: lake.Client(api.Config(), store), Store: store})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range questions {
		t.Run(q.label, func(t *testing.T) {
			p, err := source.Plan(q.query)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, "Lake's schema", wanted(t, archive, files, q.query), found(t, p.Items(t.Context())))
		})
	}
}

// ingested is a record as Lake's table has it: times as timestamps, and maps
// whose values are texts.
func ingested(t *testing.T, record map[string]any) map[string]any {
	t.Helper()
	row := map[string]any{}
	for key, value := range record {
		object, isObject := value.(map[string]any)
		switch {
		case key == "eventTime":
			at, err := time.Parse(time.RFC3339, fmt.Sprint(value))
			if err != nil {
				t.Fatal(err)
			}
			value = at.Format(time.DateTime)
		case isObject && (key == "requestParameters" || key == "responseElements" || key == "additionalEventData"):
			texts := map[string]string{}
			for name, inner := range object {
				text, isText := inner.(string)
				if !isText {
					data, err := json.Marshal(inner)
					if err != nil {
						t.Fatal(err)
					}
					text = string(data)
				}
				texts[name] = text
			}
			value = texts
		}
		row[key] = value
	}
	return row
}
