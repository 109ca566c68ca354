package emulator

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
)

// RIE is Lambda's runtime interface emulator, as aws-sam-cli brings it, with a
// bootstrap under it that stays warm.
type RIE struct {
	*process

	url string
}

// marker is a variable that the function is told apart by.
const marker = "WHYDENIED_E2E_RIE"

// StartRIE starts the bootstrap in folder. The emulator's log is in log.
func StartRIE(ctx context.Context, venv Venv, folder, log string, environment map[string]string) (*RIE, error) {
	python, err := venv.Program("sam", "python")
	if err != nil {
		return nil, err
	}
	arch := map[string]string{"amd64": "x86_64"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	found, err := filepath.Glob(filepath.Join(filepath.Dir(python), "..", "lib", "*", "site-packages", "samcli", "local", "rapid", "aws-lambda-rie-"+arch))
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("aws-sam-cli brings no runtime interface emulator for %s", arch)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	api, err := freePort()
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	env := merged(map[string]string{"PATH": os.Getenv("PATH"), "HOME": folder, marker: "1"}, environment)
	p, err := start(ctx, "aws-lambda-rie", log, "", "http://"+address, env,
		found[0], "--log-level", "error", "--runtime-interface-emulator-address", address,
		"--runtime-api-address", fmt.Sprintf("127.0.0.1:%d", api), filepath.Join(folder, "bootstrap"))
	if err != nil {
		return nil, err
	}
	return &RIE{process: p, url: "http://" + address + "/2015-03-31/functions/function/invocations"}, nil
}

// Invoke hands the function an event and returns its answer.
func (r *RIE) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(event))
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

// Functions are the IDs of the processes that run the bootstrap.
func (r *RIE) Functions() ([]int, error) { return r.children(marker, "1") }

// Stop ends it and the function.
func (r *RIE) Stop() { r.stop() }
