package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"pstest/limits"
	"pstest/report"
)

// commands lists every command, in the order of the help.
func commands(w *world) []*cli.Command {
	all := []*cli.Command{checkCommand(w), explainCommand(w), labCommand(w), demoCommand(w), versionCommand(w), docsCommand(w)}
	for _, c := range all {
		c.HideHelp = true // the parser's own help flag is one value that all runs share
		c.Flags = append(c.Flags, helpFlag())
		c.CustomHelpTemplate = commandHelp
		c.OnUsageError = usageOf
	}
	return all
}

// usageOf makes what the flag parser says a usage error.
func usageOf(_ *cli.Context, err error, _ bool) error { return usageError{err.Error()} }

// dispatch finds the command, puts its arguments in order and runs it.
func dispatch(ctx context.Context, args []string, w *world) error {
	all := commands(w)
	args, err := frontDoor(args, all)
	if err != nil {
		return err
	}
	if len(args) > 1 {
		c := named(all, args[0])
		rest, err := arrange(args[1:], c.Flags)
		if err != nil {
			return usagef("%s: %s", c.Name, err)
		}
		if at := slices.Index(rest, "--help"); at >= 0 && at < slices.Index(rest, "--") {
			rest = []string{"--help"} // an argument would be taken for a topic
		}
		args = append(args[:1:1], rest...)
	}
	app := newApp(w, all)
	help := &noted{w: w.out}
	app.Writer = help
	err = app.RunContext(ctx, append([]string{"pstest"}, args...))
	if err == nil {
		err = help.err
	}
	return err
}

// noted keeps the first error of a write: the parser writes help and does not
// look whether it could.
type noted struct {
	w   io.Writer
	err error
}

// Write implements io.Writer.
func (o *noted) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

func newApp(w *world, all []*cli.Command) *cli.App {
	return &cli.App{
		Name:                  "pstest",
		Usage:                 "does PowerShell remoting to a Windows host work from here?",
		Commands:              all,
		HideHelp:              true,
		Flags:                 []cli.Flag{helpFlag()},
		HideVersion:           true,
		CustomAppHelpTemplate: appHelp + exitStatuses(),
		Reader:                w.in,
		Writer:                w.out,
		ErrWriter:             w.err,
		OnUsageError:          usageOf,
		ExitErrHandler:        func(*cli.Context, error) {}, // the status is made in one place: finish
	}
}

// frontDoor understands what stands in front of a command: nothing, --help,
// --version, "help [COMMAND]". What it returns begins with a command's name or
// asks for the help.
func frontDoor(args []string, all []*cli.Command) ([]string, error) {
	if len(args) == 0 {
		return []string{"--help"}, nil
	}
	switch args[0] {
	case "-h", "-help", "--help":
		return []string{"--help"}, nil
	case "-v", "-version", "--version":
		return []string{"version"}, nil
	case "help":
		if len(args) == 1 {
			return []string{"--help"}, nil
		}
		if len(args) > 2 {
			return nil, usagef("help takes one command, and %d were given; %s", len(args)-1, acceptedCommands("", all))
		}
		args = []string{args[1], "--help"}
	}
	if named(all, args[0]) != nil {
		return args, nil
	}
	if strings.HasPrefix(args[0], "-") {
		return nil, usagef("unknown flag %s before a command; accepted there: --help, --version", args[0])
	}
	return nil, usagef("unknown command %q%s; %s", args[0], didYouMean(args[0], names(all), quoted), acceptedCommands(args[0], all))
}

// helpFlag is on every command; the parser acts upon its name.
func helpFlag() cli.Flag {
	return &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "say what is accepted", DisableDefaultText: true}
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }

// acceptedCommands also helps the one who forgot to say "check".
func acceptedCommands(typed string, all []*cli.Command) string {
	text := "accepted: " + strings.Join(names(all), ", ")
	if strings.ContainsAny(typed, ".:") {
		text += " (to look at a host: pstest check HOST)"
	}
	return text
}

func named(all []*cli.Command, name string) *cli.Command {
	for _, c := range all {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func names(all []*cli.Command) []string {
	var out []string
	for _, c := range all {
		if !c.Hidden {
			out = append(out, c.Name)
		}
	}
	return out
}

func versionCommand(w *world) *cli.Command {
	return &cli.Command{
		Name:        "version",
		Usage:       "print the version",
		UsageText:   "pstest version",
		Description: "Example:\n  pstest --version",
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef("version takes no arguments, and %q was given", c.Args().First())
			}
			_, err := fmt.Fprintln(w.out, tool())
			return err
		},
	}
}

// exitStatuses is the table of the exit statuses, as help shows it.
func exitStatuses() string {
	var b strings.Builder
	b.WriteString("\nExit status\n")
	for _, row := range limits.StatusTable() {
		fmt.Fprintf(&b, "  %d  %s\n", row.Status, strings.Join(report.Fill(row.Meaning, 80, 5), "\n     "))
	}
	return b.String()
}

// oneOf checks a value against a closed list.
func oneOf(flag, value string, accepted []string) error {
	for _, a := range accepted {
		if value == a {
			return nil
		}
	}
	return usagef("--%s %q is not known%s; accepted: %s", flag, value, didYouMean(value, accepted, quoted), strings.Join(accepted, ", "))
}

// asUsage makes an error of a parser a usage error; nil stays nil.
func asUsage(err error) error {
	var already usageError
	if err == nil || errors.As(err, &already) {
		return err
	}
	return usageError{err.Error()}
}

const appHelp = `pstest tells whether PowerShell remoting to a Windows host works from here and,
where it does not, which documented limit is in the way and what to type.

Usage
  pstest COMMAND [FLAGS] [ARGUMENTS]

Commands{{range .VisibleCommands}}
  {{.Name}}{{"\t"}}{{.Usage}}{{end}}

Examples
  pstest demo                               simulated hosts, nothing to set up
  pstest check win01.example                what can be seen without an account
  pstest check win01.example -u alice       tries the documented routes
  pstest explain certificate-name           what a finding means

  pstest COMMAND --help says more.
`

const commandHelp = `pstest {{.Name}}: {{.Usage}}

Usage
  {{.UsageText}}

{{.Description}}
{{if .VisibleFlags}}
Flags{{range .VisibleFlags}}
  {{.}}{{end}}
{{end}}`
