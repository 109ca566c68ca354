// Package github puts the report where the job's author looks: on a commit of
// their repository, as one check run for each incident, brought up to date in
// place. What it says is the report to pass on ([report.Share]), for a
// repository may be public, and its readers need not know AWS.
//
// A subject names a repository, and whoever asks for a token chooses it. So an
// incident gets a check run only where the issuer is GitHub's, the subject has
// one of GitHub's default forms, and the operator's list ([Repositories]) has
// the repository. Of a subject nothing is used but owner, repository and, to
// find the commit, the branch.
//
// The app's private key is a secret: it is fetched when it is first needed,
// kept in memory, fetched again once where GitHub says that it is no longer
// good, and stands in no error; nor do the tokens that are made with it.
package github
