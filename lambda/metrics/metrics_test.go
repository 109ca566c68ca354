package metrics_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/lambda/metrics"
	"whydenied/pkg/alert"
	"whydenied/pkg/report"
)

// said is what CloudWatch makes of the lines: each metric with its dimensions.
type said struct {
	Dimensions [][]string
	Metrics    []struct{ Name, Unit string }
	Values     map[string]any
}

func read(t *testing.T, lines string) (all []said) {
	t.Helper()
	for line := range strings.Lines(lines) {
		var values map[string]any
		var head struct {
			AWS struct {
				Timestamp         int64
				CloudWatchMetrics []struct {
					Namespace  string
					Dimensions [][]string
					Metrics    []struct{ Name, Unit string }
				}
			} `json:"_aws"`
		}
		if err := errors.Join(json.Unmarshal([]byte(line), &values), json.Unmarshal([]byte(line), &head)); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		if head.AWS.Timestamp != 1795000000000 || len(head.AWS.CloudWatchMetrics) != 1 || head.AWS.CloudWatchMetrics[0].Namespace != "whydenied" {
			t.Fatalf("got head %+v", head)
		}
		delete(values, "_aws")
		m := head.AWS.CloudWatchMetrics[0]
		for _, d := range m.Dimensions {
			for _, name := range d {
				if _, isText := values[name].(string); !isText {
					t.Errorf("dimension %q has no value: CloudWatch drops the line", name)
				}
			}
		}
		all = append(all, said{m.Dimensions, m.Metrics, values})
	}
	return all
}

func TestMetrics(t *testing.T) {
	type names = []struct{ Name, Unit string }
	for _, tt := range []struct {
		label, reason string
		write         func(*metrics.Writer)
		want          []said
	}{
		{"a denial", "in all, and by verdict and cause", func(w *metrics.Writer) {
			w.Denial(&report.Report{Verdict: "explained", Causes: []report.Cause{{Code: "sub_mismatch"}, {Code: "aud_mismatch"}}})
		}, []said{{[][]string{{}, {"Verdict", "Cause"}}, names{{"Denials", "Count"}},
			map[string]any{"Verdict": "explained", "Cause": "sub_mismatch", "Denials": 1.0}}}},
		{"no cause, partial", "evidence that could not be read has an alarm of its own", func(w *metrics.Writer) {
			w.Denial(&report.Report{Verdict: "unexplained", Partial: true})
		}, []said{
			{[][]string{{}, {"Verdict", "Cause"}}, names{{"Denials", "Count"}}, map[string]any{"Verdict": "unexplained", "Cause": "none", "Denials": 1.0}},
			{[][]string{{}}, names{{"EvidenceErrors", "Count"}}, map[string]any{"EvidenceErrors": 1.0}},
		}},
		{"a first message", "how long it took from the event", func(w *metrics.Writer) {
			w.Delivery(alert.Observation{Notifier: "slack", First: true, Since: 90 * time.Second})
		}, []said{{[][]string{{}, {"Channel"}}, names{{"Deliveries", "Count"}, {"EventToAlertSeconds", "Seconds"}},
			map[string]any{"Channel": "slack", "Deliveries": 1.0, "EventToAlertSeconds": 90.0}}}},
		{"a failure", "no message, no time", func(w *metrics.Writer) {
			w.Delivery(alert.Observation{Notifier: "sns", Err: errors.New("away")})
		}, []said{{[][]string{{}, {"Channel"}}, names{{"DeliveryFailures", "Count"}}, map[string]any{"Channel": "sns", "DeliveryFailures": 1.0}}}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			var out bytes.Buffer
			tt.write(metrics.New(&out, func() time.Time { return time.Unix(1795000000, 0) }))
			if diff := cmp.Diff(tt.want, read(t, out.String())); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}
