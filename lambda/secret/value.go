package secret

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode"
)

// What is wrong with a value, without a word of it: not even the JSON
// decoder's error is passed on, for it quotes what it could not read.
var (
	errEmpty  = errors.New("the value is empty")
	errBinary = errors.New("the value is binary, expected text")
	errList   = errors.New("the parameter is a StringList, expected a SecureString")
	errSpace  = errors.New("the value has white space or a control character inside, which no token and no webhook has")
	errJSON   = errors.New("the value begins like a JSON object and is none")
	errKeys   = errors.New(`the value is a JSON object, expected one of the keys "token", "webhook" and "url" in it, or exactly one string`)
	errMany   = errors.New(`the value is a JSON object with more than one of the keys "token", "webhook" and "url", expected one`)
	errText   = errors.New(`the value is a JSON object whose "token", "webhook" or "url" is no string`)
)

// whole is all that is kept, without white space around it.
func whole(text string) (string, error) {
	value := strings.TrimSpace(text)
	if value == "" {
		return "", errEmpty
	}
	return value, nil
}

// valueIn is the token or webhook in what is kept.
func valueIn(text string) (string, error) {
	value := strings.TrimSpace(text)
	if strings.HasPrefix(value, "{") {
		var err error
		if value, err = valueInObject(value); err != nil {
			return "", err
		}
		value = strings.TrimSpace(value)
	}
	switch {
	case value == "":
		return "", errEmpty
	case strings.ContainsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return "", errSpace
	}
	return value, nil
}

func valueInObject(text string) (string, error) {
	var object map[string]any
	if json.Unmarshal([]byte(text), &object) != nil {
		return "", errJSON
	}
	var named, texts []any
	for key, value := range object {
		switch key {
		case "token", "webhook", "url":
			named = append(named, value)
		}
		if _, is := value.(string); is {
			texts = append(texts, value)
		}
	}
	if len(named) > 1 {
		return "", errMany
	}
	if len(named) == 0 && len(texts) != 1 {
		return "", errKeys
	}
	value, is := append(named, texts...)[0].(string)
	if !is {
		return "", errText
	}
	return value, nil
}
