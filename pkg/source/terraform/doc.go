// Package terraform reads trust policies from Terraform: the files of one
// module, and the JSON of a plan.
//
// [Parse] takes one file, [ParseFolder] a module; both give the policy of
// each role, and each aws_iam_policy_document for sts:AssumeRole… that no role
// refers to. [ParsePlan] takes what "terraform show -json" prints.
//
// A value is resolved where it is a literal of the same module: a local, the
// default of a variable or its value in terraform.tfvars, text put together
// from them. All else becomes an unresolved node with its own source text and
// place, which may lie in another file. Nothing is guessed, no provider is
// asked, and no state is read. The AWS provider's own rules (a default
// version, conditions that it merges) are applied as it applies them.
package terraform
