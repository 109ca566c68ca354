package alert

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// known are the keys of a rule, by the path of the object that they stand in.
// Keys of tags are the role's.
var known = map[string][]string{
	"":           {"match", "slackChannel", "mention", "topicArn"},
	"match":      {"account", "role", "tags"},
	"match.tags": nil,
}

// plain refuses what encoding/json would let pass in a rule: a key that stands
// twice, of which one is lost, or in other letters than its own, null, and a
// part of the match that is there and empty, as a template leaves it whose
// variable was not set: it would hold for every incident.
func plain(rule json.RawMessage) error {
	return plainObject(json.NewDecoder(bytes.NewReader(rule)), "")
}

// plainObject reads one object, whose form is known to be right.
func plainObject(dec *json.Decoder, path string) error {
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("%s is null, expected an object", cmp.Or(path, "it"))
	}
	var seen []string
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		if slices.Contains(seen, key) {
			return fmt.Errorf("%q stands in it twice", cut(key))
		}
		if keys := known[path]; keys != nil && !slices.Contains(keys, key) {
			return fmt.Errorf("unknown field %q", cut(key)) // in other letters
		}
		seen = append(seen, key)
		if err := plainValue(dec, strings.TrimPrefix(path+"."+key, ".")); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// plainValue reads the value of a key.
func plainValue(dec *json.Decoder, path string) error {
	if _, isObject := known[path]; isObject {
		return plainObject(dec, path)
	}
	value, err := dec.Token()
	switch {
	case err != nil:
		return err
	case value == nil:
		return fmt.Errorf("%s is null; leave it out", cut(path))
	case value == "" && (path == "match.account" || path == "match.role"):
		return fmt.Errorf("%s is empty; leave it out where any will do", path)
	}
	return nil
}
