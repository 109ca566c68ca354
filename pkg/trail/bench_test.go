package trail_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"whydenied/pkg/trail"
)

// BenchmarkCalls reads packed log files of several sizes, with one call among a
// thousand records, and without. Each turn also unpacks the same file without
// looking at it; "ratio" is the time of the one to that of the other.
func BenchmarkCalls(b *testing.B) {
	for _, records := range []int{70, 700, 14000} {
		for _, every := range []int{0, 1000} {
			files, size := logFiles(b, records, every)
			b.Run(fmt.Sprintf("%.1fMB/one in %d", size, every), func(b *testing.B) {
				unpack := unpacker()
				ratio(b, files, func(data []byte) { drain(trail.Calls("f", bytes.NewReader(data))) }, unpack)
			})
		}
	}
}

// BenchmarkCallsBesideRead has the slow way as the baseline.
func BenchmarkCallsBesideRead(b *testing.B) {
	files, _ := logFiles(b, 700, 1000)
	ratio(b, files, func(data []byte) { drain(trail.Calls("f", bytes.NewReader(data))) },
		func(data []byte) { drain(trail.Read("f", bytes.NewReader(data))) })
}

// BenchmarkCallsOfHostile has inputs that are made to be slow, with the slow way
// as the baseline.
func BenchmarkCallsOfHostile(b *testing.B) {
	const size = 4 << 20
	tiny := newGenerator(1).tiny()
	list := func(element string) string {
		return `{"Records":[` + tiny + strings.Repeat(","+element, size/len(element)) + "]}"
	}
	for _, tt := range []struct{ label, in string }{
		{"names", list(`{"eventVersion":"1","a":["` + callName + `","` + callName + `"]}`)},
		{"rare letters", list(`{"eventVersion":"` + strings.Repeat("W", 500) + `"}`)},
		{"escapes", list(`{"eventVersion":"` + strings.Repeat(`\u0041`, 100) + `"}`)},
		{"backslashes", list(`{"eventVersion":"` + strings.Repeat(`\\`, 500) + `"}`)},
		{"brackets", list(strings.Repeat(`{"a":[`, 20) + strings.Repeat("]}", 20))},
		{"numbers", list("1,2,3")},
		{"empty objects", list("{}")},
		{"no commas", list("{}")[:100] + strings.Repeat("{}", size/2) + "]}"},
		{"commas", list("{},,,,")},
		{"lists in lists", list(`{"Records":[{}]}`)},
		{"large", list(`{"a":"` + strings.Repeat("x", trail.MaxRecord-10) + `"}`)},
		{"too large", list(`{"a":"` + strings.Repeat("x", trail.MaxRecord) + `"}`)},
		{"faults", list(`{"eventVersion":"1","a":[1,2,3}}`)},
		{"faults late", list(`{"eventVersion":"1","a":["` + strings.Repeat("x", 20000) + `"}}`)},
		{"beginnings", tiny + strings.Repeat("\n"+`{"version":[`, size/12)},
		{"lines", strings.Repeat(tiny+"\n", size/len(tiny))},
	} {
		b.Run(tt.label, func(b *testing.B) {
			count := func(items iter.Seq[trail.Item]) {
				for range items {
					continue
				}
			}
			ratio(b, [][]byte{[]byte(tt.in)}, func(data []byte) { count(trail.Calls("f", bytes.NewReader(data))) },
				func(data []byte) { count(trail.Read("f", bytes.NewReader(data))) })
		})
	}
}

// logFiles are some packed logs of the given number of records each, and the
// mean size of what is in them, in megabytes.
func logFiles(b *testing.B, records, every int) (files [][]byte, size float64) {
	b.Helper()
	g := newGenerator(1)
	n := max(1, 2000/records)
	for range n {
		plain := g.log(records, every)
		size += float64(len(plain)) / 1e6 / float64(n)
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := io.WriteString(w, plain); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
		files = append(files, packed.Bytes())
	}
	return files, size
}

// unpacker reads a packed file to its end, with memory that it keeps.
func unpacker() func(data []byte) {
	packed, z, to := bufio.NewReaderSize(nil, 64<<10), new(gzip.Reader), make([]byte, 64<<10)
	return func(data []byte) {
		packed.Reset(bytes.NewReader(data))
		err := z.Reset(packed)
		for err == nil {
			_, err = z.Read(to)
		}
		if !errors.Is(err, io.EOF) {
			panic(err)
		}
	}
}

func drain(items iter.Seq[trail.Item]) {
	for it := range items {
		if it.Err != nil {
			panic(it.Err)
		}
	}
}

// ratio runs subject and baseline over the files in turn and reports the ratio
// of their medians.
func ratio(b *testing.B, files [][]byte, subject, baseline func(data []byte)) {
	b.Helper()
	var subjects, baselines []time.Duration
	for b.Loop() {
		subjects = append(subjects, timed(files, subject))
		baselines = append(baselines, timed(files, baseline))
	}
	slices.Sort(subjects)
	slices.Sort(baselines)
	s, base := subjects[len(subjects)/2], baselines[len(baselines)/2]
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(s.Nanoseconds()), "ns/subject")
	b.ReportMetric(float64(base.Nanoseconds()), "ns/baseline")
	b.ReportMetric(float64(s)/float64(base), "ratio")
}

func timed(files [][]byte, f func([]byte)) time.Duration {
	start := time.Now()
	for _, data := range files {
		f(data)
	}
	return time.Since(start)
}
