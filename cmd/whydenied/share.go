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

// unshareable refuses what check prints that is no report, and so has no form
// to be passed on.
func (a *app) unshareable(q *question, hasMessage bool) error {
	switch {
	case !a.share:
		return nil
	case q.lints() && !hasMessage:
		return usage("--share makes a report on a token, and none is given: leave out --share, or give --event FILE, --token FILE, or --provider ARN with --claim NAME=VALUE")
	case a.isForTools():
		return usage("--share makes a report, which --format %s has none of: give text, json or markdown, or leave out --share", a.format)
	}
	return nil
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
