package limits

import (
	"slices"
	"strconv"

	"pstest/probe"
)

// sectionListener groups the field failures of what answers on the ports.
const sectionListener = "what answers on the port"

// beforeListener are the limits that explain a port where nothing was to be seen.
func beforeListener() []string { return []string{"name-resolves", "port-reachable", "port-listening"} }

func listenerLimits() []Limit {
	return []Limit{
		{
			ID: "scheme-on-port", Row: "A15", Title: "Each port speaks its scheme",
			Broken: "HTTP and HTTPS are on each other's ports", Kind: Requirement, Source: field(sectionListener),
			After: beforeListener(), Routes: allRoutes(),
			Needs: append([]Need{{Path: probe.PathHTTPChallenge, Strength: NeedsTried, Or: []probe.Path{probe.PathHTTPSTLS}}}, mayUse(probe.PathHTTPTLS, probe.PathHTTPSPlain)...),
			Check: checkScheme,
			Why:   "A listener speaks either HTTP or TLS. A client that speaks the other one gets an error page, a reset or nothing, and rarely says which of the two it was.",
			Fix: Fix{
				Windows: []string{"winrm enumerate winrm/config/listener   # Transport and Port of each listener"},
				Client:  []string{"pstest check {host} --port-http {portHttps} --port-https {portHttp}   # the other way round"},
			},
		},
		{
			ID: "answers-requests", Row: "B20", Title: "The listener answers requests",
			Broken: "the host accepts connections and does not answer", Kind: Requirement, Source: field(sectionListener),
			After: append(beforeListener(), "scheme-on-port"), Routes: allRoutes(),
			Needs: append([]Need{{Path: probe.PathHTTPChallenge, Strength: NeedsTried, Or: []probe.Path{probe.PathHTTPSTLS, probe.PathHTTPSChallenge}}},
				mayUse(probe.PathHTTPTLS, probe.PathHTTPNegotiate, probe.PathHTTPSNegotiate, probe.PathHTTPSBasic, probe.PathHTTPBasic)...),
			Check: checkAnswers,
			Why:   "Something took the connection and then said nothing. A host that is starting or out of breath does that, so do port forwards with nothing behind them, and networks that lose large packets.",
			Fix: Fix{
				Windows: []string{"Restart-Service WinRM", "Get-WinEvent -LogName Microsoft-Windows-WinRM/Operational -MaxEvents 20"},
				Client:  []string{"pstest check {host} --timeout 60s   # once more, with patience", "ping -M do -s 1472 -c 3 {host}   # Linux: does a full-size packet get through?"},
			},
		},
		{
			ID: "windows-winrm", Row: "B17", Title: "Windows' WinRM answers",
			Broken: "what answers is not Windows' WinRM", Kind: Requirement, Source: field(sectionListener), Breaks: "winrm-service",
			After: append(beforeListener(), "scheme-on-port", "no-proxy-between", "answers-requests"), Routes: allRoutes(),
			Needs: append([]Need{{Path: probe.PathHTTPChallenge, Strength: NeedsTried, Or: []probe.Path{probe.PathHTTPSChallenge}}},
				mayUse(probe.PathHTTPIdentify, probe.PathHTTPSIdentify, probe.PathHTTPNTLM, probe.PathHTTPTLS)...),
			Check: checkWindows,
			Why:   "Windows answers for WinRM through its own HTTP service, which calls itself Microsoft-HTTPAPI. Another web server, a management card, OMI on Linux or a reverse proxy may have the port, and may even know the protocol.",
			Fix: Fix{
				Windows: []string{"Get-NetTCPConnection -State Listen -LocalPort {portHttp}, {portHttps} | Format-Table LocalAddress, LocalPort, OwningProcess   # WinRM shows as process 4", "winrm enumerate winrm/config/listener"},
				Client:  []string{"getent hosts {host}   # is this the computer that you mean?"},
			},
		},
		{
			ID: "service-available", Row: "B19", Title: "The service is available",
			Broken: "Windows answers for a WinRM service that is not there (status 503)", Kind: Requirement, Source: field(sectionListener), Breaks: "winrm-service",
			After: append(beforeListener(), "no-proxy-between", "windows-winrm"), Routes: allRoutes(),
			Needs: []Need{needAnswers(NeedsSeen)}, Check: checkStatus(503),
			Why: "Status 503 comes from Windows' HTTP service when the address is reserved for a program that does not run, or when two reservations fight for it. The program is WinRM.",
			Fix: Fix{
				Windows: []string{"Restart-Service WinRM", "netsh http show urlacl url=http://+:{portHttp}/wsman/", "netsh http show servicestate view=requestq"},
				Client:  []string{"pstest check {host}   # again afterwards"},
			},
		},
		{
			ID: "wsman-url", Row: "B1", Title: "The WS-Management path exists",
			Broken: "the host has nothing at {path} (status 404)", Kind: Requirement, Source: field(sectionListener),
			After: append(beforeListener(), "no-proxy-between", "windows-winrm"), Routes: allRoutes(),
			Needs: append([]Need{needAnswers(NeedsSeen)}, mayUse(probe.PathOthers)...), Check: checkPath,
			Why: "Windows' HTTP service runs, and WinRM is not registered for this address and path. Mostly a policy gave the listener an empty or wrong address filter, so that it listens on no address, or on another one of the host's.",
			Fix: Fix{
				Windows: []string{"winrm enumerate winrm/config/listener   # ListeningOn must have this address, URLPrefix is wsman",
					"# Group Policy, WinRM Service, 'Allow remote server management through WinRM': both filters *"},
				Client: []string{"pstest check {host} --path /wsman", "pstest check {host} -4; pstest check {host} -6   # one address family may be left out"},
			},
		},
	}
}

