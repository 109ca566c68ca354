package archive_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/internal/archive"
	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/trail"
)

// TestCauses explains each refused call with the archive's own account, and
// finds the cause that the manifest names.
func TestCauses(t *testing.T) {
	m := makeArchive(t, archive.Options{Seed: 1, Accounts: 2, WebIdentityShare: 1, DeniedShare: 1})
	want := map[archive.Caller]string{}
	for _, c := range m.Denied {
		want[c.Caller] = c.Cause
	}
	sources := map[string]*evidence.Snapshot{}
	for i := range 2 {
		id := archive.AccountID(i)
		var err error
		if sources[id], err = evidence.ParseSnapshot("account.json", archive.Account(id)); err != nil {
			t.Fatal(err)
		}
	}
	got, codes := map[archive.Caller]string{}, map[string]bool{}
	for _, name := range m.logs() {
		for it := range trail.Read(name, bytes.NewReader(m.files[name])) {
			by := callerOf(it.Denial)
			if _, done := got[by]; done {
				continue
			}
			got[by] = ""
			if r := explain.Call(context.Background(), it.Denial, false, sources[by.Account]); len(r.Causes) > 0 {
				got[by] = r.Causes[0].Code
				codes[got[by]] = true
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(codes) < 12 {
		t.Errorf("got %d different causes, want many", len(codes))
	}
}

// TestAllowed has no call among those that succeeded that its role refuses.
func TestAllowed(t *testing.T) {
	m := makeArchive(t, archive.Options{Seed: 1, Bytes: 256 << 10, WebIdentityShare: 1, DeniedShare: -1})
	source, err := evidence.ParseSnapshot("account.json", archive.Account(archive.FirstAccount))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range m.logs() {
		for it := range trail.Read(name, bytes.NewReader(m.files[name])) {
			r := explain.Call(context.Background(), it.Denial, true, source)
			if it.Kind != trail.KindSucceeded || len(r.Causes) > 0 {
				t.Errorf("%v was allowed, and %d causes are found", callerOf(it.Denial), len(r.Causes))
			}
		}
	}
}
