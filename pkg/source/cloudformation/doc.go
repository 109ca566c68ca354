// Package cloudformation reads trust policies from templates of CloudFormation
// and SAM, in YAML or JSON.
//
// [Parse] gives the policy of each role, and of each function of SAM that has
// one. Intrinsic functions are resolved where they are certain: text put
// together from literals, a mapping, AWS::NoValue, and what the caller knows
// of the deployment. The default of a parameter is not its value at the
// deployment, so a parameter is always an unresolved node, as is everything
// else, with its source and place. YAML is read as CloudFormation reads it, by
// version 1.1: "yes" is true, and numbers that its readers take differently
// are not known.
package cloudformation
