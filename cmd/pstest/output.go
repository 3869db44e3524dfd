package main

import (
	"os"
	"strconv"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"pstest/report"
)

// outputOptions are the flags that say how a result is written.
type outputOptions struct {
	format string // "text" or "json"
	text   report.TextOptions
}

func outputFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "format", Usage: "`FORMAT`, text or json (default: text)"},
		&cli.BoolFlag{Name: "ascii", Usage: "plain marks, no characters beyond ASCII", DisableDefaultText: true},
		&cli.StringFlag{Name: "width", Usage: "`COLUMNS` of text (default: the terminal's, or 80)"},
	}
}

func outputOf(c *cli.Context, w *world) (outputOptions, error) {
	o := outputOptions{format: "text", text: report.TextOptions{Width: w.columns(), ASCII: c.Bool("ascii"), Color: w.colors()}}
	if c.IsSet("format") {
		o.format = c.String("format")
	}
	if err := oneOf("format", o.format, []string{"text", "json"}); err != nil {
		return o, err
	}
	if c.IsSet("width") {
		n, err := strconv.Atoi(c.String("width"))
		if err != nil || n < 40 || n > 400 {
			return o, usagef("--width %q is no number of columns; accepted: 40 to 400", c.String("width"))
		}
		o.text.Width = n
	}
	return o, nil
}

// terminal is the descriptor behind a stream, where that is a terminal.
func terminal(stream any) (fd int, ok bool) {
	f, isFile := stream.(*os.File)
	if !isFile {
		return 0, false
	}
	fd = int(f.Fd())
	return fd, term.IsTerminal(fd)
}

// columns is the width of the terminal on stdout, between 60 and 120; 80 elsewhere.
func (w *world) columns() int {
	fd, ok := terminal(w.out)
	if !ok {
		return 80
	}
	wide, _, err := term.GetSize(fd)
	if err != nil || wide <= 0 {
		return 80
	}
	return min(max(wide, 60), 120)
}

// colors: only on a terminal that can, and not where NO_COLOR is set.
func (w *world) colors() bool {
	_, ok := terminal(w.out)
	return ok && w.getenv("NO_COLOR") == "" && w.getenv("TERM") != "dumb"
}
