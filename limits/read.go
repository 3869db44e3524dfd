package limits

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"pstest/certs"
	"pstest/negotiate"
	"pstest/probe"
	"pstest/wsman"
)

// seen tells whether an observation has a value.
func seen[T any](o probe.Observed[T]) bool { return o.State == probe.Seen }

// tried tells whether an observation was made, whatever came of it.
func tried[T any](o probe.Observed[T]) bool { return o.State != probe.NotRun }

// failedAs tells whether an observation failed in one of the ways.
func failedAs[T any](o probe.Observed[T], classes ...probe.Class) bool {
	return o.State == probe.Failed && o.Failure != nil && slices.Contains(classes, o.Failure.Class)
}

// fact is one piece of evidence.
func fact(path, label, value string) Evidence {
	return Evidence{Path: path, Label: label, Value: value}
}

// failureOf is the evidence that an observation failed.
func failureOf[T any](p probe.Path, label string, o probe.Observed[T]) Evidence {
	return fact(string(p), label, o.Failure.String())
}

// at joins an observation's path with the name of a value inside it.
func at(p probe.Path, rest string) string { return string(p) + "." + rest }

func met(e ...Evidence) Result    { return Result{Verdict: Met, Evidence: e} }
func broken(e ...Evidence) Result { return Result{Verdict: Broken, Evidence: e} }

// brokenInNoWay is broken without standing in any route's way.
func brokenInNoWay(e ...Evidence) Result {
	return Result{Verdict: Broken, Evidence: e, Routes: inNoWay()}
}

func unknown(why string, e ...Evidence) Result {
	return Result{Verdict: Unknown, Why: why, Evidence: e}
}

func notApplicable(why string) Result { return Result{Verdict: NotApplicable, Why: why} }

// inNoWay are the routes of a broken limit that stands in nobody's way.
func inNoWay() []probe.Route { return []probe.Route{} }

// Routes by listener.
func httpRoutes() []probe.Route {
	return []probe.Route{probe.RouteNegotiateHTTP, probe.RouteBasicHTTP}
}

func httpsRoutes() []probe.Route {
	return []probe.Route{probe.RouteNegotiateHTTPS, probe.RouteBasicHTTPS}
}

func negotiateRoutes() []probe.Route {
	return []probe.Route{probe.RouteNegotiateHTTP, probe.RouteNegotiateHTTPS}
}

func allRoutes() []probe.Route { return slices.Concat(httpRoutes(), httpsRoutes()) }

// identity is what the service says of itself, from the first observation that
// has it, with that observation's path.
func identity(f *probe.Facts) (wsman.Identity, probe.Path, bool) {
	switch {
	case seen(f.HTTP.Identify):
		return f.HTTP.Identify.Value, probe.PathHTTPIdentify, true
	case seen(f.HTTPS.Identify):
		return f.HTTPS.Identify.Value, probe.PathHTTPSIdentify, true
	}
	for _, a := range attempts(f) {
		if a.seen() && a.auth.Value.Outcome == probe.Accepted {
			return a.auth.Value.Identity, a.path, true
		}
	}
	return wsman.Identity{}, "", false
}

// needIdentity is the need of a rule that calls identity.
func needIdentity(s Strength) Need {
	return Need{Path: probe.PathHTTPIdentify, Strength: s, Or: append([]probe.Path{probe.PathHTTPSIdentify}, attemptPaths()...)}
}

// mayUse declares observations that a rule reads where they were made.
func mayUse(paths ...probe.Path) []Need {
	needs := make([]Need, len(paths))
	for i, p := range paths {
		needs[i] = Need{Path: p, Strength: MayUse}
	}
	return needs
}

// ntlm is what the NTLM challenge told, from the listener that gave one.
func ntlm(f *probe.Facts) (probe.NTLM, probe.Path, bool) {
	switch {
	case seen(f.HTTP.NTLM):
		return f.HTTP.NTLM.Value, probe.PathHTTPNTLM, true
	case seen(f.HTTPS.NTLM):
		return f.HTTPS.NTLM.Value, probe.PathHTTPSNTLM, true
	}
	return probe.NTLM{}, "", false
}

// handshake is the TLS handshake whose chain is judged: that of a strict
// client, else the permissive one.
func handshake(f *probe.Facts) (probe.Handshake, probe.Path, bool) {
	switch {
	case seen(f.HTTPS.TLS):
		return f.HTTPS.TLS.Value, probe.PathHTTPSTLS, true
	case seen(f.HTTPS.Legacy):
		return f.HTTPS.Legacy.Value, probe.PathHTTPSLegacy, true
	}
	return probe.Handshake{}, "", false
}

// needChain is the need of a rule that calls chain.
func needChain() []Need {
	return []Need{{Path: probe.PathHTTPSTLS, Strength: NeedsSeen, Or: []probe.Path{probe.PathHTTPSLegacy}}}
}

// chain is the certificate chain of the HTTPS listener; needChain makes sure
// that there is one.
func chain(f *probe.Facts) (certs.Inspection, probe.Path) {
	h, p, _ := handshake(f)
	return h.Chain, p + ".chain"
}

