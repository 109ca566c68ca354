package scan

import (
	"context"
	"io"
	"iter"
)

// File is one log file of an archive, packed or not.
type File struct {
	Name string // as people know it: a path, an s3:// address, "standard input"
	Size int64  // bytes as it lies there, packed; -1 where not known
	Open func(ctx context.Context) (io.ReadCloser, error)
}

// Files lists an archive. An error is one place that cannot be listed; what
// follows it may still be.
type Files = iter.Seq2[File, error]
