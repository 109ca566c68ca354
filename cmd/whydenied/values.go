package main

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"whydenied/pkg/explain"
)

// moment reads --at; zero where it is not given.
func moment(at string) (time.Time, error) {
	if at == "" {
		return time.Time{}, nil
	}
	if seconds, err := strconv.ParseInt(at, 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC(), nil
	}
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return t, usage("--at %q is no time, expected one such as 2026-03-12T09:41:27Z, or seconds since 1970", at)
	}
	return t.UTC(), nil
}

// judgedAt sets the moment of the call, for exp and iat and for conditions on
// the date.
func judgedAt(at time.Time, asked *explain.Question) {
	if !asked.Token.Expires.IsZero() || !asked.Token.Issued.IsZero() {
		asked.Token.At = at
	}
	for key, value := range map[string]string{"aws:currenttime": at.Format(time.RFC3339), "aws:epochtime": strconv.FormatInt(at.Unix(), 10)} {
		if asked.Context[key] == nil {
			asked.Context[key] = []string{value}
		}
	}
}

// pairs reads NAME=VALUE. Values stay out of errors: one may be a token.
func pairs(flag, example string, given []string) (map[string][]string, error) {
	values := make(map[string][]string)
	for _, pair := range given {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, usage("%s: expected NAME=VALUE, such as %s %s", flag, flag, example)
		}
		values[name] = append(values[name], value)
	}
	return values, nil
}

// contextKeys folds the names of AWS's keys, which compare without regard to
// case.
func contextKeys(given map[string][]string) (map[string][]string, error) {
	keys := make(map[string][]string)
	for name, values := range given {
		service, key, _ := strings.Cut(name, ":")
		switch {
		case strings.ContainsAny(service, "./"):
			return nil, usage("--context %q is a claim of the token: give it with --claim %s=…", name, name[strings.LastIndexByte(name, ':')+1:])
		case service == "" || key == "":
			return nil, usage("--context %q is no condition key, expected one such as aws:SourceIp", name)
		}
		name = strings.ToLower(name)
		keys[name] = slices.Concat(keys[name], values)
	}
	return keys, nil
}
