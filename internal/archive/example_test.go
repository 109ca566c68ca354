package archive_test

import (
	"fmt"

	"whydenied/internal/archive"
)

func ExampleWrite() {
	o := archive.Options{Seed: 1, Bytes: 2 << 20, WebIdentityShare: 0.02}
	names := 0
	m, err := archive.Write(func(string, []byte) error { names++; return nil }, o)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(names == m.Files, m.Calls, "calls,", m.Denials, "of them denied")
	fmt.Println(m.Denied[0].Cause, m.Denied[0].Subject)
	// Output:
	// true 30 calls, 4 of them denied
	// sub_mismatch repo:octo-org/api:pull_request
}