// attempt is one observation with credentials and the route that it proves.
type attempt struct {
	path  probe.Path
	route probe.Route
	name  string // for people
	auth  *probe.Observed[probe.Authentication]
}

// attempts lists the attempts with the real account, in their order. The
// unsealed one is not among them: it repeats the first in another form.
func attempts(f *probe.Facts) []attempt {
	return []attempt{
		{probe.PathHTTPNegotiate, probe.RouteNegotiateHTTP, "Negotiate over HTTP", &f.HTTP.Negotiate},
		{probe.PathHTTPSNegotiate, probe.RouteNegotiateHTTPS, "Negotiate over HTTPS", &f.HTTPS.Negotiate},
		{probe.PathHTTPSBasic, probe.RouteBasicHTTPS, "Basic over HTTPS", &f.HTTPS.Basic},
		{probe.PathHTTPBasic, probe.RouteBasicHTTP, "Basic over HTTP", &f.HTTP.Basic},
	}
}

func attemptPaths() []probe.Path {
	return []probe.Path{probe.PathHTTPNegotiate, probe.PathHTTPSNegotiate, probe.PathHTTPSBasic, probe.PathHTTPBasic}
}

func (a attempt) seen() bool { return a.auth.State == probe.Seen }

// is tells whether the attempt ended so.
func (a attempt) is(o probe.Outcome) bool { return a.seen() && a.auth.Value.Outcome == o }

// evidence is the attempt's outcome as a fact.
func (a attempt) evidence() Evidence {
	v := a.auth.Value
	value := string(v.Outcome)
	if v.Status != 0 {
		value += ", status " + strconv.Itoa(v.Status)
	}
	if v.User != "" {
		value += ", sent as " + qualified(v.Domain, v.User)
	}
	return fact(at(a.path, "outcome"), a.name, value)
}

// ended lists the attempts that ended so.
func ended(f *probe.Facts, o probe.Outcome) []attempt {
	return slices.DeleteFunc(attempts(f), func(a attempt) bool { return !a.is(o) })
}

// qualified is the account as Windows writes it, without a qualifier where
// there is none.
func qualified(domain, user string) string {
	if domain == "" {
		return user
	}
	return domain + `\` + user
}

// answers lists what the two listeners said to a request without credentials.
func answers(f *probe.Facts) []answer {
	return []answer{
		{probe.PathHTTPChallenge, httpRoutes(), f.Target.PortHTTP, &f.HTTP.Challenge},
		{probe.PathHTTPSChallenge, httpsRoutes(), f.Target.PortHTTPS, &f.HTTPS.Challenge},
	}
}

type answer struct {
	path   probe.Path
	routes []probe.Route
	port   int
	obs    *probe.Observed[probe.Challenge]
}

func (a answer) seen() bool { return a.obs.State == probe.Seen }

// status is the answer's status as a fact.
func (a answer) status() Evidence {
	return fact(at(a.path, "status"), "answer on port "+strconv.Itoa(a.port), "status "+strconv.Itoa(a.obs.Value.Status))
}

// server is the answer's Server header as a fact.
func (a answer) server() Evidence {
	return fact(at(a.path, "server"), "Server header on port "+strconv.Itoa(a.port), orNone(a.obs.Value.Server))
}

// offered lists the schemes of the answer, with its port.
func (a answer) offered() Evidence {
	e := offered(a.path, a.obs.Value.Offer)
	e.Label += " on port " + strconv.Itoa(a.port)
	return e
}

// needAnswers is the need of a rule that looks at what either listener answered.
func needAnswers(s Strength) Need {
	return Need{Path: probe.PathHTTPChallenge, Strength: s, Or: []probe.Path{probe.PathHTTPSChallenge}}
}

// windowsHTTP tells whether the answer is from http.sys, the part of Windows
// that listens for WinRM.
func windowsHTTP(c probe.Challenge) bool { return strings.HasPrefix(c.Server, "Microsoft-HTTPAPI/") }

// offered lists the schemes of an answer as a fact.
func offered(p probe.Path, offer []negotiate.Scheme) Evidence {
	names := make([]string, len(offer))
	for i, s := range offer {
		names[i] = s.Name
	}
	return fact(at(p, "offer"), "offered schemes", orNone(strings.Join(names, ", ")))
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// version reads "3.0" and "10.0.20348" as numbers; ok is false when the first
// part is none.
func major(version string) (int, bool) {
	first, _, _ := strings.Cut(strings.TrimSpace(version), ".")
	n, err := strconv.Atoi(first)
	return n, err == nil && n >= 0
}

// isAddress tells whether the user asked for an address, not for a name.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// label is the first label of a name.
func label(name string) string {
	first, _, _ := strings.Cut(name, ".")
	return first
}

// rounded prints a difference of clocks.
func rounded(d time.Duration) string {
	if d < 0 {
		return fmt.Sprintf("%v behind", (-d).Round(time.Second))
	}
	return fmt.Sprintf("%v ahead", d.Round(time.Second))
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
