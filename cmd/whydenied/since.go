package main

import (
	"strconv"
	"strings"
	"time"
)

// history is how long CloudTrail keeps events (CloudTrail User Guide, "Working
// with CloudTrail event history").
const history = 90 * 24 * time.Hour

// margin is for the time until CloudTrail is asked: the oldest of its events
// may be gone by then.
const margin = time.Minute

// since is the moment that --since names: a duration as Go writes it, or whole
// days.
func since(text string, now time.Time) (time.Time, error) {
	ago, err := timeAgo(text)
	switch {
	case err != nil || ago <= 0:
		return time.Time{}, usage("--since %q is no time to look back, expected one such as 30m, 12h or 7d", text)
	case ago > history:
		return time.Time{}, usage("--since %s is longer than the 90 days that CloudTrail keeps events for: give older ones to whydenied explain, as the log files of a trail", text)
	}
	return now.Add(-min(ago, history-margin)), nil
}

// timeAgo is a duration as Go writes it, or whole days.
func timeAgo(text string) (time.Duration, error) {
	days, isDays := strings.CutSuffix(text, "d")
	if !isDays {
		return time.ParseDuration(text)
	}
	n, err := wholeDays(days)
	return time.Duration(n) * 24 * time.Hour, err
}

func wholeDays(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	return uint16(n), err
}
