package archive

import "strings"

// accessDenied is what CloudTrail has for a refusal by a trust policy.
const (
	accessDenied = "AccessDenied"
	unknownError = "An unknown error occurred"
)

// compiledCaller is a caller that is ready to call.
type compiledCaller struct {
	caller
	subject, address template
	agents           []string
}

func compileCallers(callers []caller) ([]compiledCaller, error) {
	var list []compiledCaller
	for _, c := range callers {
		if c.address == "" {
			c.address = "203.0.113.${octet}"
		}
		if c.cause != "" {
			c.code, c.message = orDenied(c.code, c.message)
		}
		subject, err := compile(c.subject)
		if err != nil {
			return nil, err
		}
		address, err := compile(c.address)
		if err != nil {
			return nil, err
		}
		list = append(list, compiledCaller{c, subject, address, agents(c.provider)})
	}
	return list, nil
}

func orDenied(code, message string) (string, string) {
	if code == "" {
		return accessDenied, unknownError
	}
	return code, message
}

// arn is the provider's ARN, or the host of one that is built in.
func (c *compiledCaller) arn(account string) string {
	if c.provider == google {
		return c.provider
	}
	return "arn:aws:iam::" + account + ":oidc-provider/" + c.provider
}

func (c *compiledCaller) roleARN(account string) string {
	if c.bare {
		return ""
	}
	return "arn:aws:iam::" + account + ":role/" + c.role
}

// call appends a record, and says whom it is of.
func (c *compiledCaller) call(b []byte, s *scene) ([]byte, who) {
	w := who{cause: c.cause, Caller: Caller{
		Account: s.account, Role: c.roleARN(s.account), Provider: c.arn(s.account),
		Subject: string(c.subject.fill(nil, s)), Audience: c.audience,
	}}
	b = append(b, `{"eventVersion":"1.11","userIdentity":{"type":"WebIdentityUser","principalId":"`...)
	b = escape(b, w.Provider+":"+w.Audience+":"+w.Subject)
	b = escape(append(b, `","userName":"`...), w.Subject)
	b = append(append(b, `","identityProvider":"`...), w.Provider...)
	b = timeSlot(append(b, `"},"eventTime":"`...), s)
	b = append(b, `","eventSource":"sts.amazonaws.com","eventName":"AssumeRoleWithWebIdentity","awsRegion":"`...)
	b = append(append(b, s.region...), `","sourceIPAddress":"`...)
	b = append(c.address.fill(b, s), `","userAgent":"`...)
	b = append(append(b, c.agents[s.rng.IntN(len(c.agents))]...), '"')
	if c.code != "" {
		b = append(append(append(b, `,"errorCode":"`...), c.code...), `","errorMessage":"`...)
		b = append(append(b, c.message...), '"')
	}
	b = c.request(b, s, w)
	b = c.response(b, s, w)
	b = append(uuid(append(b, `,"requestID":"`...), s.rng), '"')
	b = append(uuid(append(b, `,"eventID":"`...), s.rng), `","readOnly":true`...)
	if !c.bare {
		b = append(append(b, `,"resources":[{"accountId":"`...), s.account...)
		b = append(append(b, `","type":"AWS::IAM::Role","ARN":"`...), w.Role...)
		b = append(b, `"}]`...)
	}
	b = append(append(b, `,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"`...), s.account...)
	b = append(b, `","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"sts.`...)
	return append(append(b, s.region...), `.amazonaws.com"}}`...), w
}

func (c *compiledCaller) request(b []byte, s *scene, w who) []byte {
	b = append(b, `,"requestParameters":`...)
	if c.bare {
		return append(b, "null"...)
	}
	b = append(append(b, `{"roleArn":"`...), w.Role...)
	b = append(append(b, `","roleSessionName":"`...), sessionName(c.provider, s)...)
	b = append(b, '"')
	if c.tags {
		b = append(b, `,"principalTags":{"organization_slug":"octo-org","pipeline_slug":"web"}`...)
	}
	return append(b, '}')
}

// response is what STS answered, with credentials that open nothing.
func (c *compiledCaller) response(b []byte, s *scene, w who) []byte {
	if c.code != "" {
		return append(b, `,"responseElements":null`...)
	}
	b = random(append(b, `,"responseElements":{"credentials":{"accessKeyId":"ASIA`...), s.rng, base32Letters, 16)
	b = random(append(b, `","sessionToken":"`...), s.rng, base64Letters, 320)
	b = s.at.AppendFormat(append(b, `","expiration":"`...), "Jan 2, 2006, 3:04:05 PM")
	b = escape(append(b, `"},"subjectFromWebIdentityToken":"`...), w.Subject)
	b = random(append(b, `","assumedRoleUser":{"assumedRoleId":"AROA`...), s.rng, base32Letters, 17)
	b = append(append(b, `:session","arn":"arn:aws:sts::`...), s.account...)
	b = append(append(append(b, `:assumed-role/`...), c.role...), `/session"},"provider":"`...)
	b = append(append(append(b, w.Provider...), `","audience":"`...), w.Audience...)
	return append(b, `"},"additionalEventData":{"identityProviderConnectionVerificationMethod":"IAMTrustStore","RequestDetails":{"awsServingRegion":"`+s.region+`","endpointType":"regional"}}`...)
}

func sessionName(provider string, s *scene) string {
	switch provider {
	case github:
		return "GitHubActions"
	case cluster:
		return string(random([]byte("17640"), s.rng, "01234567", 14))
	default:
		name, _, _ := strings.Cut(provider, "/")
		return strings.ReplaceAll(name, ".", "-")
	}
}
