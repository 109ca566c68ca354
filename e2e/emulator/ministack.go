package emulator

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Region is where everything is in the emulators.
const Region = "us-east-1"

//go:embed run_ministack.py
var runMinistack string

// Ministack is a running ministack. It holds the resources of any number of
// accounts, and runs functions of the runtime provided.al2023 as processes.
type Ministack struct {
	*process

	URL string
	// Temp is its folder for temporary files; those of the functions, too.
	Temp string
}

// StartMinistack starts ministack with nothing in it. Its files are below
// folder. The account is the one of callers whose access key is no account
// number. environment, which is told ministack's URL, is handed on to the
// functions that it runs.
func StartMinistack(ctx context.Context, venv Venv, folder, account string, environment func(url string) map[string]string) (*Ministack, error) {
	python, err := venv.Program("emulators", "python")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	temp := filepath.Join(folder, "temp")
	if err := os.MkdirAll(temp, 0o700); err != nil {
		return nil, err
	}
	url := fmt.Sprintf("http://127.0.0.1:%d", port)
	env := merged(map[string]string{
		"PATH":   os.Getenv("PATH"),
		"HOME":   folder, // no shared configuration, no credentials of a person
		"TMPDIR": temp,

		"GATEWAY_PORT":     strconv.Itoa(port),
		"BIND_HOST":        "127.0.0.1",
		"IOT_MTLS_ENABLED": "0", // these two listen on ports of their own
		"SFTP_ENABLED":     "0",

		"MINISTACK_ACCOUNT_ID": account,
		"MINISTACK_REGION":     Region,
		"STATE_DIR":            filepath.Join(folder, "state"),
		"S3_DATA_DIR":          filepath.Join(folder, "s3"),
		// Functions reach AWS here. It overrides what the function itself sets.
		"AWS_ENDPOINT_URL": url,
		// How many run at once is the test's affair, not the machine's: above
		// the limit an event from the bus is dropped.
		"LAMBDA_ACCOUNT_CONCURRENCY": "0",
		// A minute on AWS.
		"LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.2",
	}, environment(url))
	p, err := start(ctx, "ministack", filepath.Join(folder, "ministack.log"), announced, url+"/_ministack/ready", env,
		python, "-I", "-c", runMinistack)
	if err != nil {
		return nil, err
	}
	return &Ministack{process: p, URL: url, Temp: temp}, nil
}

// Stop ends it and the functions that it runs.
func (m *Ministack) Stop() { m.stop() }

// Config is that of a caller from an account.
func (m *Ministack) Config(account string) aws.Config { return config(m.URL, account) }

// config makes calls go to an emulator. ministack takes twelve digits as the
// access key for the caller's account.
func config(url, account string) aws.Config {
	return aws.Config{
		Region:       Region,
		BaseEndpoint: aws.String(url),
		Credentials:  credentials.NewStaticCredentialsProvider(account, "emulated", ""),
	}
}

// merged is an environment; of two values for one name, the later holds.
func merged(maps ...map[string]string) []string {
	all := map[string]string{}
	for _, m := range maps {
		for name, value := range m {
			all[name] = value
		}
	}
	env := make([]string, 0, len(all))
	for name, value := range all {
		env = append(env, name+"="+value)
	}
	sort.Strings(env)
	return env
}

// Functions are the IDs of the processes that run a function just now, or wait
// for its next invocation.
func (m *Ministack) Functions(name string) ([]int, error) {
	return m.children("AWS_LAMBDA_FUNCTION_NAME", name)
}
