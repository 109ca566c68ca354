package live

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// The shapes of an account file, which are those that the AWS CLI prints. A
// nil list was not read, and its key is left out; an empty one says that there
// are none.
type (
	file struct {
		AccountID string     `json:"AccountId"`
		Aliases   *[]string  `json:"AccountAliases,omitempty"`
		TakenAt   time.Time  `json:"TakenAt"`
		Roles     *[]role    `json:",omitempty"`
		Providers *[]idp     `json:"OpenIDConnectProviders,omitempty"`
		Events    *[]rawJSON `json:",omitempty"`
	}
	role struct {
		RoleName, Arn            string
		CreateDate               *time.Time `json:",omitempty"`
		MaxSessionDuration       int32      `json:",omitempty"`
		AssumeRolePolicyDocument rawJSON
		Tags                     *[]tag `json:",omitempty"`
	}
	tag struct{ Key, Value string }
	idp struct {
		Arn          string
		ClientIDList []string
		CreateDate   *time.Time `json:",omitempty"`
	}
	rawJSON = json.RawMessage
)

// asPrinted decodes the document as the AWS CLI does. A text that is no JSON
// stays what it is.
func asPrinted(from *iamtypes.Role) role {
	r := role{
		RoleName: aws.ToString(from.RoleName), Arn: aws.ToString(from.Arn), CreateDate: from.CreateDate,
		MaxSessionDuration: aws.ToInt32(from.MaxSessionDuration),
	}
	text := aws.ToString(from.AssumeRolePolicyDocument)
	decoded, err := url.PathUnescape(text)
	if err == nil && strings.HasPrefix(strings.TrimSpace(decoded), "{") && json.Valid([]byte(decoded)) {
		r.AssumeRolePolicyDocument = rawJSON(decoded)
		return r
	}
	r.AssumeRolePolicyDocument, _ = json.Marshal(text) // a string always encodes
	return r
}
