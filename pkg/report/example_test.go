package report_test

import (
	"fmt"
	"time"

	"whydenied/pkg/report"
)

// A chat message about an incident. Where lines wrap, the difference stands
// between "«" and "»".
func ExampleNewBrief() {
	r := prefectCase()
	first := time.Date(2026, 11, 24, 14, 2, 11, 0, time.UTC)
	tally := &report.Tally{AccountName: "data-prod", Attempts: 24, Runs: 2, First: first, Last: first.Add(7 * time.Minute)}
	fmt.Print(report.NewBrief(&r, tally, report.DefaultMost).Plain())
	// Output:
	// ✗ sub does not match · role prefect-flows · data-prod (123456789012)
	// expects    prefect:«cloud»:3f2a9c1e-5b7d-4c1e-9a8f-0d6b2e4c7a91
	// presented  prefect:«account»:3f2a9c1e-5b7d-4c1e-9a8f-0d6b2e4c7a91
	// Its second part is "account" where the policy expects "cloud". Prefect Cloud's subjects have the form prefect:account:<account id>. provider ✓  aud ✓: leave them.
	// Role's side, if this caller is meant to get in: accept the presented value as well, without a wildcard. Caller's side, if not: run as what is expected.
	// 24 attempts in 2 runs (inferred), 14:02–14:09 UTC · certain · role · event · docs/causes/sub_mismatch.md
}
