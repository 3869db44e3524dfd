package main

import (
	"context"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"pstest/fleet"
	"pstest/limits"
	"pstest/negotiate"
	"pstest/probe"
	"pstest/report"
)

// checkOptions is what the flags of check say.
type checkOptions struct {
	hosts    []string
	request  probe.Request // what all hosts share; the target is filled in for each
	target   probe.TargetOptions
	user     string
	password passwordFlags
	plan     bool
	debug    bool
	output   outputOptions
}

func checkCommand(w *world) *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "look at hosts and say what works from here",
		UsageText: "pstest check HOST... [-u USER] [FLAGS]",
		Description: `HOST is a name, an address, HOST:PORT, [IPV6]:PORT or a URL. Without an account
pstest does all that needs none; with -u it tries the documented routes.

Examples
  pstest check win01.example
  pstest check win01.example -u 'WIN01\alice' --password-file pw.txt
  pstest check win01 win02 win03 -u alice@corp.example --format json
  pstest check https://10.2.3.4:5986 -u alice --cacert corp-ca.pem
  pstest check win01.example -u alice --plan       shows, and sends nothing

--plan is text only; --format json is described in docs/json.md.

The password comes from a prompt, --password-file, --password-stdin or the
variable PSTEST_PASSWORD. It never travels over plain HTTP, and over TLS only
when the certificate is good or --cacert, --pin-sha256 or --insecure says so.`,
		Flags:  checkFlags(),
		Action: func(c *cli.Context) error { return runCheck(c, w) },
	}
}

func runCheck(c *cli.Context, w *world) error {
	o, err := checkOptionsOf(c, w)
	if err != nil {
		return err
	}
	requests, err := o.requests(w)
	if err != nil {
		return err
	}
	if o.plan {
		return o.showPlan(w, requests)
	}
	if o.user != "" {
		secret, err := o.password.read(c.Context, w, o.user)
		if err != nil {
			return err
		}
		if err := o.logOn(secret, requests); err != nil {
			return err
		}
	}
	return o.check(c.Context, w, requests)
}

// requests makes one request a host. What is given again is looked at once.
func (o checkOptions) requests(w *world) ([]probe.Request, error) {
	var requests []probe.Request
	var again []string
	first := map[probe.Target]bool{}
	for _, host := range o.hosts {
		t, err := probe.ParseTarget(host, o.target)
		if err != nil {
			return nil, asUsage(err)
		}
		key := t
		key.Asked, key.Host = "", strings.ToLower(t.Host)
		if first[key] {
			again = append(again, host)
			continue
		}
		first[key] = true
		r := o.request
		r.Target = t
		requests = append(requests, r)
	}
	if len(again) > 0 {
		w.say("given more than once, and looked at once: " + strings.Join(again, " "))
	}
	return requests, nil
}

// showPlan needs no password, so none is asked for.
func (o checkOptions) showPlan(w *world, requests []probe.Request) error {
	if o.output.format != "text" {
		return usagef("--plan is written as text; accepted: --format text")
	}
	if o.user != "" {
		if err := o.logOn(negotiate.Secret{}, requests); err != nil {
			return err
		}
	}
	return report.Plan(w.out, requests, o.output.text)
}

// logOn puts the account and its password into every request.
func (o checkOptions) logOn(secret negotiate.Secret, requests []probe.Request) error {
	account, err := probe.ParseAccount(o.user, secret)
	if err != nil {
		return asUsage(err)
	}
	for i := range requests {
		requests[i].Account, requests[i].Password = account, secret
	}
	return nil
}

// check looks at the hosts and writes each report as soon as it is there; JSON
// is one document and comes last.
func (o checkOptions) check(ctx context.Context, w *world, requests []probe.Request) error {
	env := w.probe
	if o.debug {
		env.Trace = newTrace(w.err)
	}
	p := newProgress(w, o.debug, requests)
	defer p.stop()
	s := sink{out: w.out, o: o.output}
	fleet.Check(ctx, requests, fleet.Options{Env: env}, func(_ int, f *probe.Facts) {
		p.pause(func() { s.add(report.New(f)) })
	})
	p.stop()
	return s.finish()
}

// sink takes reports one by one.
type sink struct {
	out      io.Writer
	o        outputOptions
	kept     []report.Report // json only
	lines    []report.Line
	statuses []limits.Status
	err      error // the first error of a write
}

func (s *sink) add(r report.Report) {
	s.statuses = append(s.statuses, r.Status)
	if s.o.format == "json" {
		s.kept = append(s.kept, r)
		return
	}
	if len(s.lines) > 0 {
		s.note(writeString(s.out, "\n"))
	}
	s.lines = append(s.lines, r.Line())
	s.note(report.One(s.out, r, s.o.text))
}

func (s *sink) note(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *sink) finish() error {
	switch {
	case s.o.format == "json":
		s.note(report.JSON(s.out, tool(), s.kept))
	case len(s.lines) > 1:
		s.note(report.Closing(s.out, s.lines, s.o.text))
	}
	if s.err != nil {
		return s.err
	}
	return statusOf(s.statuses)
}

// statusOf is the exit of a run over several hosts; nil for 0.
func statusOf(statuses []limits.Status) error {
	if s := report.Overall(statuses...); s != limits.StatusWorks {
		return exit(s)
	}
	return nil
}

// routeNames lists what --route accepts.
func routeNames() []string {
	var out []string
	for _, r := range probe.Routes() {
		out = append(out, string(r))
	}
	return out
}
