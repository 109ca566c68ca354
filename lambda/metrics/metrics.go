// Package metrics writes what the function does as CloudWatch metrics, in the
// embedded metric format: lines of JSON on standard output, which CloudWatch
// Logs turns into metrics without a call of its API (CloudWatch User Guide,
// "Specification: Embedded metric format").
//
// No value of a token becomes a dimension: those are a verdict, a cause's code
// and a notifier's name, which are few.
package metrics

import (
	"encoding/json"
	"io"
	"sync"
	"time"

	"whydenied/pkg/alert"
	"whydenied/pkg/report"
)

// Namespace is where the metrics stand in CloudWatch.
const Namespace = "whydenied"

// Writer writes metrics. It is safe for concurrent use.
type Writer struct {
	mu  sync.Mutex
	out io.Writer
	now func() time.Time
}

// New makes a Writer on a stream whose lines go to CloudWatch Logs.
func New(out io.Writer, now func() time.Time) *Writer {
	return &Writer{out: out, now: now}
}

type metric struct {
	Name string
	Unit string
}

// Denial counts a refused call: Denials by Verdict and Cause and in all, and
// EvidenceErrors where something could not be read.
func (w *Writer) Denial(r *report.Report) {
	cause := "none"
	if len(r.Causes) > 0 {
		cause = r.Causes[0].Code
	}
	w.write([][]string{{}, {"Verdict", "Cause"}}, []metric{{"Denials", "Count"}},
		map[string]any{"Verdict": r.Verdict, "Cause": cause, "Denials": 1})
	if r.Partial {
		w.write([][]string{{}}, []metric{{"EvidenceErrors", "Count"}}, map[string]any{"EvidenceErrors": 1})
	}
}

// Delivery counts what a notifier was brought to say, Deliveries, or
// DeliveryFailures, by Channel and in all. Of an incident's first message it
// tells EventToAlertSeconds, in seconds.
func (w *Writer) Delivery(o alert.Observation) {
	name := "Deliveries"
	if o.Err != nil {
		name = "DeliveryFailures"
	}
	metrics, values := []metric{{name, "Count"}}, map[string]any{"Channel": o.Notifier, name: 1}
	if o.First {
		metrics = append(metrics, metric{"EventToAlertSeconds", "Seconds"})
		values["EventToAlertSeconds"] = o.Since.Seconds()
	}
	w.write([][]string{{}, {"Channel"}}, metrics, values)
}

func (w *Writer) write(dimensions [][]string, metrics []metric, values map[string]any) {
	values["_aws"] = map[string]any{
		"Timestamp":         w.now().UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{"Namespace": Namespace, "Dimensions": dimensions, "Metrics": metrics}},
	}
	line, err := json.Marshal(values)
	if err != nil {
		return // strings and finite numbers do encode
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, _ = w.out.Write(append(line, '\n')) // a log that cannot be written has nobody to tell
}
