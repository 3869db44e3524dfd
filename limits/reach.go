package limits

import (
	"slices"
	"strconv"
	"strings"

	"pstest/probe"
)

// sectionReach groups the field failures that come before any HTTP.
const sectionReach = "reaching the host"

func reachLimits() []Limit {
	return []Limit{
		{
			ID: "name-resolves", Row: "A17", Title: "The name has an address",
			Broken: "the name {host} has no address", Kind: Requirement, Source: field(sectionReach),
			Routes: allRoutes(), Needs: []Need{{Path: probe.PathResolve, Strength: NeedsTried}}, Check: checkResolves,
			Why: "Nothing is sent before the resolver of this computer gives an address. It may know fewer names than a computer of the host's domain does: short names and internal zones need its DNS servers.",
			Fix: Fix{
				Windows: []string{"Resolve-DnsName {dns}   # shows whether the host's own network knows the name", "Register-DnsClient   # registers the host again"},
				Client:  []string{"getent hosts {host} || cat /etc/resolv.conf   # shows which servers are asked, with which search list", "# use the full name, or add a line to /etc/hosts"},
			},
		},
		{
			ID: "port-reachable", Row: "A7", Title: "The WinRM ports can be reached",
			Broken: "nothing comes back from {silent}", Kind: Requirement, Source: field(sectionReach), Breaks: "client-public-network",
			After: []string{"name-resolves"}, Routes: allRoutes(),
			Needs: append([]Need{{Path: probe.PathHTTPDial, Strength: NeedsTried, Or: []probe.Path{probe.PathHTTPSDial}}}, mayUse(probe.PathNeutral, probe.PathOthers)...),
			Check: checkReachable,
			Why: "A packet to the port is lost without an answer. Windows' firewall drops what no rule allows, and in its stealth mode, which is on with it, it also swallows the reset that would tell that nothing listens. " +
				"So a stopped WinRM, a missing listener and a missing rule look alike from here.",
			Fix: Fix{
				Windows: slices.Concat(lookFirst(), httpRule(), httpsRule()),
				Client:  []string{"nc -vz -w 3 {host} {portHttp}; nc -vz -w 3 {host} {portHttps}", otherFirewalls},
			},
		},
		{
			ID: "port-listening", Row: "A8", Title: "Something listens on the port",
			Broken: "the host refuses connections to {refused}", Kind: Requirement, Source: field(sectionReach), Breaks: "remoting-enabled",
			After: []string{"name-resolves", "port-reachable"}, Routes: allRoutes(),
			Needs: append([]Need{{Path: probe.PathHTTPDial, Strength: NeedsTried}}, mayUse(probe.PathHTTPSDial)...), Check: checkListening,
			Why: "Something answered the connection with a reset. A Windows whose firewall is on mostly stays silent where nothing listens (its stealth mode swallows the reset), so either that firewall is off and nothing has the port, " +
				"or a firewall, NAT or port forward in front of the host answered.",
			Fix: Fix{
				Windows: []string{"Get-Service WinRM; winrm enumerate winrm/config/listener   # wanted: running, with a listener on the port",
					"Enable-PSRemoting -Force   # makes service, listener and firewall rules where they are missing"},
				Client: []string{"pstest check {host} --port-http PORT   # in case the listener has another port"},
			},
		},
	}
}

// port is one of the two WinRM ports and what came of connecting to it.
type port struct {
	path   probe.Path
	number int
	routes []probe.Route
	dial   *probe.Observed[probe.Dial]
}

func ports(f *probe.Facts) []port {
	return []port{
		{probe.PathHTTPDial, f.Target.PortHTTP, httpRoutes(), &f.HTTP.Dial},
		{probe.PathHTTPSDial, f.Target.PortHTTPS, httpsRoutes(), &f.HTTPS.Dial},
	}
}

// asked lists the ports to which a connection was tried.
func asked(f *probe.Facts) []port {
	return slices.DeleteFunc(ports(f), func(p port) bool { return !tried(*p.dial) })
}

func (p port) open() bool    { return seen(*p.dial) }
func (p port) refused() bool { return failedAs(*p.dial, probe.ClassRefused) }

// silent: no answer at all, or one from a router on the way.
func (p port) silent() bool {
	return failedAs(*p.dial, probe.ClassSilent, probe.ClassUnroutable)
}

func (p port) String() string { return "port " + strconv.Itoa(p.number) }

func (p port) evidence() Evidence {
	if p.open() {
		return fact(string(p.path), p.String(), "open at "+orNone(p.dial.Value.Address))
	}
	return fact(string(p.path), p.String(), p.dial.Failure.String())
}

