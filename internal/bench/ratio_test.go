package bench_test

import (
	"slices"
	"testing"
	"time"
)

// ratio runs subject and baseline in turn and reports the ratio of their
// medians, each taken over batches of the given size.
func ratio(b *testing.B, batch int, subject, baseline func()) {
	b.Helper()
	var subjects, baselines []time.Duration
	for b.Loop() {
		subjects = append(subjects, batchTime(batch, subject))
		baselines = append(baselines, batchTime(batch, baseline))
	}
	metrics(b, batch, subjects, baselines)
}

func batchTime(n int, f func()) time.Duration {
	start := time.Now()
	for range n {
		f()
	}
	return time.Since(start)
}

func metrics(b *testing.B, batch int, subjects, baselines []time.Duration) {
	b.Helper()
	s, base := median(subjects), median(baselines)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(s.Nanoseconds())/float64(batch), "ns/subject")
	b.ReportMetric(float64(base.Nanoseconds())/float64(batch), "ns/baseline")
	b.ReportMetric(float64(s)/float64(base), "ratio")
}

func median(of []time.Duration) time.Duration {
	slices.Sort(of)
	return of[len(of)/2]
}
