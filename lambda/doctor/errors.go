package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/aws/smithy-go"

	"whydenied/lambda/doctor/checkup"
)

// code is what AWS answered, "" where it did not.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return strings.TrimSuffix(api.ErrorCode(), "Exception")
	}
	return ""
}

var deniedCodes = []string{"AccessDenied", "AuthorizationError", "UnauthorizedOperation", "NotAuthorized"}

func denied(err error) bool { return slices.Contains(deniedCodes, code(err)) }

// told says in one line which call failed, on what, and why.
func told(call, object string, err error) string {
	var api smithy.APIError
	var unreachable net.Error
	var garbled *smithy.DeserializationError
	var why string
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		why = "no answer in time"
	case denied(err):
		why = "not allowed"
		if errors.As(err, &api) && strings.Contains(api.ErrorMessage(), "explicit deny") {
			why = "denied explicitly by a policy"
		}
	case errors.As(err, &api):
		why = api.ErrorCode()
		if m := api.ErrorMessage(); m != "" {
			why += ": " + m
		}
	case errors.As(err, &garbled):
		why = "the answer cannot be read"
	case errors.As(err, &unreachable):
		why = "AWS cannot be reached"
	default:
		why = err.Error()
	}
	if object != "" {
		call += " " + object
	}
	return oneLine(call + ": " + why)
}

// unasked is the check whose question could not be put.
func unasked(name, on, call string, err error) checkup.Check {
	c := checkup.Check{Name: name, On: on, Status: checkup.Unknown, Unasked: true, Found: told(call, "", err), Do: "ask again; if it lasts, see whether the function gets to AWS in that region"}
	if denied(err) {
		c.Do = fmt.Sprintf("the function's role has to allow %s: deploy the present template", call)
	}
	return c
}

// longest is how much of a text is shown, in bytes.
const longest = 400

// oneLine makes one line of a text that may be foreign, and cuts it.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}
