package trail_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"whydenied/pkg/trail"
)

const (
	provider = "arn:aws:iam::222233334444:oidc-provider/token.actions.githubusercontent.com"
	subject  = "repo:octo-org/api:ref:refs/heads/main"
)

// denied is a denial on one line, in the order in which CloudTrail writes it.
func denied(id string) string {
	return `{"eventVersion":"1.11","userIdentity":{"type":"WebIdentityUser","principalId":"` + provider + `:sts.amazonaws.com:` + subject +
		`","userName":"` + subject + `","identityProvider":"` + provider + `"},"eventTime":"2026-03-04T09:41:07Z",` +
		`"eventSource":"sts.amazonaws.com","eventName":"AssumeRoleWithWebIdentity","awsRegion":"eu-west-1","errorCode":"AccessDenied",` +
		`"requestParameters":{"roleArn":"arn:aws:iam::222233334444:role/api","roleSessionName":"ci"},"eventID":"` + id +
		`","resources":[{"accountId":"222233334444","type":"AWS::IAM::Role","ARN":"arn:aws:iam::222233334444:role/api"}],"recipientAccountId":"222233334444"}`
}

// with is a denial in which one piece of text is exchanged for another.
func with(t *testing.T, was, is string) string {
	t.Helper()
	record := denied("e")
	if strings.Count(record, was) == 0 {
		t.Fatalf("the record does not hold %s", was)
	}
	return strings.Replace(record, was, is, 1)
}

// outline says in a word each what the items are; a denial is its event ID.
func outline(items []trail.Item) []string {
	words := []string{}
	for _, it := range items {
		switch it.Kind {
		case trail.KindDenied:
			words = append(words, it.Denial.EventID)
		case trail.KindOther:
			words = append(words, it.Call)
		default:
			words = append(words, it.Kind.String())
		}
	}
	return words
}

// fault is the error of an item that could not be read.
func fault(t *testing.T, it trail.Item) *trail.Error {
	t.Helper()
	var e *trail.Error
	if !errors.As(it.Err, &e) {
		t.Fatalf("not an *Error: %v", it.Err)
	}
	return e
}

// sound says what every item has to be, whatever the input.
func sound(it trail.Item, size int) error {
	if it.Pos.Line < 1 || it.Pos.Column < 1 || it.Pos.Offset < 0 || it.Pos.Offset > int64(size) {
		return fmt.Errorf("no place in the input: %+v", it.Pos)
	}
	if it.Kind != trail.KindMalformed {
		return it.Err
	}
	var e *trail.Error
	if !errors.As(it.Err, &e) {
		return fmt.Errorf("malformed without an *Error: %w", it.Err)
	}
	if e.Pos.Line < 1 || e.Pos.Offset < it.Pos.Offset || e.Pos.Offset > int64(size) || e.Found == "" || e.Expected == "" {
		return fmt.Errorf("not a whole error: %w", e)
	}
	if strings.ContainsAny(e.Error(), "\n\r") {
		return fmt.Errorf("more than one line: %q", e.Error())
	}
	return nil
}
