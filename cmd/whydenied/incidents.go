package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"whydenied/pkg/alert"
	"whydenied/pkg/evidence"
)

// listing is what incidents was asked, by its flags.
type listing struct {
	account, since string
	open           bool
}

func (a *app) incidents() *cobra.Command {
	var t *table
	var l listing
	cmd := &cobra.Command{
		Use:   "incidents",
		Short: "List what the Lambda has alerted of",
		Long: `incidents lists the Lambda's incidents, the latest first: the ID by which one is
muted, how often it was met, and whether it is still open. It reads the table by
the days that it looks back; nothing is scanned.

Exit status: 0 done, 2 bad usage, 3 the table could not be read.`,
		Example: `  whydenied incidents --table whydenied-Table-1ABC
  whydenied incidents --open --account 111122223333 --since 30d --format json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if a.format == formatMarkdown {
				return usage("incidents prints text or json, not markdown")
			}
			from, err := agoOf(l.since, a.now())
			if err != nil {
				return err
			}
			return a.runIncidents(cmd.Context(), t, &l, from)
		},
	}
	cmd.Flags().StringVar(&l.account, "account", "", "only those of the account with this `ID`")
	cmd.Flags().StringVar(&l.since, "since", "7d", "how far back to look, `TIME` such as 12h or 30d")
	cmd.Flags().BoolVar(&l.open, "open", false, "only those that are open")
	t = a.tableFlags(cmd)
	return cmd
}

func (a *app) runIncidents(ctx context.Context, t *table, l *listing, from time.Time) error {
	alerts, err := t.open(ctx)
	if err != nil {
		return err
	}
	all, err := alerts.List(ctx, from)
	if err != nil {
		return t.failed(ctx, err)
	}
	found := 0
	for i := range all {
		in := &all[i]
		if l.account != "" && in.Account != l.account || l.open && !alerts.Open(in) {
			continue
		}
		found++
		if err := a.printIncident(alerts, in); err != nil {
			return err
		}
	}
	if found == 0 {
		a.say("no incident since " + sayMoment(from))
	}
	return nil
}

// incident is one for programs, one line each.
type incident struct {
	ID       string    `json:"id"`
	State    string    `json:"state"` // open, muted or closed
	Account  string    `json:"account"`
	Role     string    `json:"role,omitempty"`
	Provider string    `json:"provider,omitempty"`
	Shape    string    `json:"shape,omitempty"`
	Cause    string    `json:"cause,omitempty"`
	Stranger bool      `json:"stranger,omitempty"`
	Overflow bool      `json:"overflow,omitempty"`
	Members  int       `json:"members,omitempty"` // of a wave
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Attempts int       `json:"attempts"`
	Runs     int       `json:"runs"`

	Mute *alert.Mute `json:"mute,omitempty"`
}

func (a *app) printIncident(alerts *alert.Alerter, in *alert.Incident) error {
	state := "closed"
	switch {
	case alerts.Muted(in):
		state = "muted"
	case alerts.Open(in):
		state = "open"
	}
	if a.format == formatJSON {
		members := 0
		if in.Wave != nil {
			members = len(in.Wave.Members)
		}
		line, err := json.Marshal(incident{
			Members: members,
			ID:      in.ID, State: state, Account: in.Account, Role: in.Role, Provider: in.Provider, Shape: in.Shape, Cause: in.Cause, Stranger: in.Stranger,
			Overflow: in.Overflow, First: in.First, Last: in.Last, Attempts: in.Attempts, Runs: in.RunCount(), Mute: in.Mute,
		})
		if err != nil {
			return err
		}
		return a.lines("%s\n", line)
	}
	said := fmt.Sprintf("%s  %-6s  %s  %s\n", in.ID, state, sayMoment(in.Last), what(in))
	said += fmt.Sprintf("    %s in %s", count(in.Attempts, "attempt", "attempts"), count(in.RunCount(), "run", "runs"))
	if in.Shape != "" {
		said += ", " + quoted(in.Shape)
	}
	if m := in.Mute; state == "muted" {
		said += fmt.Sprintf("\n    muted until %s by %s: %s; %s meanwhile", sayMoment(m.Until), cmp.Or(m.By, "somebody"), quoted(m.Reason), count(m.Attempts, "attempt", "attempts"))
	}
	return a.lines("%s\n", said)
}

// what says, on one line, what an incident is about.
func what(in *alert.Incident) string {
	said := []string{cmp.Or(in.Cause, "no known cause"), "account " + in.Account}
	if in.Role != "" {
		said[1] = "role " + quoted(evidence.RoleName(in.Role)) + ", " + said[1]
	}
	if in.Stranger {
		said = append(said, "probable stranger")
	}
	if w := in.Wave; w != nil {
		said = []string{"wave of " + count(len(w.Members), "incident", "incidents"), quoted(cmp.Or(w.Owner, w.Issuer)), said[0],
			count(w.Roles.Count(), "role", "roles") + " in " + count(w.Accounts.Count(), "account", "accounts")}
	}
	if in.Overflow {
		said = []string{"more kinds of refusals than have messages of their own", said[1]}
	}
	return strings.Join(said, ", ")
}

// quoted is a value that a caller chose, with all spelt that would move a
// cursor or turn a line around.
func quoted(value string) string {
	const most = 200
	if runes := []rune(value); len(runes) > most {
		value = string(runes[:most]) + "…"
	}
	return strconv.Quote(value)
}
