// Package scan says, of many records at once, which roles refuse whom and why.
//
// Records come from log files, wherever they lie ([File]), or from an engine
// that holds them. A [Collector] takes them one by one, in any order and from
// several goroutines: each distinct call is diagnosed once, and denials that
// have role, provider, subject's shape and primary cause in common are one
// [Group] of the [Result]. What is held in memory does not grow with the number
// of records.
package scan
