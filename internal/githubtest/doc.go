// Package githubtest is a server that behaves as GitHub's REST API does for the
// calls that whydenied makes as an app: its own name, where it is installed, a
// token for one repository, a repository, a commit, and check runs. It refuses
// what GitHub refuses, with GitHub's statuses: a JWT whose signature or times
// are not good, headers that are missing, a token beyond its repository or its
// permissions, what is longer than GitHub takes.
//
// Faults are put in by [Server.Fail].
package githubtest
