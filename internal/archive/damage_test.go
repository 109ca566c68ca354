package archive_test

import (
	"bytes"
	"testing"

	"whydenied/internal/archive"
	"whydenied/pkg/trail"
)

func TestDamaged(t *testing.T) {
	m := makeArchive(t, archive.Options{Seed: 1, WebIdentityShare: 1})
	largest := ""
	for _, name := range m.logs() {
		if len(m.files[name]) > len(m.files[largest]) {
			largest = name
		}
	}
	whole := counts(m.files[largest]).calls
	for _, d := range archive.Damages() {
		t.Run(d.String(), func(t *testing.T) {
			spoilt, err := archive.Damaged(m.files[largest], d)
			if err != nil {
				t.Fatal(err)
			}
			got := counts(spoilt)
			if got.malformed == 0 {
				t.Error("nothing is wrong with it")
			}
			switch d {
			case archive.WrongCRC, archive.HugeRecord:
				if got.calls != whole {
					t.Errorf("got %d calls, want all %d", got.calls, whole)
				}
			case archive.TruncatedGzip, archive.TruncatedJSON:
				if got.calls == 0 || got.calls >= whole {
					t.Errorf("got %d calls, want some of %d", got.calls, whole)
				}
			default:
				if got.calls != 0 {
					t.Errorf("got %d calls, want none", got.calls)
				}
			}
		})
	}
}

type found struct{ calls, malformed int }

func counts(file []byte) (f found) {
	for it := range trail.Read("", bytes.NewReader(file)) {
		switch it.Kind {
		case trail.KindDenied, trail.KindSucceeded:
			f.calls++
		case trail.KindMalformed:
			f.malformed++
		case trail.KindOther:
		}
	}
	return f
}
