// Package policy evaluates IAM trust policies and says how it got there.
//
// [Parse] reads a document with the line and column of each part; [Decode]
// does the same from a tree that some other reader made. [Evaluate] says
// whether the document allows a [Request], and [Trace] says how each part of
// each statement came out. A part is true, false or unknown; neither function
// ever turns unknown into one of the others. A parsed document is never
// changed, so any number of goroutines may evaluate it. [Diff] says how two
// documents differ in meaning, however they are written.
//
// The package knows the whole language: an operator or element that it does
// not know is an error with its place, never a silent false. It reads no
// clock, no network and no environment, and knows nothing of issuers: what a
// condition key's value is, or whether the request has it, comes with the
// request.
package policy
