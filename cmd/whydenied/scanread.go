package main

import (
	"context"

	"whydenied/pkg/scan"
	"whydenied/pkg/scan/local"
)

// read has the collector take what the paths hold, or what the engine finds.
func (s *scanning) read(ctx context.Context, c *scan.Collector, m *scan.Meter) error {
	return scan.Read(ctx, c, s.files(), scan.ReadOptions{Workers: s.workers, Meter: m})
}

// files are those that the paths name. What cannot be found is told at the end,
// with its exit status.
func (s *scanning) files() scan.Files {
	return local.Files(s.paths, s.app.input)
}
