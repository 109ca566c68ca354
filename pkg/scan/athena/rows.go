package athena

import (
	"context"
	"iter"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"

	"whydenied/pkg/scan/engine"
	"whydenied/pkg/trail"
)

// pageSize is how many rows a page has at most (API reference, GetQueryResults).
const pageSize = 1000

// Items runs the query and yields the calls that it finds, denied and succeeded,
// in no order. A row that cannot be read is a malformed Item. An error ends it:
// what was not yielded by then is missing.
func (p *Plan) Items(ctx context.Context) iter.Seq2[trail.Item, error] {
	place := p.source.String()
	return func(yield func(trail.Item, error) bool) {
		for row, err := range p.rows(ctx, p.SQL) {
			if err != nil {
				yield(trail.Item{}, err)
				return
			}
			if item := p.row(row).Item(place); p.query.Wants(item) && !yield(item, nil) {
				return
			}
		}
	}
}

// Files runs the query for the log files that hold such calls, and yields their
// s3:// addresses, each once. In a file are all calls of its time and place, so
// that whoever reads it has to mind the bounds of time again.
func (p *Plan) Files(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for row, err := range p.rows(ctx, p.files) {
			if err != nil {
				yield("", err)
				return
			}
			if len(row) == 1 && row[0].VarCharValue != nil && !yield(*row[0].VarCharValue, nil) {
				return
			}
		}
	}
}

// row is a row of the answer by field. Athena leaves out the value of NULL.
func (p *Plan) row(data []types.Datum) engine.Row {
	row := make(engine.Row, len(data))
	for i, d := range data {
		if d.VarCharValue != nil && i < len(p.columns) {
			row[p.columns[i].field] = *d.VarCharValue
		}
	}
	return row
}

// rows runs a query and yields its rows without the header.
func (p *Plan) rows(ctx context.Context, sql string) iter.Seq2[[]types.Datum, error] {
	return func(yield func([]types.Datum, error) bool) {
		id, err := p.run(ctx, sql)
		if err != nil {
			yield(nil, err)
			return
		}
		in := &athena.GetQueryResultsInput{QueryExecutionId: aws.String(id), MaxResults: aws.Int32(pageSize)}
		for first := true; ; first = false {
			out, err := p.source.c.API.GetQueryResults(ctx, in)
			if err != nil {
				yield(nil, p.source.failed("athena:GetQueryResults", err))
				return
			}
			for _, row := range body(out.ResultSet, first) {
				if !yield(row.Data, nil) {
					return
				}
			}
			if aws.ToString(out.NextToken) == "" {
				return
			}
			in.NextToken = out.NextToken
		}
	}
}

// body is a page without the header, which is the first row of the first page.
func body(set *types.ResultSet, first bool) []types.Row {
	switch {
	case set == nil:
		return nil
	case first && len(set.Rows) > 0 && isHeader(set):
		return set.Rows[1:]
	}
	return set.Rows
}

// isHeader tells whether the first row holds the names of the columns.
func isHeader(set *types.ResultSet) bool {
	if set.ResultSetMetadata == nil || len(set.ResultSetMetadata.ColumnInfo) != len(set.Rows[0].Data) {
		return true
	}
	for i, c := range set.ResultSetMetadata.ColumnInfo {
		if aws.ToString(c.Name) != aws.ToString(set.Rows[0].Data[i].VarCharValue) {
			return false
		}
	}
	return true
}
