// Package athena holds the SQL of pkg/scan/athena and pkg/scan/lake to a Trino
// server, the engine that Athena is made of: an archive of log files is
// generated, the server gets it as tables, and what the queries find there is
// compared with what pkg/trail reads in the same files. The APIs around are
// stubs whose queries the server runs, byte for byte.
//
// # What that does not show
//
// Trino has neither AWS's CloudTrailInputFormat, which makes a row of each
// record of a log file, nor partition projection. The records are therefore
// written one to a line, and each partition is registered with its values. The
// columns are those of AWS's definitions, under the SerDe that gives a nested
// object as its text, org.openx.data.jsonserde. CloudTrail Lake's table is made
// after its documented schema; what its maps hold for a nested object is not
// documented, and taken to be its JSON.
package athena
