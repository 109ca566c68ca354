package handler

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/oidc"
	"whydenied/pkg/report"
	"whydenied/pkg/trail"
)

// onlyKeys refuses keys that would otherwise be passed over in silence, such
// as "claim" for "claims".
func onlyKeys(request map[string]json.RawMessage, keys ...string) error {
	var wrong []string
	for key := range request {
		if !slices.Contains(keys, key) {
			wrong = append(wrong, key)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	sort.Strings(wrong)
	return fmt.Errorf("payload: unknown key %q beside %q, expected %s", cut(wrong[0]), keys[0], strings.Join(keys, ", "))
}

// whatIf answers whether a trust policy would allow a token with some claims.
// A claim that is not given is hidden.
func (h *Handler) whatIf(ctx context.Context, request map[string]json.RawMessage) (json.RawMessage, error) {
	if err := onlyKeys(request, "trustPolicy", "providerArn", "claims"); err != nil {
		return nil, err
	}
	text := string(request["trustPolicy"])
	var encoded string
	if json.Unmarshal(request["trustPolicy"], &encoded) == nil {
		text = encoded
	}
	doc, err := evidence.ParsePolicy("trustPolicy", text)
	if err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	provider, err := providerARN(request["providerArn"])
	if err != nil {
		return nil, err
	}
	claims, err := readClaims(request["claims"])
	if err != nil {
		return nil, err
	}
	q := explain.Question{Made: true, Policy: doc, Provider: provider, Claims: claims}
	if aud := claims["aud"]; len(aud) > 0 {
		q.Denial.Audience = trail.Known(aud[0])
	}
	if n := len(claims["aud"]); n > 1 {
		q.Token = &diagnosis.TokenFacts{Audiences: n}
	}
	if sub := claims["sub"]; len(sub) > 0 {
		q.Denial.Subject = trail.Known(sub[0])
	}
	r := explain.WhatIf(ctx, q, h.Source)
	return report.JSON(&r)
}

func providerARN(raw json.RawMessage) (string, error) {
	var text string
	if json.Unmarshal(raw, &text) != nil || text == "" {
		return "", errors.New("payload: providerArn is missing or no string, expected a provider ARN beside trustPolicy")
	}
	if _, err := oidc.ParseProvider(text); err != nil {
		return "", fmt.Errorf("payload: providerArn: %w", err)
	}
	return text, nil
}

// readClaims reads the claims of a token: each a string, a number, a boolean,
// or a list of them. sub has to be one string.
func readClaims(raw json.RawMessage) (map[string][]string, error) {
	if raw == nil {
		return map[string][]string{}, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var given map[string]any
	if dec.Decode(&given) != nil {
		return nil, errors.New(`payload: claims is no object, expected claims by name, such as {"sub": "…", "aud": "…"}`)
	}
	claims := make(map[string][]string)
	for name, v := range given {
		list, isList := v.([]any)
		if !isList {
			list = []any{v}
		}
		for _, e := range list {
			switch e.(type) {
			case string, json.Number, bool:
				claims[name] = append(claims[name], fmt.Sprint(e))
			default:
				return nil, fmt.Errorf("payload: claims[%q] is neither a string, a number, true, false, nor a list of these", cut(name))
			}
		}
	}
	if len(claims["sub"]) > 1 {
		return nil, fmt.Errorf("payload: claims[%q] holds %d values, expected one", "sub", len(claims["sub"]))
	}
	return claims, nil
}
