package limits

import (
	"strconv"

	"pstest/probe"
	"pstest/wsman"
)

// listener is one of the two, with all that tells who answers there.
type listener struct {
	answer
	identify     *probe.Observed[wsman.Identity]
	identifyPath probe.Path
	spoke        bool                            // something else of the port was understood
	tls          probe.Observed[probe.Handshake] // of the HTTPS port
}

func listeners(f *probe.Facts) []listener {
	a := answers(f)
	return []listener{
		{answer: a[0], identify: &f.HTTP.Identify, identifyPath: probe.PathHTTPIdentify, spoke: seen(f.HTTP.Identify) || seen(f.HTTP.NTLM) || seen(f.HTTP.TLS)},
		{answer: a[1], identify: &f.HTTPS.Identify, identifyPath: probe.PathHTTPSIdentify, spoke: seen(f.HTTPS.Identify), tls: f.HTTPS.TLS},
	}
}

// neither tells whether the port speaks neither HTTP nor TLS, with the evidence.
func (l listener) neither() (Evidence, bool) {
	switch {
	case failedAs(l.tls, probe.ClassNotTLS):
		return failureOf(probe.PathHTTPSTLS, "TLS hello to port "+strconv.Itoa(l.port), l.tls), true
	case failedAs(*l.obs, probe.ClassMalformed) && !l.spoke:
		return failureOf(l.path, "answer on port "+strconv.Itoa(l.port), *l.obs), true
	}
	return Evidence{}, false
}

// checkWindows holds each listener against what is known of Windows: what
// Identify says, else who signs the answers. An answer that a proxy signed, or
// that came from the wrong scheme, does not tell.
func checkWindows(f *probe.Facts) Result {
	var alien, native []Evidence
	var routes []probe.Route
	headline := ""
	for _, l := range listeners(f) {
		told, isWindows := l.who()
		if _, ok := l.neither(); ok {
			headline = "port " + strconv.Itoa(l.port) + " speaks neither TLS nor HTTP"
		} else if len(told) > 0 && !isWindows {
			headline = "what answers is not Windows' WinRM"
		}
		switch {
		case isWindows:
			native = append(native, told...)
		case len(told) > 0:
			alien = append(alien, told...)
			routes = append(routes, l.routes...)
		}
	}
	switch {
	case len(alien) > 0:
		r := broken(alien...)
		r.Routes, r.Hypotheses, r.Headline = routes, alienHypotheses(), headline
		return r
	case len(native) > 0:
		return met(native...)
	}
	return unknown("nothing that answered said who it is")
}

// foreign tells whether a listener named itself, and not as Windows.
func foreign(f *probe.Facts) bool {
	for _, l := range listeners(f) {
		c := l.obs.Value
		switch {
		case seen(*l.identify):
			if !l.identify.Value.Microsoft() {
				return true
			}
		case l.seen() && c.Status == 401 && c.Via == "" && c.Server != "" && !windowsHTTP(c):
			return true
		}
	}
	return false
}

func alienHypotheses() []Hypothesis {
	return []Hypothesis{
		{Cause: "another program or another kind of host has the port", Grade: "reported", Decide: "on the host: Get-NetTCPConnection -State Listen | Format-Table LocalPort, OwningProcess"},
		{Limit: "no-proxy-between", Cause: "a reverse proxy or load balancer in front of WinRM answers in its own name", Grade: "reported", Decide: "check the host from its own subnet, by its address"},
		{Limit: "names-agree", Cause: "the name leads to another computer", Grade: "reported", Decide: "getent hosts {host}"},
	}
}

// who tells what a listener showed of itself and whether that is Windows. No
// evidence: it showed nothing either way.
func (l listener) who() (told []Evidence, windows bool) {
	if seen(*l.identify) {
		id := l.identify.Value
		return []Evidence{fact(at(l.identifyPath, "vendor"), "vendor on port "+strconv.Itoa(l.port), orNone(id.Vendor))}, id.Microsoft()
	}
	if e, ok := l.neither(); ok {
		return []Evidence{e}, false
	}
	c := l.obs.Value
	switch {
	case !l.seen() || c.Via != "" || l.spoke && c.Status == 400:
		return nil, false
	case windowsHTTP(c) && c.Status >= 400:
		return []Evidence{l.server()}, true
	case c.Server == "" && c.Status == 401:
		return nil, false
	}
	return append([]Evidence{l.server(), l.status()}, l.page()...), false
}

// page is the title of an HTML answer.
func (l listener) page() []Evidence {
	if l.obs.Value.Title == "" {
		return nil
	}
	return []Evidence{fact(at(l.path, "title"), "page on port "+strconv.Itoa(l.port), l.obs.Value.Title)}
}
