// Package bucket lists and reads log files that lie in S3 as CloudTrail puts
// them there:
//
//	[prefix/]AWSLogs/[o-organization/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/
//	ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_UniqueString.json.gz
//
// (CloudTrail User Guide, "Finding your CloudTrail log files" and "CloudTrail
// log file name format"). [Parse] reads an address, [Files] lists what lies
// there, [NewClient] makes a client that is fit for many objects.
//
// # What is listed
//
// An address may name any place of that layout, or one above it, or one object.
// Accounts, regions and days that a [Query] leaves out are not even listed, nor
// are the folders that other services and CloudTrail itself (digests, Insights)
// have beside the log files. Which accounts and regions there are is asked of
// the bucket. Where an address leads to something else, all that is there is
// listed. An object is left out only for its name, and a note counts those.
//
// # What is read
//
// An object is read as it was when it was listed, or not at all: every request
// names the entity tag of the list, and an answer that ends before the object
// does is taken up again where it ended, or is an error. What is large is read
// in parts, some of them ahead; how much is held so is bounded for all objects
// together.
package bucket
