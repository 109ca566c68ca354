// Command whydenied says why sts:AssumeRoleWithWebIdentity refused a web
// identity: which of provider ARN, audience and subject did not match.
//
// Results go to standard output, everything else to standard error, one line
// for each thing that is wrong. The exit status is 0 when done (for check:
// allowed), 1 when check says refused or undecided or doctor that something is
// wrong, 2 for bad usage or bad input, 3 when evidence could not be read, 130
// when Ctrl-C ended it.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first Ctrl-C ends what is being done, a second one the process.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// app is what the verbs share: the streams, the environment and the flags that
// all of them have.
type app struct {
	env            func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
	input          io.Reader // stdin, until Ctrl-C
	progress       *progress

	now func() time.Time
	// every gives the moments of something that is done again and again, until
	// stop is called.
	every func(time.Duration) (moments <-chan time.Time, stop func())

	format         string
	ascii, noColor bool
	share          bool // reports are printed in the form to be passed on
}

// run is the whole program but for the process: it returns the exit status.
func run(ctx context.Context, args []string, env func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{env: env, stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now, every: ticker}
	return a.run(ctx, args)
}

func (a *app) run(ctx context.Context, args []string) int {
	a.input, a.progress = &interruptible{ctx: ctx, from: a.stdin}, a.newProgress()
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := root.ExecuteContext(ctx)
	a.progress.clear()
	if err != nil && ctx.Err() != nil {
		err = interrupted() // whatever was being done then failed for that
	}
	if err != nil && err.Error() != "" {
		a.complain(err.Error())
	}
	return int(statusOf(err))
}

func ticker(d time.Duration) (moments <-chan time.Time, stop func()) {
	t := time.NewTicker(d)
	return t.C, t.Stop
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "whydenied",
		Short: "Say why sts:AssumeRoleWithWebIdentity was refused",
		Long: `whydenied joins what CloudTrail recorded of a web identity token with the trust
policy of the role, and says which of provider ARN, aud and sub did not match.`,
		Example: `  whydenied lookup --since 3h
  whydenied explain events/prefect-subject.json --account events/account.json
  whydenied check --policy events/prefect-advice/sub-like.json --event events/prefect-subject.json`,
		SilenceErrors:              true,
		SuggestionsMinimumDistance: 2,
		SilenceUsage:               true,
		Args:                       a.noVerb,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.format, "format", formatText, "how to print results: text, json or markdown; check also: sarif or github; scan also: csv or html")
	flags.BoolVar(&a.ascii, "ascii", false, "print text in ASCII only (as on a dumb terminal, or where the locale is not UTF-8)")
	flags.BoolVar(&a.noColor, "no-color", false, "print no color (as with NO_COLOR set, or where output is no terminal)")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("%v; see %s --help", err, cmd.CommandPath())
	})
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return a.checkFormat(cmd.Name()) }
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(a.explain(), a.lookup(), a.check(), a.scan(), a.snapshot(), a.invoke(), a.doctor(), a.incidents(), a.mute(), a.unmute(), a.routes(), a.version(), a.completion())
	root.SetHelpCommand(a.help(root))
	return root
}

// help replaces cobra's own, which answers an unknown verb with the usage of
// everything.
func (a *app) help(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Print the help of a command",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, _, err := root.Find(args)
			if err != nil || cmd == root && len(args) > 0 {
				return a.noVerb(root, args)
			}
			return cmd.Help()
		},
	}
}

// noVerb refuses an argument where a verb belongs.
func (a *app) noVerb(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := root.SuggestionsFor(args[0]); len(near) > 0 {
		return usage("unknown command %q (did you mean %q?)", args[0], near[0])
	}
	return usage("unknown command %q; see whydenied --help", args[0])
}
