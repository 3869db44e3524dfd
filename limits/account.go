package limits

import (
	"slices"
	"strings"

	"pstest/probe"
)

// beforeAccount are the limits that keep an account from being tried.
func beforeAccount() []string {
	return append(beforeOffer(), "password-not-blank", "local-and-remote-policy", "negotiate-offered", "one-host-answers", "negotiate-sealed", "basic-offered",
		"certificate-name", "certificate-dates", "certificate-not-revoked", "certificate-trusted", "certificate-purpose", "certificate-strength", "certificate-san",
		"basic-local-account")
}

func accountLimits() []Limit {
	return []Limit{
		{
			ID: "credentials", Row: "A4", Field: []string{"B4", "B5", "B6", "B7"}, Title: "The host accepts the account",
			Broken: "the host rejected {account}", Kind: Requirement, Source: field(sectionLogon),
			After: beforeAccount(), Routes: allRoutes(), Account: true,
			Needs: append([]Need{needAttempt()}, mayUse(append(clockPaths(), probe.PathHTTPIdentify, probe.PathHTTPSIdentify, probe.PathHTTPRaw)...)...), Check: checkCredentials,
			Why: "Reports show the same 401 for a wrong password and for a locked, expired or forbidden account; filtered rights are reported as a 401 and as fault 5. " +
				"The host's security log tells most of them apart; from here they are ranked by what is known of the host.",
			Fix: Fix{
				Windows: []string{failedLogons,
					"# SubStatus in it: 0xC000006A wrong password, 0xC0000064 no such user, 0xC0000234 locked, 0xC0000072 disabled, 0xC0000193 account expired,",
					"# 0xC0000071 password expired, 0xC0000224 password must change, 0xC000015B no right to log on over the network, 0xC0000070 workstation not allowed,",
					"# 0xC0000133 clocks too far apart, 0xC000006E account restricted. Filtered rights and a missing membership need not leave a 4625 at all; then look here:",
					"Get-WinEvent -FilterHashtable @{LogName='Security';Id=4624} -MaxEvents 5 | Format-List TimeCreated, Message",
					"Get-WinEvent -LogName Microsoft-Windows-WinRM/Operational -MaxEvents 20"},
				Client: []string{onceMore},
			},
		},
		{
			ID: "password-encoding", Row: "C12", Title: "Basic: the password is plain ASCII",
			Broken: "the password has characters that Basic does not carry reliably", Kind: Advice,
			Source: Source{Document: "RFC 7617", Section: "2.1. The 'charset' auth-param"},
			After:  []string{"password-not-blank"}, Account: true, Needs: mayUse(probe.PathHTTPSBasic), Check: checkEncoding,
			Why: "Basic does not say in which encoding the password is written: pstest sends UTF-8, other clients other encodings, and a host may expect its own code page. Negotiate has no such doubt.",
			Fix: Fix{
				Windows: []string{"Set-LocalUser -Name {localuser} -Password (Read-Host -AsSecureString)   # a password in ASCII is safe with Basic"},
				Client:  []string{"pstest check {host} -u {account} --route negotiate-http"},
			},
		},
		{
			ID: "password-not-blank", Row: "C13", Title: "The password is not blank",
			Broken: "the password is empty", Kind: Requirement, Source: Source{Document: "about_Remote_Troubleshooting", Section: "How to connect remotely from a workgroup-based computer"},
			Routes: allRoutes(), Account: true, Check: checkBlank,
			Why: "Microsoft's topic on troubleshooting says that an account without a password can't run remote commands.",
			Fix: Fix{
				Windows: []string{"Set-LocalUser -Name {localuser} -Password (Read-Host -AsSecureString)"},
				Client:  []string{"# give the password by prompt, --password-file, --password-stdin or PSTEST_PASSWORD"},
			},
		},
	}
}

// checkCredentials looks at all attempts together. A rejection inside TLS of
// what was accepted over HTTP belongs to the channel bindings.
func checkCredentials(f *probe.Facts) Result {
	accepted := slices.Concat(ended(f, probe.Accepted), ended(f, probe.Faulted))
	rejected := slices.DeleteFunc(ended(f, probe.Rejected), func(a attempt) bool {
		return a.route == probe.RouteNegotiateHTTPS && attempts(f)[0].is(probe.Accepted)
	})
	var told []Evidence
	for _, a := range slices.Concat(rejected, accepted) {
		told = append(told, a.evidence())
	}
	switch {
	case len(rejected) > 0:
		return rejection(f, rejected, accepted, told)
	case len(accepted) > 0:
		return met(told...)
	}
	return unknown("no attempt came to an acceptance or a rejection")
}

// onceMore is the one thing to do on this side about a rejected account.
const onceMore = "pstest check {host} -u {account}   # once more, and no oftener: every wrong password counts towards a lockout"

// rejection is the result where an attempt was rejected. It stands in the way
// of the routes that were tried, and explains why no other was.
func rejection(f *probe.Facts, rejected, accepted []attempt, told []Evidence) Result {
	r := broken(told...)
	r.Because = behindRejection(f, rejected, accepted)
	r.Routes = inNoWay()
	for _, a := range rejected {
		r.Routes = append(r.Routes, a.route)
	}
	if len(accepted) == 0 {
		r.Explains = allRoutes()
	}
	r.Hypotheses = rejectedHypotheses(f, rejected, accepted)
	if foreign(f) {
		r.Why = "What answers does not call itself Windows, so what it says to a wrong password and to a forbidden account is not known. Its own log tells."
		r.Fix = &Fix{Windows: []string{"# look in the log of whatever answers on the port"}, Client: []string{onceMore}}
	}
	return r
}

// behindRejection is the limit that a rejection proves to be behind it, else
// credentials itself. A password that Negotiate proved right and that Basic
// can't spell reliably needs no further explanation, and neither does a name
// that can't be one of this host's.
func behindRejection(f *probe.Facts, rejected, accepted []attempt) string {
	basic := !overNTLM(rejected)
	local := belongs(f) == hostName || belongs(f) == bareName
	switch {
	case f.Account.Blank:
		return "password-not-blank"
	case basic && len(accepted) > 0 && f.Account.NonASCII && local:
		return "password-encoding"
	case !basic && belongs(f) == strayName && !foreign(f):
		return "negotiate-name-form"
	}
	return "credentials"
}

// overNTLM tells whether one of the attempts was made with Negotiate.
func overNTLM(all []attempt) bool {
	return slices.ContainsFunc(all, func(a attempt) bool { return a.auth.Value.Scheme != "Basic" })
}

func checkEncoding(f *probe.Facts) Result {
	e := fact("account.nonAsciiPassword", "password", "has characters beyond ASCII")
	basic := attempts(f)[2]
	switch {
	case !f.Account.NonASCII:
		return met(fact("account.nonAsciiPassword", "password", "ASCII only"))
	case basic.is(probe.Accepted):
		return met(e, basic.evidence())
	case !asksBasic(f):
		return notApplicable("Basic over HTTPS was not asked for")
	case basic.seen():
		return broken(e, basic.evidence())
	}
	return broken(e)
}

func checkBlank(f *probe.Facts) Result {
	if f.Account.Blank {
		return broken(fact("account.blankPassword", "password", "empty"))
	}
	return met(fact("account.blankPassword", "password", "given"))
}

// builtIn tells whether the account bears the name of the built-in Administrator.
func builtIn(f *probe.Facts) bool { return strings.EqualFold(f.Account.User, "Administrator") }
