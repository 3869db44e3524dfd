package limits

import (
	"strings"
	"testing"

	"pstest/certs"
	"pstest/probe"
)

func route(t *testing.T, j Judgement, r probe.Route) string {
	t.Helper()
	for _, got := range j.Routes {
		if got.Route == r {
			if got.Why == "" || got.Title == "" {
				t.Errorf("%s has no why or title", r)
			}
			if got.Because != "" {
				return string(got.Verdict) + "<" + got.Because
			}
			return string(got.Verdict)
		}
	}
	t.Fatalf("no row for %s", r)
	return ""
}

func asking(r probe.Route) func(*probe.Facts) {
	return func(f *probe.Facts) { f.Target.Route = r }
}

func TestRoutes(t *testing.T) {
	misnamed := chained(func(c *certs.Inspection) { c.Name = certs.Name{CN: "WIN01"} })
	insecure := func(f *probe.Facts) {
		misnamed(f)
		h := healthy()
		f.HTTPS.Basic, f.HTTPS.Negotiate = h.HTTPS.Basic, h.HTTPS.Negotiate
		f.HTTPS.TLS.Value.Vetted, f.HTTPS.TLS.Value.VettedBecause = true, "insecure"
	}
	unsealed := func(f *probe.Facts) { f.HTTP.Negotiate.Value.Sealed = false }
	noHTTPS := httpsDown(probe.ClassRefused)
	for _, c := range []struct {
		name                    string
		facts                   *probe.Facts
		ntlm, ntlms, basic, old string // negotiate-http, negotiate-https, basic-https, basic-http
		status                  Status
	}{
		{"healthy", healthy(), "works", "works", "works", "refused", StatusWorks},
		{"no account", with(noAccountGiven), "open", "open", "open", "refused", StatusUnknown},
		{"no account, no HTTPS", with(noAccountGiven, noHTTPS), "open", "blocked<https-listener", "blocked<https-listener", "refused", StatusUnknown},
		{"no account, nothing listens", with(noAccountGiven, noHTTPS, httpDown(probe.ClassRefused)), "blocked<port-listening", "blocked<port-listening", "blocked<port-listening", "blocked<port-listening", StatusBroken},
		{"no HTTPS", with(noHTTPS), "works", "blocked<https-listener", "blocked<https-listener", "refused", StatusWorks},
		{"no HTTPS, asked", with(noHTTPS, asking(probe.RouteBasicHTTPS)), "not-asked", "not-asked", "blocked<https-listener", "not-asked", StatusBroken},
		{"name", with(misnamed), "works", "blocked<certificate-name", "blocked<certificate-name", "refused", StatusWorks},
		{"name, asked", with(misnamed, asking(probe.RouteBasicHTTPS)), "not-asked", "not-asked", "blocked<certificate-name", "not-asked", StatusBroken},
		{"name, waived", with(insecure), "works", "works", "works", "refused", StatusWorks},
		{"name, waived, asked", with(insecure, asking(probe.RouteBasicHTTPS)), "not-asked", "not-asked", "works", "not-asked", StatusBroken},
		{"rejected", with(rejectedOverNTLM), "blocked<credentials", "not-tried<credentials", "not-tried<credentials", "refused", StatusBroken},
		{"rejected, no HTTPS", with(rejectedOverNTLM, noHTTPS), "blocked<credentials", "blocked<https-listener", "blocked<https-listener", "refused", StatusBroken},
		{"rejected inside TLS", with(func(f *probe.Facts) { f.HTTPS.Negotiate = probe.See(rejected("Negotiate")) }, httpDown(probe.ClassRefused), no("withheld: rejected once", probe.PathHTTPSBasic)),
			"blocked<port-listening", "blocked<credentials", "not-tried<credentials", "blocked<port-listening", StatusBroken},
		{"stray qualifier, rejected", with(asAccount(`LAB\alice`), rejectedOverNTLM), "blocked<negotiate-name-form", "not-tried<negotiate-name-form", "blocked<negotiate-name-form", "refused", StatusBroken},
		{"TLS on the HTTP port", with(tlsOnHTTP, noHTTPS), "blocked<scheme-on-port", "blocked<scheme-on-port", "blocked<scheme-on-port", "blocked<scheme-on-port", StatusBroken},
		{"HTTP on the HTTPS port", with(tlsFails(probe.ClassPlainOnTLS)), "works", "blocked<scheme-on-port", "blocked<scheme-on-port", "refused", StatusWorks},
		{"SSH on the HTTP port, HTTPS refused", with(sshOnHTTP, noHTTPS), "blocked<windows-winrm", "blocked<https-listener", "blocked<https-listener", "blocked<windows-winrm", StatusBroken},
		{"SSH on the HTTPS port", with(tlsFails(probe.ClassNotTLS)), "works", "blocked<windows-winrm", "blocked<windows-winrm", "refused", StatusWorks},
		{"silent to whoever has no account", with(muteToAnonymous), "works", "works", "works", "unknown", StatusWorks},
		{"handshake torn apart", with(torn), "blocked<one-host-answers", "blocked<one-host-answers", "works", "refused", StatusWorks},
		{"not sealed", with(unsealed, asking(probe.RouteNegotiateHTTP)), "unknown", "not-asked", "not-asked", "not-asked", StatusUnknown},
		{"not sealed, others work", with(unsealed), "unknown", "works", "works", "refused", StatusWorks},
		{"bindings", with(func(f *probe.Facts) { f.HTTPS.Negotiate = probe.See(rejected("Negotiate")) }), "works", "blocked<channel-bindings", "works", "refused", StatusWorks},
		{"withheld by the guard", with(no("withheld: two hosts rejected it", append(attemptPaths(), probe.PathHTTPUnsealed)...)), "open", "open", "open", "refused", StatusUnknown},
		{"out of time", with(no("out of time", probe.Paths()...)), "unknown", "unknown", "unknown", "unknown", StatusUnknown},
		{"empty 500", with(func(f *probe.Facts) {
			f.HTTP.Negotiate = probe.See(probe.Authentication{Outcome: probe.Empty500, Status: 500})
		}, asking(probe.RouteNegotiateHTTP)), "unknown", "not-asked", "not-asked", "not-asked", StatusUnknown},
		{"broken off", with(func(f *probe.Facts) { f.HTTP.Negotiate = probe.Fail[probe.Authentication](failing(probe.ClassReset)) }), "unknown", "works", "works", "refused", StatusWorks},
		{"HTTP URL", with(noHTTPS, no("not asked", probe.PathHTTPSDial), func(f *probe.Facts) { f.Target.NoHTTPS = true }), "works", "not-asked", "not-asked", "refused", StatusWorks},
		{"HTTPS URL", with(httpDown(probe.ClassRefused), no("not asked", probe.PathHTTPDial), func(f *probe.Facts) { f.Target.NoHTTP = true }), "not-asked", "works", "works", "not-asked", StatusWorks},
		{"FIPS", with(func(f *probe.Facts) { f.Client.NTLM = "MD4" }, no("impossible here", probe.PathHTTPNegotiate, probe.PathHTTPSNegotiate)), "blocked<local-and-remote-policy", "blocked<local-and-remote-policy", "works", "refused", StatusWorks},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := Judge(c.facts)
			for r, want := range map[probe.Route]string{probe.RouteNegotiateHTTP: c.ntlm, probe.RouteNegotiateHTTPS: c.ntlms, probe.RouteBasicHTTPS: c.basic, probe.RouteBasicHTTP: c.old} {
				if got := route(t, j, r); got != want {
					t.Errorf("%s: %s, want %s", r, got, want)
				}
			}
			if j.Status != c.status {
				t.Errorf("status %d, want %d", j.Status, c.status)
			}
		})
	}
}

