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
			Broken: "a port speaks the other's scheme", Kind: Requirement, Source: field(sectionListener),
			After: beforeListener(), Routes: allRoutes(),
			Needs: append([]Need{{Path: probe.PathHTTPChallenge, Strength: NeedsTried, Or: []probe.Path{probe.PathHTTPSTLS}}},
				mayUse(probe.PathHTTPTLS, probe.PathHTTPSPlain, probe.PathHTTPIdentify, probe.PathHTTPNTLM)...),
			Check: checkScheme,
			Why:   "A listener speaks either HTTP or TLS. A client that speaks the other one gets an error page, a reset or nothing, and rarely says which of the two it was.",
			Fix: Fix{
				Windows: []string{transports},
				Client:  []string{"pstest check {host} --port-https PORT   # the port on which TLS is spoken"},
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
				Client:  []string{"pstest check {host} --timeout 60s   # with more patience", "ping -M do -s 1472 -c 3 {host}   # on Linux, shows whether a full-size packet gets through"},
			},
		},
		{
			ID: "windows-winrm", Row: "B17", Title: "Windows' WinRM answers",
			Broken: "what answers is not Windows' WinRM", Kind: Requirement, Source: field(sectionListener), Breaks: "winrm-service",
			After: append(beforeListener(), "scheme-on-port", "no-proxy-between", "answers-requests"), Routes: allRoutes(),
			Needs: append([]Need{{Path: probe.PathHTTPChallenge, Strength: NeedsTried, Or: []probe.Path{probe.PathHTTPSChallenge}}},
				mayUse(probe.PathHTTPIdentify, probe.PathHTTPSIdentify, probe.PathHTTPNTLM, probe.PathHTTPTLS, probe.PathHTTPSTLS)...),
			Check: checkWindows,
			Why:   "Windows answers for WinRM through its own HTTP service, which calls itself Microsoft-HTTPAPI. Another web server, a management card, OMI on Linux or a reverse proxy may have the port, and may even know the protocol.",
			Fix: Fix{
				Windows: []string{"Get-NetTCPConnection -State Listen -LocalPort {portHttp}, {portHttps} | Format-Table LocalAddress, LocalPort, OwningProcess   # WinRM's listener belongs to process 4", "winrm enumerate winrm/config/listener"},
				Client:  []string{"getent hosts {host}   # shows which computer is asked"},
			},
		},
		{
			ID: "service-available", Row: "B19", Title: "The service is available",
			Broken: "Windows' HTTP service answers 503 in WinRM's place", Kind: Requirement, Source: field(sectionListener), Breaks: "winrm-service",
			After: append(beforeListener(), "no-proxy-between", "windows-winrm"), Routes: allRoutes(),
			Needs: []Need{needAnswers(NeedsSeen)}, Check: checkStatus(503),
			Why: "Status 503 is reported when the program for which the address is reserved does not run, or when two reservations fight for it. Reports of it with WinRM are few.",
			Fix: Fix{
				Windows: []string{"Restart-Service WinRM", "netsh http show urlacl url=http://+:{portHttp}/wsman/", "netsh http show servicestate view=requestq"},
				Client:  []string{"pstest check {host}   # to be run again afterwards"},
			},
		},
		{
			ID: "wsman-url", Row: "B1", Title: "The WS-Management path exists",
			Broken: "the host has nothing at {path} (status 404)", Kind: Requirement, Source: field(sectionListener),
			After: append(beforeListener(), "no-proxy-between", "windows-winrm"), Routes: allRoutes(),
			Needs: append([]Need{needAnswers(NeedsSeen)}, mayUse(probe.PathOthers)...), Check: checkPath,
			Why: "Windows' HTTP service runs, and WinRM is not registered for this address and path. Mostly a policy gave the listener an empty or wrong address filter, so that it listens on no address, or on another one of the host's.",
			Fix: Fix{
				Windows: []string{"winrm enumerate winrm/config/listener   # wanted: this address under ListeningOn, URLPrefix wsman",
					"# Group Policy, WinRM Service, 'Allow remote server management through WinRM': both filters *"},
				Client: []string{bothFamilies},
			},
		},
	}
}

