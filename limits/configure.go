package limits

import (
	"strconv"

	"pstest/probe"
	"pstest/wsman"
)

const sectionConfigure = "HOW TO CONFIGURE YOUR COMPUTER FOR REMOTING"

func configureLimits() []Limit {
	after := []string{"name-resolves", "port-reachable", "port-listening", "answers-requests", "windows-winrm", "service-available", "wsman-url", "scheme-on-port", "no-proxy-between", "well-formed-answers"}
	return []Limit{
		{
			ID: "remoting-enabled", Row: "L28", Title: "Remoting is enabled there",
			Broken: "the host does not receive remoting connections", Kind: Requirement, Source: topic(sectionConfigure),
			After: after, Routes: allRoutes(), Needs: append(needListener(), mayUse(attemptPaths()...)...), Check: checkEnabled,
			Why: "Connecting out needs no preparation. To be connected to, a Windows computer needs the WinRM service, a listener, firewall rules and session configurations; Enable-PSRemoting makes all four.",
			Fix: Fix{
				Windows: []string{"Enable-PSRemoting -Force"},
				Client:  []string{"pstest check {host}   # to be run again afterwards"},
			},
		},
		{
			ID: "server-enabled-by-default", Row: "L29", Title: "Windows Server: on by default",
			Broken: "remoting was switched off, if this is a Windows Server 2012 or later", Kind: Advice, Source: topic(sectionConfigure),
			After: append([]string{"remoting-enabled"}, after...), Needs: needListener(), Check: checkDefault,
			Why: "Windows Server 2012 and later come with remoting switched on. If such a host does not listen, somebody switched it off, or a policy or an image did.",
			Fix: Fix{
				Windows: []string{"Enable-PSRemoting -Force   # restores the defaults"},
				Client:  []string{"# nothing to do on this side"},
			},
		},
		{
			ID: "client-enable-psremoting", Row: "L30", Title: "Other Windows: run Enable-PSRemoting",
			Broken: "remoting was never enabled, if this is a client Windows", Kind: Advice, Source: topic(sectionConfigure),
			After: append([]string{"remoting-enabled"}, after...), Needs: needListener(), Check: checkDefault,
			Why: "Windows 10, 11 and other client systems come with remoting off: the service does not run and no port listens until Enable-PSRemoting has been run once.",
			Fix: Fix{
				Windows: []string{"Enable-PSRemoting -Force", "Enable-PSRemoting -SkipNetworkProfileCheck -Force   # in case a network is public"},
				Client:  []string{"# nothing to do on this side"},
			},
			Since: "as of the edition of 2023-07: Microsoft's topic no longer has the sentence; the defaults are the same.",
		},
		{
			ID: "winrm-service", Row: "L31", Title: "The WinRM service answers",
			Broken: "no WinRM service answers", Kind: Requirement, Source: topic(sectionConfigure),
			After: after, Routes: allRoutes(), Needs: append(needListener(), mayUse(attemptPaths()...)...), Check: checkService,
			Why: "Remoting is carried by the Windows Remote Management service. While it is stopped, or something else has its ports, there is nothing to connect to.",
			Fix: Fix{
				Windows: []string{"Set-Service WinRM -StartupType Automatic; Start-Service WinRM", "winrm enumerate winrm/config/listener"},
				Client:  []string{"pstest check {host}   # to be run again afterwards"},
			},
		},
		{
			ID: "session-opens", Row: "L32", Title: "A test session opens",
			Kind: Requirement, Source: topic(sectionConfigure),
			Later: later("it would open a session on Microsoft.PowerShell and close it again"),
			Why:   "The proof that remoting is set up is a session whose state is Opened. On the host itself New-PSSession without a name does it.",
			Fix: Fix{
				Windows: []string{"New-PSSession | Format-Table Id, ComputerName, State, ConfigurationName"},
				Client:  []string{"# the command under \"Connect with\" does it from here"},
			},
		},
		{
			ID: "troubleshooting-topic", Row: "L33", Title: "about_Remote_Troubleshooting has the rest",
			Kind: Advice, Source: topic(sectionConfigure),
			Why: "Microsoft's second topic goes through the error messages that PowerShell prints, by message. pstest explain takes the fault code out of one.",
			Fix: Fix{
				Windows: []string{"Get-Help about_Remote_Troubleshooting"},
				Client:  []string{"pstest explain CODE   # CODE is the WSManFault code of a message"},
			},
		},
	}
}

