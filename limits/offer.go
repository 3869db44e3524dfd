package limits

import (
	"slices"
	"strconv"

	"pstest/probe"
)

const sectionLogon = "authentication"

func offerLimits() []Limit {
	https := []probe.Route{probe.RouteNegotiateHTTPS}
	return []Limit{
		{
			ID: "basic-offered", Row: "A1", Title: "Basic is offered over HTTPS",
			Broken: "the host does not offer Basic over HTTPS", Kind: Requirement, Source: field(sectionLogon), Breaks: "basic-over-https",
			After: beforeOffer(), Routes: []probe.Route{probe.RouteBasicHTTPS}, Needs: []Need{{Path: probe.PathHTTPSChallenge, Strength: NeedsSeen}}, Check: checkBasicOverHTTPS,
			Why: "A Windows host lists the ways to log on that it takes, before anyone logs on. Basic is off by default; while it is missing from the list, no password is worth trying.",
			Fix: Fix{
				Windows: []string{`Set-Item WSMan:\localhost\Service\Auth\Basic $true`, `Get-ChildItem WSMan:\localhost\Service\Auth   # where Source is GPO, a policy sets it and has to change`},
				Client:  []string{"pstest check {host} --route negotiate-http   # this route needs no Basic"},
			},
		},
		{
			ID: "unencrypted-refused", Row: "A2", Title: "Unencrypted traffic is refused",
			Broken: "the host takes unencrypted traffic", Kind: Refusal, Source: field(sectionLogon), Breaks: "basic-over-http",
			After: append([]string{"clear-basic-accepted"}, beforeOffer()...), Routes: []probe.Route{probe.RouteBasicHTTP, probe.RouteBasicHTTPS},
			Needs: append([]Need{{Path: probe.PathHTTPChallenge, Strength: NeedsSeen}, {Path: probe.PathHTTPSChallenge, Strength: NeedsSeen}},
				mayUse(probe.PathHTTPCanary, probe.PathHTTPBasic)...),
			Check: checkUnencrypted,
			Why:   "With AllowUnencrypted off, as it comes, a host takes over plain HTTP only messages that are sealed. That it offers Basic over HTTPS and not over HTTP is this setting at work, and is well so.",
			Fix: Fix{
				Windows: []string{`Set-Item WSMan:\localhost\Service\AllowUnencrypted $false`},
				Client:  []string{"# use HTTPS, or Negotiate with sealing; not AllowUnencrypted"},
			},
		},
		{
			ID: "clear-basic-accepted", Row: "B22", Title: "No passwords in clear text",
			Broken: "the host accepts passwords in clear text", Kind: Advice, Source: field(sectionLogon), Breaks: "basic-over-http",
			After: beforeOffer(), Routes: []probe.Route{probe.RouteBasicHTTP},
			Needs: append([]Need{{Path: probe.PathHTTPChallenge, Strength: NeedsSeen}}, mayUse(probe.PathHTTPCanary, probe.PathHTTPBasic)...), Check: checkClearAccepted,
			Why: "Basic and AllowUnencrypted are both on, as many recipes for images have it. Whoever listens on the way reads the password and everything that follows.",
			Fix: Fix{
				Windows: []string{`Set-Item WSMan:\localhost\Service\AllowUnencrypted $false`, `Set-Item WSMan:\localhost\Service\Auth\Basic $false   # leave this out where Basic over HTTPS is wanted`},
				Client:  []string{"pstest check {host} --route negotiate-http"},
			},
		},
		{
			ID: "no-basic-offer-over-http", Title: "Basic is offered inside TLS only",
			Broken: "Basic is offered over plain HTTP", Kind: Advice, Source: field(sectionLogon),
			After: append([]string{"clear-basic-accepted"}, beforeOffer()...), Routes: []probe.Route{probe.RouteBasicHTTP},
			Needs: append([]Need{{Path: probe.PathHTTPChallenge, Strength: NeedsSeen}}, mayUse(probe.PathHTTPCanary, probe.PathHTTPBasic)...), Check: checkClearOffer,
			Why: "A client that believes the offer sends its password in clear text, before the host can refuse it. Whether the host would take it is decided by AllowUnencrypted, which does not show from outside.",
			Fix: Fix{
				Windows: []string{`Get-Item WSMan:\localhost\Service\AllowUnencrypted   # wanted: false`, `Set-Item WSMan:\localhost\Service\Auth\Basic $false   # leave this out where Basic over HTTPS is wanted`},
				Client:  []string{"pstest check {host} --route negotiate-http"},
			},
		},
		{
			ID: "negotiate-offered", Row: "B8", Field: []string{"A18"}, Title: "Negotiate with NTLM is offered",
			Broken: "the host does not negotiate NTLM", Kind: Requirement, Source: field(sectionLogon), Breaks: "negotiate-sealed",
			After: beforeOffer(), Routes: negotiateRoutes(),
			Needs: append([]Need{needAnswers(NeedsSeen)}, mayUse(probe.PathHTTPNTLM, probe.PathHTTPSNTLM)...), Check: checkNegotiateOffered,
			Why: "Negotiate is missing from the list of ways to log on that the host takes, or it stands there and leads to no NTLM challenge. What is left is what else the list has.",
			Fix: Fix{
				Windows: []string{switchOnNegotiate, denyNTLM},
				Client:  []string{"kinit USER@REALM   # in case Kerberos is left; this version of pstest does not speak it"},
			},
		},
		{
			ID: "sealing-required", Row: "A3", Title: "Messages over HTTP are sealed",
			Broken: "the host takes unsealed messages over plain HTTP", Kind: Advice, Source: field(sectionLogon), Breaks: "negotiate-sealed",
			After: append([]string{"negotiate-offered"}, beforeOffer()...), Routes: []probe.Route{probe.RouteNegotiateHTTP}, Account: true,
			Needs: append([]Need{{Path: probe.PathHTTPUnsealed, Strength: NeedsSeen}}, mayUse(probe.PathHTTPNegotiate)...), Check: checkSealingRequired,
			Why: "A host with its defaults refuses messages that are not sealed, with status 401 or an empty 500, whatever the password. Several tools written in Go do not seal, and report that as a wrong password.",
			Fix: Fix{
				Windows: []string{`Set-Item WSMan:\localhost\Service\AllowUnencrypted $false`},
				Client:  []string{"# use a client that seals (pywinrm with message_encryption='auto', pypsrp, PSWSMan), or HTTPS"},
			},
		},
		{
			ID: "channel-bindings", Row: "B3", Title: "Channel bindings agree",
			Broken: "NTLM is accepted over HTTP and rejected inside TLS", Kind: Requirement,
			Source: Source{Document: "RFC 5929", Section: "4. The 'tls-server-end-point' Channel Binding Type"},
			After:  append([]string{"credentials", "certificate-name", "certificate-dates", "certificate-not-revoked", "certificate-trusted", "certificate-purpose", "certificate-strength", "certificate-san", "negotiate-offered", "one-host-answers"}, beforeOffer()...),
			Routes: https, Account: true,
			Needs: append([]Need{{Path: probe.PathHTTPSNegotiate, Strength: NeedsSeen}}, mayUse(probe.PathHTTPNegotiate)...), Check: checkBindings,
			Why: "Inside TLS the logon is tied to the host's certificate. Where something on the way ends the TLS connection and makes its own, the two ends see different certificates, " +
				"and the host rejects the token for the one that it does not have, at its default level (Relaxed) as well as at Strict: Relaxed tolerates only that none is sent, and pstest sent one.",
			Fix: Fix{
				Windows: []string{"winrm enumerate winrm/config/listener   # shows the thumbprint to compare with the one that was seen: {thumbprint}",
					"# End TLS on the host itself: have the load balancer or inspection pass port {portHttps} on as TCP.",
					`# Set-Item WSMan:\localhost\Service\Auth\CbtHardeningLevel None switches the check off, and with it the protection against relayed logons.`},
				Client: []string{"openssl s_client -connect {host}:{portHttps} </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha1"},
			},
		},
	}
}

