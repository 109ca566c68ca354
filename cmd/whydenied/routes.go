package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"whydenied/pkg/alert"
	"whydenied/pkg/evidence"
)

func (a *app) routes() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "routes",
		Short: "Say where the Lambda's rules send messages",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.checkRoutes())
	return cmd
}

func (a *app) checkRoutes() *cobra.Command {
	var role, account, slack string
	var tags []string
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Check the rules that WHYDENIED_ROUTES is to hold",
		Long: `check reads rules as the Lambda does when it starts: a JSON list, of which the
first rule that matches says where messages on an incident go. With --role, it
says which one that is.

A webhook has one channel and is told no other, so the Lambda does without rules
that name a slackChannel if its secret holds one. Which Slack a stack has is not
in the file: --slack webhook, bot or none checks the rules for it too, and
without --slack that is not looked at.

Exit status: 0 the rules are good, 2 bad usage or bad rules.`,
		Example: `  whydenied routes check routes.json
  whydenied routes check routes.json --slack webhook
  whydenied routes check routes.json --role arn:aws:iam::111122223333:role/ci/deploy --tag team=payments`,
		RunE: func(cmd *cobra.Command, files []string) error {
			if len(files) != 1 {
				return usage("%s takes one file, found %d; - is standard input", cmd.CommandPath(), len(files))
			}
			if slack != "" && !slices.Contains(slackKinds, alert.SlackKind(slack)) {
				return usage("--slack %q is no Slack of a stack, expected bot, webhook or none", slack)
			}
			name, data, err := a.read(files[0])
			if err != nil {
				return usage("%w", err)
			}
			rules, err := alert.ParseRoutes(data)
			if err == nil && slack != "" {
				err = rules.CheckSlack(alert.SlackKind(slack))
			}
			if err != nil {
				return usage("%s: %w", name, err)
			}
			if role == "" {
				if account != "" || len(tags) > 0 {
					return usage("--account and --tag are of a role: give --role ARN as well")
				}
				return a.lines("%s\n", count(len(rules), "rule", "rules"))
			}
			return a.sayRoute(rules, role, account, tags)
		},
	}
	cmd.Flags().StringVar(&role, "role", "", "say where messages on the role with this `ARN` go")
	cmd.Flags().StringVar(&account, "account", "", "`ID` of the account, if it is not that of --role")
	cmd.Flags().StringVar(&slack, "slack", "", "check that the rules suit what the stack has of Slack: `KIND` is bot, webhook or none")
	cmd.Flags().StringArrayVar(&tags, "tag", nil, "a tag of the role as `KEY=VALUE`; may be repeated")
	return cmd
}

var slackKinds = []alert.SlackKind{alert.SlackBot, alert.SlackWebhook, alert.SlackNone}

func (a *app) sayRoute(rules alert.Routes, role, account string, tags []string) error {
	if err := checkRole(role); err != nil {
		return err
	}
	has := make(map[string]string, len(tags))
	for _, tag := range tags {
		key, value, ok := strings.Cut(tag, "=")
		if !ok {
			return usage("--tag %q is no tag, expected KEY=VALUE", tag)
		}
		has[key] = value
	}
	in := alert.Incident{Role: role, Account: cmp.Or(account, evidence.AccountOf(role))}
	if in.Account == "" {
		return usage("--role %q is no ARN, and no --account is given", role)
	}
	to := rules.For(&in, has)
	if to == (alert.Route{}) {
		return a.lines("no rule matches: the default of each place\n")
	}
	said := ""
	for _, part := range []struct{ name, value string }{{"channel", to.SlackChannel}, {"mention", to.Mention}, {"topic", to.TopicARN}} {
		said += fmt.Sprintf("%-8s %s\n", part.name, cmp.Or(part.value, "the default"))
	}
	return a.lines("%s", said)
}
