package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"pstest/limits"
	"pstest/report"
)

func explainCommand(w *world) *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "say what a limit, a fault code or a saved report means",
		UsageText: "pstest explain [ID | ROW | CODE | REPORT.json | -] [FLAGS]",
		Description: `Without an argument the catalogue is listed. ID and ROW name a limit of it; CODE
is a WSMan fault code, decimal, negative or hexadecimal; REPORT.json is what
check --format json wrote (- is stdin): it is judged again by today's rules,
offline. Only a saved report has a JSON form; all else is text.

Examples
  pstest explain
  pstest explain certificate-name
  pstest explain L37
  pstest explain 0x80338012
  pstest explain report.json`,
		Flags:  outputFlags(),
		Action: func(c *cli.Context) error { return runExplain(c, w) },
	}
}

func runExplain(c *cli.Context, w *world) error {
	o, err := outputOf(c, w)
	if err != nil {
		return err
	}
	if c.NArg() > 1 {
		return usagef("explain takes one argument, and %d were given; accepted: an id, a row, a fault code, a saved report", c.NArg())
	}
	arg := c.Args().First()
	saved, err := savedReport(arg)
	switch {
	case err != nil:
		return err
	case saved == nil:
	case arg == "-":
		return explainReport(c.Context, w, o, "stdin", w.stdin)
	default:
		return explainReport(c.Context, w, o, arg, saved)
	}
	if o.format != "text" {
		return usagef("--format %s is for a saved report; accepted here: text", o.format)
	}
	if c.NArg() == 0 {
		return report.Catalogue(w.out, limits.Catalogue(), o.text)
	}
	if l, ok := limits.Lookup(arg); ok && arg != "" {
		return report.Page(w.out, l, o.text)
	}
	if code, ok := limits.ParseFaultCode(arg); ok {
		return explainFault(w, o, code)
	}
	return usagef("nothing is known by %q%s; accepted: an id or row of `pstest explain`, a fault code, a saved report, - for stdin",
		arg, didYouMean(arg, limitIDs(), func(s string) string { return s }))
}

func explainFault(w *world, o outputOptions, code uint32) error {
	f, ok := limits.Fault(code)
	if !ok {
		return usagef("fault code %d (0x%08X) is not in the table; accepted: the codes that WinRM is known to send", code, code)
	}
	return report.FaultPage(w.out, f, o.text)
}

func limitIDs() []string {
	var ids []string
	for _, l := range limits.Catalogue() {
		ids = append(ids, l.ID)
	}
	return ids
}

// savedReport is how to open what the argument names as a file: "-", a path, or
// the name of a file that is there and is neither a limit's nor a code. nil: no
// file.
func savedReport(arg string) (func() (io.ReadCloser, error), error) {
	open := func() (io.ReadCloser, error) { return os.Open(arg) }
	if arg == "-" {
		return open, nil
	}
	_, isLimit := limits.Lookup(arg)
	_, isCode := limits.ParseFaultCode(arg)
	if arg == "" || isLimit || isCode {
		return nil, nil
	}
	if _, err := os.Stat(arg); err != nil {
		if !strings.ContainsRune(arg, '/') && !strings.HasSuffix(arg, ".json") {
			return nil, nil
		}
		return nil, usagef("saved report %s: %s", arg, reasonOf(err))
	}
	return open, nil
}

// explainReport judges a saved report again; the exit status is that of the
// new judgement.
func explainReport(ctx context.Context, w *world, o outputOptions, name string, open func() (io.ReadCloser, error)) error {
	saved, err := patiently(ctx, func() (*report.Saved, error) {
		f, err := open()
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return report.Read(ctx, f)
	})
	s := sink{out: while{ctx, w.out}, o: o}
	if err == nil {
		err = judgeSaved(ctx, saved, &s)
	}
	switch {
	case ctx.Err() != nil:
		return errInterrupted
	case s.err != nil:
		return s.err
	case err != nil:
		return usagef("saved report %s: %s; accepted: what pstest check --format json writes", name, reasonOf(err))
	}
	return s.finish()
}

// judgeSaved judges and writes one report after another. Facts that contradict
// each other so that they can't be written are the file's fault, and no bug.
func judgeSaved(ctx context.Context, saved *report.Saved, s *sink) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("its facts contradict each other")
		}
	}()
	return saved.Judge(ctx, func(r report.Report) error {
		s.add(r)
		return s.err
	})
}

// while writes as long as its context lasts.
type while struct {
	ctx context.Context
	w   io.Writer
}

// Write implements io.Writer.
func (o while) Write(b []byte) (int, error) {
	if o.ctx.Err() != nil {
		return 0, errInterrupted
	}
	return o.w.Write(b)
}
