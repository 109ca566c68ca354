// Package lake lets CloudTrail Lake find the AssumeRoleWithWebIdentity calls in
// an event data store. [New] names the store, [Source.Plan] says in SQL what
// would be asked, and [Plan.Items] asks, and yields the calls as [trail.Parse]
// reads them.
//
// Lake's table has one shape (CloudTrail User Guide, "Supported SQL schemas for
// event data stores"), with the token's provider in it. Its maps hold texts
// only, so that what was a number or an object in the record is made one again.
//
// Lake is closed to new customers since 31 May 2026; those who have it keep it.
package lake
