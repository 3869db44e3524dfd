package lab

// wireScenarios are about ports, and about who answers on them.
func wireScenarios() []Scenario {
	return []Scenario{
		{Name: "no-https-listener", Group: Wire, Title: "nothing listens for HTTPS, as on every default host", Rows: []string{"L41", "A9"},
			Setup: func(c *Config) { c.HTTPS.Reach = Refused },
			Want:  map[string]string{"https-listener": broken}},
		{Name: "https-firewalled", Group: Wire, Title: "the firewall has a rule for HTTP alone", Rows: []string{"A7", "L41"},
			Setup: func(c *Config) { c.HTTPS.Reach = Firewalled },
			Want:  map[string]string{"port-reachable": broken, "https-listener": unknown}},
		{Name: "http-refused", Group: Wire, Title: "only the HTTPS listener is there", Rows: []string{"A8"},
			Setup: func(c *Config) { c.HTTP.Reach = Refused },
			Want:  map[string]string{"port-listening": broken}},
		{Name: "no-listeners", Group: Wire, Title: "remoting is not enabled", Rows: []string{"L28", "L31", "A8"},
			Setup: func(c *Config) { c.HTTP.Reach, c.HTTPS.Reach = Refused, Refused },
			Want:  map[string]string{"remoting-enabled": broken, "port-listening": broken, "https-listener": broken, "winrm-service": broken}},
		{Name: "firewalled", Group: Wire, Title: "both ports are silent, others answer", Rows: []string{"A7", "L18", "L20"},
			Setup: func(c *Config) { c.HTTP.Reach, c.HTTPS.Reach = Firewalled, Firewalled },
			Want:  map[string]string{"port-reachable": broken}},
		{Name: "host-down", Group: Wire, Title: "no port of the host answers", Rows: []string{"A7"},
			Setup: func(c *Config) {
				c.HTTP.Reach, c.HTTPS.Reach = Firewalled, Firewalled
				c.Neutral = map[int]Reach{445: Firewalled, 3389: Firewalled, 22: Firewalled}
			},
			Want: map[string]string{"port-reachable": broken}},
		{Name: "unroutable", Group: Wire, Title: "there is no way to the host", Rows: []string{"A7"},
			Setup: func(c *Config) {
				c.HTTP.Reach, c.HTTPS.Reach = Unroutable, Unroutable
				c.Neutral = nil
			},
			Want: map[string]string{"port-reachable": broken}},
		{Name: "silent-listener", Group: Wire, Title: "both ports accept and never answer", Rows: []string{"B20"},
			Setup: func(c *Config) { c.HTTP.Raw, c.HTTPS.Raw = silent, silent },
			Want:  map[string]string{"answers-requests": broken}},
		{Name: "silent-to-anonymous", Group: Wire, Title: "requests without credentials are never answered", Rows: []string{"B20"},
			Setup: func(c *Config) { c.HTTP.Mute, c.HTTPS.Mute = true, true },
			Want:  map[string]string{"answers-requests": broken}},
		{Name: "tls-on-5985", Group: Wire, Title: "the HTTP port speaks TLS", Rows: []string{"A15"},
			Setup: func(c *Config) { c.HTTP = c.HTTPS; c.HTTPS.Reach = Refused },
			Want:  map[string]string{"scheme-on-port": broken, "https-listener": broken}},
		{Name: "http-on-5986", Group: Wire, Title: "the HTTPS port speaks plain HTTP", Rows: []string{"A15", "L41"},
			Setup: func(c *Config) { c.HTTPS = c.HTTP },
			Want:  map[string]string{"scheme-on-port": broken, "https-listener": broken}},
		{Name: "ssh-on-5985", Group: Wire, Title: "SSH answers on the HTTP port", Rows: []string{"B17"},
			Setup: func(c *Config) { c.HTTP.Raw = greeting("SSH-2.0-OpenSSH_for_Windows_9.5\r\n") },
			Want:  map[string]string{"windows-winrm": broken, "well-formed-answers": broken}},
		{Name: "iis-404", Group: Wire, Title: "IIS has the ports and knows no /wsman", Rows: []string{"B1", "B17"},
			Setup: both(html("404 Not Found", "Microsoft-IIS/10.0", "X-Powered-By: ASP.NET\r\n", "404 - File or directory not found.")),
			Want:  map[string]string{"windows-winrm": broken, "remoting-enabled": broken, "winrm-service": broken}},
		{Name: "filter-404", Group: Wire, Title: "the listener's address filter leaves this address out", Rows: []string{"B1"},
			Setup: func(c *Config) { c.HTTP.Path, c.HTTPS.Path = "/nowhere", "/nowhere" },
			Want:  map[string]string{"wsman-url": broken}},
		{Name: "service-503", Group: Wire, Title: "http.sys answers and the service behind it does not", Rows: []string{"B19", "L31"},
			Setup: both(unavailable),
			Want:  map[string]string{"service-available": broken, "winrm-service": broken}},
		{Name: "proxy-in-the-way", Group: Wire, Title: "a proxy answers in the host's place and wants its own password", Rows: []string{"A16"},
			Setup: func(c *Config) {
				c.HTTP.Instead = html("407 Proxy Authentication Required", "squid/5.7", "Mime-Version: 1.0\r\n"+
					"X-Squid-Error: ERR_CACHE_ACCESS_DENIED 0\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\n"+
					"Via: 1.1 proxy.lab.test (squid/5.7)\r\n", "ERROR: Cache Access Denied")
			},
			Want: map[string]string{"no-proxy-between": broken}},
		{Name: "load-balanced", Group: Wire, Title: "two machines share the address, and the handshake is torn apart", Rows: []string{"B18"},
			Setup: func(c *Config) { c.joined(); c.NTLM.Forgets = true; c.Machine.Alternate = "WIN02" },
			Want:  map[string]string{"one-host-answers": broken, "negotiate-sealed": unknown}},
		{Name: "omi", Group: Wire, Title: "WS-Management on Linux answers", Rows: []string{"B17"},
			Setup: both(omi),
			Want:  map[string]string{"windows-winrm": broken, "negotiate-offered": broken, "no-basic-offer-over-http": broken, "credentials": broken}},
	}
}

