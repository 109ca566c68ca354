package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"whydenied/lambda/handler"
	"whydenied/pkg/report"
)

// shareFlag adds --share to a verb that prints reports.
func (a *app) shareFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.share, "share", false,
		"print what may be passed on, to a vendor's support say: without account ids, addresses, people and other tenants' names")
}

// shared is an answer of the handler in the form to be passed on. An answer
// that holds no report has none.
func shared(answer []byte) ([]byte, error) {
	var batch handler.Batch
	if err := json.Unmarshal(answer, &batch); err != nil {
		return nil, fmt.Errorf("the answer cannot be passed on: %w", err)
	}
	if batch.Reports == nil {
		return sharedReport(answer)
	}
	for i, data := range batch.Reports {
		line, err := sharedReport(data)
		if err != nil {
			return nil, err
		}
		batch.Reports[i] = bytes.TrimSpace(line)
	}
	for i := range batch.Errors {
		batch.Errors[i] = report.LeftOut // an error repeats what it found
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // as in the reports
	err := enc.Encode(batch)
	return b.Bytes(), err
}

func sharedReport(data []byte) ([]byte, error) {
	var r report.Report
	if err := json.Unmarshal(data, &r); err != nil || r.Schema != report.Schema {
		return nil, errors.New("the answer holds no report, and so nothing to pass on")
	}
	r = report.Share(r)
	return report.JSON(&r)
}
