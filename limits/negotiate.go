package limits

import (
	"strings"

	"pstest/probe"
)

// remoteAuth is the page that the topic refers to for the token filter.
const remoteAuth = "Authentication for Remote Connections"

// setTokenFilter lets all administrators of a host in over NTLM.
const setTokenFilter = `New-ItemProperty HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System -Name LocalAccountTokenFilterPolicy -Value 1 -PropertyType DWord -Force`

func negotiateLimits() []Limit {
	return []Limit{
		{
			ID: "negotiate-sealed", Row: "L46", Title: "Negotiate seals messages over HTTP",
			Broken: "the host does not grant what sealing needs", Kind: Requirement, Source: topic(sectionBasic),
			After: append([]string{"negotiate-offered", "one-host-answers", "sealing-required"}, beforeOffer()...), Routes: []probe.Route{probe.RouteNegotiateHTTP},
			Needs: append([]Need{{Path: probe.PathHTTPNTLM, Strength: NeedsSeen}}, mayUse(probe.PathHTTPNegotiate)...), Check: checkSealed,
			Why: "Negotiate with NTLM logs on without sending the password and then encrypts every message with a key that both sides derive from it. That is what makes plain HTTP fit for remoting.",
			Fix: Fix{
				Windows: []string{`Get-ItemProperty HKLM:\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0 -Name NtlmMinServerSec, NtlmMinClientSec   # the value 0x20080000 asks for NTLMv2 and 128 bits`},
				Client:  []string{"pstest check {host} --route basic-https   # the way meanwhile"},
			},
			Since: noSection,
		},
		{
			ID: "negotiate-name-form", Row: "L47", Field: []string{"B9", "B10"}, Title: "Negotiate takes a qualified name",
			Broken: "the account's qualifier is neither this host's name nor its domain's", Kind: Requirement, Source: topic(sectionBasic),
			Routes: negotiateRoutes(), Account: true,
			Needs: mayUse(probe.PathHTTPNegotiate, probe.PathHTTPSNegotiate, probe.PathHTTPNTLM, probe.PathHTTPSNTLM), Check: checkNameForm,
			Why: "For Negotiate the account says where it belongs: user@host or HOST\\user for one of the host itself, DOMAIN\\user or user@domain for one of its domain. An alias or an address is not such a name.",
			Fix: Fix{
				Windows: []string{"hostname; (Get-CimInstance Win32_ComputerSystem).Domain; Get-LocalUser | Format-Table Name, Enabled"},
				Client:  []string{"pstest check {host} -u {hostuser}   # with an account of the host itself, and its password"},
			},
		},
		{
			ID: "token-filter-policy", Row: "L48", Field: []string{"A5"}, Title: "Local administrators need a policy",
			Broken: "the host filters the rights of its local administrators", Kind: Requirement, Source: topic(sectionBasic),
			After: append([]string{"credentials", "administrators-member"}, beforeAccount()...), Routes: negotiateRoutes(), Account: true,
			Needs: append([]Need{needAttempt()}, mayUse(probe.PathHTTPNTLM, probe.PathHTTPSNTLM)...), Check: checkTokenFilter,
			Why: "Windows takes the administrator's rights from local accounts that come in over the network with NTLM, all but the built-in Administrator, until LocalAccountTokenFilterPolicy is 1. " +
				"Microsoft's \"" + remoteAuth + "\" names Negotiate alone. Accounts of the host's own domain are not concerned; administrators from another domain are, by about_Remote_Troubleshooting.",
			Fix: Fix{
				Windows: []string{setTokenFilter},
				Client:  []string{"pstest check {host} -u {localuser} --route basic-https   # Microsoft's page names Negotiate alone"},
			},
			Since: "as of the edition of 2023-07: about_Remote_Troubleshooting adds that it lifts these restrictions for all users of the host, and is to be weighed; Disable-PSRemoting sets it back to 0.",
		},
	}
}

// checkSealed is met by the offer of 128-bit sealing; a sealed answer, where
// there is one, is better evidence of the same.
func checkSealed(f *probe.Facts) Result {
	n := f.HTTP.NTLM.Value
	told := []Evidence{fact(at(probe.PathHTTPNTLM, "sealing"), "128-bit sealing", yesNo(n.Sealing))}
	a := attempts(f)[0]
	switch {
	case a.is(probe.Accepted) && a.auth.Value.Sealed:
		return met(append(told, fact(at(a.path, "sealed"), "answer", "sealed, opened and verified"))...)
	case n.Sealing:
		return met(told...)
	}
	return broken(told...)
}

func yesNo(b bool) string {
	if b {
		return "offered"
	}
	return "not offered"
}

