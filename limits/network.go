package limits

import "pstest/probe"

const sectionNetwork = "WINDOWS NETWORK LOCATIONS"

// Commands on the rules that hold a public network to its own subnet. The topic
// names one rule; it has another name on Windows 10 and 11.
const (
	allowOne = publicRules + " | Set-NetFirewallRule -RemoteAddress LocalSubnet, {ownaddress}   # lets in this computer besides the subnet"
	allowAll = publicRules + " | Set-NetFirewallRule -RemoteAddress Any   # careful: opens WinRM to everybody whom the public network reaches"
	ruleNote = "as of the edition of 2023-07: the topic adds that the rule's name differs between Windows versions; Get-NetFirewallRule -Name WINRM* lists them."
)

func networkLimits() []Limit {
	after := []string{"name-resolves", "port-reachable"}
	tried := []Need{{Path: probe.PathHTTPDial, Strength: NeedsTried, Or: []probe.Path{probe.PathHTTPSDial}}}
	public := append(tried[:1:1], mayUse(probe.PathNeutral)...)
	return []Limit{
		{
			ID: "enable-psremoting-any-profile", Row: "L16", Title: "Enable-PSRemoting works on any network",
			Kind: Advice, Source: topic(sectionNetwork), After: []string{"winrm-service"},
			Needs: []Need{needIdentity(NeedsSeen)}, Check: checkAnyProfile,
			Why: "From PowerShell 3.0 on, Enable-PSRemoting can switch remoting on whichever profile the network has: domain, private or public. What differs is how far the firewall then opens.",
			Fix: Fix{
				Windows: []string{"Get-NetConnectionProfile", "Enable-PSRemoting -Force"},
				Client:  []string{"# nothing to do on this side"},
			},
		},
		{
			ID: "server-private-network", Row: "L17", Title: "Server, private network: open",
			Kind: Requirement, Source: topic(sectionNetwork), After: after, Needs: tried, Check: checkProfile(false),
			Why: "On a Windows Server whose network is private or domain, Enable-PSRemoting opens the firewall for WinRM to every address.",
			Fix: Fix{
				Windows: []string{"Enable-NetFirewallRule -Name WINRM-HTTP-In-TCP", "Get-NetFirewallRule -Name WINRM* | Format-Table Name, Enabled, Profile, Action"},
				Client:  []string{"# nothing to do on this side"},
			},
		},
		{
			ID: "server-public-network", Row: "L18", Title: "Server, public network: subnet only",
			Kind: Requirement, Source: topic(sectionNetwork), After: after, Needs: public, Check: checkProfile(true),
			Why: "On a Windows Server whose network counts as public, the firewall lets only computers of the same subnet reach WinRM. From anywhere else the port is silent.",
			Fix: Fix{
				Windows: []string{"Set-NetConnectionProfile -InterfaceAlias Ethernet -NetworkCategory Private   # only where the network is your own", allowOne},
				Client:  []string{"# connect from the host's subnet, or through a VPN or jump host there"},
			},
			Since: ruleNote,
		},
		{
			ID: "client-private-network", Row: "L19", Title: "Client Windows, private network: open",
			Kind: Requirement, Source: topic(sectionNetwork), After: after, Needs: tried, Check: checkProfile(false),
			Why: "On Windows 10, 11 and their like, Enable-PSRemoting opens the firewall for WinRM to every address where the network is private or domain.",
			Fix: Fix{
				Windows: []string{"Enable-PSRemoting -Force"},
				Client:  []string{"# nothing to do on this side"},
			},
		},
		{
			ID: "client-public-network", Row: "L20", Title: "Client Windows, public: extra switch",
			Kind: Requirement, Source: topic(sectionNetwork), After: after, Needs: public, Check: checkProfile(true),
			Why: "On Windows 10, 11 and their like with a public network, Enable-PSRemoting refuses unless told to skip the profile check, and then opens the firewall to the local subnet only.",
			Fix: Fix{
				Windows: []string{"Enable-PSRemoting -SkipNetworkProfileCheck -Force"},
				Client:  []string{"# connect from the host's subnet, or through a VPN or jump host there"},
			},
		},
		{
			ID: "public-rule-lift", Row: "L21", Title: "The subnet rule can be lifted",
			Kind: Advice, Source: topic(sectionNetwork),
			Why: "The firewall rule for public networks is an ordinary one: its list of remote addresses can be widened, to single addresses too. " +
				"Wide open on a public network is rarely what one wants.",
			Fix: Fix{
				Windows: []string{allowOne, allowAll},
				Client:  []string{"# nothing to do on this side"},
			},
			Since: ruleNote,
		},
		{
			ID: "ps2-server-network", Row: "L22", Title: "PowerShell 2.0 server: all networks",
			Kind: Advice, Source: topic(sectionNetwork),
			Why: "PowerShell 2.0 opened the firewall of a Windows Server on every kind of network, public ones included. A host that was upgraded may have kept those rules.",
			Fix: Fix{
				Windows: []string{"Get-NetFirewallRule -Name WINRM* | Get-NetFirewallAddressFilter"},
				Client:  []string{"# nothing to do on this side"},
			},
		},
		{
			ID: "ps2-client-network", Row: "L23", Title: "PowerShell 2.0 client: never public",
			Kind: Advice, Source: topic(sectionNetwork),
			Why: "PowerShell 2.0 on a client Windows can't enable remoting while any network is public; the profile has to change first.",
			Fix: Fix{
				Windows: []string{"Set-NetConnectionProfile -InterfaceAlias Ethernet -NetworkCategory Private; Enable-PSRemoting -Force"},
				Client:  []string{"# nothing to do on this side"},
			},
		},
	}
}

