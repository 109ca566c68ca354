// Package athena lets Amazon Athena find the AssumeRoleWithWebIdentity calls in
// an archive of CloudTrail logs. [New] names the table; [Source.Plan] looks at
// its definition and says in SQL what would be asked and what is known of the
// cost; [Plan.Items] asks, and yields the calls as [trail.Parse] reads them.
//
// # Tables
//
// No two tables of CloudTrail logs are alike, so the SQL is made of the columns
// that a table has. What it lacks stays missing in the records, and a note says
// so. That matters for one column above all: AWS's own definition gives
// useridentity no identityprovider (Athena User Guide, "Create a table for
// CloudTrail logs"), without which neither the provider nor the audience of a
// token can be told. [Plan.Files] then names the log files that hold the calls,
// to be read whole.
//
// # What it never does
//
// It creates and changes nothing in the account but the query's result, which
// Athena writes where the workgroup says, or to Config.Output. No name and no
// value gets into the SQL unquoted.
package athena
