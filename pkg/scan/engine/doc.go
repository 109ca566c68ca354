// Package engine is what the query engines that hold an archive of CloudTrail
// records have in common: what is asked of them ([Query]), how a row of theirs
// becomes a record again ([Row]), what they scan and what that costs ([Cost]),
// and how one waits for them ([Poll]).
//
// A row is put back into the form of a CloudTrail record and read by
// [trail.Parse], so that there is one reader of records. What a row lacks stays
// missing in the record: nothing is made up.
package engine
