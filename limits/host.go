package limits

import (
	"slices"
	"strings"
	"time"

	"pstest/probe"
)

// tolerated is the difference of clocks that Kerberos allows by default and
// that nothing else here suffers from.
const tolerated = 5 * time.Minute

func hostLimits() []Limit {
	return []Limit{
		{
			ID: "names-agree", Title: "The host goes by this name",
			Broken: "the computer that answers calls itself otherwise", Kind: Advice, Source: field(sectionReach),
			After: append(beforeListener(), "windows-winrm"),
			Needs: append([]Need{{Path: probe.PathHTTPNTLM, Strength: NeedsSeen, Or: []probe.Path{probe.PathHTTPSNTLM}}}, mayUse(probe.PathResolve)...), Check: checkNamesAgree,
			Why: "The NTLM challenge names the computer. Another name than the one asked for may be an alias, and may be another computer: an old DNS record, a reused address. Passwords of the one are wrong on the other.",
			Fix: Fix{
				Windows: []string{"hostname; Get-NetIPAddress | Format-Table IPAddress", "Register-DnsClient   # to be run on the computer that is meant"},
				Client:  []string{"getent hosts {host}", "pstest check {computer}   # the name that it gives itself"},
			},
		},
		{
			ID: "one-host-answers", Row: "B18", Title: "One computer holds the connection",
			Broken: "the logon does not stay with one computer on one connection", Kind: Requirement, Source: field(sectionLogon),
			After: append(beforeListener(), "windows-winrm", "no-proxy-between"), Routes: negotiateRoutes(),
			Needs: append([]Need{{Path: probe.PathHTTPNTLM, Strength: NeedsTried, Or: []probe.Path{probe.PathHTTPSNTLM}}},
				mayUse(probe.PathHTTPRaw, probe.PathHTTPChallenge, probe.PathHTTPSChallenge, probe.PathHTTPNegotiate, probe.PathHTTPSNegotiate)...),
			Check: checkOneHost,
			Why:   "NTLM takes several messages on one connection with one computer, and a session goes on for many more. What spreads requests over computers, or closes the connection between two messages, breaks that; a balancer that passes whole TCP connections on does not.",
			Fix: Fix{
				Windows: []string{"hostname; Get-NetIPAddress | Format-Table IPAddress   # to be run on each computer behind the name"},
				Client:  []string{"# check each computer by its own name or address", "# on a load balancer: TCP pass-through, with all connections of a client to the same computer"},
			},
		},
		{
			ID: "clock", Row: "C11", Title: "The clocks agree",
			Broken: "the host's clock and this computer's differ by more than five minutes", Kind: Advice,
			Source: Source{Document: "RFC 4120", Section: "8.2. Recommended KDC Values"},
			After:  beforeListener(), Needs: needClock(), Check: checkClock,
			Why: "Kerberos refuses logons across more than five minutes, a strict policy may do so for NTLM, and certificates are judged by the clock. Which of the two clocks is wrong does not show from the difference.",
			Fix: Fix{
				Windows: []string{"w32tm /query /status; w32tm /resync"},
				Client:  []string{"timedatectl   # on Linux, tells whether the clock is synchronised", "sntp time.apple.com   # on macOS, tells the difference"},
			},
		},
	}
}

// needClock is the need of a rule that calls hostClock.
func needClock() []Need {
	return []Need{{Path: clockPaths()[0], Strength: NeedsSeen, Or: clockPaths()[1:]}}
}

// clockPaths are the observations that tell the host's time, best first.
func clockPaths() []probe.Path {
	return []probe.Path{probe.PathHTTPNTLM, probe.PathHTTPSNTLM, probe.PathHTTPChallenge, probe.PathHTTPSChallenge}
}

// hostClock is the host's clock less this computer's: from the NTLM challenge,
// which is exact, else from an answer's Date. False: the host did not tell.
func hostClock(f *probe.Facts) (time.Duration, Evidence, bool) {
	if n, p, ok := ntlm(f); ok && !n.Time.IsZero() {
		return n.Skew, fact(at(p, "skewNs"), "host's clock", rounded(n.Skew)), true
	}
	for _, a := range answers(f) {
		if a.seen() && !a.obs.Value.Date.IsZero() {
			return a.obs.Value.Skew, fact(at(a.path, "skewNs"), "host's clock", rounded(a.obs.Value.Skew)), true
		}
	}
	return 0, Evidence{}, false
}

func checkClock(f *probe.Facts) Result {
	d, e, ok := hostClock(f)
	switch {
	case !ok:
		return unknown("the host tells no time")
	case d.Abs() > tolerated:
		return broken(e)
	}
	return met(e)
}