// portsThat names the asked ports of which something is true: "port 5985 and port 5986".
func portsThat(f *probe.Facts, is func(port) bool) string {
	var names []string
	for _, p := range asked(f) {
		if is(p) {
			names = append(names, strings.TrimPrefix(p.String(), "port "))
		}
	}
	switch len(names) {
	case 0:
		return "no port"
	case 1:
		return "port " + names[0]
	}
	return "ports " + strings.Join(names, " and ")
}

// collect gives the evidence and the routes of the ports of which something is true.
func collect(all []port, is func(port) bool) (told []Evidence, routes []probe.Route) {
	for _, p := range all {
		if is(p) {
			told = append(told, p.evidence())
			routes = append(routes, p.routes...)
		}
	}
	return told, routes
}

func checkResolves(f *probe.Facts) Result {
	if !seen(f.Resolve) {
		return broken(failureOf(probe.PathResolve, "resolver", f.Resolve))
	}
	if f.Resolve.Value.Literal {
		return notApplicable("an address was asked for, not a name")
	}
	return met(fact(at(probe.PathResolve, "addresses"), "addresses", strings.Join(f.Resolve.Value.Addresses, ", ")))
}

func checkReachable(f *probe.Facts) Result {
	told, routes := collect(asked(f), port.silent)
	if len(told) == 0 {
		all, _ := collect(asked(f), func(p port) bool { return p.open() || p.refused() })
		if len(all) == 0 {
			return unknown("the connections could not be tried to their end")
		}
		return met(all...)
	}
	more, hypotheses := silence(f)
	r := broken(append(told, more...)...)
	r.Routes, r.Hypotheses, r.Fix = routes, hypotheses, reachFix(f)
	return r
}

// lookFirst only looks.
func lookFirst() []string {
	return []string{
		serviceAndListener,
		"Get-NetConnectionProfile   # a Public network lets in its own subnet at most",
		"Get-NetFirewallRule -Name WINRM* | Format-Table Name, Enabled, Profile, Action",
	}
}

const (
	serviceAndListener = "Get-Service WinRM; winrm enumerate winrm/config/listener"
	otherFirewalls     = "# in a cloud: allow the port in the security group; elsewhere: VPN, routing, firewalls on the way"
)

// httpRule lets one more address in on a public network. The rule's name
// differs between Windows versions.
func httpRule() []string {
	return []string{
		"Enable-PSRemoting -SkipNetworkProfileCheck -Force   # only where it was never enabled: makes service, listener and firewall rules",
		publicRules + " | Set-NetFirewallRule -RemoteAddress LocalSubnet, {ownaddress}   # only where the network is public: lets this computer in, too",
	}
}

// publicRules are WinRM's firewall rules for public networks.
const publicRules = "Get-NetFirewallRule -Name WINRM-HTTP-In-TCP* | Where-Object Profile -match Public"

func httpsRule() []string {
	return []string{"New-NetFirewallRule -DisplayName 'WinRM over HTTPS' -Direction Inbound -Protocol TCP -LocalPort {portHttps} -RemoteAddress {ownaddress} -Action Allow   # only where the listener is there and no rule lets it be reached: lets this computer in"}
}

// reachFix speaks of the silent ports alone.
func reachFix(f *probe.Facts) *Fix {
	fix := &Fix{Windows: lookFirst()}
	for _, p := range asked(f) {
		switch {
		case !p.silent():
			continue
		case p.path == probe.PathHTTPDial:
			fix.Windows = append(fix.Windows, httpRule()...)
		default:
			fix.Windows = append(fix.Windows, httpsRule()...)
		}
		fix.Client = append(fix.Client, "nc -vz -w 3 {host} "+strconv.Itoa(p.number))
	}
	fix.Client = append(fix.Client, otherFirewalls)
	return fix
}

// silence ranks the causes of a silent port by what else was seen.
func silence(f *probe.Facts) ([]Evidence, []Hypothesis) {
	lively, _ := collect(asked(f), func(p port) bool { return p.open() || p.refused() })
	alive, told := neighbours(f)
	answering := otherAddress(f)
	var causes []Hypothesis
	if answering != "" {
		causes = append(causes, Hypothesis{Limit: "name-resolves", Cause: "the name has an address that is not, or no longer, this host's: " + answering + " answers",
			Decide: "pstest check " + word(answering, "<ADDRESS>"), Grade: "reported"})
	}
	switch {
	case len(lively) > 0 && failedAs(f.HTTPS.Dial, probe.ClassSilent, probe.ClassUnroutable):
		causes = append(causes, noHTTPSListener(), Hypothesis{Cause: "a firewall lets the HTTP port through and not this one", Grade: "reported",
			Decide: "on the host: Get-NetFirewallPortFilter | Where-Object LocalPort -eq " + strconv.Itoa(f.Target.PortHTTPS) +
				" | Get-NetFirewallRule | Format-Table DisplayName, Enabled, Direction, Profile, Action"})
	case len(lively) > 0:
		causes = append(causes, Hypothesis{Cause: "the host is meant to be reached over HTTPS alone", Grade: "reported",
			Decide: "on the host: winrm enumerate winrm/config/listener"})
	case alive:
		causes = append(causes, silentFirewall(f)...)
	default:
		causes = append(causes, Hypothesis{Cause: "the host is down, or its address is another one", Grade: "documented", Decide: "look at its console, or ask who runs it"},
			Hypothesis{Cause: "a firewall or routing on the way drops everything from here", Grade: "documented", Decide: "try from a computer in the host's subnet"})
		causes = append(causes, silentFirewall(f)...)
	}
	return told, causes
}

