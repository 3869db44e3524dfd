package limits

import "pstest/probe"

func basicClientLimits() []Limit {
	names := mayUse(probe.PathHTTPNTLM, probe.PathHTTPSNTLM)
	basic := []probe.Route{probe.RouteBasicHTTPS}
	return []Limit{
		{
			ID: "client-basic-usessl", Row: "L42", Field: []string{"A19"}, Title: "The client selects Basic and -UseSSL",
			Broken: "Basic was asked for without TLS", Kind: Requirement, Source: topic(sectionBasic),
			Needs: mayUse(probe.PathHTTPBasic), Check: checkUseSSL,
			Why: "PowerShell chooses neither by itself: without -UseSSL it goes to port 5985, and without -Authentication Basic it negotiates. Only both together are this route.",
			Fix: Fix{
				Windows: []string{"# nothing to do on the host"},
				Client:  []string{"# New-PSSession -ComputerName {host} -Credential $cred -Authentication Basic -UseSSL"},
			},
			Since: "as of the edition of 2025-12: Microsoft's page no longer supports WSMan off Windows, as its client needs an OpenSSL that distributions dropped; the community module PSWSMan brings another one.",
		},
		{
			ID: "basic-local-account", Row: "L43", Field: []string{"A14"}, Title: "Basic needs a local account",
			Broken: "the account is not a local one of this host, and Basic takes no other", Kind: Requirement, Source: topic(sectionBasic),
			Routes: basic, Account: true, Needs: names, Check: checkLocalAccount,
			Why: "Behind Basic, Windows looks the user up among the host's own accounts. A domain account never is among them, whatever its rights. A domain controller has no accounts of its own, so Basic has none to take there.",
			Fix: Fix{
				Windows: []string{"New-LocalUser -Name LOCALUSER -Password (Read-Host -AsSecureString); Add-LocalGroupMember -SID S-1-5-32-544 -Member LOCALUSER   # S-1-5-32-544 is Administrators; before WMF 5.1: net user and net localgroup"},
				Client:  []string{"pstest check {host} -u {user} --route negotiate-http   # the way for domain accounts"},
			},
		},
		{
			ID: "basic-administrator", Row: "L44", Title: "Basic: the account is administrator",
			Kind: Requirement, Source: topic(sectionBasic),
			Later: later("whether the account may open a session shows only when one is opened"),
			Why:   "The local account that Basic logs on needs to be in the host's Administrators group, like any other that opens a default session.",
			Fix: Fix{
				Windows: []string{"Add-LocalGroupMember -SID S-1-5-32-544 -Member {localuser}   # S-1-5-32-544 is Administrators; before WMF 5.1: net localgroup with the group's local name"},
				Client:  []string{"# nothing to do on this side"},
			},
			Since: "reported 2025-11, true since 3.0: members of Remote Management Users are admitted to the default configurations too (PowerShell-Docs issue 12497).",
		},
		{
			ID: "basic-unqualified-name", Row: "L45", Title: "Basic takes the bare name",
			Broken: "the account's qualifier is none of this host's names", Kind: Requirement, Source: topic(sectionBasic),
			After: []string{"basic-local-account"}, Routes: basic, Account: true, Needs: names, Check: checkBareName,
			Why: "For Basic the name is written alone, without a computer or a domain. pstest leaves out a qualifier that is one of the host's own names, and so does the command that it prints.",
			Fix: Fix{
				Windows: []string{"Get-LocalUser | Format-Table Name, Enabled"},
				Client:  []string{"pstest check {host} -u LOCALUSER --route basic-https   # with the name and the password of an account of the host itself"},
			},
		},
	}
}

func checkUseSSL(f *probe.Facts) Result {
	if tried(f.HTTP.Basic) {
		return brokenInNoWay(attempts(f)[3].evidence())
	}
	if !asksBasic(f) {
		return notApplicable("Basic over HTTPS was not asked for")
	}
	return met(fact("target.route", "route", string(f.Target.Route)))
}

func checkLocalAccount(f *probe.Facts) Result {
	if !asksBasic(f) {
		return notApplicable("Basic over HTTPS was not asked for")
	}
	told := accountEvidence(f)
	switch belongs(f) {
	case bareName, hostName:
		return met(told...)
	case nameless:
		return unknown("whether the qualifier is one of the host's names is not known: it gave no NTLM challenge", told...)
	case strayName:
		r := broken(told...)
		r.Because = "negotiate-name-form"
		return r
	}
	return broken(told...)
}

func checkBareName(f *probe.Facts) Result {
	if !asksBasic(f) {
		return notApplicable("Basic over HTTPS was not asked for")
	}
	told := accountEvidence(f)
	switch belongs(f) {
	case bareName:
		return met(told...)
	case hostName:
		return met(append(told, fact("account.user", "sent in Basic as", f.Account.User))...)
	case nameless:
		return unknown("whether the qualifier is one of the host's names is not known: it gave no NTLM challenge", told...)
	}
	return broken(told...)
}
