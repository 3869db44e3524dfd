package lab

import (
	"time"

	"pstest/negotiate"
)

// windowsScenarios are hosts that are Windows, set up one way or the other.
func windowsScenarios() []Scenario {
	return []Scenario{
		{Name: "healthy", Group: Windows, Title: "every documented route works"},

		// The offers.
		{Name: "basic-not-offered", Group: Windows, Title: "Basic is off, as on every default host", Rows: []string{"A1", "L36"},
			Setup: func(c *Config) { c.HTTPS.Offers = []string{offerNegotiate} },
			Want:  map[string]string{"basic-offered": broken, "basic-over-https": broken}},
		{Name: "basic-over-http-allowed", Group: Windows, Title: "Basic passwords are accepted in clear text, which only a password in clear text proves", Rows: []string{"B22", "L35"},
			Setup: func(c *Config) { c.HTTP.Offers = []string{offerNegotiate, offerBasic}; c.HTTP.AllowUnencrypted = true },
			Want:  map[string]string{"basic-over-http": unknown, "clear-basic-accepted": unknown, "no-basic-offer-over-http": broken}},
		{Name: "unencrypted-refused", Group: Windows, Title: "Basic is listed on HTTP and refused whatever the password", Rows: []string{"A2", "L35"},
			Setup: func(c *Config) { c.HTTP.Offers = []string{offerNegotiate, offerBasic} },
			Want:  map[string]string{"basic-over-http": unknown, "unencrypted-refused": unknown, "no-basic-offer-over-http": broken}},
		{Name: "unsealed-refused-500", Group: Windows, Title: "a message in clear gets an empty 500", Rows: []string{"A3"},
			Setup: func(c *Config) { c.HTTP.Unsealed500 = true }},
		{Name: "kerberos-only", Group: Windows, Title: "nothing but Kerberos is offered", Rows: []string{"B8", "A1"},
			Setup: func(c *Config) { c.HTTP.Offers, c.HTTPS.Offers = []string{offerKerberos}, []string{offerKerberos} },
			Want:  map[string]string{"negotiate-offered": broken, "basic-offered": broken, "basic-over-https": broken}},
		{Name: "no-negotiate", Group: Windows, Title: "Negotiate is switched off", Rows: []string{"B8"},
			Setup: func(c *Config) { c.HTTP.Offers, c.HTTPS.Offers = []string{offerBasic}, []string{offerBasic} },
			Want:  map[string]string{"negotiate-offered": broken, "no-basic-offer-over-http": broken}},
		{Name: "ntlm-blocked", Group: Windows, Title: "Negotiate is offered, and NTLM gets no challenge", Rows: []string{"B8"},
			Setup: func(c *Config) { c.NTLM.Blocked = true },
			Want:  map[string]string{"negotiate-offered": broken}},
		{Name: "raw-only", Group: Windows, Title: "NTLM is answered bare, and not inside SPNEGO",
			Setup: func(c *Config) { c.NTLM.RawOnly = true }},

		// The account.
		{Name: "wrong-password", Group: Windows, Title: "the password is wrong", Rows: []string{"A4"},
			Setup: func(c *Config) { c.LogonWith = "not-" + c.Account.Password },
			Want:  map[string]string{"credentials": broken}},
		{Name: "account-locked", Group: Windows, Title: "the account is locked or disabled, which looks like a wrong password", Rows: []string{"A4"},
			Setup: func(c *Config) { c.Account.Locked = true },
			Want:  map[string]string{"credentials": broken}},
		{Name: "token-filtered", Group: Windows, Title: "a local administrator is refused with NTLM while Basic works", Rows: []string{"L48", "A5"},
			Setup: func(c *Config) { c.Account.Filtered = true },
			Want:  map[string]string{"credentials": broken}},
		{Name: "domain-joined", Group: Windows, Title: "a member of a domain, with a local account",
			Setup: func(c *Config) { c.joined() }},
		{Name: "domain-account-with-basic", Group: Windows, Title: "a domain account, which Basic can't use", Rows: []string{"L43", "A14"},
			Setup: func(c *Config) { c.joined(); c.Account.Domain = true; c.LogonAs = `LAB\` + c.Account.Name },
			Want:  map[string]string{"basic-local-account": broken, "basic-unqualified-name": broken}},
		{Name: "workgroup", Group: Windows, Title: "a domain account for a host that is in no domain", Rows: []string{"L43", "L47", "A14", "B10"},
			Setup: func(c *Config) { c.LogonAs = `LAB\` + c.Account.Name },
			Want:  map[string]string{"basic-local-account": broken, "basic-unqualified-name": broken, "negotiate-name-form": broken, "credentials": broken}},
		{Name: "blank-password", Group: Windows, Title: "the account has no password", Rows: []string{"C13"},
			Setup: func(c *Config) { c.Account.Password, c.LogonWith = "", "" },
			Want:  map[string]string{"password-not-blank": broken, "credentials": broken}},
		{Name: "password-beyond-ascii", Group: Windows, Title: "the password has letters beyond ASCII, which Basic does not carry over", Rows: []string{"C12"},
			Setup: func(c *Config) { c.Account.Password += "-éß"; c.LogonWith, c.Account.ANSI = c.Account.Password, true },
			Want:  map[string]string{"password-encoding": broken, "credentials": broken}},

		// Channel bindings.
		{Name: "cbt-strict", Group: Windows, Title: "channel bindings are demanded",
			Setup: func(c *Config) { c.Bindings = BindingsStrict }},
		{Name: "cbt-strict-sha384", Group: Windows, Title: "channel bindings are demanded, over a certificate signed with SHA-384",
			Setup: func(c *Config) { c.Bindings = BindingsStrict; c.Certificate.Hash = sha384 }},
		{Name: "cbt-none", Group: Windows, Title: "channel bindings are not looked at",
			Setup: func(c *Config) { c.Bindings = BindingsNone }},
		{Name: "cbt-broken", Group: Windows, Title: "something in front ends TLS, so the right password is refused", Rows: []string{"B3"},
			Setup: func(c *Config) { c.Bindings = BindingsStrict; c.TLS.Terminated = true },
			Want:  map[string]string{"channel-bindings": broken}},

		// The system.
		{Name: "old-stack-2.0", Group: Windows, Title: "Windows Server 2008 R2 with WinRM 2.0", Rows: []string{"L4", "L8", "L10"},
			Setup: func(c *Config) {
				c.Stack, c.ServicePack = "2.0", "1.0"
				c.Machine.Major, c.Machine.Minor, c.Machine.Build = 6, 1, 7601
			},
			Want: map[string]string{"powershell-3": broken, "winrm-3": broken, "disconnect-needs-3": broken, "wmf-on-older-windows": broken}},
		{Name: "old-stack-1.1", Group: Windows, Title: "a Windows with WinRM 1.1", Rows: []string{"L7"},
			Setup: func(c *Config) {
				c.Stack, c.ServicePack = "1.1", "2.0"
				c.Machine.Major, c.Machine.Minor, c.Machine.Build = 6, 0, 6002
			},
			Want: map[string]string{"powershell-3": broken, "winrm-3": broken, "winrm-2": broken, "disconnect-needs-3": broken, "wmf-on-older-windows": broken}},
		{Name: "sealing-not-granted", Group: Windows, Title: "the NTLM challenge grants no sealing", Rows: []string{"L46"},
			Setup: func(c *Config) { c.NTLM.Refuses = negotiate.FlagSeal },
			Want:  map[string]string{"negotiate-sealed": broken}},
		{Name: "clock-skew", Group: Windows, Title: "the host's clock is 47 minutes fast", Rows: []string{"C11"},
			Setup: func(c *Config) { c.ClockOffset = 47 * time.Minute },
			Want:  map[string]string{"clock": broken}},
		{Name: "another-machine", Group: Windows, Title: "the name leads to another machine than it says", Rows: []string{"A17"},
			Setup: func(c *Config) { c.rename("FILESRV7") },
			Want:  map[string]string{"names-agree": broken}},

		// TLS.
		{Name: "tls-1.1-only", Group: Windows, Title: "TLS 1.2 is not switched on", Rows: []string{"B2"},
			Setup: func(c *Config) { c.TLS.Min, c.TLS.Max = tls10, tls11 },
			Want:  map[string]string{"tls-version": broken}},
		{Name: "tls-rsa-key-exchange", Group: Windows, Title: "only cipher suites that Go no longer offers", Rows: []string{"B2"},
			Setup: func(c *Config) { c.TLS.Max, c.TLS.Suites = tls12, rsaSuites() },
			Want:  map[string]string{"tls-version": broken}},
		{Name: "client-certificate-required", Group: Windows, Title: "a client certificate is demanded, under TLS 1.2", Rows: []string{"C7"},
			Setup: func(c *Config) { c.TLS.ClientCert, c.TLS.Max = true, tls12 },
			Want:  map[string]string{"client-certificate": broken}},
		{Name: "client-certificate-required-tls13", Group: Windows, Title: "a client certificate is demanded behind the handshake", Rows: []string{"C7"},
			Setup: func(c *Config) { c.TLS.ClientCert, c.TLS.Min, c.TLS.Max = true, tls13, tls13 },
			Want:  map[string]string{"client-certificate": broken}},
	}
}

// joined makes the host a member of a domain.
func (c *Config) joined() {
	m := &c.Machine
	m.NetBIOSDomain, m.DNSDomain, m.DNSTree = "LAB", "lab.test", "lab.test"
	m.DNSComputer = "win01.lab.test"
}

// rename makes it another workgroup machine.
func (c *Config) rename(name string) {
	m := &c.Machine
	m.NetBIOSComputer, m.NetBIOSDomain, m.DNSComputer, m.DNSDomain = name, name, name, name
}