func checkScheme(f *probe.Facts) Result {
	var told []Evidence
	var routes []probe.Route
	if seen(f.HTTP.TLS) {
		told = append(told, fact(at(probe.PathHTTPTLS, "version"), "port "+strconv.Itoa(f.Target.PortHTTP)+" speaks", f.HTTP.TLS.Value.Version))
		routes = append(routes, httpRoutes()...)
	}
	if seen(f.HTTPS.Plain) || failedAs(f.HTTPS.TLS, probe.ClassPlainOnTLS) {
		told = append(told, fact(string(probe.PathHTTPSTLS), "port "+strconv.Itoa(f.Target.PortHTTPS)+" speaks", "HTTP without TLS"))
		routes = append(routes, httpsRoutes()...)
	}
	switch {
	case len(told) > 0:
		r := broken(told...)
		r.Routes = routes
		return r
	case seen(f.HTTP.Challenge):
		return met(answers(f)[0].status())
	case seen(f.HTTPS.TLS):
		return met(fact(at(probe.PathHTTPSTLS, "version"), "port "+strconv.Itoa(f.Target.PortHTTPS)+" speaks", f.HTTPS.TLS.Value.Version))
	}
	return unknown("neither port answered in a way that tells its scheme")
}

func checkAnswers(f *probe.Facts) Result {
	var told []Evidence
	var routes []probe.Route
	if failedAs(f.HTTP.Challenge, probe.ClassSilent, probe.ClassReset) && !seen(f.HTTP.TLS) {
		told = append(told, failureOf(probe.PathHTTPChallenge, "request over HTTP", f.HTTP.Challenge))
		routes = append(routes, httpRoutes()...)
	}
	if failedAs(f.HTTPS.TLS, probe.ClassSilent) {
		told = append(told, failureOf(probe.PathHTTPSTLS, "TLS handshake", f.HTTPS.TLS))
		routes = append(routes, httpsRoutes()...)
	}
	if failedAs(f.HTTPS.Challenge, probe.ClassSilent, probe.ClassReset) {
		told = append(told, failureOf(probe.PathHTTPSChallenge, "request over HTTPS", f.HTTPS.Challenge))
		routes = append(routes, httpsRoutes()...)
	}
	if len(told) > 0 {
		r := broken(told...)
		r.Routes = unproven(f, routes)
		return r
	}
	for _, a := range answers(f) {
		if a.seen() {
			return met(a.status())
		}
	}
	return unknown("no request got as far as an answer")
}

// unproven leaves out the routes on which logging on worked: what is broken
// does not stand in their way.
func unproven(f *probe.Facts, routes []probe.Route) []probe.Route {
	out := inNoWay()
	for _, r := range routes {
		works := slices.ContainsFunc(attempts(f), func(a attempt) bool { return a.route == r && a.is(probe.Accepted) })
		if !works && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// checkStatus is broken where Windows' HTTP service answers with a status.
func checkStatus(code int) func(*probe.Facts) Result {
	return func(f *probe.Facts) Result {
		var told []Evidence
		var routes []probe.Route
		for _, a := range answers(f) {
			if a.seen() && a.obs.Value.Status == code && windowsHTTP(a.obs.Value) {
				told = append(told, a.status(), a.server())
				routes = append(routes, a.routes...)
			}
		}
		if len(told) == 0 {
			for _, a := range answers(f) {
				if a.seen() {
					told = append(told, a.status())
				}
			}
			return met(told...)
		}
		r := broken(told...)
		r.Routes = routes
		return r
	}
}

func checkPath(f *probe.Facts) Result {
	r := checkStatus(404)(f)
	if r.Verdict != Broken {
		return r
	}
	r.Evidence = append(r.Evidence, fact("target.path", "path", f.Target.Path))
	for _, o := range f.Others.Value {
		if seen(o.Challenge) && o.Challenge.Value.Status != 404 {
			r.Evidence = append(r.Evidence, fact(string(probe.PathOthers), "answer at "+o.Address, "status "+strconv.Itoa(o.Challenge.Value.Status)))
		}
	}
	r.Hypotheses = []Hypothesis{
		{Limit: "remoting-enabled", Cause: "the listener's address filter leaves this address out", Grade: "reported", Decide: "on the host: winrm enumerate winrm/config/listener   # ListeningOn"},
		{Cause: "the listener has another URLPrefix", Grade: "documented", Decide: "on the host: winrm enumerate winrm/config/listener   # URLPrefix"},
	}
	return r
}
