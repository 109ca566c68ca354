package athena

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
)

// definition is a table as the catalog describes it. Names are in lower case.
type definition struct {
	columns    map[string]string // types, as Hive writes them
	partitions []partition
	properties map[string]string
}

// partition is a column by which the archive is divided.
type partition struct{ name, kind string }

// describe reads the table's definition, for which nothing is charged.
func (s *Source) describe(ctx context.Context) (definition, error) {
	out, err := s.c.API.GetTableMetadata(ctx, &athena.GetTableMetadataInput{
		CatalogName: aws.String(s.c.Catalog), DatabaseName: aws.String(s.database), TableName: aws.String(s.table),
		WorkGroup: aws.String(s.c.Workgroup),
	})
	if err != nil {
		return definition{}, s.failed("athena:GetTableMetadata", err)
	}
	d := definition{columns: map[string]string{}, properties: map[string]string{}}
	if out.TableMetadata == nil {
		return d, nil
	}
	for _, c := range out.TableMetadata.Columns {
		name, kind := column(c)
		d.columns[name] = kind
	}
	for _, c := range out.TableMetadata.PartitionKeys {
		name, kind := column(c)
		d.partitions = append(d.partitions, partition{name, kind})
	}
	for key, value := range out.TableMetadata.Parameters {
		d.properties[strings.ToLower(key)] = value
	}
	return d, nil
}

func column(c types.Column) (name, kind string) {
	return strings.ToLower(aws.ToString(c.Name)), strings.ToLower(strings.Join(strings.Fields(aws.ToString(c.Type)), ""))
}

// fields are the members of a struct and their types; nil of anything else.
func fields(kind string) map[string]string {
	inner, ok := inside(kind, "struct")
	if !ok {
		return nil
	}
	members := map[string]string{}
	for _, member := range split(inner) {
		if name, kind, ok := strings.Cut(member, ":"); ok {
			members[name] = kind
		}
	}
	return members
}

// inside is what stands between the brackets of struct<…> or array<…>.
func inside(kind, outer string) (string, bool) {
	rest, ok := strings.CutPrefix(kind, outer+"<")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, ">")
}

// split cuts at the commas that stand in no brackets.
func split(list string) []string {
	var parts []string
	depth, begin := 0, 0
	for i, c := range list {
		switch c {
		case '<', '(':
			depth++
		case '>', ')':
			depth--
		case ',':
			if depth == 0 {
				parts, begin = append(parts, list[begin:i]), i+1
			}
		default:
		}
	}
	return append(parts, list[begin:])
}

// isText tells whether a column holds text.
func isText(kind string) bool {
	return kind == "string" || strings.HasPrefix(kind, "varchar") || strings.HasPrefix(kind, "char")
}

// unlike says that a column is not as a table of CloudTrail logs has it.
func (s *Source) unlike(name, kind, expected string) error {
	return fmt.Errorf("athena table %q: the column %s is %q, expected %s, as in AWS's definition of a table for CloudTrail logs", s.name(), name, kind, expected)
}
