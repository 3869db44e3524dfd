package limits

import (
	"fmt"
	"slices"

	"pstest/probe"
)

const needsPSWSMan = "off Windows, PowerShell needs the community module PSWSMan for this (2025-12: Microsoft supports WSMan between Windows systems only)"

// connect gives the ready commands of every route that works, or, where none
// was proven, of those that are open.
func connect(f *probe.Facts, routes []RouteResult) []Command {
	var out []Command
	for _, want := range []RouteVerdict{Works, Open} {
		for _, r := range routes {
			if r.Verdict == want && slices.Contains(documented(), r.Route) {
				out = append(out, commands(f, r)...)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

func commands(f *probe.Facts, r RouteResult) []Command {
	note := ""
	if r.Verdict == Open {
		note = "not proven from here"
	}
	return []Command{
		{Client: "PowerShell", Line: powershellLine(f, r.Route), Note: join(note, needsPSWSMan)},
		{Client: "pywinrm", Line: pywinrmLine(f, r.Route), Note: join(note, proxyNote(f, r.Route))},
	}
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// powershellLine is the documentation's own command with this host's values.
func powershellLine(f *probe.Facts, r probe.Route) string {
	t := f.Target
	line := "New-PSSession -ComputerName " + word(t.Host, "<HOST>") + " -Credential (Get-Credential " + psQuote(accountFor(f, r)) + ")"
	switch r {
	case probe.RouteBasicHTTPS:
		line += " -Authentication Basic -UseSSL"
	case probe.RouteNegotiateHTTPS:
		line += " -Authentication Negotiate -UseSSL"
	default:
		line += " -Authentication Negotiate"
	}
	if number, standard := portOf(t, r); number != standard {
		line += fmt.Sprintf(" -Port %d", number)
	}
	if t.Path != probe.DefaultPath {
		line += " -ApplicationName " + pathWord(t.Path)
	}
	return line
}

// accountFor spells the account as the route has it: Basic bare, Negotiate as
// the user qualified it, else as user@host.
func accountFor(f *probe.Facts, r probe.Route) string {
	a := f.Account
	user := first(a.User, "<USER>")
	switch {
	case r == probe.RouteBasicHTTPS:
		return user
	case a.Qualifier != "":
		return a.Asked
	}
	if n, _, ok := ntlm(f); ok && safe(n.NetBIOSComputer) {
		return user + "@" + n.NetBIOSComputer
	}
	return user + "@" + word(f.Target.Host, "<HOST>")
}

// downLevel spells the account as HOST\user where it is one of the host, for
// clients that do not take user@host apart.
func downLevel(f *probe.Facts, r probe.Route) string {
	n, _, _ := ntlm(f)
	if r != probe.RouteBasicHTTPS && localAccount(f) && safe(n.NetBIOSComputer) {
		return n.NetBIOSComputer + `\` + f.Account.User
	}
	return accountFor(f, r)
}

func portOf(t probe.Target, r probe.Route) (number, standard int) {
	if r == probe.RouteNegotiateHTTP {
		return t.PortHTTP, probe.DefaultPortHTTP
	}
	return t.PortHTTPS, probe.DefaultPortHTTPS
}

// pywinrmLine is one statement that runs a first command. pywinrm seals over
// HTTP by itself.
func pywinrmLine(f *probe.Facts, r probe.Route) string {
	number, _ := portOf(f.Target, r)
	scheme, transport, extra := "https", "ntlm", trustArgument(f)
	switch r {
	case probe.RouteNegotiateHTTP:
		scheme, extra = "http", ""
	case probe.RouteBasicHTTPS:
		transport = "basic"
	}
	url := fmt.Sprintf("%s://%s:%d%s", scheme, bracketed(word(f.Target.Host, "<HOST>")), number, pathWord(f.Target.Path))
	return fmt.Sprintf("winrm.Session(%s, auth=(%s, getpass.getpass()), transport='%s'%s).run_cmd('hostname')",
		pyQuote(url), pyQuote(downLevel(f, r)), transport, extra)
}

// trustArgument hands the file of --cacert on. A pin has no counterpart in
// pywinrm, and --insecure is not passed on: it was for a look.
func trustArgument(f *probe.Facts) string {
	if f.Target.Trust.CAFile == "" {
		return ""
	}
	return ", ca_trust_path=" + pyQuote(f.Target.Trust.CAFile)
}

func bracketed(host string) string {
	if isAddress(host) && slices.Contains([]byte(host), ':') {
		return "[" + host + "]"
	}
	return host
}

// proxyNote warns that other clients would take a proxy that pstest did not.
func proxyNote(f *probe.Facts, r probe.Route) string {
	proxy := f.Client.ProxyHTTPS
	if r == probe.RouteNegotiateHTTP {
		proxy = f.Client.ProxyHTTP
	}
	if proxy == "" {
		return ""
	}
	return "would go through the proxy " + printable(proxy) + " unless NO_PROXY has " + word(f.Target.Host, "the host")
}