func TestClearRoute(t *testing.T) {
	for want, o := range map[string]probe.Outcome{"unknown": probe.Rejected, "refused": probe.Empty500, "exposed<clear-basic-accepted": probe.Accepted} {
		f := with(func(f *probe.Facts) {
			f.HTTP.Challenge.Value.Offer = schemes("Basic", "Negotiate")
			f.HTTP.Canary = probe.See(probe.Authentication{Outcome: o, Scheme: "Basic"})
		})
		if got := route(t, Judge(f), probe.RouteBasicHTTP); got != want {
			t.Errorf("canary %s: %s, want %s", o, got, want)
		}
	}
}

func TestStatusTable(t *testing.T) {
	for i, line := range StatusTable() {
		if int(line.Status) != i || line.Meaning == "" {
			t.Errorf("line %d is %+v", i, line)
		}
	}
	if len(StatusTable()) != 5 {
		t.Error("the table does not have the five statuses")
	}
}

func TestConnect(t *testing.T) {
	custom := func(f *probe.Facts) {
		f.Target.PortHTTP, f.Target.Path, f.Target.Trust.CAFile = 15985, "/other", "/tmp/it's ca.pem"
	}
	for _, c := range []struct {
		name  string
		facts *probe.Facts
		want  []string
	}{
		{"as given", healthy(), []string{`New-PSSession -ComputerName win01.corp.example -Credential (Get-Credential 'WIN01\alice') -Authentication Negotiate`,
			`New-PSSession -ComputerName win01.corp.example -Credential (Get-Credential 'alice') -Authentication Basic -UseSSL`,
			`python3 -c 'import getpass, winrm; r = winrm.Session("http://win01.corp.example:5985/wsman", auth=("WIN01\\alice", getpass.getpass()), transport="ntlm").run_cmd("hostname"); print(r.std_out.decode())'`}},
		{"bare name", with(asAccount("alice")), []string{`(Get-Credential 'alice@WIN01') -Authentication Negotiate`, `auth=("WIN01\\alice", `}},
		{"domain name", with(inDomain, asAccount("alice@corp.example")), []string{`(Get-Credential 'alice@corp.example') -Authentication Negotiate`, `auth=("alice@corp.example", `}},
		{"quoted name", with(asAccount("O'Brien")), []string{`(Get-Credential 'O''Brien@WIN01')`, `"WIN01\\O\x27Brien"`, `(Get-Credential 'O''Brien') -Authentication Basic`}},
		{"no account", with(noAccountGiven), []string{`(Get-Credential '<USER>@WIN01') -Authentication Negotiate`}},
		{"custom", with(custom), []string{" -Port 15985", " -ApplicationName /other", `ca_trust_path="/tmp/it\x27s ca.pem"`}},
		{"not checked", with(func(f *probe.Facts) { f.Target.Trust.Insecure = true }), []string{`transport="basic", server_cert_validation="ignore")`}},
		{"IPv6", with(func(f *probe.Facts) { f.Target.Host = "2001:db8::7" }), []string{"-ComputerName 2001:db8::7 ", `"http://[2001:db8::7]:5985/wsman"`}},
	} {
		var all strings.Builder
		for _, command := range Judge(c.facts).Connect {
			all.WriteString(command.Line + "\n")
		}
		for _, want := range c.want {
			if !strings.Contains(all.String(), want) {
				t.Errorf("%s: no %q in\n%s", c.name, want, all.String())
			}
		}
	}
	if got := Judge(with(rejectedOverNTLM)).Connect; got != nil {
		t.Errorf("commands for an account that was rejected: %v", got)
	}
	for _, command := range Judge(with(noAccountGiven)).Connect {
		if !strings.Contains(command.Note, "not proven") {
			t.Errorf("an open route's command %q does not say so", command.Line)
		}
	}
}
