package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/spf13/cobra"

	"whydenied/internal/awserr"
	"whydenied/pkg/alert"
	"whydenied/pkg/alert/dynamo"
)

// table is the Lambda's table of incidents, read and written with the
// operator's own credentials.
type table struct {
	name   string
	cloud  *cloud
	caller string // ARN of whoever asks; it stands in the message of a mute
}

// tableFlags gives a verb the flags that say where the incidents are kept.
func (a *app) tableFlags(cmd *cobra.Command) *table {
	t := &table{}
	cmd.Flags().StringVar(&t.name, "table", "", "`NAME` of the table of incidents: the stack's output TableName (default $WHYDENIED_TABLE)")
	t.cloud = a.cloudFlags(cmd)
	return t
}

// open reaches the table by way of the code that the Lambda counts with.
func (t *table) open(ctx context.Context) (*alert.Alerter, error) {
	app := t.cloud.app
	if t.name == "" {
		t.name = app.env("WHYDENIED_TABLE")
	}
	if t.name == "" {
		return nil, usage("no table is named: give --table NAME, the stack's output TableName, or set WHYDENIED_TABLE")
	}
	caller, err := t.cloud.open(0).Caller(ctx)
	if line := t.cloud.unusable(err); line != nil {
		return nil, line
	}
	if err != nil {
		return nil, &failure{statusNoEvidence, err}
	}
	t.caller = caller.ARN
	cfg, err := t.cloud.load(ctx)
	if err != nil {
		return nil, t.cloud.unusable(err)
	}
	if t.cloud.region == "" {
		return nil, usage("a table is in one region, and none is configured: give --region, or set AWS_REGION")
	}
	store := dynamo.New(dynamo.Config{
		Table: t.name, Now: app.now, Client: func(context.Context) (dynamo.API, error) { return dynamodb.NewFromConfig(cfg), nil },
	})
	return alert.New(alert.Config{Store: store, Now: app.now}), nil
}

// failed is what became of a call on the table: what DynamoDB did not answer is
// evidence that cannot be read, anything else was asked for wrongly.
func (t *table) failed(ctx context.Context, err error) error {
	var away *awserr.Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return interrupted()
	case errors.As(err, &away):
		return &failure{statusNoEvidence, err}
	}
	return usage("%w", err)
}

// incidentID is how an alert names its incident.
var incidentID = regexp.MustCompile(`^[0-9a-f]{12}$`)

// oneIncident takes one ID.
func oneIncident(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) != 1:
		return usage("%s takes the ID of one incident, found %d arguments", cmd.CommandPath(), len(args))
	case !incidentID.MatchString(args[0]):
		return usage("%q is no ID of an incident, which has twelve hexadecimal digits; whydenied incidents lists them", args[0])
	}
	return nil
}

// agoOf is the moment that --since of incidents names.
func agoOf(text string, now time.Time) (time.Time, error) {
	from, err := since(text, now)
	if err != nil {
		err = usage("--since %q is no time to look back, expected one such as 12h or 7d, up to 90d", text)
	}
	return from, err
}

// until is the moment that --until names: a time from now, or a moment.
func until(text string, now time.Time) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.UTC(), nil
	}
	if from, err := since(text, now); err == nil {
		return now.Add(now.Sub(from)).UTC(), nil
	}
	return time.Time{}, usage("--until %q is no time, expected one from now such as 12h or 7d, up to 90d, or a moment such as 2026-12-01T09:00:00Z", text)
}

func sayMoment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") + " UTC" }

// lines writes to standard output.
func (a *app) lines(format string, args ...any) error {
	a.progress.clear()
	_, err := io.WriteString(a.stdout, fmt.Sprintf(format, args...))
	return err
}
