package enginetest

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	cloudtrail "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// Lake is the part of CloudTrail's API that runs queries.
type Lake struct{ Service }

// Config reaches it.
func (l *Lake) Config() aws.Config { return config(l) }

// ServeHTTP answers a call.
func (l *Lake) ServeHTTP(w http.ResponseWriter, r *http.Request) { l.serve(w, r, l.answer) }

func (l *Lake) answer(action string, in map[string]any) any {
	if action == "StartQuery" {
		sql, _ := in["QueryStatement"].(string)
		return map[string]any{"QueryId": l.start(sql)}
	}
	id, _ := in["QueryId"].(string)
	q := l.queries[id]
	if q == nil {
		return Fault{"QueryIdNotFoundException", "The query ID does not exist or does not map to a query."}
	}
	switch action {
	case "DescribeQuery":
		return l.describe(id, q)
	case "CancelQuery":
		q.ended = true
		return map[string]any{"QueryId": id, "QueryStatus": string(cloudtrail.QueryStatusCancelled)}
	case "GetQueryResults":
		return l.results(q, in)
	}
	return Fault{"UnsupportedOperationException", action}
}

func (l *Lake) describe(id string, q *query) any {
	out := map[string]any{
		"QueryId": id, "QueryString": q.sql, "QueryStatus": "FINISHED",
		"QueryStatistics": map[string]any{"BytesScanned": q.answer.Scanned, "EventsMatched": len(q.answer.Rows)},
	}
	switch {
	case l.running(q):
		out["QueryStatus"] = "RUNNING"
	case q.ended:
		out["QueryStatus"] = string(cloudtrail.QueryStatusCancelled)
	case q.err != nil:
		out["QueryStatus"], out["ErrorMessage"] = "FAILED", q.err.Error()
	}
	return out
}

// results is a page: each row is a list of columns, each of which is an object.
func (l *Lake) results(q *query, in map[string]any) any {
	first, end, next := l.page(len(q.answer.Rows), in, "MaxQueryResults")
	rows := []any{}
	for _, row := range q.answer.Rows[first:end] {
		columns := []map[string]any{}
		for i, value := range row {
			if value != nil {
				columns = append(columns, map[string]any{q.answer.Columns[i]: *value})
			}
		}
		rows = append(rows, columns)
	}
	out := map[string]any{
		"QueryStatus": "FINISHED", "QueryResultRows": rows,
		"QueryStatistics": map[string]any{"ResultsCount": len(rows), "TotalResultsCount": len(q.answer.Rows), "BytesScanned": q.answer.Scanned},
	}
	if next != nil {
		out["NextToken"] = next
	}
	return out
}
