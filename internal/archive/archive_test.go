package archive_test

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"whydenied/internal/archive"
	"whydenied/pkg/trail"
)

// made is an archive in memory.
type made struct {
	archive.Manifest
	files map[string][]byte
}

func makeArchive(t *testing.T, o archive.Options) made {
	t.Helper()
	files := map[string][]byte{}
	m, err := archive.Write(func(name string, data []byte) error {
		if files[name] != nil {
			t.Errorf("%s is there twice", name)
		}
		files[name] = bytes.Clone(data)
		return nil
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	return made{m, files}
}

func (m made) logs() []string {
	names := slices.Sorted(maps.Keys(m.files))
	return slices.DeleteFunc(names, func(name string) bool { return strings.Contains(name, "CloudTrail-Digest") })
}

func unpacked(t *testing.T, name string, data []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(data)
	var err error
	switch {
	case strings.HasSuffix(name, ".gz"):
		r, err = gzip.NewReader(r)
	case strings.HasSuffix(name, ".zst"):
		r, err = zstd.NewReader(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return text
}

// TestReadBack reads each archive in the slow way and compares what is found
// with what the manifest says.
func TestReadBack(t *testing.T) {
	for _, tt := range []struct {
		label, reason string
		o             archive.Options
	}{
		{"a trail's", "the usual share of calls", archive.Options{Seed: 1, Bytes: 4 << 20, WebIdentityShare: 0.01}},
		{"an organization's", "several accounts", archive.Options{Seed: 2, Accounts: 3, Organization: true, Digests: true, WebIdentityShare: 0.3, DeniedShare: 0.5}},
		{"events by line", "EventBridge's archive", archive.Options{Seed: 3, Envelope: archive.EventBridge, WebIdentityShare: 0.3}},
		{"records by line", "no envelope", archive.Options{Seed: 4, Envelope: archive.JSONLines, Packing: archive.Zstd, WebIdentityShare: 0.3}},
		{"LookupEvents", "records inside strings", archive.Options{Seed: 5, Envelope: archive.LookupEvents, Packing: archive.Plain, WebIdentityShare: 0.3}},
		{"identical", "nothing but one denial", archive.Options{Seed: 6, Identical: 500}},
		{"none", "no call at all", archive.Options{Seed: 7, WebIdentityShare: -1}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			m := makeArchive(t, tt.o)
			want, got := m.Manifest, readBack(t, m)
			want.Denied, want.Allowed = withoutCause(want.Denied), withoutCause(want.Allowed)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tt.reason, diff)
			}
		})
	}
}

func readBack(t *testing.T, m made) archive.Manifest {
	t.Helper()
	got := archive.Manifest{Digests: len(m.files) - len(m.logs()), Denied: []archive.Count{}, Allowed: []archive.Count{}}
	for _, name := range m.logs() {
		text := unpacked(t, name, m.files[name])
		got.Files++
		got.Packed += int64(len(m.files[name]))
		got.Bytes += int64(len(text))
		for line := range bytes.Lines(text) {
			if bytes.Contains(line, []byte("AssumeRoleWithWebIdentity")) {
				got.Mentioning++
			}
		}
		for it := range trail.Read(name, bytes.NewReader(text)) {
			got.Records++
			switch it.Kind {
			case trail.KindMalformed:
				t.Fatal(it.Err)
			case trail.KindDenied:
				got.Denials++
				got.Denied = add(got.Denied, it.Denial)
			case trail.KindSucceeded:
				got.Allowed = add(got.Allowed, it.Denial)
			case trail.KindOther:
				continue
			}
			got.Calls++
			if at := it.Denial.Time; got.First.IsZero() || at.Before(got.First) {
				got.First = at
			}
			if it.Denial.Time.After(got.Last) {
				got.Last = it.Denial.Time
			}
		}
	}
	sortCounts(got.Denied)
	sortCounts(got.Allowed)
	return got
}

func callerOf(d trail.Denial) archive.Caller {
	return archive.Caller{Account: d.Account, Role: d.RoleARN.Value, Provider: d.Provider.Value, Subject: d.Subject.Value, Audience: d.Audience.Value}
}

func add(counts []archive.Count, d trail.Denial) []archive.Count {
	i := slices.IndexFunc(counts, func(c archive.Count) bool { return c.Caller == callerOf(d) })
	if i >= 0 {
		counts[i].N++
		return counts
	}
	return append(counts, archive.Count{Caller: callerOf(d), N: 1})
}

func sortCounts(counts []archive.Count) {
	slices.SortFunc(counts, func(a, b archive.Count) int {
		return slices.Compare([]string{a.Account, a.Role, a.Provider, a.Subject, a.Audience}, []string{b.Account, b.Role, b.Provider, b.Subject, b.Audience})
	})
}

func withoutCause(counts []archive.Count) []archive.Count {
	counts = slices.Clone(counts)
	for i := range counts {
		counts[i].Cause = ""
	}
	return counts
}
