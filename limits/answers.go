package limits

import (
	"slices"
	"strconv"
	"strings"

	"pstest/probe"
)

func answerLimits() []Limit {
	return []Limit{
		{
			ID: "no-proxy-between", Row: "A16", Title: "No HTTP proxy in between",
			Broken: "an HTTP proxy answers in the host's place", Kind: Requirement, Source: field(sectionListener),
			After: beforeListener(), Routes: allRoutes(),
			Needs: append([]Need{{Path: probe.PathHTTPChallenge, Strength: NeedsTried, Or: []probe.Path{probe.PathHTTPSChallenge, probe.PathHTTPSTLS}}},
				mayUse(append(attemptPaths(), probe.PathHTTPIdentify, probe.PathHTTPSIdentify, probe.PathHTTPNTLM)...)...),
			Check: checkProxy,
			Why: "NTLM authenticates one connection and WinRM sessions hold on to it. An HTTP proxy that spreads requests over connections breaks that. " +
				"pstest itself connects directly, whatever the proxy variables say, so a sign of a proxy means that one is in the network's way.",
			Fix: Fix{
				Windows: []string{"netsh winhttp show proxy   # shows the host's own proxy, which is not the cause"},
				Client:  []string{"export NO_PROXY={host} no_proxy={host}   # helps clients that follow the variables", "# else: ask for a path without the proxy, or for TCP pass-through on the load balancer"},
			},
		},
		{
			ID: "well-formed-answers", Title: "Answers keep to their protocol",
			Broken: "the host sends what its protocol forbids", Kind: Requirement, Source: field(sectionListener),
			After: append(beforeListener(), "scheme-on-port", "no-proxy-between", "windows-winrm"), Routes: allRoutes(),
			Needs: []Need{{Path: probe.PathHTTPChallenge, Strength: NeedsTried, Or: slices.DeleteFunc(formPaths(), func(p probe.Path) bool { return p == probe.PathHTTPChallenge })}},
			Check: checkForm,
			Why:   "An answer was broken, or larger than anything that WinRM sends, and pstest stopped reading. Another service, a middlebox or somebody hostile may be behind it.",
			Fix: Fix{
				Windows: []string{"winrm enumerate winrm/config/listener   # shows whether WinRM has the port at all"},
				Client:  []string{"pstest check {host} --debug   # shows every exchange"},
			},
		},
	}
}

func checkProxy(f *probe.Facts) Result {
	var told []Evidence
	var routes []probe.Route
	for _, a := range answers(f) {
		if a.seen() && a.obs.Value.Via != "" {
			told = append(told, fact(at(a.path, "via"), "header on port "+strconv.Itoa(a.port), a.obs.Value.Via))
			routes = append(routes, a.routes...)
		}
	}
	for _, o := range forms() {
		s := f.Status(o.path)
		if o.proxied && s.State == probe.Failed && s.Failure.Class == probe.ClassProxy {
			told = append(told, fact(string(o.path), o.name, s.Failure.String()))
			routes = append(routes, o.routes...)
		}
	}
	if len(told) > 0 {
		return inTheWay(f, broken(told...), routes)
	}
	for _, a := range answers(f) {
		if a.seen() {
			return met(append([]Evidence{a.status()}, proxyVariables(f)...)...)
		}
	}
	return unknown("no answer came that could show a proxy's signs")
}

// proxyVariables is the evidence that other tools would go through a proxy.
func proxyVariables(f *probe.Facts) []Evidence {
	var told []Evidence
	if f.Client.ProxyHTTP != "" {
		told = append(told, fact("client.proxyHttp", "other tools' proxy for HTTP", f.Client.ProxyHTTP))
	}
	if f.Client.ProxyHTTPS != "" {
		told = append(told, fact("client.proxyHttps", "other tools' proxy for HTTPS", f.Client.ProxyHTTPS))
	}
	return told
}

// form is one observation of bytes that the host chose.
type form struct {
	path    probe.Path
	name    string // for people
	routes  []probe.Route
	proxied bool // a proxy's refusal would show here
}

func forms() []form {
	return []form{
		{probe.PathHTTPChallenge, "answer over HTTP", httpRoutes(), true},
		{probe.PathHTTPIdentify, "Identify over HTTP", inNoWay(), true},
		{probe.PathHTTPNTLM, "NTLM challenge over HTTP", []probe.Route{probe.RouteNegotiateHTTP}, true},
		{probe.PathHTTPRaw, "NTLM challenge in raw form", inNoWay(), true},
		{probe.PathHTTPSTLS, "TLS handshake", httpsRoutes(), true},
		{probe.PathHTTPSChallenge, "answer over HTTPS", httpsRoutes(), true},
		{probe.PathHTTPSIdentify, "Identify over HTTPS", inNoWay(), true},
		{probe.PathHTTPSNTLM, "NTLM challenge over HTTPS", []probe.Route{probe.RouteNegotiateHTTPS}, false},
	}
}

func formPaths() []probe.Path {
	var paths []probe.Path
	for _, o := range forms() {
		paths = append(paths, o.path)
	}
	return paths
}

func checkForm(f *probe.Facts) Result {
	var told []Evidence
	var routes []probe.Route
	understood := false
	for _, o := range forms() {
		s := f.Status(o.path)
		understood = understood || s.State == probe.Seen
		if s.State == probe.Failed && (s.Failure.Class == probe.ClassMalformed || s.Failure.Class == probe.ClassTooLarge) {
			told = append(told, fact(string(o.path), o.name, s.Failure.String()))
			routes = append(routes, o.routes...)
		}
	}
	switch {
	case len(told) > 0:
		r := broken(told...)
		r.Routes = append(inNoWay(), routes...)
		return r
	case understood:
		return met(fact("exchanges", "answers understood", strings.Join(understoodNames(f), ", ")))
	}
	return unknown("no answer came")
}

func understoodNames(f *probe.Facts) []string {
	var names []string
	for _, o := range forms() {
		if f.Status(o.path).State == probe.Seen {
			names = append(names, o.name)
		}
	}
	return names
}