// Commands about Negotiate that several cases share.
const (
	switchOnNegotiate = `Set-Item WSMan:\localhost\Service\Auth\Negotiate $true`
	denyNTLM          = `Get-ItemProperty HKLM:\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0 -Name RestrictReceivingNTLMTraffic   # the value 2 denies all incoming NTLM`
)

func checkUnencrypted(f *probe.Facts) Result {
	state, told := clearBasic(f)
	over := f.HTTPS.Challenge.Value
	told = append(told, offered(probe.PathHTTPSChallenge, over.Offer))
	switch state {
	case clearAccepted:
		return brokenInNoWay(told...)
	case clearRefused:
		return Result{Verdict: AsDocumented, Evidence: told}
	case clearUnclear:
		return unknown("the host did not ask for a logon over HTTP, so its offer is not known", told...)
	case clearNotOffered:
		if over.Offers("Basic") {
			return Result{Verdict: AsDocumented, Evidence: told}
		}
		return notApplicable("Basic is not offered at all, so the setting does not show")
	}
	r := unknown(clearUndecided, told...)
	r.Hypotheses = clearHypotheses()
	return r
}

func checkClearAccepted(f *probe.Facts) Result {
	state, told := clearBasic(f)
	switch state {
	case clearAccepted:
		return brokenInNoWay(told...)
	case clearNotOffered, clearRefused:
		return met(told...)
	case clearUnclear:
		return unknown("the host did not ask for a logon over HTTP, so its offer is not known", told...)
	}
	r := unknown(clearUndecided, told...)
	r.Hypotheses = clearHypotheses()
	return r
}

