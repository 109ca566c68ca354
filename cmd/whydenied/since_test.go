package main

import (
	"testing"
	"time"
)

func TestSince(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		label, reason, text string
		want                time.Duration // 0 for bad usage
	}{
		{"hours", "as Go writes it", "3h", 3 * time.Hour},
		{"mixed", "as Go writes it", "1h30m", 90 * time.Minute},
		{"days", "people count days", "7d", 7 * 24 * time.Hour},
		{"the last day", "what is 90 days old now is gone when CloudTrail is asked", "90d", 90*24*time.Hour - time.Minute},
		{"too long", "CloudTrail keeps 90", "91d", 0},
		{"far too long", "no number is too big to be refused", "99999999d", 0},
		{"part of a day", "12h says the same", "0.5d", 0},
		{"nothing", "not a time", "0s", 0},
		{"the future", "not a time to look back", "-1d", 0},
		{"no unit", "seconds, minutes or days?", "30", 0},
		{"empty", "not a time", "", 0},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got, err := since(tt.text, now)
			switch {
			case tt.want == 0 && statusOf(err) != statusBadInput:
				t.Errorf("%s: %q gives %s and error %v, want bad usage", tt.reason, tt.text, got, err)
			case tt.want != 0 && (err != nil || now.Sub(got) != tt.want):
				t.Errorf("%s: %q gives %s and error %v, want %s before", tt.reason, tt.text, got, err, tt.want)
			}
		})
	}
}