func noHTTPSListener() Hypothesis {
	return Hypothesis{Limit: "https-listener", Cause: "the host has no HTTPS listener (none comes by default), and its firewall drops instead of refusing", Grade: "documented",
		Decide: "on the host: winrm enumerate winrm/config/listener"}
}

// silentFirewall are the causes on the host itself. The rule for public
// networks comes first unless this computer is in the host's subnet, which
// that rule lets in.
func silentFirewall(f *probe.Facts) []Hypothesis {
	off := Hypothesis{Limit: "remoting-enabled", Cause: "remoting was never enabled, so no firewall rule lets WinRM in", Grade: "documented",
		Decide: "on the host: Get-NetFirewallRule -Name WINRM* | Format-Table Name, Enabled, Profile"}
	stopped := Hypothesis{Limit: "winrm-service", Cause: "WinRM is stopped or has no listener on the port, and the firewall's stealth mode keeps that quiet", Grade: "documented",
		Decide: "on the host: " + serviceAndListener}
	if local, _ := onSubnet(f); local {
		return []Hypothesis{stopped, off}
	}
	const network = "on the host: Get-NetConnectionProfile"
	return []Hypothesis{
		stopped,
		{Limit: "client-public-network", Cause: "a client Windows on a public network: only its own subnet gets in, if anyone", Decide: network, Grade: "documented"},
		{Limit: "server-public-network", Cause: "a Windows Server on a public network: only its own subnet gets in", Decide: network, Grade: "documented"},
		off,
	}
}

// neighbours tells whether any other well-known port of the host answered, in
// whatever way.
func neighbours(f *probe.Facts) (alive bool, told []Evidence) {
	for _, d := range f.Neutral.Value {
		state := "open"
		if d.Failure != nil {
			state = string(d.Failure.Class)
		}
		alive = alive || d.Failure == nil || d.Failure.Class == probe.ClassRefused
		told = append(told, fact(string(probe.PathNeutral), "port "+strconv.Itoa(d.Port), state))
	}
	return alive, told
}

// otherAddress is a further address of the name on which a WinRM port is open; "" when none is.
func otherAddress(f *probe.Facts) string {
	for _, o := range f.Others.Value {
		if seen(o.HTTP) || seen(o.HTTPS) {
			return o.Address
		}
	}
	return ""
}

func checkListening(f *probe.Facts) Result {
	plain := ports(f)[0]
	switch {
	case plain.open():
		return met(plain.evidence())
	case !plain.refused():
		return unknown(f.HTTP.Dial.Failure.String())
	}
	told, routes := collect(asked(f), port.refused)
	r := broken(told...)
	r.Routes, r.Hypotheses = routes, refusedHypotheses(f, plain)
	return r
}

// refusedHypotheses are the two kinds of sender that a reset has: likelier the
// host itself where its other port answers.
func refusedHypotheses(f *probe.Facts, p port) []Hypothesis {
	here := Hypothesis{Limit: "winrm-service", Cause: "the host itself, with its firewall off: WinRM is stopped or has no listener on the port", Grade: "documented",
		Decide: "on the host: " + serviceAndListener}
	if p.path == probe.PathHTTPSDial {
		here = Hypothesis{Limit: "https-listener", Cause: "the host itself: it has no HTTPS listener, as none comes by default", Grade: "documented",
			Decide: "on the host: winrm enumerate winrm/config/listener"}
	}
	front := Hypothesis{Cause: "something in front of the host rejects the connection, or forwards the port to where nothing listens", Grade: "reported",
		Decide: "from a computer in the host's subnet: nc -vz -w 3 {host} " + strconv.Itoa(p.number)}
	if slices.ContainsFunc(ports(f), port.open) {
		return []Hypothesis{here, front}
	}
	return []Hypothesis{front, here}
}