// checkClearOffer looks at the offer alone: what becomes of a password that
// follows it is another limit's matter.
func checkClearOffer(f *probe.Facts) Result {
	state, told := clearBasic(f)
	switch state {
	case clearNotOffered, clearRefused:
		return met(told...)
	case clearUnclear:
		return unknown("the host did not ask for a logon over HTTP, so its offer is not known", told...)
	}
	r := brokenInNoWay(told...)
	if state == clearOpen {
		r.Hypotheses = clearHypotheses()
	}
	return r
}

func checkNegotiateOffered(f *probe.Facts) Result {
	challenges := []*probe.Observed[probe.NTLM]{&f.HTTP.NTLM, &f.HTTPS.NTLM}
	paths := []probe.Path{probe.PathHTTPNTLM, probe.PathHTTPSNTLM}
	var missing, there []Evidence
	routes := inNoWay()
	var off, denied, kerberos bool
	for i, a := range answers(f) {
		switch {
		case !a.seen() || a.obs.Value.Status != 401 && !seen(*challenges[i]):
			continue
		case seen(*challenges[i]):
			there = append(there, fact(at(paths[i], "form"), "NTLM challenge on port "+strconv.Itoa(a.port), orNone(string(challenges[i].Value.Form))))
			continue
		case !a.obs.Value.Offers("Negotiate"):
			missing = append(missing, a.offered())
			off = true
		case failedAs(*challenges[i], probe.ClassStatus):
			missing = append(missing, a.offered(), failureOf(paths[i], "NTLM negotiation on port "+strconv.Itoa(a.port), *challenges[i]))
			denied = true
		default:
			there = append(there, a.offered())
			continue
		}
		kerberos = kerberos || a.obs.Value.Offers("Kerberos") || a.obs.Value.Offers("Negotiate")
		routes = append(routes, slices.DeleteFunc(slices.Clone(a.routes), func(r probe.Route) bool { return !slices.Contains(negotiateRoutes(), r) })...)
	}
	switch {
	case len(missing) > 0:
		r := broken(missing...)
		r.Routes, r.Hypotheses = routes, ntlmOffHypotheses(off, denied)
		r.Fix = ntlmOffFix(off, kerberos)
		return r
	case len(there) > 0:
		return met(there...)
	}
	return unknown("the host did not ask for a logon, so its offer is not known")
}

