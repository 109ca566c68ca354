package scan_test

import (
	"fmt"
	"testing"
	"time"

	"whydenied/pkg/explain"
	"whydenied/pkg/scan"
	"whydenied/pkg/trail"
)

// refused is a denial as a job's runs make it: what tells one run from the
// other is not what it is refused for.
func refused(sub string, n int) trail.Denial {
	return trail.Denial{
		EventID: fmt.Sprintf("e-%09d", n), Time: moment.Add(time.Duration(n%3600) * time.Second), Account: account, Region: "eu-west-1",
		ErrorCode: "AccessDenied", ErrorMessage: "An unknown error occurred",
		Provider: trail.Known(gitHubARN), Audience: trail.Known(stsAud), Subject: trail.Known(sub), RoleARN: trail.Known(roleARN),
		SessionName: trail.Known(fmt.Sprint("run-", n)), HasRequestParameters: true, SourceIP: "203.0.113.7", UserAgent: "aws-cli/2.24.5",
	}
}

// BenchmarkIdentical is the cost of a denial like one that was seen before. The
// ratio to that of explaining it is the reported "of-explain".
func BenchmarkIdentical(b *testing.B) {
	source := company(b)
	c := scan.NewCollector(source, scan.Options{})
	d := refused("repo:evil/x:pull_request", 0)
	c.Add(b.Context(), trail.Item{Kind: trail.KindDenied, Denial: d})
	const explanations = 200
	began := time.Now()
	for range explanations {
		explain.Call(b.Context(), d, false, source)
	}
	one := time.Since(began).Seconds() / explanations
	n := 0
	for b.Loop() {
		n++
		d.EventID, d.Time = "e", d.Time.Add(time.Second)
		c.Add(b.Context(), trail.Item{Kind: trail.KindDenied, Denial: d})
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(n)/one, "of-explain")
}

// BenchmarkDistinct is the cost of a denial like none before.
func BenchmarkDistinct(b *testing.B) {
	c := scan.NewCollector(company(b), scan.Options{})
	n := 0
	for b.Loop() {
		n++
		c.Add(b.Context(), trail.Item{Kind: trail.KindDenied, Denial: refused(fmt.Sprintf("repo:evil/x%d:pull_request", n), n)})
	}
}

// BenchmarkResult is the cost of a result, by group.
func BenchmarkResult(b *testing.B) {
	const groups = 1000
	c := scan.NewCollector(company(b), scan.Options{})
	for n := range groups {
		c.Add(b.Context(), trail.Item{Kind: trail.KindDenied, Denial: refused(fmt.Sprintf("repo:evil/x%d:pull_request", n), n)})
	}
	n := 0
	for b.Loop() {
		n++
		c.Result()
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(n*groups), "µs/group")
}