// needListener is the need of a rule about what listens: both connection
// attempts, and what came of them where something did.
func needListener() []Need {
	dial := Need{Path: probe.PathHTTPDial, Strength: NeedsTried, Or: []probe.Path{probe.PathHTTPSDial}}
	return append([]Need{dial}, mayUse(probe.PathHTTPChallenge, probe.PathHTTPSChallenge,
		probe.PathHTTPIdentify, probe.PathHTTPSIdentify)...)
}

// service is the evidence that WinRM answers: what it says of itself, or
// http.sys asking for a logon on the WS-Management path.
func service(f *probe.Facts) (Evidence, bool) {
	for _, o := range []struct {
		path probe.Path
		obs  *probe.Observed[wsman.Identity]
	}{{probe.PathHTTPIdentify, &f.HTTP.Identify}, {probe.PathHTTPSIdentify, &f.HTTPS.Identify}} {
		if seen(*o.obs) && o.obs.Value.Microsoft() {
			return fact(at(o.path, "vendor"), "service's vendor", o.obs.Value.Vendor), true
		}
	}
	for _, a := range answers(f) {
		if a.seen() && a.obs.Value.Status == 401 && windowsHTTP(a.obs.Value) {
			return fact(at(a.path, "server"), "server on port "+strconv.Itoa(a.port), a.obs.Value.Server), true
		}
	}
	return Evidence{}, false
}

// admits is the evidence that a route was accepted, whoever answers there.
func admits(f *probe.Facts) (Evidence, bool) {
	for _, a := range ended(f, probe.Accepted) {
		return a.evidence(), true
	}
	return Evidence{}, false
}

func checkService(f *probe.Facts) Result {
	if e, ok := service(f); ok {
		return met(e)
	}
	if e, ok := admits(f); ok {
		return unknown("what accepts the account does not show that it is Windows' WinRM", e)
	}
	return checkListens(f, func(a answer) bool {
		return !a.windows() && !(windowsHTTP(a.obs.Value) && a.obs.Value.Status == 404)
	})
}

func checkEnabled(f *probe.Facts) Result {
	if e, ok := service(f); ok {
		return met(e)
	}
	if e, ok := admits(f); ok {
		return met(e)
	}
	return checkListens(f, func(a answer) bool { return !a.windows() && !windowsHTTP(a.obs.Value) })
}

// checkListens is for a host where no WinRM was seen. It is broken where each
// port shows that none is there: nothing listens, or what answers is such that
// it rules WinRM out. A port that shows nothing leaves it open, and so does
// Windows' HTTP service where it answers in the place of WinRM: a listener may
// serve another address or path (404), or its service may be down (503).
func checkListens(f *probe.Facts, without func(answer) bool) Result {
	var told []Evidence
	for i, p := range ports(f) {
		a := answers(f)[i]
		switch {
		case !tried(*p.dial):
		case p.refused():
			told = append(told, p.evidence())
		case a.seen() && without(a):
			told = append(told, a.status(), a.server())
		default:
			return unknown("not every port showed what listens", told...)
		}
	}
	return broken(told...)
}

// windows tells whether the answer may be WinRM's: it is from Windows' HTTP
// service and says neither that nothing is at the path nor that nobody serves
// it, or it asks for a logon without saying who it is.
func (a answer) windows() bool {
	c := a.obs.Value
	if windowsHTTP(c) {
		return c.Status >= 400 && c.Status != 404 && c.Status != 503
	}
	return c.Status == 401
}

// checkDefault is met where WinRM answers, and undecided elsewhere: what does
// not answer does not tell which Windows it is.
func checkDefault(f *probe.Facts) Result {
	if e, ok := service(f); ok {
		return met(e)
	}
	return unknown("a host where WinRM does not answer does not tell which Windows it is")
}
