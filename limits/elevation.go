package limits

import (
	"net/netip"

	"pstest/probe"
)

const sectionElevation = "RUN AS ADMINISTRATOR"

func elevationLimits() []Limit {
	return []Limit{
		{
			ID: "loopback-elevation", Row: "L24", Title: "Loopback sessions need elevation",
			Kind: Advice, Source: topic(sectionElevation), After: []string{"name-resolves"},
			Needs: []Need{{Path: probe.PathHTTPDial, Strength: NeedsTried, Or: []probe.Path{probe.PathHTTPSDial}}}, Check: checkLoopback,
			Why: "A Windows computer that opens a session to itself is asked for elevated rights, because the session would hold more of them than the window it was opened from.",
			Fix: Fix{
				Windows: []string{"Start-Process powershell -Verb RunAs"},
				Client:  []string{"# nothing to do on this side"},
			},
		},
		{
			ID: "configurations-elevation", Row: "L25", Title: "Managing configurations needs elevation",
			Kind: Advice, Source: topic(sectionElevation),
			Why: "Creating, changing and removing session configurations works only in a PowerShell that was started elevated on the host.",
			Fix: Fix{
				Windows: []string{"Start-Process powershell -Verb RunAs", "Get-PSSessionConfiguration"},
				Client:  []string{"# inside a session of an administrator it works too: a remote session is elevated"},
			},
		},
		{
			ID: "wsman-settings-elevation", Row: "L26", Title: "WSMan settings need elevation",
			Kind: Advice, Source: topic(sectionElevation),
			Later: later("reading the settings from here needs an administrator's session"),
			Why:   "Everything under WSMan:\\localhost, listeners, authentication and quotas included, is readable and writable only in an elevated PowerShell on the host.",
			Fix: Fix{
				Windows: []string{"Start-Process powershell -Verb RunAs", `Get-ChildItem WSMan:\localhost\Service`},
				Client:  []string{"# the WSMan: drive does not exist on Linux and macOS"},
			},
		},
		{
			ID: "run-as-administrator", Row: "L27", Title: "Elevate even as an administrator",
			Kind: Advice, Source: topic(sectionElevation),
			Why: "Membership in Administrators is not enough for these tasks: with User Account Control, a normally started PowerShell runs with a filtered token. " +
				"Every fix for Windows that pstest prints is meant for an elevated one.",
			Fix: Fix{
				Windows: []string{"Start-Process powershell -Verb RunAs", "[Security.Principal.WindowsPrincipal]::new([Security.Principal.WindowsIdentity]::GetCurrent()).IsInRole('Administrators')"},
				Client:  []string{"# pstest and the clients need no root here"},
			},
		},
	}
}

// checkLoopback finds out whether this computer was asked about itself. It
// runs no Windows, so the limit applies in neither case.
func checkLoopback(f *probe.Facts) Result {
	for _, p := range ports(f) {
		a, err := netip.ParseAddr(p.dial.Value.Address)
		if err != nil || (!a.IsLoopback() && p.dial.Value.Address != p.dial.Value.Local) {
			continue
		}
		r := notApplicable("the connection stays on this computer: a forwarded port or a simulated host, to which the host's own rule does not speak")
		r.Evidence = []Evidence{fact(at(p.path, "address"), "address", p.dial.Value.Address)}
		return r
	}
	return notApplicable("the host is another computer than this one")
}
