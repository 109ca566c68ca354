package secret

import (
	"strings"

	"whydenied/internal/awserr"
)

// failures words the errors of both services. An error of the SDK may hold the
// answer, and with it the value.
func failures() *awserr.Service {
	const (
		none   = "there is no such secret, or it has no value"
		sealed = "its key cannot decrypt it: the key may be disabled or gone, or kms:Decrypt is not allowed on it"
	)
	return &awserr.Service{
		Name: "AWS", Sealed: true, Permission: permission,
		Codes: map[string]string{
			"ResourceNotFoundException": none, "ParameterNotFound": none, "ParameterVersionNotFound": none,
			"InvalidRequestException": "the secret cannot be read; it may be marked for deletion",
			"DecryptionFailure":       sealed, "InvalidKeyId": sealed,
		},
	}
}

// permission is the key's where AWS says so without naming it ("Access to KMS is
// not allowed").
func permission(call, message string) string {
	if strings.Contains(message, "KMS") {
		return "kms:Decrypt"
	}
	return call
}

func (s *Secret) failed(call string, err error) error {
	return failures().Failed(call, s.arn, err)
}
