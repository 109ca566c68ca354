package remedy_test

import (
	"testing"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/remedy"
)

// A usual denial, with and without a fix, and one that nothing explains, for
// which nothing is done.
func BenchmarkPropose(b *testing.B) {
	for _, name := range []string{"change-break-older-than-five-minutes", "near-case-and-white-space", "change-broke-it-after-the-event"} {
		b.Run(name, func(b *testing.B) {
			in := readCase(b, name)
			d := diagnosis.Diagnose(in)
			b.ReportAllocs()
			for b.Loop() {
				remedy.Propose(in, d)
			}
		})
	}
}
