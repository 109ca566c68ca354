package enginetest

import (
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	athena "github.com/aws/aws-sdk-go-v2/service/athena/types"
)

// Table is a table's definition.
type Table struct {
	Columns    []Column
	Partitions []Column
	Properties map[string]string
}

// Column is one of a table's, with Hive's name for its type.
type Column struct{ Name, Type string }

// Athena is Athena's API.
type Athena struct {
	Service
	Table Table
	// Workgroup is the answer's WorkGroup, as the API shows it.
	Workgroup map[string]any
}

// Config reaches it.
func (a *Athena) Config() aws.Config { return config(a) }

// ServeHTTP answers a call.
func (a *Athena) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.serve(w, r, a.answer) }

func (a *Athena) answer(action string, in map[string]any) any {
	id, _ := in["QueryExecutionId"].(string)
	q := a.queries[id]
	switch action {
	case "GetTableMetadata":
		return map[string]any{"TableMetadata": map[string]any{
			"Name": in["TableName"], "TableType": "EXTERNAL_TABLE", "Columns": a.Table.Columns,
			"PartitionKeys": a.Table.Partitions, "Parameters": a.Table.Properties,
		}}
	case "GetWorkGroup":
		return map[string]any{"WorkGroup": a.Workgroup}
	case "StartQueryExecution":
		sql, _ := in["QueryString"].(string)
		return map[string]any{"QueryExecutionId": a.start(sql)}
	}
	if q == nil {
		return Fault{"InvalidRequestException", "QueryExecution " + id + " was not found"}
	}
	switch action {
	case "GetQueryExecution":
		return map[string]any{"QueryExecution": a.execution(id, q)}
	case "StopQueryExecution":
		q.ended = true
		return map[string]any{}
	case "GetQueryResults":
		return a.results(q, in)
	}
	return Fault{"InvalidRequestException", "no such action: " + action}
}

func (a *Athena) execution(id string, q *query) map[string]any {
	status := map[string]any{"State": "SUCCEEDED"}
	switch {
	case a.running(q):
		status["State"] = "RUNNING"
	case q.ended:
		status["State"] = string(athena.QueryExecutionStateCancelled)
	case q.err != nil:
		status["State"], status["StateChangeReason"] = "FAILED", q.err.Error()
	}
	return map[string]any{
		"QueryExecutionId": id, "Query": q.sql, "StatementType": "DML", "Status": status,
		"Statistics": map[string]any{"DataScannedInBytes": q.answer.Scanned},
	}
}

// results is a page. The header is the first row of the first one, and counts.
func (a *Athena) results(q *query, in map[string]any) any {
	header := make([]*string, len(q.answer.Columns))
	info := make([]map[string]any, len(q.answer.Columns))
	for i := range q.answer.Columns {
		header[i] = &q.answer.Columns[i]
		info[i] = map[string]any{"CatalogName": "hive", "Name": q.answer.Columns[i], "Label": q.answer.Columns[i], "Type": "varchar", "Nullable": "UNKNOWN"}
	}
	all := slices.Concat([][]*string{header}, q.answer.Rows)
	first, end, next := a.page(len(all), in, "MaxResults")
	rows := []any{}
	for _, row := range all[first:end] {
		data := []map[string]any{}
		for _, value := range row {
			if value == nil {
				data = append(data, map[string]any{})
				continue
			}
			data = append(data, map[string]any{"VarCharValue": *value})
		}
		rows = append(rows, map[string]any{"Data": data})
	}
	out := map[string]any{"UpdateCount": 0, "ResultSet": map[string]any{"Rows": rows, "ResultSetMetadata": map[string]any{"ColumnInfo": info}}}
	if next != nil {
		out["NextToken"] = next
	}
	return out
}
