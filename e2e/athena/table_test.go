package athena_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"whydenied/pkg/scan/engine/enginetest"
)

// awsColumns are those of AWS's definition (Athena User Guide, "Create the table
// for CloudTrail logs in Athena using partition projection", 2026), in its order.
const awsColumns = `eventversion string
useridentity struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,username:string,onbehalfof:struct<userid:string,identitystorearn:string>,sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>,sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>,ec2roledelivery:string,webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>>>
eventtime string
eventsource string
eventname string
awsregion string
sourceipaddress string
useragent string
errorcode string
errormessage string
requestparameters string
responseelements string
additionaleventdata string
requestid string
eventid string
readonly string
resources array<struct<arn:string,accountid:string,type:string>>
eventtype string
apiversion string
recipientaccountid string
serviceeventdetails string
sharedeventid string
vpcendpointid string
vpcendpointaccountid string
eventcategory string
addendum struct<reason:string,updatedfields:string,originalrequestid:string,originaleventid:string>
sessioncredentialfromconsole string
edgedevicedetails string
tlsdetails struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>`

// oldColumns are those of AWS's definition of 2020, which many tables still have.
const oldColumns = `eventversion string
useridentity struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,username:string,sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>,sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>>>
eventtime string
eventsource string
eventname string
awsregion string
sourceipaddress string
useragent string
errorcode string
errormessage string
requestparameters string
responseelements string
additionaleventdata string
requestid string
eventid string
resources array<struct<arn:string,accountid:string,type:string>>
eventtype string
apiversion string
readonly string
recipientaccountid string
serviceeventdetails string
sharedeventid string
vpcendpointid string`

func columns(text string) []enginetest.Column {
	var list []enginetest.Column
	for line := range strings.Lines(text) {
		name, kind, _ := strings.Cut(strings.TrimSpace(line), " ")
		list = append(list, enginetest.Column{Name: name, Type: kind})
	}
	return list
}

// definition is a CREATE TABLE in Hive's words: its columns, its partitions and
// its properties.
var (
	definition = regexp.MustCompile("(?s)```sql\nCREATE EXTERNAL TABLE cloudtrail \\((.*?)\n\\)\nPARTITIONED BY \\((.*?)\\)\nROW.*?```")
	property   = regexp.MustCompile(`'([^']+)' = '([^']*)'`)
)

// documented is the table of docs/scan-engines.md, as it stands there.
func documented(t *testing.T) enginetest.Table {
	t.Helper()
	text, err := os.ReadFile("../../docs/scan-engines.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := definition.FindStringSubmatch(string(text))
	if parts == nil {
		t.Fatal("docs/scan-engines.md has no CREATE EXTERNAL TABLE that can be read")
	}
	table := enginetest.Table{Columns: declared(parts[1]), Partitions: declared(parts[2]), Properties: map[string]string{}}
	for _, p := range property.FindAllStringSubmatch(parts[0], -1) {
		table.Properties[p[1]] = p[2]
	}
	return table
}

// declared are the columns of a list in a CREATE TABLE.
func declared(list string) []enginetest.Column {
	var out []enginetest.Column
	for _, c := range top(strings.ReplaceAll(list, "`", "")) {
		words := strings.Fields(c)
		out = append(out, enginetest.Column{Name: words[0], Type: strings.Join(words[1:], "")})
	}
	return out
}

// withProvider is AWS's definition with the one member more that docs/scan-engines.md
// advises.
func withProvider() string {
	return strings.Replace(awsColumns, "username:string,onbehalfof", "username:string,identityprovider:string,onbehalfof", 1)
}

// kind is Trino's name for one of Hive's types.
func kind(hive string) string {
	outer, inner, nested := strings.Cut(strings.TrimSuffix(hive, ">"), "<")
	if !nested {
		return map[string]string{"string": "varchar", "int": "integer", "timestamp": "timestamp(3)"}[outer]
	}
	var parts []string
	for _, part := range top(inner) {
		name, of, field := strings.Cut(part, ":")
		if outer == "struct" && field {
			part = fmt.Sprintf("%q %s", name, kind(of))
		} else {
			part = kind(part)
		}
		parts = append(parts, part)
	}
	return map[string]string{"struct": "ROW", "array": "ARRAY", "map": "MAP"}[outer] + "(" + strings.Join(parts, ", ") + ")"
}

// top cuts at the commas that stand in no brackets.
func top(list string) []string {
	var parts []string
	depth, begin := 0, 0
	for i, c := range list {
		switch c {
		case '<':
			depth++
		case '>':
			depth--
		case ',':
			if depth == 0 {
				parts, begin = append(parts, list[begin:i]), i+1
			}
		}
	}
	return append(parts, list[begin:])
}

// create makes a table over a folder, as far as Trino's syntax is Hive's.
func create(t *testing.T, s *trino, name, folder string, table enginetest.Table) {
	t.Helper()
	var list, by []string
	for _, c := range slices.Concat(table.Columns, table.Partitions) {
		list = append(list, fmt.Sprintf("%q %s", c.Name, kind(c.Type)))
	}
	with := fmt.Sprintf("format = 'OPENX_JSON', external_location = 'local:///%s'", folder)
	for _, c := range table.Partitions {
		by = append(by, "'"+c.Name+"'")
	}
	if len(by) > 0 {
		with += ", partitioned_by = ARRAY[" + strings.Join(by, ", ") + "]"
	}
	s.must(t, fmt.Sprintf("CREATE TABLE %s (\n  %s\n) WITH (%s)", name, strings.Join(list, ",\n  "), with))
}

// lay makes a table of an archive: each record on a line, each of the archive's
// folders a partition.
func lay(t *testing.T, s *trino, table string, files []logFile, d enginetest.Table, values func(logFile) []string) {
	t.Helper()
	folders := map[string][]string{}
	for _, f := range files {
		lines := make([]any, len(f.records))
		for i, r := range f.records {
			lines[i] = r
		}
		write(t, filepath.Join(s.root, table, f.name), lines...)
		folders[filepath.Dir(f.name)] = values(f)
	}
	create(t, s, "logs."+table, table, d)
	var names []string
	for _, c := range d.Partitions {
		names = append(names, c.Name)
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		if len(names) > 0 {
			s.must(t, fmt.Sprintf("CALL system.register_partition('logs', '%s', ARRAY['%s'], ARRAY['%s'], 'local:///%s/%s')",
				table, strings.Join(names, "', '"), strings.Join(folders[folder], "', '"), table, folder))
		}
	}
}