// belonging is what an account's qualifier names.
type belonging string

const (
	bareName   belonging = "none"       // no qualifier
	hostName   belonging = "host"       // the host itself
	domainName belonging = "domain"     // the domain that the host is in
	otherName  belonging = "other"      // neither, and the host is in a domain, which may trust others
	strayName  belonging = "stray"      // neither, and the host is in no domain
	nameless   belonging = "not-known"  // the host told no names to compare with
	noneGiven  belonging = "no-account" // no account was given
)

// belongs compares the account's qualifier with the host's names.
func belongs(f *probe.Facts) belonging {
	a := f.Account
	n, _, ok := ntlm(f)
	switch {
	case !a.Given():
		return noneGiven
	case a.Qualifier == "":
		return bareName
	case oneOf(a.Qualifier, askedNames(f)...), ok && oneOf(a.Qualifier, n.NetBIOSComputer, n.DNSComputer):
		return hostName
	case !ok || n.NetBIOSComputer == "" && n.DNSComputer == "":
		return nameless
	case n.Workgroup():
		return strayName
	case oneOf(a.Qualifier, n.NetBIOSDomain, n.DNSDomain, n.DNSTree):
		return domainName
	}
	return otherName
}

// askedNames are the names by which the user calls the host; "." is Windows'
// word for the computer itself.
func askedNames(f *probe.Facts) []string {
	if isAddress(f.Target.Host) {
		return []string{".", f.Target.Host}
	}
	return []string{".", f.Target.Host, label(f.Target.Host)}
}

func oneOf(name string, names ...string) bool {
	for _, n := range names {
		if n != "" && strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// accountEvidence is the account as given, beside the names that the host gave.
func accountEvidence(f *probe.Facts) []Evidence {
	told := []Evidence{fact("account.asked", "account", f.Account.Asked)}
	n, p, ok := ntlm(f)
	if !ok {
		return told
	}
	told = append(told, fact(at(p, "netbiosComputer"), "host calls itself", orNone(n.NetBIOSComputer)))
	if n.Workgroup() {
		return append(told, fact(at(p, "netbiosDomain"), "domain", "none, a workgroup"))
	}
	return append(told, fact(at(p, "netbiosDomain"), "domain", orNone(n.NetBIOSDomain)))
}

// localAccount tells whether the account is, by its name, one of the host itself.
func localAccount(f *probe.Facts) bool {
	n, _, ok := ntlm(f)
	b := belongs(f)
	return b == hostName || b == bareName && ok && n.Workgroup()
}

// checkNameForm is met by any logon that the host accepted: it understood the
// name. Else the form is compared with the host's names. That it does not fit
// stands in no route's way by itself: if the host rejects the account, the
// name is the first suspect.
func checkNameForm(f *probe.Facts) Result {
	told := accountEvidence(f)
	for _, a := range attempts(f)[:2] {
		if a.is(probe.Accepted) {
			return met(append(told, a.evidence())...)
		}
	}
	switch belongs(f) {
	case hostName, domainName:
		return met(told...)
	case bareName:
		return unknown("a name without a qualifier mostly means an account of the host itself; the documented form is user@host", told...)
	case strayName:
		return strayResult(f, told)
	case otherName:
		return unknown("the qualifier is not the host's domain; it may be a domain that it trusts", told...)
	}
	return unknown("the host gave no NTLM challenge to compare the name with", told...)
}

// strayResult is for a qualifier that the host does not know. Where it rejected
// the account, the name is the first suspect, and the password still another.
func strayResult(f *probe.Facts, told []Evidence) Result {
	r := brokenInNoWay(told...)
	if rejected := ended(f, probe.Rejected); len(rejected) > 0 {
		r.Hypotheses = []Hypothesis{strayQualifier(),
			{Limit: "credentials", Cause: "the host looked among its own accounts all the same, and the password is not that of its account", Grade: "believed", Decide: "on the host: " + failedLogons}}
	}
	return r
}

// checkTokenFilter can't decide: a filtered token shows as a rejected logon or
// as a denied access, and so do other causes. It only tells whom it can't concern.
func checkTokenFilter(f *probe.Facts) Result {
	switch {
	case belongs(f) == domainName:
		return notApplicable("the account is one of the host's domain, which the filter leaves out")
	case builtIn(f):
		return notApplicable("the account bears the name of the built-in Administrator, which the filter leaves out")
	case len(ended(f, probe.Rejected)) > 0 && localAccount(f):
		return unknown("a filtered token and a wrong password can look alike from here; see the ranked causes")
	}
	return unknown(later("the policy is readable only in the host's registry, and its effect shows when a session is opened"))
}
