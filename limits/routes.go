package limits

import (
	"fmt"
	"slices"

	"pstest/probe"
)

// judgeRoutes says of each route what became of it from here, the documented
// ones first.
func judgeRoutes(f *probe.Facts, findings []Finding) []RouteResult {
	var out []RouteResult
	for _, a := range attempts(f) {
		r := RouteResult{Route: a.route, Title: title(f.Target, a.route)}
		switch {
		case !asksRoute(f.Target, a.route):
			r.Verdict, r.Why = NotAsked, "not asked for"
		case a.route == probe.RouteBasicHTTP:
			judgeClear(f, findings, &r)
		default:
			judgeRoute(f, findings, a, &r)
		}
		out = append(out, r)
	}
	return out
}

func title(t probe.Target, r probe.Route) string {
	switch r {
	case probe.RouteNegotiateHTTP:
		return fmt.Sprintf("Negotiate/NTLM over HTTP %d", t.PortHTTP)
	case probe.RouteNegotiateHTTPS:
		return fmt.Sprintf("Negotiate/NTLM over HTTPS %d", t.PortHTTPS)
	case probe.RouteBasicHTTPS:
		return fmt.Sprintf("Basic over HTTPS %d", t.PortHTTPS)
	}
	return fmt.Sprintf("Basic over HTTP %d", t.PortHTTP)
}

// asksRoute tells whether the user asked about a route. Basic over HTTP goes
// with Negotiate over HTTP, beside which it is looked at without the account.
func asksRoute(t probe.Target, r probe.Route) bool {
	if r == probe.RouteBasicHTTP || r == probe.RouteNegotiateHTTP {
		if t.NoHTTP {
			return false
		}
	} else if t.NoHTTPS {
		return false
	}
	return t.Route == probe.RouteAny || t.Route == "" || t.Route == r
}

// judgeRoute judges a documented route. It works by proof alone, and is blocked
// where it was tried or can't be; one that was only spared is neither.
func judgeRoute(f *probe.Facts, findings []Finding, a attempt, r *RouteResult) {
	if proven(a) {
		r.Verdict, r.Why = Works, worksWhy(f, a)
		return
	}
	if root, ok := obstacle(findings, a.route); ok {
		r.Verdict, r.Why, r.Because = Blocked, root.Headline, root.ID
		return
	}
	switch {
	case a.auth.State == probe.NotRun && offersRoute(f, a.route) && len(ended(f, probe.Rejected)) > 0:
		r.Verdict, r.Why = NotTried, rejectedElsewhere(f)
		r.Because = rootOf(findings, "credentials")
	case a.seen():
		r.Verdict, r.Why = RouteUnknown, outcomeWhy(a.auth.Value)
	case a.auth.State == probe.Failed:
		r.Verdict, r.Why = RouteUnknown, a.auth.Failure.String()
	case offersRoute(f, a.route) && !f.Account.Given():
		r.Verdict, r.Why = Open, "nothing found in the way; not proven without an account"
	case offersRoute(f, a.route):
		r.Verdict, r.Why = Open, "nothing found in the way; not proven: "+first(a.auth.Why, "not tried")
	default:
		r.Verdict, r.Why = RouteUnknown, first(a.auth.Why, "not looked at")
	}
}

// proven tells whether an attempt proves its route: by an answer to an
// authenticated request, which over plain HTTP was sealed.
func proven(a attempt) bool {
	return a.is(probe.Accepted) && (a.route != probe.RouteNegotiateHTTP || a.auth.Value.Sealed)
}

// rejectedElsewhere says where the account was rejected, for a route that was
// therefore not tried.
func rejectedElsewhere(f *probe.Facts) string {
	where := "over HTTP"
	if over := ended(f, probe.Rejected)[0].route; over == probe.RouteNegotiateHTTPS || over == probe.RouteBasicHTTPS {
		where = "over HTTPS"
	}
	return "the account was rejected " + where + "; one try a check"
}

