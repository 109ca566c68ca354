package archive

import "slices"

// session is somebody who makes calls: what the records of a file have in
// common.
type session struct {
	identity []byte
	agent    string
	address  string
	service  bool // an AWS service, on behalf of the account
}

// kind is a template of sessions.
type kind struct {
	weight   int
	identity string
	agents   []string
	address  string
}

const sessionTail = `"accountId":"${account}","accessKeyId":"${accesskey}","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA`

// kinds are those of whom most records come.
func kinds() []kind {
	attributes := `"attributes":{"creationDate":"${time}","mfaAuthenticated":"false"}`
	return []kind{
		{4, `{"type":"AssumedRole","principalId":"AROAY2XK4QHN7EXAMPLE1:${self}","arn":"arn:aws:sts::${account}:assumed-role/eks-node-${word}/${self}",` + sessionTail +
			`Y2XK4QHN7EXAMPLE1","arn":"arn:aws:iam::${account}:role/eks-node-${word}","accountId":"${account}","userName":"eks-node-${word}"},` + attributes + `,"ec2RoleDelivery":"2.0"}}`,
			[]string{"amazon-vpc-cni-k8s-adapter aws-sdk-go-v2/1.39.6 ua/2.1 os/linux lang/go#1.25.3 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.262.0 m/E,e",
				"aws-sdk-go/1.55.8 (go1.24.9; linux; amd64) amazon-ssm-agent/3.3.2299.0"}, "10.12.${octet}.${octet}"},
		{5, `{"type":"AssumedRole","principalId":"AROAY2XK4QHN7EXAMPLE4:17640${hex12}","arn":"arn:aws:sts::${account}:assumed-role/${word}-service-account/17640",` + sessionTail +
			`Y2XK4QHN7EXAMPLE4","arn":"arn:aws:iam::${account}:role/${word}-service-account","accountId":"${account}","userName":"${word}-service-account"},"webIdFederationData":{"federatedProvider":"arn:aws:iam::${account}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/4F1D0C7B2A9E4D5886F3B1C0A7E29D64","attributes":{}},` + attributes + `}}`,
			[]string{"aws-sdk-go-v2/1.39.6 ua/2.1 os/linux lang/go#1.25.3 md/GOOS#linux md/GOARCH#arm64 exec-env/grpc api/dynamodb#1.52.2 m/h,E,g",
				"Boto3/1.40.21 md/Botocore#1.40.21 ua/2.1 os/linux#6.12.40-64.114.amzn2023.x86_64 md/arch#x86_64 lang/python#3.12.11 md/pyimpl#CPython m/b,h,Z,D cfg/retry-mode#legacy Botocore/1.40.21"}, "10.12.${octet}.${octet}"},
		{4, `{"type":"AssumedRole","principalId":"AROAY2XK4QHN7EXAMPLE5:${word}-handler","arn":"arn:aws:sts::${account}:assumed-role/${word}-task/${word}-handler",` + sessionTail +
			`Y2XK4QHN7EXAMPLE5","arn":"arn:aws:iam::${account}:role/${word}-task","accountId":"${account}","userName":"${word}-task"},` + attributes + `}}`,
			[]string{"aws-sdk-nodejs/3.859.0 ua/2.1 os/linux#5.10.240 lang/js md/nodejs#22.18.0 api/s3#3.859.0 exec-env/AWS_Lambda_nodejs22.x m/E,b,N",
				"[aws-sdk-java/2.33.4 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1.148 lang/java#21.0.8 md/OpenJDK_64-Bit_Server_VM#21.0.8+9-LTS md/vendor#Amazon.com_Inc. md/en_US exec-env/AWS_ECS_FARGATE m/D,N]"}, "10.14.${octet}.${octet}"},
		{2, `{"type":"AssumedRole","principalId":"AROAY2XK4QHN7EXAMPLE6:GitHubActions","arn":"arn:aws:sts::${account}:assumed-role/infra-apply/GitHubActions",` + sessionTail +
			`Y2XK4QHN7EXAMPLE6","arn":"arn:aws:iam::${account}:role/infra-apply","accountId":"${account}","userName":"infra-apply"},"webIdFederationData":{"federatedProvider":"arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com","attributes":{}},` + attributes + `}}`,
			[]string{"APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.18.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.3 ua/2.1 os/linux lang/go#1.24.8 md/GOOS#linux md/GOARCH#amd64 api/iam#1.47.7 m/n"}, "203.0.113.${octet}"},
		{1, `{"type":"AssumedRole","principalId":"AROAY2XK4QHN7EXAMPLE3:zoe@acme.example","arn":"arn:aws:sts::${account}:assumed-role/AWSReservedSSO_Admin_0f1e2d3c4b5a6978/zoe@acme.example",` + sessionTail +
			`Y2XK4QHN7EXAMPLE3","arn":"arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0f1e2d3c4b5a6978","accountId":"${account}","userName":"AWSReservedSSO_Admin_0f1e2d3c4b5a6978"},` + attributes + `}}`,
			[]string{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"}, "198.51.100.${octet}"},
		{1, `{"type":"IAMUser","principalId":"AIDAY2XK4QHN7EXAMPLE7","arn":"arn:aws:iam::${account}:user/${word}-legacy","accountId":"${account}","accessKeyId":"AKIAY2XK4QHN7EXAMPLE","userName":"${word}-legacy"}`,
			[]string{"aws-cli/2.31.5 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0-84-generic md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython m/E,Z,b cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#s3api.head-object"}, "198.51.100.${octet}"},
	}
}

// invokers are the services that make the calls of type AWSService.
func invokers() []string {
	return []string{"ecs-tasks.amazonaws.com", "lambda.amazonaws.com", "s3.amazonaws.com", "dynamodb.amazonaws.com", "config.amazonaws.com"}
}

// cast are the sessions that a file's records come from.
type cast struct {
	people   []session
	services []session
}

// compiledKind is a kind that is ready to be filled in.
type compiledKind struct {
	kind
	identity, address template
}

func compileKinds() ([]compiledKind, error) {
	var list []compiledKind
	for _, k := range kinds() {
		identity, err := compile(k.identity)
		if err != nil {
			return nil, err
		}
		address, err := compile(k.address)
		if err != nil {
			return nil, err
		}
		list = append(list, slices.Repeat([]compiledKind{{k, identity, address}}, k.weight)...)
	}
	return list, nil
}

// newCast takes more people for a file with more records.
func newCast(from []compiledKind, s scene, records int) cast {
	var c cast
	list := wordList()
	for range min(2+records/25, 40) {
		k := from[s.rng.IntN(len(from))]
		s.word, s.self = list[s.rng.IntN(len(list))], s.pool.instances[s.rng.IntN(16)]
		c.people = append(c.people, session{
			identity: k.identity.fill(nil, &s), agent: k.agents[s.rng.IntN(len(k.agents))],
			address: string(k.address.fill(nil, &s)),
		})
	}
	for _, name := range invokers() {
		c.services = append(c.services, session{identity: []byte(`{"type":"AWSService","invokedBy":"` + name + `"}`), agent: name, address: name, service: true})
	}
	return c
}
