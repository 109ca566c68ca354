package athena_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// trino is a server, its folder, and what it takes to ask it.
type trino struct {
	root, address string
}

// TestEngines has both engines on one server, since starting it takes longest.
func TestEngines(t *testing.T) {
	s := start(t)
	archive := t.TempDir()
	files := generate(t, archive)
	s.must(t, "CREATE SCHEMA logs WITH (location = 'local:///metastore/logs')")
	t.Run("athena", func(t *testing.T) { testAthena(t, s, archive, files) })
	t.Run("groups", func(t *testing.T) { testGroups(t, s) })
	t.Run("lake", func(t *testing.T) { testLake(t, s, archive, files) })
}

// start starts a server. It ends with its standard input.
func start(t *testing.T) *trino {
	t.Helper()
	installed, err := filepath.Abs("../../bin/trino")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(installed, "lib")); err != nil {
		t.Fatalf("no Trino under bin/trino; make e2e-athena installs it: %v", err)
	}
	java := os.Getenv("TRINO_JAVA")
	if java == "" {
		java = "java"
	}
	root := t.TempDir()
	cmd := exec.Command(java, "-Xmx2g", "-cp", installed+"/lib/*"+":"+installed+"/plugin/trino-hive-435/*", "../../tools/trino/Serve.java", root)
	log, err := os.Create(filepath.Join(t.TempDir(), "trino.log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = stdin.Close(), cmd.Wait() })
	address := listening(stdout)
	if address == "" {
		said, _ := os.ReadFile(log.Name())
		t.Fatalf("Trino did not start:\n%s", said)
	}
	t.Logf("Trino 435 listens after %.1fs", time.Since(begin).Seconds())
	return &trino{root: root, address: address}
}

// listening waits for the address, "" where the server ended before. What the
// server says later is thrown away.
func listening(out io.Reader) string {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, found := strings.Cut(lines.Text(), "listening "); found {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return address
		}
	}
	return ""
}

// result is what a statement gives: values as Trino's JSON has them.
type result struct {
	columns []string
	rows    [][]any
	scanned int64
}

// page is an answer of Trino's client protocol.
type page struct {
	NextURI string `json:"nextUri"`
	Columns []struct{ Name string }
	Data    [][]any
	Stats   struct{ PhysicalInputBytes int64 }
	Error   *struct{ ErrorName, Message string }
}

// run runs a statement to its end.
func (s *trino) run(sql string) (result, error) {
	var r result
	req, err := http.NewRequest(http.MethodPost, s.address+"/v1/statement", strings.NewReader(sql))
	for err == nil {
		req.Header.Set("X-Trino-User", "test")
		req.Header.Set("X-Trino-Catalog", "awsdatacatalog")
		var p page
		if err = ask(req, &p); err != nil {
			break
		}
		if p.Error != nil {
			return r, fmt.Errorf("%s: %s", p.Error.ErrorName, p.Error.Message)
		}
		if r.columns == nil {
			for _, c := range p.Columns {
				r.columns = append(r.columns, c.Name)
			}
		}
		r.rows, r.scanned = append(r.rows, p.Data...), p.Stats.PhysicalInputBytes
		if p.NextURI == "" {
			return r, nil
		}
		req, err = http.NewRequest(http.MethodGet, p.NextURI, nil)
	}
	return r, err
}

func ask(req *http.Request, into any) error {
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("trino: %s: %s", resp.Status, body)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return d.Decode(into)
}

// must runs a statement that has to succeed.
func (s *trino) must(t *testing.T, sql string) result {
	t.Helper()
	r, err := s.run(sql)
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	return r
}
