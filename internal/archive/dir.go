package archive

import (
	_ "embed" // for the account
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

//go:embed account.json
var accountFile string

// Account is what --account takes: the roles and providers of an account of the
// archive, by which its refused calls are explained. They are the same in each.
func Account(id string) []byte {
	return []byte(strings.ReplaceAll(accountFile, "${account}", id))
}

// Dir is a sink that writes below a folder.
func Dir(folder string) Sink {
	return func(name string, data []byte) error {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, data, 0o644)
	}
}

// Logs is the folder of the log files in what WriteDir writes.
const Logs = "AWSLogs"

// WriteDir makes an archive in a folder: the log files below [Logs], and beside
// that folder account.json for the first account, account-ID.json for each
// other one, and manifest.json.
func WriteDir(folder string, o Options) (Manifest, error) {
	to := Dir(folder)
	m, err := Write(to, o)
	if err != nil {
		return Manifest{}, err
	}
	for i := range o.filled().Accounts {
		name := "account.json"
		if i > 0 {
			name = fmt.Sprintf("account-%s.json", AccountID(i))
		}
		if err := to(name, Account(AccountID(i))); err != nil {
			return Manifest{}, err
		}
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return Manifest{}, err
	}
	return m, to("manifest.json", append(text, '\n'))
}
