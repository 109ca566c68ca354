package secret_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"whydenied/lambda/secret"
)

// showsNothing checks that an error tells nothing of the value, whole or in
// part, also in what it wraps and in its details.
func showsNothing(t *testing.T, err error) {
	t.Helper()
	for ; err != nil; err = errors.Unwrap(err) {
		for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
			for _, part := range []string{"xox", "hidden", "leaked", base64.StdEncoding.EncodeToString([]byte(token))} {
				if strings.Contains(text, part) {
					t.Errorf("the error shows %q of the value: %s", part, text)
				}
			}
		}
	}
}

const (
	get   = `secretsmanager:GetSecretValue "` + secretARN + `": `
	param = `ssm:GetParameter "` + paramARN + `": `
)

func refused(code, message string) string {
	return answer(map[string]any{"__type": "com.amazonaws#" + code, "message": message})
}

func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		label, arn string
		status     int
		body, want string
	}{
		{
			"missing", secretARN, 400, refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret."),
			get + "there is no such secret, or it has no value (ResourceNotFoundException: Secrets Manager can't find the specified secret.)",
		},
		{
			"missing parameter", paramARN, 400, refused("ParameterNotFound", "gone"),
			param + "there is no such secret, or it has no value (ParameterNotFound: gone)",
		},
		{
			"denied", secretARN, 400, refused("AccessDeniedException", "User: u is not authorized to perform: secretsmanager:GetSecretValue on resource: r"),
			get + "secretsmanager:GetSecretValue is not allowed (AccessDeniedException: User: u is not authorized to perform: secretsmanager:GetSecretValue on resource: r)",
		},
		{
			"denied parameter", paramARN, 400, refused("AccessDeniedException", "no"),
			param + "ssm:GetParameter is not allowed (AccessDeniedException: no)",
		},
		{
			"key denied", secretARN, 400, refused("AccessDeniedException", "Access to KMS is not allowed"),
			get + "kms:Decrypt is not allowed (AccessDeniedException: Access to KMS is not allowed)",
		},
		{
			"parameter's key denied", paramARN, 400, refused("AccessDeniedException", "User: u is not authorized to perform: kms:Decrypt on resource: k"),
			param + "kms:Decrypt is not allowed (AccessDeniedException: User: u is not authorized to perform: kms:Decrypt on resource: k)",
		},
		{
			"key disabled", secretARN, 400, refused("DecryptionFailure", "can't decrypt"),
			get + "its key cannot decrypt it: the key may be disabled or gone, or kms:Decrypt is not allowed on it (DecryptionFailure: can't decrypt)",
		},
		{
			"to be deleted", secretARN, 400, refused("InvalidRequestException", "it was marked for deletion"),
			get + "the secret cannot be read; it may be marked for deletion (InvalidRequestException: it was marked for deletion)",
		},
		{
			"throttled", paramARN, 400, refused("ThrottlingException", "Rate\nexceeded"),
			param + "AWS takes no more at this moment; try again (ThrottlingException: Rate exceeded)",
		},
		{
			"credentials", secretARN, 400, refused("UnrecognizedClientException", "bad"),
			get + "AWS does not accept the credentials (UnrecognizedClientException: bad)",
		},
		{"broken inside", secretARN, 500, refused("InternalServiceError", "sorry"), get + "InternalServiceError: sorry"},
		{
			"binary", secretARN, 200, answer(map[string]any{"SecretBinary": []byte(token)}),
			get + "the value is binary, expected text",
		},
		{"empty", secretARN, 200, inSecret(" \n"), get + "the value is empty"},
		{"empty parameter", paramARN, 200, `{}`, param + "the value is empty"},
		{"empty in an object", paramARN, 200, inParameter(`{"token":""}`), param + "the value is empty"},
		{
			"list", paramARN, 200, typed(token+","+token, "StringList"),
			param + "the parameter is a StringList, expected a SecureString",
		},
		{
			"two words", secretARN, 200, inSecret(token + " " + token),
			get + "the value has white space or a control character inside, which no token and no webhook has",
		},
		{
			"malformed object", secretARN, 200, inSecret(`{"token":xoxb-hidden}`),
			get + "the value begins like a JSON object and is none",
		},
		{
			"something after the object", secretARN, 200, inSecret(`{"token":"` + token + `"} hidden`),
			get + "the value begins like a JSON object and is none",
		},
		{
			"two keys", secretARN, 200, inSecret(`{"token":"` + token + `","url":"` + token + `"}`),
			get + `the value is a JSON object with more than one of the keys "token", "webhook" and "url", expected one`,
		},
		{
			"two strings", secretARN, 200, inSecret(`{"hidden":"` + token + `","b":"` + token + `"}`),
			get + `the value is a JSON object, expected one of the keys "token", "webhook" and "url" in it, or exactly one string`,
		},
		{
			"no string", secretARN, 200, inSecret(`{"token":["` + token + `"]}`),
			get + `the value is a JSON object whose "token", "webhook" or "url" is no string`,
		},
		{"answer cut", secretARN, 200, `{"SecretString":"` + token, get + "the answer cannot be read"},
		{"answer no JSON", secretARN, 200, token, get + "the answer cannot be read"},
		{"answer of another type", paramARN, 200, `{"Parameter":{"Value":{"a":"` + token + `"}}}`, param + "the answer cannot be read"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got, err := secret.New(holder(t, tt.status, tt.body), tt.arn).Get(t.Context())
			if got != "" || err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			showsNothing(t, err)
		})
	}
}

func TestNoARN(t *testing.T) {
	never := func(context.Context) (aws.Config, error) {
		t.Error("clients are made for what is no ARN")
		return aws.Config{}, nil
	}
	for _, arn := range []string{
		"", token, "https://hooks.slack.com/services/hidden", "arn:aws:hidden",
		"arn:aws:iam::111122223333:role/r", "arn:aws:ssm:us-east-1:111122223333:document/d",
	} {
		_, err := secret.New(never, arn).Get(t.Context())
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got error %v, want one line", arn, err)
		}
		showsNothing(t, err)
	}
}

func TestUnreachable(t *testing.T) {
	srv := httptest.NewServer(nil)
	srv.Close()
	_, err := secret.New(from(srv.URL), paramARN).Get(t.Context())
	if err == nil || !strings.HasPrefix(err.Error(), param+"AWS cannot be reached: ") {
		t.Errorf("got error %v, want one that says that nothing answered", err)
	}
}

func TestNoConfiguration(t *testing.T) {
	load := func(context.Context) (aws.Config, error) { return aws.Config{}, errors.New("no profile") }
	_, err := secret.New(load, secretARN).Get(t.Context())
	if want := get + "no profile"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestContextEnds(t *testing.T) {
	late, cancel := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancel()
	_, err := secret.New(holder(t, 200, inSecret(token)), secretARN).Get(late)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.HasSuffix(err.Error(), ": no answer before the deadline") {
		t.Errorf("got error %v, want one that says that there was no time left", err)
	}
}
