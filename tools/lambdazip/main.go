// Lambdazip packs one Linux binary into the archive that Lambda's custom
// runtimes take: a single executable entry called "bootstrap".
//
//	lambdazip -o out.zip FILE
//
// Time and mode of the entry are fixed, so the same binary always gives the
// same archive, whichever machine packs it, and a deployment without a change
// is seen as one. It reads FILE and writes the archive, nothing else.
package main

import (
	"archive/zip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	out := flag.String("o", "", "archive to write")
	flag.Parse()
	if *out == "" || flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: lambdazip -o out.zip FILE")
		os.Exit(2)
	}
	if err := pack(*out, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "lambdazip:", err)
		os.Exit(1)
	}
}

// pack writes the archive at out with the binary as its one entry.
func pack(out, binary string) (err error) {
	src, err := os.Open(binary)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.Create(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	return write(dst, src)
}

// write writes an archive to dst with src as its one entry.
func write(dst io.Writer, src io.Reader) error {
	archive := zip.NewWriter(dst)
	header := &zip.FileHeader{
		Name:   "bootstrap",
		Method: zip.Deflate,
		// The earliest time that a zip file can hold.
		Modified: time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC),
	}
	// Lambda starts the entry as a process: without the executable bits the
	// function fails with "permission denied".
	header.SetMode(0o755)
	entry, err := archive.CreateHeader(header)
	if err != nil {
		return err
	}
	if _, err := io.Copy(entry, src); err != nil {
		return err
	}
	return archive.Close()
}
