package main

import (
	"context"

	"whydenied/pkg/scan"
	"whydenied/pkg/scan/bucket"
	"whydenied/pkg/scan/local"
)

// read has the collector take what the paths hold. The error is one of which
// nothing was read.
func (s *scanning) read(ctx context.Context, a *asking, c *scan.Collector, m *scan.Meter) error {
	if a != nil {
		return s.ask(ctx, a, c, m)
	}
	files, err := s.files(ctx, c)
	if err != nil {
		return err
	}
	return scan.Read(ctx, c, files, scan.ReadOptions{Workers: s.atOnce(), Meter: m})
}

// inFlight is how many objects of a bucket are read at once: small ones are
// waited for, rather than worked on.
const inFlight = 16

// atOnce is how many files are read at once; 0 leaves it to the reader.
func (s *scanning) atOnce() int {
	if s.workers == 0 && (inBuckets(s.paths) || s.archive.isEngine()) {
		return inFlight
	}
	return s.workers
}

// files are all that the paths name, those on this machine first.
func (s *scanning) files(ctx context.Context, c *scan.Collector) (scan.Files, error) {
	all := []scan.Files{local.Files(onMachine(s.paths), s.app.input, c.Note)}
	places, err := locations(s.paths)
	if err != nil || len(places) == 0 {
		return all[0], err
	}
	cfg, err := s.archive.load(ctx, s.cloud)
	if err != nil {
		return nil, err
	}
	client := bucket.NewClient(cfg)
	for _, at := range places {
		all = append(all, bucket.Files(ctx, client, at, bucket.Query(s.only), bucket.Options{RequesterPays: s.archive.requesterPays, Note: c.Note}))
	}
	return joined(all), nil
}

// joined are several lists, one after the other.
func joined(all []scan.Files) scan.Files {
	return func(yield func(scan.File, error) bool) {
		for _, files := range all {
			for f, err := range files {
				if !yield(f, err) {
					return
				}
			}
		}
	}
}
