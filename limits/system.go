package limits

import (
	"strconv"

	"pstest/probe"
)

const (
	sectionIntro  = "LONG DESCRIPTION"
	sectionSystem = "SYSTEM REQUIREMENTS"
)

// notYet begins the reason of what no version has looked at so far. No broken
// limit is behind that.
const notYet = "not looked at by this version: "

// later says that a limit needs what a coming version will look at.
func later(what string) string { return notYet + what }

func introLimits() []Limit {
	return []Limit{{
		ID: "other-remoting-protocols", Row: "L1", Title: "Some cmdlets use other protocols",
		Kind: Advice, Source: topic(sectionIntro),
		Why: "Cmdlets such as Get-WmiObject or Get-EventLog with -ComputerName talk RPC or DCOM (ports 135, 445 and dynamic ones), " +
			"not WinRM. That they work or fail says nothing about remoting, and the other way round.",
		Fix: Fix{
			Windows: []string{"Get-Help Get-WinEvent -Parameter ComputerName   # the help says by what protocol a cmdlet connects"},
			Client:  []string{"# run the cmdlet inside a session instead: Invoke-Command -Session $s { Get-WinEvent -LogName System -MaxEvents 5 }"},
		},
		Since: "2018-01: PowerShell 6 and later have dropped Get-WmiObject and Get-EventLog, and what is left of -ComputerName outside remoting works on Windows alone.",
	}}
}

func systemLimits() []Limit {
	return []Limit{
		{
			ID: "powershell-3", Row: "L2", Title: "PowerShell 3.0 or later there",
			Broken: "the host has a Windows PowerShell older than 3.0", Kind: Requirement, Source: topic(sectionSystem),
			After: []string{"wmf-on-older-windows", "winrm-3", "winrm-service"},
			Needs: []Need{needVersion()}, Check: checkPowerShell3,
			Why: "Sessions in the manner of PowerShell 3.0 need that version at both ends. From outside it is inferred: Windows 8 and Server 2012 " +
				"came with it, and on older systems the package that brings WinRM 3.0 brings it too.",
			Fix: Fix{
				Windows: []string{"$PSVersionTable.PSVersion   # where it is too old, install Windows Management Framework 5.1"},
				Client:  []string{"pwsh -NoProfile -Command '$PSVersionTable.PSVersion'"},
			},
			Since: "as of the edition of 2023-07: Microsoft's topic asks for Windows Management Framework 5.1 to be fully supported.",
		},
		{
			ID: "dotnet-4", Row: "L3", Title: ".NET Framework 4 or later there",
			Broken: "the host has no .NET Framework 4", Kind: Requirement, Source: topic(sectionSystem),
			After: []string{"winrm-service"},
			Needs: []Need{needBuild()}, Check: checkDotNet4,
			Why: "PowerShell 3.0 and later run on .NET Framework 4. Windows 8, Server 2012 and all later ones include it; on older systems it was a separate installation.",
			Fix: Fix{
				Windows: []string{`(Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full').Release`},
				Client:  []string{"# nothing: clients on Linux and macOS bring their own runtime"},
			},
		},
		{
			ID: "winrm-3", Row: "L4", Title: "WinRM 3.0 or later there",
			Broken: "the host's WinRM is older than 3.0", Kind: Requirement, Source: topic(sectionSystem),
			After: []string{"wmf-on-older-windows", "winrm-service"},
			Needs: []Need{needIdentity(NeedsSeen)}, Check: stackAtLeast(3),
			Why: "WinRM tells its protocol stack's version to anyone who asks. Below 3.0 a session can't be left and taken up again, and several of today's clients fail.",
			Fix: Fix{
				Windows: []string{"winrm identify   # shows the stack; where it is too old, install Windows Management Framework 5.1"},
				Client:  []string{"# nothing to do on this side"},
			},
		},
		{
			ID: "powershell-2", Row: "L5", Title: "PowerShell 2.0 for older sessions",
			Kind: Requirement, Source: topic(sectionSystem),
			Later: later("the installed version is readable only in a session ($PSVersionTable)"),
			Why:   "A session in the manner of PowerShell 2.0 needs at least that version at both ends; it is the oldest that can be connected to.",
			Fix: Fix{
				Windows: []string{"$PSVersionTable.PSVersion"},
				Client:  []string{"pwsh -NoProfile -Command '$PSVersionTable.PSVersion'"},
			},
			Since: "2017-08: Windows PowerShell 2.0 is deprecated by Microsoft, as it lacks the later versions' logging and safeguards.",
		},
		{
			ID: "dotnet-2", Row: "L6", Title: ".NET Framework 2.0 for older sessions",
			Kind: Requirement, Source: topic(sectionSystem),
			Later: later("it is readable only in the host's registry"),
			Why:   "PowerShell 2.0 runs on .NET Framework 2.0 or later. It matters for hosts that kept PowerShell 2.0 alone.",
			Fix: Fix{
				Windows: []string{`(Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\NET Framework Setup\NDP\v2.0.50727').Install`},
				Client:  []string{"# nothing: clients on Linux and macOS bring their own runtime"},
			},
		},
		{
			ID: "winrm-2", Row: "L7", Title: "WinRM 2.0 or later there",
			Broken: "the host's WinRM is older than 2.0", Kind: Requirement, Source: topic(sectionSystem),
			After: []string{"winrm-service"}, Routes: allRoutes(),
			Needs: []Need{needIdentity(NeedsSeen)}, Check: stackAtLeast(2),
			Why: "WinRM 2.0 brought the session protocol that PowerShell remoting uses, and the ports 5985 and 5986. A 1.x service can be asked questions but holds no session.",
			Fix: Fix{
				Windows: []string{"winrm identify   # shows the stack; where it is too old, install Windows Management Framework 5.1"},
				Client:  []string{"# nothing to do on this side"},
			},
		},
		{
			ID: "disconnect-needs-3", Row: "L8", Title: "Disconnecting sessions needs 3.0",
			Broken: "sessions on this host can't be disconnected and taken up again", Kind: Advice, Source: topic(sectionSystem),
			After: []string{"wmf-on-older-windows", "winrm-3", "winrm-service"},
			Needs: []Need{needIdentity(NeedsSeen)}, Check: stackAtLeast(3),
			Why: "Versions 2.0 and 3.0 can talk to each other, with the older one's abilities: leaving a session running and coming back needs 3.0 at both ends.",
			Fix: Fix{
				Windows: []string{"# install Windows Management Framework 5.1"},
				Client:  []string{"# keep the session open for as long as the work takes"},
			},
		},
		{
			ID: "version-from-psversiontable", Row: "L9", Title: "$PSVersionTable tells the version",
			Kind: Advice, Source: topic(sectionSystem),
			Later: later("it is readable only in a session"),
			Why:   "The variable $PSVersionTable names the version of the PowerShell that reads it. In a remote session that is the host's, not the client's.",
			Fix: Fix{
				Windows: []string{"$PSVersionTable"},
				Client:  []string{"# inside a session: Invoke-Command -Session $s { $PSVersionTable }"},
			},
		},
		{
			ID: "wmf-on-older-windows", Row: "L10", Title: "Older Windows needs WMF 3.0",
			Broken: "this Windows came with an older WinRM and nobody has updated it", Kind: Requirement, Source: topic(sectionSystem),
			Needs: append([]Need{needBuild()}, mayUse(identityPaths()...)...), Check: checkOlderWindows,
			Why: "Before Windows 8 and Server 2012, WinRM 3.0 had to be installed as part of Windows Management Framework 3.0 or later, which refuses to install without its prerequisites.",
			Fix: Fix{
				Windows: []string{"# install .NET Framework 4.5.2 or later, then Windows Management Framework 5.1, then restart"},
				Client:  []string{"# nothing to do on this side"},
			},
			Since: "2020-01: Windows 7 and Server 2008 R2, the last of these, are out of Microsoft's support.",
		},
	}
}

