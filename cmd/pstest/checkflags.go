package main

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"pstest/certs"
	"pstest/probe"
)

// The bounds of --timeout.
const (
	minTimeout = time.Second
	maxTimeout = 10 * time.Minute
)

func checkFlags() []cli.Flag {
	own := []cli.Flag{
		&cli.StringFlag{Name: "user", Aliases: []string{"u"}, Usage: "account `USER`: alice, 'WIN01\\alice', alice@win01"},
		&cli.StringFlag{Name: "password-file", Usage: "read the password from `FILE`"},
		&cli.BoolFlag{Name: "password-stdin", Usage: "read the password from stdin", DisableDefaultText: true},
		&cli.StringFlag{Name: "port-http", Usage: "`PORT` of the HTTP listener (default: 5985)"},
		&cli.StringFlag{Name: "port-https", Usage: "`PORT` of the HTTPS listener (default: 5986)"},
		&cli.StringFlag{Name: "path", Usage: "`PATH` of the URL (default: /wsman)"},
		&cli.StringFlag{Name: "route", Usage: "only this `ROUTE`: basic-https, negotiate-http\n\tor negotiate-https (default: any)"},
		&cli.StringFlag{Name: "timeout", Usage: "most `TIME` for one host, 1s to 10m (default: 20s)"},
		&cli.StringFlag{Name: "cacert", Usage: "trust the root certificates in `FILE` (PEM)"},
		&cli.StringFlag{Name: "pin-sha256", Usage: "trust the certificate or public key by `SHA256`"},
		&cli.BoolFlag{Name: "insecure", Usage: "send the password whatever the certificate", DisableDefaultText: true},
		&cli.BoolFlag{Name: "send-password-in-clear", Usage: "try Basic over HTTP with the real password", DisableDefaultText: true},
		&cli.BoolFlag{Name: "try-unsealed", Usage: "also try NTLM without sealing, as Go tools do", DisableDefaultText: true},
		&cli.BoolFlag{Name: "4", Usage: "IPv4 addresses only", DisableDefaultText: true},
		&cli.BoolFlag{Name: "6", Usage: "IPv6 addresses only", DisableDefaultText: true},
		&cli.BoolFlag{Name: "plan", Usage: "print what would be sent, and send nothing", DisableDefaultText: true},
		&cli.BoolFlag{Name: "debug", Usage: "trace on stderr, without any secret", DisableDefaultText: true},
	}
	return append(own, outputFlags()...)
}

// checkOptionsOf reads and checks the flags. Files that flags name are read
// here, but for the password.
func checkOptionsOf(c *cli.Context, w *world) (o checkOptions, err error) {
	o = checkOptions{hosts: c.Args().Slice(), user: c.String("user"), plan: c.Bool("plan"), debug: c.Bool("debug")}
	o.password = passwordFlags{file: c.String("password-file"), fromFile: c.IsSet("password-file"), stdin: c.Bool("password-stdin")}
	o.request = probe.Request{InClear: c.Bool("send-password-in-clear"), Unsealed: c.Bool("try-unsealed")}
	if len(o.hosts) == 0 {
		return o, usagef("check needs a host; accepted: HOST, HOST:PORT, [IPV6]:PORT, a URL")
	}
	for _, step := range []func(*cli.Context) error{o.readUser, o.readTarget, o.readTrust, o.readTimeout} {
		if err := step(c); err != nil {
			return o, err
		}
	}
	o.output, err = outputOf(c, w)
	return o, err
}

func (o *checkOptions) readUser(c *cli.Context) error {
	if c.IsSet("user") {
		if _, err := probe.ParseAccount(o.user, probe.Request{}.Password); err != nil {
			return asUsage(err)
		}
		return nil
	}
	for _, name := range []string{"password-file", "password-stdin", "send-password-in-clear", "try-unsealed"} {
		if c.IsSet(name) {
			return usagef("--%s needs an account; add -u USER", name)
		}
	}
	return nil
}

func (o *checkOptions) readTarget(c *cli.Context) (err error) {
	route := probe.RouteAny
	if c.IsSet("route") {
		route = probe.Route(c.String("route"))
	}
	if err := oneOf("route", string(route), routeNames()); err != nil {
		return err
	}
	if c.Bool("4") && c.Bool("6") {
		return usagef("-4 and -6 exclude each other; accepted: one of them, or none for both families")
	}
	if c.IsSet("path") && c.String("path") == "" {
		return usagef("--path is empty; accepted: a path such as /wsman")
	}
	o.target = probe.TargetOptions{Path: c.String("path"), Route: route, Family: family(c)}
	if o.target.PortHTTP, err = port(c, "port-http"); err != nil {
		return err
	}
	o.target.PortHTTPS, err = port(c, "port-https")
	return err
}

func family(c *cli.Context) probe.Family {
	switch {
	case c.Bool("4"):
		return probe.FamilyV4
	case c.Bool("6"):
		return probe.FamilyV6
	default:
		return probe.FamilyAny
	}
}

// port is the number of a port flag; 0 where it was not given.
func port(c *cli.Context, name string) (int, error) {
	if !c.IsSet(name) {
		return 0, nil
	}
	n, err := strconv.Atoi(c.String(name))
	if err != nil || n < 1 || n > 65535 {
		return 0, usagef("--%s %q is no port; accepted: 1 to 65535", name, c.String(name))
	}
	return n, nil
}

func (o *checkOptions) readTrust(c *cli.Context) error {
	t := probe.TrustAsk{Insecure: c.Bool("insecure")}
	if c.IsSet("pin-sha256") {
		if t.Insecure {
			return usagef("--insecure and --pin-sha256 contradict each other; accepted: one of them")
		}
		pin, err := certs.ParsePin(c.String("pin-sha256"))
		if err != nil {
			return usagef("--pin-sha256: %s", err)
		}
		t.Pin = strings.ToLower(pin)
	}
	if c.IsSet("cacert") {
		t.CAFile = c.String("cacert")
		pem, err := readBounded(c.Context, t.CAFile, 8<<20)
		if errors.Is(err, errInterrupted) {
			return err
		}
		if err != nil {
			return usagef("--cacert %s", err)
		}
		roots, _, err := certs.LoadRoots(pem)
		if err != nil {
			return usagef("--cacert %s: %s; accepted: certificates in PEM, DER or PKCS#7", t.CAFile, err)
		}
		o.request.Roots = roots
	}
	o.target.Trust = t
	return nil
}

// readTimeout accepts "20s", "1m30s" and a bare number of seconds.
func (o *checkOptions) readTimeout(c *cli.Context) error {
	o.request.Timeout = probe.DefaultTimeout
	if !c.IsSet("timeout") {
		return nil
	}
	text := c.String("timeout")
	d, err := time.ParseDuration(text)
	if n, bare := strconv.Atoi(text); bare == nil && n < 1<<20 {
		d, err = time.Duration(n)*time.Second, nil
	}
	if err != nil || d < minTimeout || d > maxTimeout {
		return usagef("--timeout %q is no time for a host; accepted: 1s to 10m", text)
	}
	o.request.Timeout = d
	return nil
}
