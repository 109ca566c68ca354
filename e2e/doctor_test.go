package e2e_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/google/go-cmp/cmp"

	"whydenied/e2e/emulator"
	"whydenied/e2e/lab"
	"whydenied/e2e/stack"
	"whydenied/lambda/doctor/checkup"
)

// elsewhere is a region that nobody calls, which the doctor is asked about.
const elsewhere = "eu-west-1"

// clinic is a stack of which all is well, as far as an emulator can have it.
type clinic struct {
	*lab.Lab

	stack *stack.Stack
	inbox string // URL of the queue that is subscribed
}

const (
	everything = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
	trailName  = "organization"
	busName    = "diagnoses"
)

func newClinic(t *testing.T) *clinic {
	t.Helper()
	l := newLab(t, lab.Options{})
	c := &clinic{Lab: l}
	c.makeBus(t)
	c.stack = deploy(t, l, "hub", map[string]string{
		"RuleState": everything, "WatchChanges": "true", "OrganizationId": "o-a1b2c3d4e5", "ReaderRoleName": readerRole, "ExternalId": externalID,
		"ReportBusArn": "arn:aws:events:us-east-1:" + account + ":event-bus/" + busName,
	})
	_, err := l.In(spoke).Join(t.Context(), c.stack, map[string]string{"ExternalId": externalID})
	must(t, err)
	c.inbox, err = l.Subscribe(t.Context(), c.stack.Outputs["TopicArn"], "inbox")
	must(t, err)
	c.makeTrail(t)
	record, err := json.Marshal(inventions("called", 1)[0].record("called", 0, time.Now().Add(-time.Hour)))
	must(t, err)
	must(t, l.Trail.Add(record))
	return c
}

func (c *clinic) makeBus(t *testing.T) {
	t.Helper()
	_, err := eventbridge.NewFromConfig(c.Config).CreateEventBus(t.Context(), &eventbridge.CreateEventBusInput{Name: aws.String(busName)})
	must(t, err)
}

// makeTrail makes one for all regions. It logs what a trail logs that was told
// nothing else: all management events.
func (c *clinic) makeTrail(t *testing.T) {
	t.Helper()
	trails := cloudtrail.NewFromConfig(c.Config)
	_, err := trails.CreateTrail(t.Context(), &cloudtrail.CreateTrailInput{
		Name: aws.String(trailName), S3BucketName: aws.String("logs"), IsMultiRegionTrail: aws.Bool(true),
	})
	must(t, err)
	_, err = trails.StartLogging(t.Context(), &cloudtrail.StartLoggingInput{Name: aws.String(trailName)})
	must(t, err)
}

// examine runs "whydenied doctor", which has the function look at itself, and
// returns the checks and the exit status.
func (c *clinic) examine(t *testing.T, args ...string) ([]checkup.Check, int) {
	t.Helper()
	program, err := filepath.Abs(filepath.Join(repository, "bin", "whydenied"))
	must(t, err)
	cmd := exec.CommandContext(t.Context(), program, append([]string{
		"doctor", "--format", "json", "--stack", c.stack.Name, "--accounts", spoke, "--regions", elsewhere}, args...)...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "AWS_ENDPOINT_URL=" + c.AWS.URL, "AWS_REGION=" + emulator.Region,
		"AWS_ACCESS_KEY_ID=" + account, "AWS_SECRET_ACCESS_KEY=emulated",
	}
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	err = cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	var r checkup.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v: %s%s", err, out.String(), complaints.String())
	}
	return r.Checks, cmd.ProcessState.ExitCode()
}

// named are the checks by what they are about.
func named(checks []checkup.Check) map[string]checkup.Check {
	all := map[string]checkup.Check{}
	for _, c := range checks {
		all[strings.TrimSpace(c.Name+" "+c.On)] = c
	}
	return all
}

func statuses(checks map[string]checkup.Check) map[string]checkup.Status {
	all := map[string]checkup.Status{}
	for name, c := range checks {
		all[name] = c.Status
	}
	return all
}

// well is what the doctor says of a stack of which all is well. In the region
// that nobody calls there is a trail and no rule, which may not be needed.
func well() map[string]checkup.Status {
	all := map[string]checkup.Status{"calls " + elsewhere: checkup.Unknown, "rule " + elsewhere: checkup.Unknown}
	for _, name := range []string{
		"function", "calls us-east-1", "trail us-east-1", "rule us-east-1", "rule us-east-1 hub-denials", "change rule us-east-1", "change rule us-east-1 hub-denials", "trail " + elsewhere, "account " + spoke,
		"secret", "channel slack", "table", "queue", "topic", "bus", "dead letters", "log",
	} {
		all[name] = checkup.OK
	}
	return all
}

// finding is what the doctor has to say of a check, while something is wrong.
type finding struct {
	check  string
	status checkup.Status
	found  string // part of it
}

// The doctor finds nothing wrong with a stack of which all is well. Of each
// fault it finds that one, and no other.
func TestDoctor(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	checks, status := c.examine(t, "--test-alert")
	want := well()
	for _, channel := range []string{"slack", "sns", "bus"} {
		want["test alert "+channel] = checkup.OK
	}
	if diff := cmp.Diff(want, statuses(named(checks))); diff != "" || status != 0 {
		t.Fatalf("of a stack of which all is well (exit status %d) (-want +got):\n%s\n%+v", status, diff, checks)
	}
	if top := topOf(c.Slack.Messages()); len(top) != 1 || !strings.HasPrefix(top[0].Text, "TEST") {
		t.Errorf("want one message in Slack, marked as a test: %q", headlines(top))
	}
	for _, f := range faults() {
		mend := f.make(t, c)
		checks, status := c.examine(t, f.args...)
		mend()
		got, want := named(checks), well()
		if f.args != nil {
			want["test alert sns"], want["test alert bus"] = checkup.OK, checkup.OK
		}
		for _, w := range f.want {
			want[w.check] = w.status
			if found := got[w.check].Found; !strings.Contains(found, w.found) {
				t.Errorf("%s: %s was found to be %q, want %q", f.label, w.check, found, w.found)
			}
			if w.status == checkup.Failed && got[w.check].Do == "" {
				t.Errorf("%s: nothing is said of what to do about %s", f.label, w.check)
			}
		}
		if diff := cmp.Diff(want, statuses(got)); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", f.label, diff)
		}
		if status != f.status() {
			t.Errorf("%s: exit status %d, want %d", f.label, status, f.status())
		}
	}
	checks, status = c.examine(t)
	if diff := cmp.Diff(well(), statuses(named(checks))); diff != "" || status != 0 {
		t.Errorf("when all was mended (exit status %d) (-want +got):\n%s\n%+v", status, diff, checks)
	}
}
