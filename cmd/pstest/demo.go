package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"pstest/lab"
	"pstest/limits"
	"pstest/report"
)

// demoScenarios are the hosts of the demo, the healthy one first.
func demoScenarios() []string {
	return []string{"healthy", "basic-not-offered", "wrong-name", "expired", "no-https-listener",
		"wrong-password", "firewalled", "basic-over-http-allowed"}
}

func demoCommand(w *world) *cli.Command {
	return &cli.Command{
		Name:      "demo",
		Usage:     "check simulated hosts on this machine: nothing to set up",
		UsageText: "pstest demo [FLAGS]",
		Description: `Starts simulated Windows hosts on loopback, a healthy one and some that are
broken in ways that people really meet, checks each as pstest check would, and
prints the reports. Nothing leaves this machine. The exit status is 0 when each
host was judged as its scenario says, else 4.

Examples
  pstest demo
  pstest demo --ascii
  pstest demo --width 120`,
		Flags:  []cli.Flag{outputFlags()[1], outputFlags()[2]},
		Action: func(c *cli.Context) error { return runDemo(c, w) },
	}
}

// act is one host of the demo.
type act struct {
	scenario lab.Scenario
	report   report.Report
	err      error
}

func runDemo(c *cli.Context, w *world) error {
	if c.NArg() > 0 {
		return usagef("demo takes no arguments, and %q was given", c.Args().First())
	}
	o, err := outputOf(c, w)
	if err != nil {
		return err
	}
	acts, err := perform(c.Context, stage{now: time.Now, timeout: 6 * time.Second, env: w.probe})
	if err != nil {
		return err
	}
	d := demo{out: w.out, o: o.text}
	fmt.Fprint(w.out, demoOpening)
	for i, a := range acts {
		if err := d.show(i+1, <-a); err != nil {
			return err
		}
	}
	return d.finish(w)
}

const demoOpening = `These hosts are simulated: pstest plays Windows on loopback, each time under the
name ` + stageHost + `, and checks it as it would check a real host. Nothing leaves
this machine.
`

// demo writes the acts one after another and remembers how they went.
type demo struct {
	out     io.Writer
	o       report.TextOptions
	healthy report.Report
	lines   []report.Line
	wrong   []string
}

func (d *demo) show(n int, a act) error {
	if a.err != nil {
		return a.err
	}
	if n == 1 {
		d.healthy = a.report
	}
	for _, text := range differences(a.scenario, d.healthy, a.report) {
		d.wrong = append(d.wrong, a.scenario.Name+": "+text)
	}
	l := a.report.Line()
	l.Host = a.scenario.Name
	d.lines = append(d.lines, l)
	if _, err := fmt.Fprintf(d.out, "\n%s\n\n", heading(n, a.scenario, d.o)); err != nil {
		return err
	}
	return report.One(d.out, a.report, d.o)
}

// finish sums up; a host that was judged otherwise than its scenario says is a
// bug of ours.
func (d *demo) finish(w *world) error {
	if err := report.Closing(d.out, d.lines, d.o); err != nil {
		return err
	}
	if len(d.wrong) > 0 {
		for _, text := range d.wrong {
			w.say("a bug in " + tool() + ": " + text)
		}
		return exit(limits.StatusBug)
	}
	_, err := fmt.Fprintf(d.out, "\nEach of the %d simulated hosts was judged as its scenario says.\n", len(d.lines))
	return err
}

// perform starts all hosts side by side and hands out one channel each, in order.
func perform(ctx context.Context, s stage) ([]<-chan act, error) {
	var acts []<-chan act
	for _, name := range demoScenarios() {
		sc, ok := lab.Find(name)
		if !ok {
			return nil, fmt.Errorf("the lab has no scenario %s", name)
		}
		done := make(chan act, 1)
		acts = append(acts, done)
		go func() {
			r, err := s.check(ctx, sc)
			done <- act{sc, r, err}
		}()
	}
	return acts, nil
}

// heading is what stands above one host's report: a rule, and a title that
// wraps where it is wider than the page.
func heading(n int, sc lab.Scenario, o report.TextOptions) string {
	rule := "─"
	if o.ASCII {
		rule = "-"
	}
	wide := min(o.Width, 120)
	number := fmt.Sprintf("%s %d. ", strings.Repeat(rule, 2), n)
	hang := utf8.RuneCountInString(number)
	lines := report.Fill(sc.Name+": "+sc.Title, wide, hang)
	last := len(lines) - 1
	rest := wide - hang - utf8.RuneCountInString(lines[last]) - 1
	lines[last] += " " + strings.Repeat(rule, max(0, rest))
	return strings.TrimRight(number+strings.Join(lines, "\n"+strings.Repeat(" ", hang)), " ")
}