// firstWithWinRM3 is the build of Windows 8 and Server 2012.
const firstWithWinRM3 = 9200

func needBuild() Need {
	return Need{Path: probe.PathHTTPNTLM, Strength: NeedsSeen, Or: []probe.Path{probe.PathHTTPSNTLM}}
}

// needVersion is the need of a rule that takes the service's version or the
// system's.
func needVersion() Need {
	n := needIdentity(NeedsSeen)
	n.Or = append(n.Or, probe.PathHTTPNTLM, probe.PathHTTPSNTLM)
	return n
}

func identityPaths() []probe.Path { return needIdentity(NeedsSeen).paths() }

// stack is the major version of the host's WinRM stack.
func stack(f *probe.Facts) (int, Evidence, bool) {
	id, p, ok := identity(f)
	if !ok || !id.Microsoft() {
		return 0, Evidence{}, false
	}
	n, ok := major(id.Stack)
	return n, fact(at(p, "stack"), "WinRM stack", orNone(id.Stack)), ok
}

// build is the system's build number as the NTLM challenge tells it. What is
// no build of NT 5 or later is no build.
func build(f *probe.Facts) (int, Evidence, bool) {
	n, p, ok := ntlm(f)
	if !ok || n.Build < 2195 {
		return 0, Evidence{}, false
	}
	return n.Build, fact(at(p, "build"), "Windows build", strconv.Itoa(n.Build)), true
}

func stackAtLeast(least int) func(*probe.Facts) Result {
	return func(f *probe.Facts) Result {
		n, e, ok := stack(f)
		switch {
		case !ok:
			return unknown("the service does not tell a WinRM stack version")
		case n < least:
			return broken(e)
		}
		return met(e)
	}
}

func checkPowerShell3(f *probe.Facts) Result {
	if n, e, ok := stack(f); ok {
		if n >= 3 {
			return met(e)
		}
		return broken(e)
	}
	if n, e, ok := build(f); ok && n >= firstWithWinRM3 {
		return met(e)
	}
	return unknown(later("neither the WinRM stack nor the build tells it; a session would"))
}

func checkDotNet4(f *probe.Facts) Result {
	n, e, ok := build(f)
	if ok && n >= firstWithWinRM3 {
		return met(e)
	}
	return unknown(later("this Windows may have it or not; its registry would tell"))
}

func checkOlderWindows(f *probe.Facts) Result {
	n, e, ok := build(f)
	if !ok {
		return unknown("the host does not tell which Windows it is")
	}
	if n >= firstWithWinRM3 {
		return met(e)
	}
	version, told, ok := stack(f)
	switch {
	case !ok:
		return unknown("this Windows came with an older WinRM, and the service does not tell its version", e)
	case version < 3:
		return broken(e, told)
	}
	return met(e, told)
}
