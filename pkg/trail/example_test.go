package trail_test

import (
	"fmt"
	"strings"

	"whydenied/pkg/trail"
)

func ExampleParse() {
	log := `{"Records": [{
  "eventTime": "2026-03-04T09:41:07Z",
  "eventSource": "sts.amazonaws.com",
  "eventName": "AssumeRoleWithWebIdentity",
  "errorCode": "AccessDenied",
  "userIdentity": {
    "type": "WebIdentityUser",
    "principalId": "arn:aws:iam::111122223333:oidc-provider/api.prefect.cloud/oidc-provider:prefect-cloud:prefect:account:3f2a9c1e",
    "userName": "prefect:account:3f2a9c1e",
    "identityProvider": "arn:aws:iam::111122223333:oidc-provider/api.prefect.cloud/oidc-provider"
  },
  "requestParameters": null,
  "recipientAccountId": "111122223333"
}, {
  "eventSource": "sts.amazonaws.com",
  "eventName": "AssumeRole"
}, {
  "userIdentity": 7
}]}`
	for _, item := range trail.Parse("log.json", []byte(log)) {
		switch item.Kind {
		case trail.KindDenied:
			d := item.Denial
			fmt.Printf("%s: aud %q, sub %q, role known: %t\n", item.Pos, d.Audience.Value, d.Subject.Value, d.RoleARN.Known)
		case trail.KindOther:
			fmt.Println(item.Call)
		case trail.KindMalformed:
			fmt.Println(item.Err)
		case trail.KindSucceeded:
		}
	}
	// Output:
	// log.json:1:14 (Records[0]): aud "prefect-cloud", sub "prefect:account:3f2a9c1e", role known: false
	// sts.amazonaws.com:AssumeRole
	// log.json:17:4 (Records[2]): found a record that lacks eventSource or eventName, expected one with both
}

func ExampleCalls() {
	log := `{"Records":[` +
		`{"eventSource":"s3.amazonaws.com","eventName":"GetObject"},` +
		`{"eventSource":"sts.amazonaws.com","eventName":"AssumeRoleWithWebIdentity","errorCode":"AccessDenied"},` +
		`{"eventSource":"s3.amazonaws.com","eventName":"PutOb`
	for item := range trail.Calls("log.json", strings.NewReader(log)) {
		fmt.Println(item.Kind, item.Pos)
		if item.Err != nil {
			fmt.Println(item.Err)
		}
	}
	// Output:
	// denied log.json:byte 71 (Records[1])
	// malformed log.json:byte 174 (Records[2])
	// log.json:byte 226 (Records[2]): found the end of the input, expected the rest of the value
}
