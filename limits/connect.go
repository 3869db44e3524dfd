package limits

import (
	"fmt"
	"slices"

	"pstest/probe"
)

const needsPSWSMan = "Off Windows, PowerShell needs the community module PSWSMan for this; Microsoft's page, in the edition of 2025-12, supports WSMan between Windows systems only."

// connect gives the ready commands of every route that works, or, where none
// was proven, of those that are open; with the notes that hold for all of them.
func connect(f *probe.Facts, routes []RouteResult) ([]Command, []string) {
	var out []Command
	for _, want := range []RouteVerdict{Works, Open} {
		for _, r := range routes {
			if r.Verdict == want && slices.Contains(documented(), r.Route) {
				out = append(out, commands(f, r)...)
			}
		}
		if len(out) > 0 {
			return out, []string{needsPSWSMan}
		}
	}
	return nil, nil
}

func commands(f *probe.Facts, r RouteResult) []Command {
	note := ""
	if r.Verdict == Open {
		note = "not proven from here"
	}
	return []Command{
		{Client: "PowerShell", Line: powershellLine(f, r.Route), Note: join(note, storeNote(f, r.Route))},
		{Client: "pywinrm", Line: pywinrmLine(f, r.Route), Note: join(join(note, pinNote(f, r.Route)), proxyNote(f, r.Route))},
	}
}

// storeNote says what PowerShell misses of the trust that pstest was given: it
// has no flag for a file or a pin.
func storeNote(f *probe.Facts, r probe.Route) string {
	t := f.Target.Trust
	switch {
	case r == probe.RouteNegotiateHTTP:
		return ""
	case t.Insecure || t.Pin != "":
		return "PowerShell checks the certificate against this computer's store, whatever pstest was told; -SessionOption (New-PSSessionOption -SkipCACheck -SkipCNCheck) switches that off"
	case t.CAFile != "":
		return "PowerShell has no flag for " + printable(t.CAFile) + ": its authority has to be in this computer's store of trusted roots"
	}
	return ""
}

// pinNote says that pywinrm can't hold a certificate against a pin.
func pinNote(f *probe.Facts, r probe.Route) string {
	if t := f.Target.Trust; r != probe.RouteNegotiateHTTP && t.Pin != "" && !t.Insecure && t.CAFile == "" {
		return "pywinrm knows no pin: it needs the certificate's authority in ca_trust_path"
	}
	return ""
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

// pywinrmLine is a line for a POSIX shell that runs a first command. pywinrm
// seals over HTTP by itself.
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
	return "python3 -c " + shQuote(fmt.Sprintf(`import getpass, winrm; r = winrm.Session(%s, auth=(%s, getpass.getpass()), transport="%s"%s).run_cmd("hostname"); print(r.std_out.decode())`,
		pyQuote(url), pyQuote(downLevel(f, r)), transport, extra))
}

// trustArgument hands on what pstest was told of the certificate. A pin has no
// counterpart in pywinrm.
func trustArgument(f *probe.Facts) string {
	t := f.Target.Trust
	switch {
	case t.Insecure:
		return `, server_cert_validation="ignore"`
	case t.CAFile != "":
		return ", ca_trust_path=" + pyQuote(t.CAFile)
	}
	return ""
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
