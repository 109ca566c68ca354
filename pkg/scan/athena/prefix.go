package athena

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"whydenied/pkg/scan/engine"
)

// mostPrefixes is how many prefixes are measured for an estimate: each is at
// least one request to S3.
const mostPrefixes = 2000

// prefixes are the s3:// prefixes that the table's projection gives for a query,
// where it says what all its partitions can be; why says what kept them from
// being known.
func (s *Source) prefixes(d definition, q engine.Query) (list []string, why string) {
	template := d.properties["storage.location.template"]
	if template == "" || !strings.EqualFold(d.properties["projection.enabled"], "true") {
		return nil, "the table has no partition projection that says where its days lie"
	}
	list = []string{template}
	for _, p := range d.partitions {
		values := s.values(d, p, q)
		if len(values) == 0 {
			return nil, "what the partition " + p.name + " can be is not known"
		}
		if len(values)*len(list) > mostPrefixes {
			return nil, fmt.Sprintf("the time asked for lies under more than %d prefixes", mostPrefixes)
		}
		var next []string
		for _, value := range values {
			for _, prefix := range list {
				next = append(next, strings.ReplaceAll(prefix, "${"+p.name+"}", value))
			}
		}
		list = next
	}
	for i, prefix := range list {
		list[i] = strings.TrimSuffix(prefix, "/") + "/"
	}
	return list, ""
}

// values are what a partition can be within the query.
func (s *Source) values(d definition, p partition, q engine.Query) []string {
	span := s.days(q)
	layout, sorted := sortable(d.properties["projection."+p.name+".format"])
	given := q.Accounts
	if slices.Contains(regionNames, p.name) {
		given = q.Regions
	}
	switch {
	case d.property(p, "type") == "date" && sorted && !strings.Contains(layout, "15") && !span.first.IsZero():
		return dates(span, layout)
	case d.property(p, "type") == "injected":
		return given
	case d.property(p, "type") == "enum":
		all := strings.Split(d.properties["projection."+p.name+".values"], ",")
		if len(given) == 0 || !slices.Contains(regionNames, p.name) && !slices.Contains(accountNames, p.name) {
			return all
		}
		return slices.DeleteFunc(all, func(v string) bool { return !slices.Contains(given, v) })
	}
	return nil
}

// dates are a span's days, or months or years where the layout goes no further.
func dates(span days, layout string) []string {
	var list []string
	for t := span.first; !t.After(span.last); t = t.Add(24 * time.Hour) {
		list = append(list, t.Format(layout))
	}
	return slices.Compact(list)
}

// measure adds up what lies under the prefixes of a query.
func (s *Source) measure(ctx context.Context, d definition, q engine.Query) (bytes int64, why string) {
	if s.c.Measure == nil {
		return 0, "Athena has no dry run"
	}
	list, why := s.prefixes(d, q)
	for _, prefix := range list {
		n, err := s.c.Measure(ctx, prefix)
		if err != nil {
			return 0, err.Error()
		}
		bytes += n
	}
	return bytes, why
}