// rootOf is the broken finding at the end of a finding's causes; its own id
// where there is no other.
func rootOf(findings []Finding, id string) string {
	i := slices.IndexFunc(findings, func(f Finding) bool { return f.ID == id })
	if i < 0 {
		return ""
	}
	return first(findings[i].Because, id)
}

func worksWhy(f *probe.Facts, a attempt) string {
	h, _, _ := handshake(f)
	switch {
	case a.route == probe.RouteNegotiateHTTP:
		return "logged on, messages sealed"
	case h.VettedBecause == "insecure":
		return "logged on; the certificate was not checked (--insecure)"
	case h.VettedBecause == "pin":
		return "logged on; the certificate is the pinned one"
	}
	return "logged on inside TLS"
}

// outcomeWhy words an attempt that proved nothing.
func outcomeWhy(a probe.Authentication) string {
	switch a.Outcome {
	case probe.Accepted:
		return "the answer was not sealed, so anybody on the way could have written it"
	case probe.Rejected:
		return "the host rejected the account"
	case probe.Faulted:
		return "logged on, and the service answered with a fault"
	case probe.Empty500:
		return "an empty status 500 behind the credential; a host that misses sealing answers so"
	case probe.Unproven:
		return "a success that proves nothing: " + first(a.Detail, "no authenticated answer")
	case probe.NoChallenge:
		return "the host gave no NTLM challenge"
	}
	return fmt.Sprintf("ended with status %d", a.Status)
}

// obstacle is the root cause in a route's way: that of the first broken
// requirement there which nothing else explains, else of the first at all.
func obstacle(findings []Finding, route probe.Route) (Finding, bool) {
	var behind string
	for _, f := range findings {
		switch {
		case f.Verdict != Broken || f.Kind != Requirement || !slices.Contains(f.Routes, route):
		case f.Because == "":
			return f, true
		case behind == "":
			behind = f.Because
		}
	}
	i := slices.IndexFunc(findings, func(f Finding) bool { return f.ID == behind })
	if i < 0 {
		return Finding{}, false
	}
	return findings[i], true
}

// offersRoute tells whether the host was seen to offer what the route needs.
func offersRoute(f *probe.Facts, r probe.Route) bool {
	switch r {
	case probe.RouteNegotiateHTTP:
		return seen(f.HTTP.NTLM)
	case probe.RouteNegotiateHTTPS:
		return seen(f.HTTPS.NTLM)
	}
	return seen(f.HTTPS.Challenge) && f.HTTPS.Challenge.Value.Offers("Basic")
}

// judgeClear judges Basic over plain HTTP, of which a refusal is documented.
func judgeClear(f *probe.Facts, findings []Finding, r *RouteResult) {
	if !seen(f.HTTP.Challenge) {
		r.Verdict, r.Why = RouteUnknown, first(f.HTTP.Challenge.Why, "the listener gave no answer")
		if root, ok := obstacle(findings, r.Route); ok {
			r.Verdict, r.Why, r.Because = Blocked, root.Headline, root.ID
		}
		return
	}
	switch state, _ := clearBasic(f); state {
	case clearNotOffered:
		r.Verdict, r.Why = RefusedAsDocumented, "as documented: not offered"
	case clearRefused:
		r.Verdict, r.Why = RefusedAsDocumented, "as documented: offered, and refused when tried"
	case clearAccepted:
		r.Verdict, r.Why, r.Because = Exposed, "the host takes passwords in clear text", "clear-basic-accepted"
	case clearOpen:
		r.Verdict, r.Why = RouteUnknown, "offered; whether the host takes clear text does not show without a password"
	default:
		r.Verdict, r.Why = RouteUnknown, "the host did not ask for a logon"
		if root, ok := obstacle(findings, r.Route); ok {
			r.Verdict, r.Why, r.Because = Blocked, root.Headline, root.ID
		}
	}
}
