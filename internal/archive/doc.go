// Package archive makes archives of CloudTrail records whose truth is known,
// for tests and benchmarks. A seed and a size go in; log files come out one by
// one, in the layout of a trail's bucket, and with them a [Manifest] of what
// they hold: how many calls, how many refused, of whom and why. The same
// [Options] always give the same bytes. Most callers want [Write] or
// [WriteDir]; [Account] is the account that explains the refused calls, and
// [Damaged] spoils a file.
//
// # How real it is
//
// Records have CloudTrail's keys in CloudTrail's order, the lengths of real
// values and Gson's escapes; calls.json holds the calls of other services.
// Some of those records quote AssumeRoleWithWebIdentity in a policy or a
// search, as real ones do. IDs, keys and session tokens are random, so that
// they compress no better than real ones; sessions, names and addresses recur
// within a file as within five minutes of a real account.
//
// The sizes of files follow what Chariot Solutions found in a trail of
// 4.6 million files, 44 % of them under 1,000 bytes packed ("Aggregating Files
// in your Data Lake", part 1), with a tail up to some megabytes. No published
// figure was found for how far gzip packs them; one of 10 to 14 is aimed at for
// files of more than 100 KB.
//
// It knows nothing of the product's packages, so that what reads an archive is
// never compared with itself. Nothing in it is a credential.
package archive
