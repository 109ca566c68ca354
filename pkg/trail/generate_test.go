package trail_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator writes records as CloudTrail does: many services, its order of
// keys, no white space, policies as strings with escaped quotation marks, and
// <, >, & and = escaped as its library writes them.
type generator struct{ rng *rand.Rand }

func newGenerator(seed uint64) generator {
	return generator{rand.New(rand.NewPCG(seed, 7))}
}

var services = []struct{ source, name, request, response string }{
	{"ec2.amazonaws.com", "DescribeInstances", `{"maxResults":1000,"instancesSet":{},"filterSet":{"items":[{"name":"tag:env","valueSet":{"items":[{"value":"prod"}]}}]}}`, "null"},
	{"s3.amazonaws.com", "GetBucketAcl", `{"bucketName":"logs-@-eu-west-1","Host":"logs-@-eu-west-1.s3.eu-west-1.amazonaws.com","acl":""}`, "null"},
	{"kms.amazonaws.com", "Decrypt", `{"encryptionContext":{"aws:s3:arn":"arn:aws:s3:::logs-@/year\u003d2026/month\u003d03","PARAMETER_ARN":"arn:aws:ssm:eu-west-1:@:parameter/app/db"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}`, "null"},
	{"sts.amazonaws.com", "AssumeRole", `{"roleArn":"arn:aws:iam::@:role/aws-service-role/autoscaling","roleSessionName":"AutoScaling","durationSeconds":900}`,
		`{"credentials":{"accessKeyId":"ASIA#","sessionToken":"IQoJb3JpZ2luX2VjE######################W######################################==","expiration":"Mar 4, 2026, 10:41:07 AM"},"assumedRoleUser":{"assumedRoleId":"AROA#:AutoScaling","arn":"arn:aws:sts::@:assumed-role/autoscaling/AutoScaling"}}`},
	{"iam.amazonaws.com", "PutRolePolicy", `{"roleName":"api","policyName":"access","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:ListBucket\",\"dynamodb:Query\"],\"Resource\":[\"arn:aws:s3:::data-@/*\",\"arn:aws:dynamodb:eu-west-1:@:table/orders\"],\"Condition\":{\"StringEquals\":{\"aws:RequestedRegion\":\"eu-west-1\"}}}]}"}`, "null"},
	{"logs.amazonaws.com", "CreateLogStream", `{"logGroupName":"/aws/lambda/orders","logStreamName":"2026/03/04/[$LATEST]#"}`, "null"},
	{"dynamodb.amazonaws.com", "DescribeTable", `{"tableName":"orders"}`, "null"},
	{"ssm.amazonaws.com", "UpdateInstanceInformation", `{"instanceId":"i-#","agentVersion":"3.2.582.0","agentStatus":"Active","platformType":"Windows","platformName":"Microsoft Windows Server","iPAddress":"10.0.3.7"}`, "null"},
	{"ecr.amazonaws.com", "BatchGetImage", `{"registryId":"@","repositoryName":"team/orders","imageIds":[{"imageTag":"v1"}],"acceptedMediaTypes":["application/vnd.docker.distribution.manifest.v2+json"]}`, "null"},
}

var agents = []string{
	"aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64 api/sts#1.30.3",
	"Boto3/1.34.144 md/Botocore#1.34.144 ua/2.0 os/linux#5.10.219 md/arch#x86_64 lang/python#3.12.3 cfg/retry-mode#legacy Botocore/1.34.144",
	"aws-cli/2.17.9 md/awscrt#0.20.11 ua/2.0 os/windows#10 md/arch#amd64 lang/python#3.11.8 cfg/retry-mode#standard command/s3.ls",
	"AWS Internal", "[Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36]",
	"autoscaling.amazonaws.com",
}

// fill puts random letters and digits for # and an account for @.
func (g generator) fill(s string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	var b strings.Builder
	for _, c := range s {
		switch c {
		case '#':
			for range 8 {
				b.WriteByte(letters[g.rng.IntN(len(letters))])
			}
		case '@':
			b.WriteString(g.account())
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

func (g generator) account() string {
	return fmt.Sprintf("%012d", 111111111111+g.rng.IntN(5)*11111111111)
}

func (g generator) uuid() string {
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", g.rng.Uint32(), g.rng.IntN(1<<16), g.rng.IntN(1<<16), g.rng.IntN(1<<16), g.rng.Uint64()>>16)
}

func (g generator) time() string {
	return fmt.Sprintf("2026-03-04T%02d:%02d:%02dZ", g.rng.IntN(24), g.rng.IntN(60), g.rng.IntN(60))
}

// other is a record of another call.
func (g generator) other() string {
	s, account, role := services[g.rng.IntN(len(services))], g.account(), []string{"orders", "deploy", "audit"}[g.rng.IntN(3)]
	return `{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROA` + g.fill("##") + `:` + role + `","arn":"arn:aws:sts::` + account +
		`:assumed-role/` + role + `/session","accountId":"` + account + `","accessKeyId":"ASIA` + g.fill("##") + `","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA` +
		g.fill("##") + `","arn":"arn:aws:iam::` + account + `:role/` + role + `","accountId":"` + account + `","userName":"` + role + `"},"attributes":{"creationDate":"` + g.time() +
		`","mfaAuthenticated":"false"}}},"eventTime":"` + g.time() + `","eventSource":"` + s.source + `","eventName":"` + s.name +
		`","awsRegion":"eu-west-1","sourceIPAddress":"` + fmt.Sprintf("10.0.%d.%d", g.rng.IntN(256), g.rng.IntN(256)) + `","userAgent":"` + agents[g.rng.IntN(len(agents))] +
		`","requestParameters":` + g.fill(s.request) + `,"responseElements":` + g.fill(s.response) + `,"requestID":"` + g.uuid() + `","eventID":"` + g.uuid() +
		`","readOnly":true,"resources":[{"accountId":"` + account + `","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::logs-` + account +
		`"}],"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"` + account + `","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3",` +
		`"cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"` + strings.Replace(s.source, ".", ".eu-west-1.", 1) + `"}}`
}

// log is a log file of n records, of which one in every is a call.
func (g generator) log(n, every int) string {
	var b strings.Builder
	b.WriteString(`{"Records":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		if every > 0 && g.rng.IntN(every) == 0 {
			b.WriteString(denied(g.uuid()))
			continue
		}
		b.WriteString(g.other())
	}
	b.WriteString("]}")
	return b.String()
}
