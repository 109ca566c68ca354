package stack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const (
	artifacts   = "whydenied-artifacts-" // and the account, since a name is taken in all of them
	deployLimit = 2 * time.Minute
)

// codeURI is where a SAM template says what the function's code is. "sam
// package" puts the archive's address there; so does Deploy.
var codeURI = regexp.MustCompile(`(?m)^( *CodeUri:).*$`)

// Stack is what was deployed.
type Stack struct {
	Name      string
	Outputs   map[string]string
	Resources map[string]string // physical ID by logical ID
}

// Deploy uploads the archive and creates a stack of the template with the
// parameters. Without an archive the template is one that has no function. The
// error holds CloudFormation's reasons.
func Deploy(ctx context.Context, config aws.Config, name, template string, archive []byte, parameters map[string]string) (*Stack, error) {
	body, err := os.ReadFile(template)
	if err != nil {
		return nil, err
	}
	bucket, err := makeBucket(ctx, config)
	if err != nil {
		return nil, err
	}
	if archive != nil {
		if !codeURI.Match(body) {
			return nil, fmt.Errorf("%s has no CodeUri", filepath.Base(template))
		}
		code, err := upload(ctx, config, bucket, "function.zip", archive)
		if err != nil {
			return nil, err
		}
		body = codeURI.ReplaceAll(body, []byte("${1} s3://"+bucket+"/"+code))
	}
	source, err := upload(ctx, config, bucket, filepath.Base(template), body)
	if err != nil {
		return nil, err
	}
	client := cloudformation.NewFromConfig(config)
	if _, err := client.CreateStack(ctx, &cloudformation.CreateStackInput{
		StackName:    &name,
		TemplateURL:  aws.String(aws.ToString(config.BaseEndpoint) + "/" + bucket + "/" + source),
		Parameters:   given(parameters),
		Capabilities: []types.Capability{types.CapabilityCapabilityNamedIam, types.CapabilityCapabilityAutoExpand},
	}); err != nil {
		return nil, fmt.Errorf("cloudformation:CreateStack %q: %w", name, err)
	}
	waiter := cloudformation.NewStackCreateCompleteWaiter(client, func(o *cloudformation.StackCreateCompleteWaiterOptions) {
		o.MinDelay, o.MaxDelay = 200*time.Millisecond, time.Second
	})
	input := &cloudformation.DescribeStacksInput{StackName: &name}
	if err := waiter.Wait(ctx, input, deployLimit); err != nil {
		return nil, errors.Join(err, failures(ctx, client, name))
	}
	return describe(ctx, client, name)
}

// makeBucket makes the caller's bucket of artifacts. An emulator takes the
// account for the access key.
func makeBucket(ctx context.Context, config aws.Config) (string, error) {
	caller, err := config.Credentials.Retrieve(ctx)
	if err != nil {
		return "", err
	}
	bucket := artifacts + caller.AccessKeyID
	_, _ = inPath(config).CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket}) // it may be there
	return bucket, nil
}

func inPath(config aws.Config) *s3.Client {
	return s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true })
}

// upload puts an object into a bucket, and returns its key.
func upload(ctx context.Context, config aws.Config, bucket, key string, data []byte) (string, error) {
	client := inPath(config)
	if _, err := client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &bucket, Key: &key, Body: bytes.NewReader(data),
	}); err != nil {
		return "", fmt.Errorf("s3:PutObject %q: %w", key, err)
	}
	return key, nil
}

func given(parameters map[string]string) []types.Parameter {
	var list []types.Parameter
	for key, value := range parameters {
		list = append(list, types.Parameter{ParameterKey: aws.String(key), ParameterValue: aws.String(value)})
	}
	sort.Slice(list, func(i, j int) bool { return *list[i].ParameterKey < *list[j].ParameterKey })
	return list
}

// failures are the reasons that CloudFormation gives for a stack that was not
// created.
func failures(ctx context.Context, client *cloudformation.Client, name string) error {
	out, err := client.DescribeStackEvents(ctx, &cloudformation.DescribeStackEventsInput{StackName: &name})
	if err != nil {
		return err
	}
	var lines []string
	for _, event := range out.StackEvents {
		if strings.HasSuffix(string(event.ResourceStatus), "_FAILED") {
			lines = append(lines, fmt.Sprintf("%s (%s): %s", aws.ToString(event.LogicalResourceId),
				aws.ToString(event.ResourceType), aws.ToString(event.ResourceStatusReason)))
		}
	}
	return errors.New(strings.Join(lines, "\n"))
}

func describe(ctx context.Context, client *cloudformation.Client, name string) (*Stack, error) {
	s := &Stack{Name: name, Outputs: map[string]string{}, Resources: map[string]string{}}
	stacks, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		return nil, err
	}
	for _, output := range stacks.Stacks[0].Outputs {
		s.Outputs[aws.ToString(output.OutputKey)] = aws.ToString(output.OutputValue)
	}
	resources, err := client.DescribeStackResources(ctx, &cloudformation.DescribeStackResourcesInput{StackName: &name})
	if err != nil {
		return nil, err
	}
	for _, r := range resources.StackResources {
		s.Resources[aws.ToString(r.LogicalResourceId)] = aws.ToString(r.PhysicalResourceId)
	}
	return s, nil
}