// hostileScenarios are answers that must not hurt whoever reads them.
func hostileScenarios() []Scenario {
	bad := map[string]string{"well-formed-answers": broken}
	return []Scenario{
		{Name: "endless-headers", Group: Hostile, Title: "a header that never ends", Setup: both(endlessHeaders()), Want: bad},
		{Name: "endless-body", Group: Hostile, Title: "an answer of a gigabyte", Setup: both(endlessBody()), Want: bad},
		{Name: "endless-interim", Group: Hostile, Title: "interim answers without end", Setup: both(endlessInterim()), Want: bad},
		{Name: "gzip-bomb", Group: Hostile, Title: "a gigabyte in a megabyte", Setup: both(bomb), Want: bad},
		{Name: "redirect-loop", Group: Hostile, Title: "a redirection to itself", Setup: both(redirect()),
			Want: map[string]string{"windows-winrm": broken, "winrm-service": broken}},
		{Name: "parrot", Group: Hostile, Title: "every answer repeats what was sent", Setup: both(parrot),
			Want: map[string]string{"administrators-member": broken, "basic-over-http": broken, "clear-basic-accepted": broken, "negotiate-offered": broken,
				"no-basic-offer-over-http": broken, "unencrypted-refused": broken, "well-formed-answers": broken}},
		{Name: "answers-anybody", Group: Hostile, Title: "an Identify for whoever asks, with any account or none", Setup: both(anybody),
			Want: map[string]string{"basic-over-http": broken, "clear-basic-accepted": broken, "no-basic-offer-over-http": broken, "unencrypted-refused": broken,
				"windows-winrm": broken}},
		{Name: "forged-mic", Group: Hostile, Title: "accepts any NTLM logon, without the key that a right password makes",
			Setup: func(c *Config) { c.NTLM.Forges = true }},
		{Name: "drip", Group: Hostile, Title: "one byte a second", Rows: []string{"B20"},
			Setup: both(drip("HTTP/1.1 401 \r\nX-Filler: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n", heard)),
			Want:  map[string]string{"answers-requests": broken}},
		{Name: "truncated-challenge", Group: Hostile, Title: "an NTLM challenge that is cut short",
			Setup: func(c *Config) { c.NTLM.Edit = truncated }, Want: bad},
		{Name: "absurd-challenge", Group: Hostile, Title: "an NTLM challenge whose lengths point into nowhere",
			Setup: func(c *Config) { c.NTLM.Edit = absurd }, Want: bad},
		{Name: "terminal-escapes", Group: Hostile, Title: "names that would take over a terminal", Setup: shout,
			Want: map[string]string{"names-agree": broken, "no-basic-offer-over-http": broken}},
		{Name: "slow-tls", Group: Hostile, Title: "a TLS handshake of one byte a second",
			Setup: func(c *Config) { c.HTTPS.Raw = silentTLS() },
			Want:  map[string]string{"answers-requests": broken}},
		{Name: "garbage-tls", Group: Hostile, Title: "bytes that are no TLS",
			Setup: func(c *Config) { c.HTTPS.Raw = babble },
			Want:  map[string]string{"https-listener": broken, "windows-winrm": broken}},
	}
}
