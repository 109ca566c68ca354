package main

import (
	"errors"
	"fmt"

	"whydenied/lambda/doctor"
	"whydenied/pkg/alert"
	"whydenied/pkg/report"
)

// instead is what happens without a variable that is not valid. Of these the
// function starts without: they say how, where else and by which name people are
// told, and a function that does not start tells nobody (docs/decisions/0016).
var instead = map[string]string{
	"WHYDENIED_ROUTES":              "all messages go to the default place",
	"WHYDENIED_ACCOUNT_NAMES":       "messages show aliases or ids of accounts",
	"WHYDENIED_GITHUB_REPOSITORIES": "no check run is posted",
	"WHYDENIED_DOCS_URL":            "messages name the page of a cause and do not link it",
}

// parsed reads a variable that is data; the zero T where it is not set or, which
// is kept in e, not valid.
func parsed[T any](e *environment, env func(string) string, name string, parse func(string) (T, error)) (value T) {
	text := env(name)
	if text == "" {
		return value
	}
	value, err := parse(text)
	if err != nil {
		var none T
		value = none
		e.doWithout(name, err)
	}
	return value
}

func (e *environment) doWithout(name string, err error) {
	e.unused = append(e.unused, doctor.Unused{Variable: name, Reason: err, Instead: instead[name]})
}

// unusedNames are the variables that messages say of that they are not used.
func (e *environment) unusedNames() (names []string) {
	for i := range e.unused {
		names = append(names, e.unused[i].Variable)
	}
	return names
}

func parseRoutes(text string) (alert.Routes, error) { return alert.ParseRoutes([]byte(text)) }

// parseDocs takes the address of a folder of pages on the web, to which links
// lead.
func parseDocs(text string) (string, error) {
	if report.CauseURL(text, "sub_mismatch") == "" {
		return "", fmt.Errorf("%q is no address such as https://docs.example.com/causes, without a query", text)
	}
	return text, nil
}

// checkRoutes does without rules that lead to what is not there.
func (e *environment) checkRoutes() {
	err := e.routes.CheckSlack(e.slack.kind())
	if err == nil && len(e.routes) > 0 && e.table == "" {
		err = errors.New("WHYDENIED_TABLE is not set, expected the name of the table that holds incidents")
	}
	if err != nil {
		e.routes = nil
		e.doWithout("WHYDENIED_ROUTES", err)
	}
}

// checkGitHub does without an app that may write nowhere, and without places
// that no app writes to.
func (e *environment) checkGitHub(listed bool) {
	switch {
	case listed && e.github.repositories.None(): // the list is not valid, as was kept before
		e.github = gitHubSettings{}
	case listed != (e.github.secret != ""):
		e.github = gitHubSettings{}
		e.doWithout("WHYDENIED_GITHUB_REPOSITORIES", errors.New("it goes together with WHYDENIED_GITHUB_SECRET_ARN: the app that writes, and where it may"))
	}
}

// kind is what there is of Slack. A bot token needs to be told its channel, a
// webhook has one.
func (s *slackSettings) kind() alert.SlackKind {
	switch {
	case s.secret == "":
		return alert.SlackNone
	case s.channel == "":
		return alert.SlackWebhook
	}
	return alert.SlackBot
}
