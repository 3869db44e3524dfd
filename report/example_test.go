package report

import (
	"time"

	"pstest/limits"
	"pstest/probe"
	"pstest/wsman"
)

// broken is a report made by hand: a certificate of another name, something
// behind it, a rejection with several causes, advice and things not looked at.
func broken() Report {
	f := &probe.Facts{
		Schema: probe.Schema, When: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Target:  probe.Target{Asked: "win01.corp.example", Host: "win01.corp.example", PortHTTP: 5985, PortHTTPS: 5986, Path: "/wsman", Route: probe.RouteAny},
		Account: probe.Account{Asked: `WIN01\alice`, Form: probe.FormDownLevel, User: "alice", Qualifier: "WIN01"},
	}
	f.HTTP.Dial = probe.See(probe.Dial{Address: "10.2.3.4", Port: 5985})
	f.HTTP.Challenge = probe.See(probe.Challenge{Status: 401, Server: "Microsoft-HTTPAPI/2.0"})
	f.HTTP.NTLM = probe.See(probe.NTLM{NetBIOSComputer: "WIN01", NetBIOSDomain: "CORP", Version: "10.0.20348", Build: 20348})
	f.HTTP.Identify = probe.See(wsman.Identity{Vendor: "Microsoft Corporation", OS: "0.0.0", Stack: "3.0"})
	return Report{Host: f.Target.Asked, Facts: f, Judgement: limits.Judgement{
		Status: limits.StatusBroken, Routes: brokenRoutes(), Findings: brokenFindings(),
		Problems:     []string{"certificate-name", "credentials", "clock"},
		Notes:        []string{"No session was opened, so whether the account may open one is not known yet."},
		ConnectNotes: []string{"off Windows, PowerShell needs the community module PSWSMan"},
		Connect: []limits.Command{
			{Client: "PowerShell", Line: `New-PSSession -ComputerName win01.corp.example -Credential (Get-Credential 'WIN01\alice') -Authentication Negotiate`},
			{Client: "pywinrm", Note: "seals its messages", Line: `python3 -c "import winrm; print(winrm.Session('http://win01.corp.example:5985/wsman', auth=(r'WIN01\alice', input()), transport='ntlm').run_cmd('hostname').std_out)"`},
		},
	}}
}

func brokenRoutes() []limits.RouteResult {
	return []limits.RouteResult{
		{Route: probe.RouteNegotiateHTTP, Title: "Negotiate/NTLM over HTTP 5985", Verdict: limits.Works, Why: "authenticated, messages sealed"},
		{Route: probe.RouteBasicHTTPS, Title: "Basic over HTTPS 5986", Verdict: limits.Blocked, Why: "the certificate does not name this host, and the password goes only over a connection that passed", Because: "certificate-name"},
		{Route: probe.RouteNegotiateHTTPS, Title: "Negotiate/NTLM over HTTPS 5986", Verdict: limits.NotTried, Why: "the account was rejected over HTTP; one try a check", Because: "credentials"},
		{Route: probe.RouteBasicHTTP, Title: "Basic over HTTP 5985", Verdict: limits.RefusedAsDocumented, Why: "as documented"},
	}
}

func brokenFindings() []limits.Finding {
	const topic = `about_Remote_Requirements, "Basic Authentication Limitations on Linux and macOS"`
	return []limits.Finding{
		{ID: "winrm-3", Row: "L4", Verdict: limits.Met, Kind: limits.Requirement, Title: "WinRM 3.0 or later"},
		{ID: "credentials", Row: "A4", Verdict: limits.Broken, Kind: limits.Requirement, Title: "The host accepts the account", Headline: "the host rejected the account", Why: "a rejection looks the same whatever its cause", Source: "field",
			Hypotheses: []limits.Hypothesis{
				{Cause: "the password or the user name is wrong", Decide: `on the host: Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4625} -MaxEvents 5 | Format-List TimeCreated, Message`, Grade: "documented"},
				{Cause: "the account is locked", Decide: `on the host: Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4625} -MaxEvents 5 | Format-List TimeCreated, Message   # SubStatus 0xC0000234`, Grade: "believed"},
				{Limit: "token-filter-policy", Cause: "the account is a local administrator other than the built-in one, and its token is filtered over the network", Decide: "try the built-in Administrator", Grade: "reported"},
			}},
		{ID: "certificate-name", Row: "L37", Verdict: limits.Broken, Kind: limits.Requirement, Title: "The certificate names the host", Headline: "the certificate does not name this host",
			Why:      "Basic over HTTPS needs a certificate whose name is the host name that you connect to.",
			Evidence: []limits.Evidence{{Path: "https.tls.chain.name.cn", Label: "certificate CN", Value: "WIN01"}, {Path: "https.tls.chain.name.dnsNames", Label: "DNS names", Value: "WIN01"}, {Label: "asked for", Value: "win01.corp.example"}},
			FixWindows: []string{`# reissue it with that name and bind it to the listener; the listener keeps the old certificate until it is told of the new one`,
				`$c = New-SelfSignedCertificate -DnsName win01.corp.example,WIN01 -CertStoreLocation Cert:\LocalMachine\My`,
				`Set-WSManInstance winrm/config/Listener -SelectorSet @{Address="*";Transport="HTTPS"} -ValueSet @{CertificateThumbprint=$c.Thumbprint}`},
			FixClient: []string{"pstest check WIN01"}, Source: topic, Since: "2025-12: clients of today read the subject alternative names alone, and nothing else", Routes: []probe.Route{probe.RouteBasicHTTPS}},
		{ID: "certificate-san", Row: "A12", Verdict: limits.Broken, Kind: limits.Requirement, Headline: "no subject alternative name is that of the host", Because: "certificate-name", Source: topic},
		{ID: "basic-local-account", Row: "L43", Verdict: limits.Unknown, Kind: limits.Requirement, Because: "certificate-name", Why: "withheld"},
		{ID: "certificate-not-revoked", Row: "L39", Verdict: limits.Unknown, Kind: limits.Requirement, Why: "the certificate names no CRL and no OCSP responder", Source: topic},
		{ID: "session-opens", Row: "L32", Verdict: limits.Unknown, Kind: limits.Requirement, Why: "not looked at by this version: opening a session"},
		{ID: "run-as-administrator", Row: "L27", Verdict: limits.NotApplicable, Kind: limits.Requirement, Why: "explained only"},
		{ID: "port-closed", Row: "B1", Verdict: limits.Broken, Kind: limits.Requirement, Headline: "the other port is closed", Routes: []probe.Route{probe.RouteNegotiateHTTP}, Unasked: true},
		{ID: "clock", Row: "C11", Verdict: limits.Broken, Kind: limits.Advice, Title: "Clocks agree", Headline: "the host's clock is 7 minutes behind", Why: "Kerberos fails beyond five minutes.", Source: "field"},
	}
}

// healthy is a report made by hand on which every route works.
func healthy() Report {
	r := broken()
	r.Host, r.Facts.Target.Asked = "win02.corp.example", "win02.corp.example"
	r.Status, r.Findings, r.Problems = limits.StatusWorks, r.Findings[:1], []string{}
	for i := range r.Routes[:3] {
		r.Routes[i].Verdict, r.Routes[i].Why = limits.Works, "authenticated"
	}
	return r
}
