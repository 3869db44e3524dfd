package limits

import (
	"slices"
	"strconv"

	"pstest/probe"
)

const sectionPermissions = "USER PERMISSIONS"

func permissionLimits() []Limit {
	return []Limit{
		{
			ID: "administrators-member", Row: "L11", Field: []string{"A6"}, Title: "The account is an administrator",
			Broken: "the host knows this account and denies it access", Kind: Requirement, Source: topic(sectionPermissions),
			After: slices.Concat([]string{"credentials"}, beforeAccount()), Routes: allRoutes(),
			Account: true,
			Needs:   append([]Need{needAttempt()}, mayUse(probe.PathHTTPNTLM, probe.PathHTTPSNTLM, probe.PathHTTPSChallenge)...), Check: checkAdministrators,
			Why: "Logging on and being allowed to use remoting are two things. By default only members of the host's Administrators group may open sessions.",
			Fix: Fix{
				Windows: []string{"# Administrators is S-1-5-32-544, Remote Management Users S-1-5-32-580; the second does not make the account an administrator.",
					"Add-LocalGroupMember -SID S-1-5-32-580 -Member {user}   # before WMF 5.1: net localgroup with the group's local name, the account and /add"},
				Client: []string{"pstest check {host} -u ADMINISTRATOR   # an account that is an administrator there"},
			},
			Since: "reported 2025-11, true since 3.0: the default session configurations also admit the group Remote Management Users, which the topic does not say (PowerShell-Docs issue 12497).",
		},
		{
			ID: "session-configuration-rights", Row: "L12", Title: "Session configurations carry the rights",
			Kind: Requirement, Source: topic(sectionPermissions),
			Later: later("reading a session configuration's security descriptor needs a session as administrator"),
			Why:   "Who may connect is decided by the security descriptor of the session configuration that is asked for, not by WinRM alone.",
			Fix: Fix{
				Windows: []string{"Get-PSSessionConfiguration | Format-List Name, Permission, SecurityDescriptorSddl"},
				Client:  []string{"# New-PSSession -ConfigurationName NAME asks for another one"},
			},
		},
		{
			ID: "default-configurations-administrators", Row: "L13", Title: "Default configurations: administrators only",
			Kind: Requirement, Source: topic(sectionPermissions),
			Later: later("it would open each configuration once"),
			Why: "Microsoft.PowerShell (which is used when none is named), Microsoft.PowerShell32 and Microsoft.PowerShell.Workflow let administrators in and nobody else, " +
				"unless someone changed them.",
			Fix: Fix{
				Windows: []string{"Get-PSSessionConfiguration -Name Microsoft.PowerShell* | Format-List Name, Permission", "Set-PSSessionConfiguration -Name Microsoft.PowerShell -ShowSecurityDescriptorUI"},
				Client:  []string{"# nothing to do on this side"},
			},
			Since: "reported 2025-11, true since 3.0: Remote Management Users are admitted too (PowerShell-Docs issue 12497). The topic's edition of 2023-07 no longer lists the Workflow configuration.",
		},
		{
			ID: "session-configuration-choice", Row: "L14", Title: "Another configuration may be open",
			Kind: Advice, Source: topic(sectionPermissions),
			Later: later("it would try the configuration that the user asks for"),
			Why:   "An account that a configuration does not admit gets no session from it. It can name another one, such as a restricted endpoint that was made for its task.",
			Fix: Fix{
				Windows: []string{"Get-PSSessionConfiguration | Format-Table Name, Permission -Wrap"},
				Client:  []string{"# New-PSSession -ConfigurationName NAME"},
			},
		},
		{
			ID: "session-configuration-change", Row: "L15", Title: "Administrators decide who may connect",
			Kind: Advice, Source: topic(sectionPermissions),
			Later: later("whether someone changed the configurations is readable only as administrator"),
			Why:   "Administrators of the host may change the rights of the default configurations and register further ones, so two hosts need not behave alike.",
			Fix: Fix{
				Windows: []string{"Register-PSSessionConfiguration -Name NAME -ShowSecurityDescriptorUI"},
				Client:  []string{"# ask the host's administrators which configuration is meant for you"},
			},
		},
	}
}

// needAttempt is the need of a rule that looks at how logging on went.
func needAttempt() Need {
	return Need{Path: probe.PathHTTPNegotiate, Strength: NeedsTried,
		Or: []probe.Path{probe.PathHTTPSNegotiate, probe.PathHTTPSBasic, probe.PathHTTPBasic}}
}

// accessDenied is the WSMan fault code of a logon that worked and an access
// that was refused (ERROR_ACCESS_DENIED).
const accessDenied = 5

func checkAdministrators(f *probe.Facts) Result {
	for _, a := range ended(f, probe.Faulted) {
		fault := a.auth.Value.Fault
		if fault == nil || fault.WSManCode != accessDenied {
			continue
		}
		r := broken(a.evidence(), fact(at(a.path, "fault.wsManCode"), "fault code", strconv.Itoa(accessDenied)))
		r.Routes = []probe.Route{a.route}
		r.Hypotheses = deniedHypotheses(f)
		return r
	}
	if len(ended(f, probe.Rejected)) > 0 && len(ended(f, probe.Accepted)) == 0 {
		return unknown("the host rejected the account before its rights came into play")
	}
	return unknown(later("whether the account may open a session shows only when one is opened"))
}

// deniedHypotheses are the causes of an access that was denied behind a logon
// that worked, the likeliest first.
func deniedHypotheses(f *probe.Facts) []Hypothesis {
	member := Hypothesis{Limit: "administrators-member", Cause: "the account is in neither Administrators nor Remote Management Users", Grade: "reported",
		Decide: members}
	rights := Hypothesis{Limit: "session-configuration-rights", Cause: "the service's or the configuration's security descriptor was changed", Grade: "reported",
		Decide: `on the host: (Get-Item WSMan:\localhost\Service\RootSDDL).Value`}
	if localAccount(f) && len(ended(f, probe.Faulted)) > 0 {
		return []Hypothesis{tokenFilter(f), member, rights}
	}
	return []Hypothesis{member, rights}
}
