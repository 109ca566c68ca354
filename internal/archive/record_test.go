package archive_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/internal/archive"
)

// TestRecords holds each record to what CloudTrail writes: JSON, on one line,
// its keys in order, with nothing left to fill in.
func TestRecords(t *testing.T) {
	m := makeArchive(t, archive.Options{Seed: 1, Bytes: 6 << 20, WebIdentityShare: 0.05, DeniedShare: 0.5})
	seen, bytesOf := map[string]bool{}, 0
	for _, name := range m.logs() {
		text := unpacked(t, name, m.files[name])
		var file struct{ Records []json.RawMessage }
		if err := json.Unmarshal(text, &file); err != nil {
			t.Fatal(err)
		}
		for _, record := range file.Records {
			bytesOf += len(record)
			if bytes.ContainsAny(record, "\n\r") || bytes.Contains(record, []byte("${")) {
				t.Fatalf("%s is not as CloudTrail writes it", record)
			}
			keys := keysOf(t, record)
			if want := ordered(keys); !slices.Equal(want, keys) {
				t.Fatalf("order of keys (-want +got)\n%s", cmp.Diff(want, keys))
			}
			var named struct{ EventSource, EventName string }
			if err := json.Unmarshal(record, &named); err != nil {
				t.Fatal(err)
			}
			seen[named.EventSource+":"+named.EventName] = true
		}
	}
	if len(seen) < 45 {
		t.Errorf("got %d different calls, want those of many services", len(seen))
	}
	if mean := bytesOf / m.Records; mean < 1000 || mean > 2500 {
		t.Errorf("a record has %d bytes in the mean, want what real ones have", mean)
	}
}

func keysOf(t *testing.T, record []byte) []string {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(record))
	var keys []string
	for depth, key := 0, false; ; {
		token, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			key = depth == 1
			continue
		case json.Delim('}'), json.Delim(']'):
			if depth--; depth == 0 {
				return keys
			}
		}
		if depth == 1 && key {
			if name, ok := token.(string); ok {
				keys = append(keys, name)
			}
		}
		key = depth == 1 && !key
	}
}

// ordered are the same keys as CloudTrail orders them.
func ordered(keys []string) []string {
	all := strings.Fields(`eventVersion userIdentity eventTime eventSource eventName awsRegion sourceIPAddress userAgent errorCode
		errorMessage requestParameters responseElements additionalEventData requestID eventID readOnly resources eventType
		apiVersion managementEvent recipientAccountId sharedEventID eventCategory tlsDetails`)
	return slices.DeleteFunc(all, func(key string) bool { return !slices.Contains(keys, key) })
}

func TestSeeds(t *testing.T) {
	o := archive.Options{Seed: 1, Digests: true}
	first, again := makeArchive(t, o), makeArchive(t, o)
	if diff := cmp.Diff(first.files, again.files); diff != "" {
		t.Error("the same options gave other bytes")
	}
	o.Seed = 2
	if other := makeArchive(t, o); cmp.Equal(first.logs(), other.logs()) {
		t.Error("another seed gave the same names")
	}
}

func TestLayout(t *testing.T) {
	for _, tt := range []struct {
		label, reason string
		o             archive.Options
		want          string
	}{
		{"a trail", "CloudTrail User Guide, \"Finding your CloudTrail log files\"", archive.Options{},
			`^AWSLogs/(\d{12})/CloudTrail/([a-z0-9-]+)/2026/11/\d\d/(\d{12})_CloudTrail_([a-z0-9-]+)_202611\d\dT\d{4}Z_[0-9A-Za-z]{16}\.json\.gz$`},
		{"an organization's trail", "its ID comes before the accounts", archive.Options{Organization: true, Packing: archive.Zstd},
			`^AWSLogs/o-a1b2c3d4e5/(\d{12})/CloudTrail/([a-z0-9-]+)/2026/11/\d\d/(\d{12})_CloudTrail_([a-z0-9-]+)_202611\d\dT\d{4}Z_[0-9A-Za-z]{16}\.json\.zst$`},
		{"events", "lines are no JSON document", archive.Options{Envelope: archive.EventBridge, Packing: archive.Plain},
			`^AWSLogs/(\d{12})/CloudTrail/([a-z0-9-]+)/2026/11/\d\d/(\d{12})_CloudTrail_([a-z0-9-]+)_202611\d\dT\d{4}Z_[0-9A-Za-z]{16}\.jsonl$`},
	} {
		t.Run(tt.label, func(t *testing.T) {
			m := makeArchive(t, tt.o)
			for _, name := range m.logs() {
				parts := regexp.MustCompile(tt.want).FindStringSubmatch(name)
				if parts == nil || parts[1] != parts[3] || parts[2] != parts[4] {
					t.Errorf("%s: %s", tt.reason, name)
				}
			}
		})
	}
}

// TestShape has an archive large enough for its distribution to show.
func TestShape(t *testing.T) {
	const asked = 32 << 20
	m := makeArchive(t, archive.Options{Seed: 1, Bytes: asked})
	if m.Bytes < asked || m.Bytes > asked+asked/50 {
		t.Errorf("got %d bytes, want %d or a little more", m.Bytes, asked)
	}
	small, large, packed := 0, 0, 0
	for _, name := range m.logs() {
		data := m.files[name]
		if len(data) < 1000 {
			small++
		}
		if len(data) > 100_000 {
			large += len(unpacked(t, name, data))
			packed += len(data)
		}
	}
	if share := float64(small) / float64(m.Files); share < 0.2 || share > 0.5 {
		t.Errorf("%.2f of the files are below 1,000 bytes, want about 0.4", share)
	}
	if ratio := float64(large) / float64(packed); ratio < 10 || ratio > 14 {
		t.Errorf("large files are packed by %.1f, want 10 to 14", ratio)
	}
	t.Logf("%d files, %d records, packed by %.1f", m.Files, m.Records, float64(m.Bytes)/float64(m.Packed))
}
