// Package lazy puts off what would be paid for at each cold start.
package lazy

import (
	"regexp"
	"sync"
)

// Regexp compiles an expression when it is first used, once. It panics then if
// the expression is none, as [regexp.MustCompile] does.
func Regexp(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
