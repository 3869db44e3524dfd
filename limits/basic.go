package limits

import (
	"slices"
	"strings"

	"pstest/probe"
)

const sectionBasic = "Basic Authentication Limitations on Linux and macOS"

// noSection dates what became of the topic's section on Linux and macOS.
const noSection = "as of the edition of 2023-07: Microsoft's topic no longer has this section. Its page on WSMan remoting, in the edition of 2025-12, supports Windows systems only, " +
	"so PowerShell off Windows needs the community module PSWSMan."

// upper writes a sentence's first letter large.
func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// beforeOffer are the limits that explain an offer that was not seen.
func beforeOffer() []string {
	return append(beforeTLS(), "tls-version", "client-certificate", "service-available", "wsman-url")
}

func basicLimits() []Limit {
	return []Limit{
		{
			ID: "basic-over-http", Row: "L35", Title: "No Basic over plain HTTP",
			Broken: "the host takes passwords over plain HTTP", Kind: Refusal, Source: topic(sectionBasic),
			After: append([]string{"clear-basic-accepted", "unencrypted-refused"}, beforeOffer()...), Routes: []probe.Route{probe.RouteBasicHTTP},
			Needs: append([]Need{{Path: probe.PathHTTPChallenge, Strength: NeedsSeen}}, mayUse(probe.PathHTTPCanary, probe.PathHTTPBasic)...),
			Check: checkBasicOverHTTP,
			Why: "Basic carries the password itself. Over plain HTTP PowerShell on Linux and macOS refuses to send it before a single packet leaves, and a Windows host with its defaults refuses to take it. " +
				"Other clients ask nobody and send it.",
			Fix: Fix{
				Windows: []string{`Set-Item WSMan:\localhost\Service\AllowUnencrypted $false`, `Set-Item WSMan:\localhost\Service\Auth\Basic $false   # leave this out where Basic over HTTPS is wanted`},
				Client:  []string{"pstest check {host} --route negotiate-http   # --route basic-https is the other safe one"},
			},
			Since: noSection,
		},
		{
			ID: "basic-over-https", Row: "L36", Title: "Basic is allowed over HTTPS",
			Broken: "the host does not take Basic over HTTPS", Kind: Requirement, Source: topic(sectionBasic),
			After: append([]string{"basic-offered"}, beforeOffer()...), Routes: []probe.Route{probe.RouteBasicHTTPS},
			Needs: []Need{{Path: probe.PathHTTPSTLS, Strength: NeedsSeen}, {Path: probe.PathHTTPSChallenge, Strength: NeedsSeen}},
			Check: checkBasicOverHTTPS,
			Why:   "With a certificate and an HTTPS listener, the password travels inside TLS, and Basic becomes usable from Linux and macOS. The host must still have Basic switched on, which it has not by default.",
			Fix: Fix{
				Windows: []string{`Set-Item WSMan:\localhost\Service\Auth\Basic $true`},
				Client:  []string{"pstest check {host} --route basic-https"},
			},
			Since: noSection,
		},
	}
}

// clearText is what is known of Basic over plain HTTP.
type clearText string

const (
	clearNotOffered clearText = "not offered"
	clearRefused    clearText = "refused"  // offered, and refused in another way than as a wrong password
	clearAccepted   clearText = "accepted" // proven by an answer
	clearOpen       clearText = "open"     // offered, and no observation tells refused from accepted
	clearUnclear    clearText = "unclear"  // no offer was to be had
)

// clearBasic reads the offer and the attempts over HTTP. A 401 to a made-up
// account is what a host says that takes clear text, and equally what one says
// that does not, so it decides nothing.
func clearBasic(f *probe.Facts) (clearText, []Evidence) {
	c := f.HTTP.Challenge.Value
	told := []Evidence{offered(probe.PathHTTPChallenge, c.Offer)}
	real := attempt{probe.PathHTTPBasic, probe.RouteBasicHTTP, "Basic over HTTP", &f.HTTP.Basic}
	canary := attempt{probe.PathHTTPCanary, probe.RouteBasicHTTP, "Basic over HTTP, made-up account", &f.HTTP.Canary}
	for _, a := range []attempt{real, canary} {
		if a.is(probe.Accepted) || a.is(probe.Faulted) && a.auth.Value.Fault != nil && a.auth.Value.Fault.WSManCode == accessDenied {
			return clearAccepted, append(told, a.evidence())
		}
	}
	switch {
	case c.Status != 401:
		return clearUnclear, []Evidence{answers(f)[0].status()}
	case !c.Offers("Basic"):
		return clearNotOffered, told
	}
	for _, a := range []attempt{canary, real} {
		if a.is(probe.Empty500) || a.is(probe.Faulted) || a.is(probe.OtherStatus) {
			return clearRefused, append(told, a.evidence())
		}
		if a.seen() {
			told = append(told, a.evidence())
		}
	}
	return clearOpen, told
}

const clearUndecided = "Basic is offered over HTTP; a made-up account gets the same refusal whether the host takes clear text or not"

func checkBasicOverHTTP(f *probe.Facts) Result {
	state, told := clearBasic(f)
	switch state {
	case clearNotOffered, clearRefused:
		return Result{Verdict: AsDocumented, Evidence: told}
	case clearAccepted:
		return brokenInNoWay(told...)
	case clearUnclear:
		return unknown("the host did not ask for a logon over HTTP, so its offer is not known", told...)
	}
	r := unknown(clearUndecided, told...)
	r.Hypotheses = clearHypotheses()
	return r
}

// clearHypotheses are the two states of a host that offers Basic over HTTP.
func clearHypotheses() []Hypothesis {
	const decide = `on the host: Get-Item WSMan:\localhost\Service\AllowUnencrypted`
	return []Hypothesis{
		{Limit: "clear-basic-accepted", Cause: "AllowUnencrypted is on, and any client may send passwords in clear", Decide: decide, Grade: "reported"},
		{Limit: "unencrypted-refused", Cause: "AllowUnencrypted is off, and the offer is empty words", Decide: decide, Grade: "believed"},
	}
}

func checkBasicOverHTTPS(f *probe.Facts) Result {
	c := f.HTTPS.Challenge.Value
	told := []Evidence{offered(probe.PathHTTPSChallenge, c.Offer)}
	switch {
	case c.Offers("Basic"):
		return met(told...)
	case c.Status != 401:
		return unknown("the host did not ask for a logon over HTTPS, so its offer is not known", answers(f)[1].status())
	}
	return broken(told...)
}

// asksBasic tells whether the user's --route leaves Basic over HTTPS in.
func asksBasic(f *probe.Facts) bool {
	return slices.Contains([]probe.Route{probe.RouteAny, probe.RouteBasicHTTPS, ""}, f.Target.Route) && !f.Target.NoHTTPS
}
