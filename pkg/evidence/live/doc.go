// Package live reads AWS: a [Source] answers what an account holds now, and
// what CloudTrail says that it held. It finds denials ([Source.Records]) and
// writes an account to a file ([Source.Snapshot]).
//
// It only ever reads: iam:GetRole, ListRoles, ListOpenIDConnectProviders,
// GetOpenIDConnectProvider, ListAccountAliases, cloudtrail:LookupEvents,
// sts:GetCallerIdentity, and, for other accounts, sts:AssumeRole of a role that
// may do the same there. Nothing is called before it is asked for.
//
// What fails costs only itself, and is told in one line: which call, on what,
// and why; but for the account's alias, without which nothing is missing. What
// was read earlier is never presented as read now: the policy of a role is used
// again for seconds, the list of roles for minutes, and the answer says when it
// was read.
package live
