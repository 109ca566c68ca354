package athena_test

// hostile are subjects that break what is not quoted, and plain ones.
var hostile = []string{
	"repo:octo-org/api:ref:refs/heads/main", "repo:octo-org/api:environment:production", "repo:octo-org/api:pull_request",
	`it's "quoted", with \ and a , comma`, "two\nlines\tand a tab", "x' OR 1=1 --", "emoji 🚀 and umlauts äöü", "", "null", "NULL", `{"a":1}`, "[1]", " spaces ",
}

// call makes a web-identity call of a record, with what such records have and
// lack in reality.
func (g *generator) call(f logFile, record map[string]any) {
	r := g.r
	provider := pick(r, "arn:aws:iam::"+f.account+":oidc-provider/token.actions.githubusercontent.com", "arn:aws:iam::"+f.account+":oidc-provider/api.prefect.cloud/oidc-provider", "accounts.google.com")
	subject := pick(r, hostile...)
	record["eventSource"], record["eventName"] = "sts.amazonaws.com", "AssumeRoleWithWebIdentity"
	record["userIdentity"] = map[string]any{
		"type": "WebIdentityUser", "principalId": provider + ":" + pick(r, "sts.amazonaws.com", "prefect-cloud", "a:b/c") + ":" + subject,
		"userName": subject, "identityProvider": provider,
	}
	role := "arn:aws:iam::" + f.account + ":role/" + pick(r, "deploy", "flows", "path/to/it's")
	record["requestParameters"] = g.parameters(role)
	record["resources"] = []any{map[string]any{"ARN": role, "accountId": f.account, "type": "AWS::IAM::Role"}}
	record["tlsDetails"] = map[string]any{"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": "sts." + f.region + ".amazonaws.com"}
	record["responseElements"] = nil
	switch r.IntN(10) {
	case 0, 1, 2, 3:
		record["errorCode"], record["errorMessage"] = "AccessDenied", "An unknown error occurred"
	case 4:
		record["errorCode"], record["errorMessage"] = "InvalidIdentityTokenException", "No OpenIDConnect provider found in your account for https://x"
	default:
		record["responseElements"] = map[string]any{"subjectFromWebIdentityToken": subject, "provider": provider}
		record["additionalEventData"] = map[string]any{"RequestDetails": map[string]any{"endpointType": pick(r, "regional", "global"), "awsServingRegion": f.region}, "RoleAuthorizedByIdp": pick(r, "true", "false")}
	}
	g.spoil(record)
}

func (g *generator) parameters(role string) map[string]any {
	p := map[string]any{"roleArn": role, "roleSessionName": pick(g.r, "ci", "it's me")}
	if g.r.IntN(3) == 0 {
		p["durationSeconds"] = 3600
	}
	if g.r.IntN(5) == 0 {
		p["principalTags"] = map[string]any{"Team": "a'b", "Stage": "prod \"x\""}
		p["transitiveTagKeys"] = []any{"Team"}
	}
	if g.r.IntN(7) == 0 {
		p["sourceIdentity"] = "someone"
	}
	return p
}

// spoil takes away what real records have been seen without, and makes a few
// that cannot be read.
func (g *generator) spoil(record map[string]any) {
	user, _ := record["userIdentity"].(map[string]any)
	switch g.r.IntN(24) {
	case 0:
		record["requestParameters"] = nil
	case 1:
		record["resources"] = nil
	case 2:
		delete(record, "tlsDetails")
	case 3:
		delete(record, "recipientAccountId")
	case 4:
		delete(user, "identityProvider")
	case 5:
		delete(user, "userName")
	case 6:
		record["vpcEndpointId"] = "vpce-0123456789abcdef0"
	case 7:
		record["resources"] = []any{map[string]any{"ARN": "arn:aws:s3:::x", "type": "AWS::S3::Bucket", "accountId": "999900001111"}, map[string]any{"ARN": "arn:aws:iam::999900001111:role/other", "type": "AWS::IAM::Role"}}
	case 8:
		record["requestParameters"] = map[string]any{"roleArn": "x", "durationSeconds": "an hour"}
	case 9:
		record["additionalEventData"] = nil
	case 10:
		record["tlsDetails"] = map[string]any{}
	}
}
