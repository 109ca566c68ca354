package emulator

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// MotoAccount is the account of whoever calls moto with no role's credentials.
const MotoAccount = "123456789012"

// Moto is a running moto server. Its IAM answers as AWS's does, page by page,
// and its STS hands out credentials that belong to the role's account.
type Moto struct {
	*process

	URL string
}

// StartMoto starts a moto server with nothing in it. Its files are in folder.
func StartMoto(ctx context.Context, venv Venv, folder string) (*Moto, error) {
	program, err := venv.Program("emulators", "moto_server")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	url := fmt.Sprintf("http://127.0.0.1:%d", port)
	env := merged(map[string]string{"PATH": os.Getenv("PATH"), "HOME": folder, "TMPDIR": folder})
	p, err := start(ctx, "moto", filepath.Join(folder, "moto.log"), announced, url+"/moto-api/data.json", env,
		program, "-H", "127.0.0.1", "-p", strconv.Itoa(port))
	if err != nil {
		return nil, err
	}
	return &Moto{process: p, URL: url}, nil
}

// Stop ends it.
func (m *Moto) Stop() { m.stop() }

// Config is that of a caller from an account. Into others than MotoAccount, one
// gets by assuming a role there, which need not exist.
func (m *Moto) Config(account string) aws.Config {
	c := config(m.URL, MotoAccount)
	if account != MotoAccount {
		role := "arn:aws:iam::" + account + ":role/anybody"
		c.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(c), role))
	}
	return c
}