func checkAnyProfile(f *probe.Facts) Result {
	n, e, ok := stack(f)
	switch {
	case !ok:
		return unknown("the service does not tell a WinRM stack version")
	case n < 3:
		return notApplicable("it speaks of WinRM 3.0 and later; this host has an older one")
	}
	return met(e)
}

// checkProfile infers a rule about the host's firewall from what the ports do.
// Reachability proves that this computer is let in, not which rule does it, so
// the best that it says is that there is nothing to see here. Of a silent port
// the rules for public networks can't be the cause within the host's subnet.
func checkProfile(subnetOnly bool) func(*probe.Facts) Result {
	return func(f *probe.Facts) Result {
		if reached, e := letIn(f); reached {
			r := notApplicable("the host's firewall lets this computer in, whatever its network's profile")
			r.Evidence = []Evidence{e}
			return r
		}
		local, e := onSubnet(f)
		switch {
		case subnetOnly && local:
			r := notApplicable("this computer is in the host's subnet, which the rule lets in")
			r.Evidence = []Evidence{e}
			return r
		case subnetOnly:
			return unknown("a silent port fits this rule, and a dead host or any other firewall too")
		}
		return unknown("the profile of the host's network and its firewall rules are readable only on the host")
	}
}

// letIn tells whether either port answered a connection attempt in any way.
func letIn(f *probe.Facts) (bool, Evidence) {
	for _, p := range ports(f) {
		if p.open() || p.refused() {
			return true, p.evidence()
		}
	}
	return false, Evidence{}
}

// onSubnet tells whether this computer has an address in the host's subnet, as
// far as any connection showed it.
func onSubnet(f *probe.Facts) (bool, Evidence) {
	for _, p := range ports(f) {
		if p.dial.Value.OnLink {
			return true, fact(at(p.path, "onLink"), "same subnet", p.dial.Value.Address)
		}
	}
	for _, d := range f.Neutral.Value {
		if d.OnLink {
			return true, fact(string(probe.PathNeutral), "same subnet", d.Address)
		}
	}
	return false, Evidence{}
}
