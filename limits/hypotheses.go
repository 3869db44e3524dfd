package limits

import "pstest/probe"

// failedLogons asks the host's security log for the last rejected logons.
const failedLogons = `Get-WinEvent -FilterHashtable @{LogName='Security';Id=4625} -MaxEvents 5 | Format-List TimeCreated, Message`

// subStatus decides by the codes of a rejected logon. The query stands once,
// among the fixes.
func subStatus(codes string) string {
	return "SubStatus " + codes + " in the host's event 4625 (the query is below)"
}

// rejectedHypotheses ranks what can stand behind a rejected account. First
// what the facts speak for, then the password, then what this host's kind
// makes likely, then what any Windows may have.
func rejectedHypotheses(f *probe.Facts, rejected, accepted []attempt) []Hypothesis {
	ntlm := overNTLM(rejected)
	out := nameHypotheses(f, ntlm)
	if !ntlm && f.Account.NonASCII {
		out = append(out, Hypothesis{Limit: "password-encoding", Cause: "the host reads the password's characters beyond ASCII differently in Basic", Grade: "reported",
			Decide: "pstest check {host} -u {account} --route negotiate-http"})
	}
	alien := foreign(f)
	if len(accepted) == 0 {
		wrong := Hypothesis{Limit: "credentials", Cause: "the password or the user name is wrong", Grade: "documented", Decide: subStatus("0xC000006A, 0xC0000064")}
		if alien {
			wrong.Decide = "the log of what answers there"
		}
		out = append(out, wrong)
	}
	if alien {
		return out
	}
	if ntlm && localAccount(f) && !builtIn(f) {
		out = append(out, tokenFilter(f))
	}
	out = append(out, memberHypothesis())
	return append(out, accountHypotheses(f)...)
}

// nameHypotheses are the causes in how the account is spelled, as the host's
// names show them.
func nameHypotheses(f *probe.Facts, overNTLM bool) []Hypothesis {
	var out []Hypothesis
	n, _, known := ntlm(f)
	switch b := belongs(f); {
	case b == strayName && overNTLM:
		out = append(out, strayQualifier())
	case b == bareName && known && !n.Workgroup() && overNTLM:
		out = append(out, Hypothesis{Limit: "negotiate-name-form", Cause: "without a qualifier the name means an account of the host itself, and this one is of the domain", Grade: "documented",
			Decide: "pstest check {host} -u {domainuser}"})
	case b == bareName && known && !n.Workgroup():
		out = append(out, Hypothesis{Limit: "basic-local-account", Cause: "the account is one of the domain; Basic takes local ones alone", Grade: "documented",
			Decide: "pstest check {host} -u {domainuser} --route negotiate-http"})
	}
	if len(computers(f)) > 1 {
		out = append(out, Hypothesis{Limit: "one-host-answers", Cause: "the logon was begun with one computer and ended with another", Grade: "reported",
			Decide: "check each computer by its own address"})
	}
	if checkNamesAgree(f).Verdict == Broken {
		out = append(out, Hypothesis{Limit: "names-agree", Cause: "the name leads to another computer than the one meant, which does not know the account", Grade: "reported",
			Decide: "getent hosts {host}"})
	}
	return out
}

// strayQualifier is the cause that the account is named after something that
// this host does not know.
func strayQualifier() Hypothesis {
	return Hypothesis{Limit: "negotiate-name-form", Cause: "the qualifier is none of the host's names, and the host is in no domain", Grade: "reported",
		Decide: "pstest check {host} -u {hostuser}   # with an account of the host itself, and its password"}
}

// tokenFilter is the cause that the topic's last note speaks of. Where Basic
// over HTTPS is on offer, that route tells it from a wrong password.
func tokenFilter(f *probe.Facts) Hypothesis {
	h := Hypothesis{Limit: "token-filter-policy", Cause: "the account is a local administrator other than the built-in one, and the host filters its rights", Grade: "documented",
		Decide: `on the host: (Get-ItemProperty HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System).LocalAccountTokenFilterPolicy   # the value 1 switches the filter off`}
	if offersRoute(f, probe.RouteBasicHTTPS) {
		h.Decide = "pstest check {host} -u {localuser} --route basic-https   # if that is accepted, the password is right"
	}
	return h
}

func memberHypothesis() Hypothesis {
	return Hypothesis{Limit: "administrators-member", Cause: "the account is in neither Administrators nor Remote Management Users", Grade: "reported",
		Decide: members}
}

// members lists the two groups by their SIDs, as their names are localised.
const members = "on the host: Get-LocalGroupMember -SID S-1-5-32-544; Get-LocalGroupMember -SID S-1-5-32-580"

// accountHypotheses are the states of an account that look like a wrong
// password from outside.
func accountHypotheses(f *probe.Facts) []Hypothesis {
	out := []Hypothesis{
		{Cause: "the account may not log on over the network (hardened images deny it to local administrators)", Grade: "reported", Decide: subStatus("0xC000015B")},
		{Cause: "the account is locked, disabled or expired, or its password is", Grade: "believed", Decide: subStatus("0xC0000234, 0xC0000072, 0xC0000193, 0xC0000071, 0xC0000224")},
	}
	if d, _, ok := hostClock(f); ok && d.Abs() > tolerated {
		out = append(out, Hypothesis{Limit: "clock", Cause: "the clocks differ by more than the host's policy allows", Grade: "believed", Decide: subStatus("0xC0000133")})
	}
	if b := belongs(f); b == domainName || b == otherName {
		out = append(out, Hypothesis{Cause: "the domain lets the account log on from named workstations only, or keeps it from NTLM (Protected Users)", Grade: "reported",
			Decide: subStatus("0xC0000070, 0xC000006E")})
	}
	return out
}
