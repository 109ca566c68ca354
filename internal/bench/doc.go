// Package bench measures ratios: what a part of whydenied costs against the
// least that its work could cost, both in one run, so that the machine drops
// out. "make bench" prints them; nothing depends on them.
package bench
