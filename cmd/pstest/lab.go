package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"pstest/lab"
	"pstest/report"
)

func labCommand(w *world) *cli.Command {
	return &cli.Command{
		Name:      "lab",
		Usage:     "serve a simulated Windows host on loopback",
		UsageText: "pstest lab [SCENARIO] [FLAGS]",
		Description: `Serves a simulated host until Ctrl-C and prints how to check it. The host is no
Windows: it answers as recordings and documents say that Windows answers.

Examples
  pstest lab --list
  pstest lab
  pstest lab wrong-name --port-https 15986`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "list", Usage: "list the scenarios", DisableDefaultText: true},
			&cli.BoolFlag{Name: "json", Usage: "say how to check it in JSON, on the first line", DisableDefaultText: true},
			&cli.StringFlag{Name: "port-http", Usage: "`PORT` of the HTTP listener (default: any free one)"},
			&cli.StringFlag{Name: "port-https", Usage: "`PORT` of the HTTPS listener (default: any free one)"},
		},
		Action: func(c *cli.Context) error { return runLab(c, w) },
	}
}

func runLab(c *cli.Context, w *world) error {
	if c.Bool("list") {
		return listScenarios(c, w)
	}
	s, err := scenario(c)
	if err != nil {
		return err
	}
	o := lab.Options{}
	if o.HTTPPort, err = port(c, "port-http"); err != nil {
		return err
	}
	if o.HTTPSPort, err = port(c, "port-https"); err != nil {
		return err
	}
	h, err := lab.Start(c.Context, s, o)
	if errors.Is(err, errors.ErrUnsupported) {
		return usagef("scenario %s can't be shown on this system by sockets; pstest demo shows what it can", s.Name)
	}
	if err != nil {
		return err
	}
	defer h.Close()
	if h.HTTPPort == 0 || h.HTTPSPort == 0 {
		return usagef("scenario %s needs a network of its own, which ports of this machine can't show; accepted: the others of pstest lab --list", s.Name)
	}
	return serveLab(c, w, h, s)
}

// remarks say of scenarios what a served host shows otherwise than one that
// stands in a network of its own, as those of the documentation do.
func remarks() map[string]string {
	return map[string]string{
		"unroutable":      "can't be served: it needs a network of its own",
		"host-down":       "served, it looks like firewalled: other ports are this machine's",
		"another-machine": "asked for as localhost it shows nothing: put \"127.0.0.1 win01.lab.test\" into /etc/hosts and check win01.lab.test instead",
		"blank-password":  "the password is empty: press Enter at the prompt; files and variables can't hold it",
	}
}

func scenario(c *cli.Context) (lab.Scenario, error) {
	if c.NArg() > 1 {
		return lab.Scenario{}, usagef("lab serves one scenario, and %d were given", c.NArg())
	}
	name := c.Args().First()
	if c.NArg() == 0 {
		name = lab.Scenarios()[0].Name
	}
	s, ok := lab.Find(name)
	if !ok {
		var all []string
		for _, s := range lab.Scenarios() {
			all = append(all, s.Name)
		}
		return s, usagef("unknown scenario %q%s; accepted: those of pstest lab --list", name, didYouMean(name, all, quoted))
	}
	return s, nil
}

func listScenarios(c *cli.Context, w *world) error {
	if c.NArg() > 0 {
		return usagef("--list takes no scenario, and %q was given", c.Args().First())
	}
	wide := 0
	for _, s := range lab.Scenarios() {
		wide = max(wide, len(s.Name))
	}
	var b strings.Builder
	for _, s := range lab.Scenarios() {
		text := s.Title
		if r, ok := remarks()[s.Name]; ok {
			text += " (" + r + ")"
		}
		for i, l := range report.Fill(text, w.columns(), wide+2) {
			name := s.Name
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(&b, "%-*s  %s\n", wide, name, l)
		}
	}
	return writeString(w.out, b.String())
}

// labFiles are what a client needs to check the host, in a private folder.
// password is "" where the account has an empty one.
type labFiles struct{ dir, ca, password string }

func writeLabFiles(h *lab.Host) (labFiles, error) {
	dir, err := os.MkdirTemp("", "pstest-lab-")
	if err != nil {
		return labFiles{}, err
	}
	f := labFiles{dir: dir, ca: filepath.Join(dir, "ca.pem"), password: filepath.Join(dir, "password")}
	if err := os.WriteFile(f.ca, h.CAPEM, 0o600); err != nil {
		return f, err
	}
	if h.Password == "" {
		f.password = "" // no file can hold it
		return f, nil
	}
	return f, os.WriteFile(f.password, []byte(h.Password+"\n"), 0o600)
}

// serveLab says how to check the host and waits for the end.
func serveLab(c *cli.Context, w *world, h *lab.Host, s lab.Scenario) error {
	files, err := writeLabFiles(h)
	if files.dir != "" {
		defer os.RemoveAll(files.dir)
	}
	if err != nil {
		return err
	}
	if c.Bool("json") {
		err = json.NewEncoder(w.out).Encode(labCard(h, files))
	} else {
		_, err = fmt.Fprint(w.out, labText(h, s, files))
	}
	if err != nil {
		return err
	}
	<-c.Context.Done()
	return nil
}

// card is the first line of lab --json.
type card struct {
	Scenario     string `json:"scenario"`
	Host         string `json:"host"`
	HTTPPort     int    `json:"httpPort"`
	HTTPSPort    int    `json:"httpsPort"`
	User         string `json:"user"`
	Password     string `json:"password"`
	PasswordFile string `json:"passwordFile"` // "" where the password is empty
	CA           string `json:"ca"`
	Note         string `json:"note,omitempty"`
}

func labCard(h *lab.Host, f labFiles) card {
	return card{Scenario: h.Name, Host: "localhost", HTTPPort: h.HTTPPort, HTTPSPort: h.HTTPSPort,
		User: h.User, Password: h.Password, PasswordFile: f.password, CA: f.ca, Note: remarks()[h.Name]}
}

func labText(h *lab.Host, s lab.Scenario, f labFiles) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", s.Name, s.Title)
	fmt.Fprintf(&b, "A simulated host, not Windows, on %s: HTTP port %d, HTTPS port %d.\n", h.Addr, h.HTTPPort, h.HTTPSPort)
	fmt.Fprintf(&b, "Account %s, password %s\n", h.User, cmp.Or(h.Password, "empty"))
	if r, ok := remarks()[s.Name]; ok {
		fmt.Fprintf(&b, "Note: %s\n", strings.Join(report.Fill(r, 80, 6), "\n      "))
	}
	fmt.Fprintf(&b, "\nCheck it from another terminal:\n  %s\n\nCtrl-C ends it.\n", labLine(h, f))
	return b.String()
}

// labLine is the command that checks the host. An empty password can't come
// from a file; it is typed.
func labLine(h *lab.Host, f labFiles) string {
	line := fmt.Sprintf("pstest check localhost --port-http %d --port-https %d -u %s --cacert %s",
		h.HTTPPort, h.HTTPSPort, shellQuote(h.User), shellQuote(f.ca))
	if f.password == "" {
		return line
	}
	return line + " --password-file " + shellQuote(f.password)
}

// shellQuote makes s one word of a POSIX shell.
func shellQuote(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !isPlainWord(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func isPlainWord(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("@%+=:,./-_", r)
}
