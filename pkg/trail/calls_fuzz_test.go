package trail_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func FuzzCalls(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.json*"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no samples: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(bytes.Join([][]byte{data, data, data}, []byte("\n")))
	}
	g := newGenerator(11)
	for range 60 {
		f.Add(g.input())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if diff := disagreement(data); diff != "" {
			t.Error(diff)
		}
	})
}

// TestCallsOfDamaged compares over inputs of every shape, with damage of every
// kind.
func TestCallsOfDamaged(t *testing.T) {
	for seed := range uint64(300) {
		g := newGenerator(seed)
		data := g.input()
		for n := range 4 {
			if diff := disagreement(data); diff != "" {
				t.Fatalf("seed %d, damaged %d times: %s\n%q", seed, n, diff, data)
			}
			data = g.damage(data)
		}
	}
}

// TestCallsCutAtEachByte has logs that end anywhere.
func TestCallsCutAtEachByte(t *testing.T) {
	g := newGenerator(3)
	few := []string{g.tiny(), denied("a"), g.other(), g.tiny()}
	for _, in := range []string{`{"Records":[` + strings.Join(few, ",") + `]}`, strings.Join(few, "\n"), g.array(2), g.log(1, 0)} {
		for size := range len(in) {
			if diff := disagreement([]byte(in[:size])); diff != "" {
				t.Fatalf("cut at %d of %d: %s\n%s", size, len(in), diff, in)
			}
		}
	}
}

func (g generator) pick(of ...string) string { return of[g.rng.IntN(len(of))] }
