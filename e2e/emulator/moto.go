package emulator

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Moto is a running moto server. Its IAM answers as AWS's does, page by page,
// and its STS hands out credentials that belong to the role's account.
type Moto struct {
	*process

	URL string
}

// StartMoto starts a moto server with nothing in it. Its files are in folder.
func StartMoto(ctx context.Context, folder string) (*Moto, error) {
	program, err := Program(EmulatorsVariable, "moto_server")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	url := fmt.Sprintf("http://127.0.0.1:%d", port)
	env := merged(map[string]string{"PATH": os.Getenv("PATH"), "HOME": folder, "TMPDIR": folder})
	p, err := start(ctx, "moto", filepath.Join(folder, "moto.log"), url+"/moto-api/data.json", env,
		program, "-H", "127.0.0.1", "-p", strconv.Itoa(port))
	if err != nil {
		return nil, err
	}
	return &Moto{process: p, URL: url}, nil
}

// Stop ends it.
func (m *Moto) Stop() { m.stop() }

// Config is that of a caller from an account.
func (m *Moto) Config(account string) aws.Config { return config(m.URL, account) }