// checkNamesAgree compares the computer's own name with the one asked for.
// An address names no computer, and a name of this computer's loopback is a
// forwarded port.
func checkNamesAgree(f *probe.Facts) Result {
	n, p, ok := ntlm(f)
	told := []Evidence{fact("target.host", "asked for", f.Target.Host)}
	switch {
	case !ok || n.NetBIOSComputer == "" && n.DNSComputer == "":
		return unknown("the host does not tell its name")
	case isAddress(f.Target.Host) || strings.EqualFold(f.Target.Host, "localhost"):
		r := notApplicable("no computer's name was asked for")
		r.Evidence = []Evidence{fact(at(p, "netbiosComputer"), "host calls itself", orNone(n.NetBIOSComputer))}
		return r
	}
	told = append(told, fact(at(p, "netbiosComputer"), "host calls itself", ownNames(n)))
	if agrees(f.Target.Host, n) {
		return met(told...)
	}
	if seen(f.Resolve) && len(f.Resolve.Value.Reverse) > 0 {
		told = append(told, fact(at(probe.PathResolve, "reverse"), "address's own name", strings.Join(f.Resolve.Value.Reverse, ", ")))
	}
	r := broken(told...)
	r.Hypotheses = []Hypothesis{
		{Cause: "the name is an alias of this computer", Grade: "documented", Decide: "getent hosts {host}; getent hosts {computer}"},
		{Limit: "name-resolves", Cause: "the name leads to another computer: an old record, a reused address", Grade: "reported", Decide: "on the computer that is meant: hostname; ipconfig"},
	}
	return r
}

// ownNames are the computer's names, each once.
func ownNames(n probe.NTLM) string {
	if strings.EqualFold(n.NetBIOSComputer, n.DNSComputer) {
		return n.NetBIOSComputer
	}
	return strings.Trim(n.NetBIOSComputer+", "+n.DNSComputer, ", ")
}

// challenges lists the NTLM challenges, each of a connection of its own.
func challenges(f *probe.Facts) []ntlmChallenge {
	return []ntlmChallenge{
		{probe.PathHTTPNTLM, probe.RouteNegotiateHTTP, &f.HTTP.NTLM, &f.HTTP.Challenge},
		{probe.PathHTTPRaw, probe.RouteNegotiateHTTP, &f.HTTP.Raw, &f.HTTP.Challenge},
		{probe.PathHTTPSNTLM, probe.RouteNegotiateHTTPS, &f.HTTPS.NTLM, &f.HTTPS.Challenge},
	}
}

type ntlmChallenge struct {
	path   probe.Path
	route  probe.Route
	obs    *probe.Observed[probe.NTLM]
	answer *probe.Observed[probe.Challenge] // the listener's answer to a request without credentials
}

// computers are the different names that the challenges give their computers.
func computers(f *probe.Facts) []Evidence {
	var told []Evidence
	for _, c := range challenges(f) {
		name := c.obs.Value.NetBIOSComputer
		if name != "" && !slices.ContainsFunc(told, func(e Evidence) bool { return strings.EqualFold(e.Value, name) }) {
			told = append(told, fact(at(c.path, "netbiosComputer"), "one connection's computer", name))
		}
	}
	return told
}

// checkOneHost is broken by two names, and by a connection that ends within the
// handshake though the listener answers requests without credentials.
func checkOneHost(f *probe.Facts) Result {
	told := computers(f)
	named, routes := len(told), inNoWay()
	if named > 1 {
		routes = negotiateRoutes()
	}
	for _, c := range challenges(f) {
		if failedAs(*c.obs, probe.ClassReset) && seen(*c.answer) && c.answer.Value.Offers("Negotiate") {
			told = append(told, failureOf(c.path, "NTLM handshake", *c.obs))
			routes = append(routes, c.route)
		}
	}
	switch {
	case len(routes) > 0:
		r := inTheWay(f, broken(told...), routes)
		r.Hypotheses = splitHypotheses(named > 1)
		return r
	case named == 1:
		return met(told...)
	}
	return unknown("no NTLM challenge told a computer's name")
}

// splitHypotheses are the causes of a logon that is torn apart.
func splitHypotheses(two bool) []Hypothesis {
	out := []Hypothesis{{Cause: "a load balancer or reverse proxy spreads requests over computers, or closes connections between them", Grade: "reported",
		Decide: "check each computer by its own address"}}
	if !two {
		out = append(out, Hypothesis{Cause: "security software or a firewall on the way ends connections that carry NTLM", Grade: "reported",
			Decide: "check from a computer in the host's subnet"})
	}
	return out
}

// agrees compares first labels: the zone of the name that was asked for may
// differ from the host's own, as with several zones for one network. NetBIOS
// names are cut at 15 characters.
func agrees(host string, n probe.NTLM) bool {
	short := label(host)
	return oneOf(short, n.NetBIOSComputer, label(n.DNSComputer)) || len(short) > 15 && strings.EqualFold(short[:15], n.NetBIOSComputer)
}