// Commands of this file that several cases share.
const (
	transports   = "winrm enumerate winrm/config/listener   # shows Transport and Port of each listener"
	bothFamilies = "pstest check {host} -4; pstest check {host} -6   # the listener may leave one address family out"
)

// checkScheme tells the port that is wrong from two that are swapped. A port
// that speaks neither scheme is nobody's listener, and another limit's matter.
func checkScheme(f *probe.Facts) Result {
	plain, secure := seen(f.HTTP.TLS), seen(f.HTTPS.Plain) || failedAs(f.HTTPS.TLS, probe.ClassPlainOnTLS)
	if plain || secure {
		return wrongScheme(f, plain, secure)
	}
	for _, l := range listeners(f) {
		if e, ok := l.neither(); ok {
			r := unknown("port "+strconv.Itoa(l.port)+" speaks neither HTTP nor TLS", e)
			r.Because = "windows-winrm"
			return r
		}
	}
	switch {
	case seen(f.HTTP.Challenge):
		return met(answers(f)[0].status())
	case seen(f.HTTPS.TLS):
		return met(fact(at(probe.PathHTTPSTLS, "version"), "port "+strconv.Itoa(f.Target.PortHTTPS)+" speaks", f.HTTPS.TLS.Value.Version))
	}
	return unknown("neither port answered in a way that tells its scheme")
}

// wrongScheme words the three cases: TLS on the HTTP port, plain HTTP on the
// HTTPS port, or both. With TLS found on the HTTP port, nothing else is in the
// way of the HTTPS routes.
func wrongScheme(f *probe.Facts, plain, secure bool) Result {
	tlsHere := fact(at(probe.PathHTTPTLS, "version"), "port "+strconv.Itoa(f.Target.PortHTTP)+" speaks", f.HTTP.TLS.Value.Version)
	httpHere := fact(string(probe.PathHTTPSTLS), "port "+strconv.Itoa(f.Target.PortHTTPS)+" speaks", "HTTP without TLS")
	var r Result
	client := ""
	switch {
	case plain && secure:
		r = broken(tlsHere, httpHere)
		r.Headline = "HTTP and HTTPS are on each other's ports"
		client = "pstest check {host} --port-http {portHttps} --port-https {portHttp}   # with the two ports swapped"
	case plain:
		r = broken(tlsHere)
		r.Headline = "port {portHttp} speaks TLS"
		r.Routes = httpRoutes()
		if !seen(f.HTTPS.TLS) {
			r.Routes = allRoutes()
		}
		client = "pstest check {host} --port-https {portHttp}   # with TLS on the port that speaks it"
	default:
		r = broken(httpHere)
		r.Headline, r.Routes = "port {portHttps} speaks plain HTTP", httpsRoutes()
		client = "pstest check {host} --port-http {portHttps}   # with plain HTTP on the port that speaks it"
	}
	r.Fix = &Fix{Windows: []string{transports}, Client: []string{client}}
	return r
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
		return inTheWay(f, broken(told...), routes)
	}
	for _, a := range answers(f) {
		if a.seen() {
			return met(a.status())
		}
	}
	return unknown("no request got as far as an answer")
}

// inTheWay puts a broken result in the way of those routes that did not work in
// spite of it. Where each of the documented ones did, it is advice.
func inTheWay(f *probe.Facts, r Result, routes []probe.Route) Result {
	r.Routes = unproven(f, routes)
	if !slices.ContainsFunc(r.Routes, func(x probe.Route) bool { return slices.Contains(documented(), x) }) {
		r.Routes, r.Advice = inNoWay(), true
	}
	return r
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
	if path := f.Target.Path; path != probe.DefaultPath {
		r.Fix = &Fix{Windows: []string{"winrm enumerate winrm/config/listener   # URLPrefix is the path, wsman by default"}, Client: []string{"pstest check {host} --path /wsman", bothFamilies}}
	}
	r.Hypotheses = []Hypothesis{
		{Limit: "remoting-enabled", Cause: "the listener's address filter leaves this address out", Grade: "reported", Decide: "on the host: winrm enumerate winrm/config/listener   # wanted: this address under ListeningOn"},
		{Cause: "the listener has another URLPrefix", Grade: "documented", Decide: "on the host: winrm enumerate winrm/config/listener   # URLPrefix is the path"},
	}
	return r
}