// ntlmOffHypotheses go by what was seen: off is an offer without Negotiate,
// denied one that Negotiate is in and no challenge followed.
func ntlmOffHypotheses(off, denied bool) []Hypothesis {
	var out []Hypothesis
	if off {
		out = append(out, Hypothesis{Cause: "Negotiate is switched off for the service", Grade: "documented", Decide: `on the host: Get-Item WSMan:\localhost\Service\Auth\Negotiate`})
	}
	if denied {
		out = append(out, Hypothesis{Cause: "a policy denies incoming NTLM, and what is left of Negotiate is Kerberos", Grade: "reported",
			Decide: "on the host: Get-WinEvent -LogName Microsoft-Windows-NTLM/Operational -MaxEvents 5"})
	}
	return out
}

// ntlmOffFix is the fix for what was seen; a host that offers neither Kerberos
// nor Negotiate has Basic or nothing left.
func ntlmOffFix(off, kerberos bool) *Fix {
	fix := &Fix{Windows: []string{denyNTLM}, Client: []string{"pstest check {host} --route basic-https   # where Basic is offered inside TLS, it needs no Negotiate"}}
	if off {
		fix.Windows = []string{switchOnNegotiate}
	}
	if kerberos {
		fix.Client = append(fix.Client, "kinit USER@REALM   # in case Kerberos is left; this version of pstest does not speak it")
	}
	return fix
}

// checkSealingRequired compares the unsealed attempt with the sealed one: the
// same account, the same moment.
func checkSealingRequired(f *probe.Facts) Result {
	unsealed := attempt{probe.PathHTTPUnsealed, probe.RouteNegotiateHTTP, "unsealed", &f.HTTP.Unsealed}
	sealed := attempts(f)[0]
	switch {
	case unsealed.is(probe.Accepted):
		return brokenInNoWay(unsealed.evidence())
	case sealed.is(probe.Accepted) && (unsealed.is(probe.Rejected) || unsealed.is(probe.Empty500)):
		return Result{Verdict: AsDocumented, Evidence: []Evidence{sealed.evidence(), unsealed.evidence()}}
	}
	return unknown("the unsealed attempt ended in a way that does not tell", unsealed.evidence())
}

func checkBindings(f *probe.Facts) Result {
	over, plain := attempts(f)[1], attempts(f)[0]
	told := []Evidence{over.evidence(), fact(at(over.path, "bindings"), "channel bindings sent", orNone(over.auth.Value.Bindings))}
	switch {
	case over.is(probe.Accepted) || over.is(probe.Faulted):
		return met(told...)
	case !over.is(probe.Rejected):
		return unknown("the attempt over HTTPS ended in a way that does not tell", told...)
	case !plain.is(probe.Accepted):
		return unknown("rejected over HTTPS, and no logon over HTTP to compare it with", told...)
	}
	r := broken(append(told, plain.evidence())...)
	r.Hypotheses = []Hypothesis{
		{Cause: "something on the way ends the TLS connection with a certificate of its own (load balancer, inspection)", Grade: "reported",
			Decide: "compare the certificate's thumbprint with the listener's: winrm enumerate winrm/config/listener"},
		{Cause: "client and host hash the certificate differently (reported for certificates signed with SHA-384 and SHA-512)", Grade: "reported",
			Decide: "openssl s_client -connect {host}:{portHttps} </dev/null 2>/dev/null | openssl x509 -noout -text"},
		{Limit: "one-host-answers", Cause: "the two listeners are on different computers", Grade: "believed", Decide: "pstest check {host} --route negotiate-https --debug"},
	}
	return r
}
