package limits

import (
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
			ID: "names-agree", Row: "B18", Title: "The host goes by this name",
			Broken: "the computer that answers calls itself otherwise", Kind: Advice, Source: field(sectionReach),
			After: append(beforeListener(), "windows-winrm"),
			Needs: append([]Need{{Path: probe.PathHTTPNTLM, Strength: NeedsSeen, Or: []probe.Path{probe.PathHTTPSNTLM}}}, mayUse(probe.PathResolve)...), Check: checkNamesAgree,
			Why: "The NTLM challenge names the computer. Another name than the one asked for may be an alias, and may be another computer: an old DNS record, a reused address, a load balancer. Passwords of the one are wrong on the other.",
			Fix: Fix{
				Windows: []string{"hostname; Get-NetIPAddress | Format-Table IPAddress", "Register-DnsClient   # on the computer that is meant"},
				Client:  []string{"getent hosts {host}", "pstest check {computer}   # by the name that it gives itself"},
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
				Client:  []string{"timedatectl   # Linux: is the clock synchronised?", "sntp time.apple.com   # macOS"},
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
	told = append(told, fact(at(p, "netbiosComputer"), "host calls itself", strings.Trim(n.NetBIOSComputer+", "+n.DNSComputer, ", ")))
	other := otherComputer(f)
	switch {
	case other != "":
		told = append(told, fact(at(probe.PathHTTPSNTLM, "netbiosComputer"), "over HTTPS it calls itself", other))
	case agrees(f.Target.Host, n):
		return met(told...)
	}
	if seen(f.Resolve) && len(f.Resolve.Value.Reverse) > 0 {
		told = append(told, fact(at(probe.PathResolve, "reverse"), "address's own name", strings.Join(f.Resolve.Value.Reverse, ", ")))
	}
	r := broken(told...)
	r.Hypotheses = []Hypothesis{
		{Cause: "the name is an alias of this computer", Grade: "documented", Decide: "getent hosts {host}; getent hosts {computer}"},
		{Limit: "name-resolves", Cause: "the name leads to another computer: an old record, a reused address, a load balancer", Grade: "reported", Decide: "ask on the computer that is meant: hostname; ipconfig"},
	}
	return r
}

// otherComputer is the name that the HTTPS listener's computer gives itself
// where the HTTP listener's gives another; "" where they agree.
func otherComputer(f *probe.Facts) string {
	plain, secure := f.HTTP.NTLM.Value.NetBIOSComputer, f.HTTPS.NTLM.Value.NetBIOSComputer
	if plain == "" || secure == "" || strings.EqualFold(plain, secure) {
		return ""
	}
	return secure
}

// agrees compares first labels: the zone of the name that was asked for may
// differ from the host's own, as with several zones for one network. NetBIOS
// names are cut at 15 characters.
func agrees(host string, n probe.NTLM) bool {
	short := label(host)
	return oneOf(short, n.NetBIOSComputer, label(n.DNSComputer)) || len(short) > 15 && strings.EqualFold(short[:15], n.NetBIOSComputer)
}
