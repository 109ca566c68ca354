package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"whydenied/pkg/alert"
)

var _ alert.Apart = (*Notifier)(nil)

// Config says which app writes to which repositories.
type Config struct {
	App          Secret
	Repositories Repositories
	Docs         string // where docs/causes is published; "" for nowhere

	APIURL string            // "" for github.com's own
	HTTP   http.RoundTripper // nil for the default one
	Now    func() time.Time  // nil for the real clock
}

// Notifier is an app of GitHub's with the permissions checks (write), contents
// and metadata (read).
type Notifier struct {
	config Config
	api    string
	app    credential
	tokens tokens
	http   *http.Client
}

// New makes a notifier. It fetches nothing before the first message.
func New(c Config) *Notifier {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Notifier{config: c, api: address(c.APIURL), app: credential{fetch: c.App}, http: httpClient(c.HTTP)}
}

// Name is "github".
func (n *Notifier) Name() string { return "github" }

// Edits is true: counts are brought up to date in place.
func (n *Notifier) Edits() bool { return true }

// Apart says that the readers of each repository see their own check run alone.
func (n *Notifier) Apart() {}

// Deliver makes the incident's check run, or brings it up to date. A message
// that is not for GitHub is taken for sent, and so is one for a repository in
// which the app is not installed.
//
// The commit is kept before anything is written on it, so that a delivery that
// was cut off finds what it wrote.
func (n *Notifier) Deliver(ctx context.Context, m *alert.Message, sent alert.Ref, keep func(alert.Ref) error) error {
	at, err := parsePlace(sent)
	to, is := n.target(m)
	if err != nil || at.None || !is {
		return err
	}
	d := delivery{Notifier: n, to: to, at: at, keep: keep}
	err = d.bring(ctx, m)
	if errors.Is(err, errNotHere) {
		d.at.None = true
		return d.kept()
	}
	return err
}

// delivery is one message on its way.
type delivery struct {
	*Notifier
	to   target
	at   place
	keep func(alert.Ref) error
}

func (d *delivery) kept() error {
	ref, err := d.at.ref()
	if err != nil {
		return err
	}
	return d.keep(ref)
}

func (d *delivery) bring(ctx context.Context, m *alert.Message) error {
	var err error
	switch {
	case d.at.SHA == "":
		if err = d.choose(ctx); err == nil {
			err = d.kept()
		}
	case d.at.Run == 0: // cut off before
		d.at.Run, err = d.find(ctx, m.Incident.ID)
	}
	if err != nil {
		return err
	}
	run := d.checkRun(m)
	told := sum(run.Output.Title + "\n" + run.Output.Summary)
	if d.at.Run != 0 && d.at.Sum == told {
		return nil
	}
	if err := d.write(ctx, run); err != nil {
		return err
	}
	d.at.Sum = told
	return d.kept()
}

// write makes the check run, or changes the one that is there. One that
// somebody's clean-up took away stays away.
func (d *delivery) write(ctx context.Context, run *checkRun) error {
	c := &call{name: "check run in " + d.to.String(), method: http.MethodPost, path: "repos/" + d.to.String() + "/check-runs", body: run}
	if d.at.Run != 0 {
		run.SHA = ""
		c.method, c.path = http.MethodPatch, fmt.Sprintf("%s/%d", c.path, d.at.Run)
		err := d.asInstallation(ctx, d.to.repository, c)
		if hasStatus(err, http.StatusNotFound) {
			return errNotHere
		}
		return err
	}
	var made struct {
		ID int64 `json:"id"`
	}
	c.into = &made
	err := d.asInstallation(ctx, d.to.repository, c)
	if err == nil && made.ID == 0 {
		err = fmt.Errorf("github %s: %w", c.name, errUnreadable)
	}
	d.at.Run = made.ID
	return err
}

// choose looks for the commit: the head of the subject's branch, or of the
// default branch where the subject names none or it is gone.
func (d *delivery) choose(ctx context.Context) error {
	if d.to.branch != "" {
		sha, err := d.head(ctx, d.to.branch)
		if !hasStatus(err, http.StatusNotFound, http.StatusUnprocessableEntity) {
			d.at.SHA, d.at.Branch = sha, d.to.branch
			return err
		}
	}
	var about struct {
		Branch string `json:"default_branch"`
	}
	err := d.asInstallation(ctx, d.to.repository, &call{name: "repository " + d.to.String(), method: http.MethodGet, path: "repos/" + d.to.String(), into: &about})
	if err != nil {
		return err
	}
	d.at.SHA, err = d.head(ctx, about.Branch)
	return err
}

var shaForm = regexp.MustCompile(`^[0-9a-f]{40}(?:[0-9a-f]{24})?$`)

// head is the name of a branch's last commit. A repository without commits has
// no place for a check run.
func (d *delivery) head(ctx context.Context, branch string) (string, error) {
	var sha string
	c := &call{name: "head of a branch of " + d.to.String(), method: http.MethodGet, path: "repos/" + d.to.String() + "/commits/" + url.PathEscape("heads/"+branch), accept: asSHA, into: &sha}
	err := d.asInstallation(ctx, d.to.repository, c)
	if hasStatus(err, http.StatusConflict) {
		return "", errNotHere
	}
	if sha = strings.TrimSpace(sha); err == nil && !shaForm.MatchString(sha) {
		err = fmt.Errorf("github %s: %w", c.name, errUnreadable)
	}
	return sha, err
}

// find looks for the check run that a delivery made before it was cut off.
func (d *delivery) find(ctx context.Context, incident string) (int64, error) {
	var answer struct {
		Runs []struct {
			ID       int64  `json:"id"`
			External string `json:"external_id"`
		} `json:"check_runs"`
	}
	query := url.Values{"check_name": {runName(incident)}, "filter": {"all"}}
	c := &call{name: "check runs of " + d.to.String(), method: http.MethodGet, path: "repos/" + d.to.String() + "/commits/" + d.at.SHA + "/check-runs?" + query.Encode(), into: &answer}
	if err := d.asInstallation(ctx, d.to.repository, c); err != nil {
		return 0, err
	}
	for _, r := range answer.Runs {
		if r.External == incident {
			return r.ID, nil
		}
	}
	return 0, nil
}
