package oidc

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
)

// texts are the values of a scalar claim or of a list of scalars, numbers as
// written; ok is false for any other shape.
func texts(v any) (list []string, ok bool) {
	switch v := v.(type) {
	case string:
		return []string{v}, true
	case json.Number:
		return []string{v.String()}, true
	case bool:
		return []string{strconv.FormatBool(v)}, true
	case []any:
		list = make([]string, 0, len(v))
		for _, e := range v {
			one, ok := texts(e)
			if _, nested := e.([]any); nested || !ok {
				return nil, false
			}
			list = append(list, one[0])
		}
		return list, true
	}
	return nil, false
}

// needed is a claim that has to be a string with something in it.
func needed(claims map[string]any, name string) (string, error) {
	v, has := claims[name]
	s, ok := v.(string)
	switch {
	case !has:
		return "", fmt.Errorf("the token has no claim %q, expected a string", name)
	case !ok || s == "":
		return "", fmt.Errorf("the token's claim %q is empty or no string, expected a string", name)
	}
	return s, nil
}

// listOf is a claim that may be a string or a list of them; nil where it is
// missing.
func listOf(claims map[string]any, name string) ([]string, error) {
	v, has := claims[name]
	if !has {
		return nil, nil
	}
	elems, isList := v.([]any)
	if !isList {
		elems = []any{v}
	}
	list := make([]string, 0, len(elems))
	for _, e := range elems {
		s, ok := e.(string)
		if !ok {
			return nil, fmt.Errorf("the token's claim %q is neither a string nor a list of strings", name)
		}
		list = append(list, s)
	}
	return list, nil
}

// moment is a claim in seconds since 1970, with or without a fraction (RFC
// 7519, "NumericDate"), cut to whole seconds.
func moment(claims map[string]any, name string) (time.Time, error) {
	v, has := claims[name]
	if !has {
		return time.Time{}, nil
	}
	const year10000 = 253402300800
	n, _ := v.(json.Number)
	seconds, err := strconv.ParseFloat(n.String(), 64)
	if err != nil || math.IsNaN(seconds) || seconds < 0 || seconds >= year10000 {
		return time.Time{}, fmt.Errorf("the token's claim %q is no time in seconds since 1970", name)
	}
	return time.Unix(int64(seconds), 0).UTC(), nil
}
