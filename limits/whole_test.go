package limits

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pstest/certs"
	"pstest/probe"
	"pstest/wsman"
)

// Hosts that several tests look at.

func foreignHTTP(f *probe.Facts) { f.HTTP.Identify.Value.Vendor = "Open Management Infrastructure" }

func twoComputers(f *probe.Facts) { f.HTTPS.NTLM.Value.NetBIOSComputer = "WIN02" }

func tlsOnHTTP(f *probe.Facts) {
	h := f.HTTPS.TLS
	no("no answer to plain HTTP", probe.PathHTTPIdentify, probe.PathHTTPNTLM, probe.PathHTTPRaw, probe.PathHTTPNegotiate, probe.PathHTTPUnsealed)(f)
	f.HTTP.Challenge, f.HTTP.TLS = probe.Fail[probe.Challenge](failing(probe.ClassReset)), h
}

func sshOnHTTP(f *probe.Facts) {
	no("not HTTP", probe.PathHTTPIdentify, probe.PathHTTPNTLM, probe.PathHTTPRaw, probe.PathHTTPNegotiate, probe.PathHTTPUnsealed)(f)
	f.HTTP.Challenge = probe.Fail[probe.Challenge](failing(probe.ClassMalformed))
	f.HTTP.TLS = probe.Fail[probe.Handshake](failing(probe.ClassNotTLS))
}

func muteToAnonymous(f *probe.Facts) {
	f.HTTP.Challenge, f.HTTPS.Challenge = probe.Fail[probe.Challenge](failing(probe.ClassSilent)), probe.Fail[probe.Challenge](failing(probe.ClassSilent))
	f.HTTP.Identify = probe.Fail[wsman.Identity](failing(probe.ClassSilent))
}

// torn ends each connection within the NTLM handshake.
func torn(f *probe.Facts) {
	f.HTTP.NTLM, f.HTTPS.NTLM = probe.Fail[probe.NTLM](failing(probe.ClassReset)), probe.Fail[probe.NTLM](failing(probe.ClassReset))
	f.HTTP.Negotiate, f.HTTPS.Negotiate = probe.Fail[probe.Authentication](failing(probe.ClassReset)), probe.Fail[probe.Authentication](failing(probe.ClassReset))
}

// offering is a host that offers other schemes than Negotiate.
func offering(names ...string) func(*probe.Facts) {
	return func(f *probe.Facts) {
		f.HTTP.Challenge.Value.Offer, f.HTTPS.Challenge.Value.Offer = schemes(names...), schemes(names...)
		f.HTTP.NTLM, f.HTTPS.NTLM = probe.Fail[probe.NTLM](failing(probe.ClassStatus)), probe.Fail[probe.NTLM](failing(probe.ClassStatus))
		nothing := probe.See(probe.Authentication{Outcome: probe.NoChallenge})
		f.HTTP.Negotiate, f.HTTPS.Negotiate = nothing, nothing
	}
}

func wholeCases() []judged {
	alien := func(f *probe.Facts) {
		f.HTTP.Challenge.Value.Server, f.HTTPS.Challenge.Value.Server = "gunicorn", "gunicorn"
		no("x", probe.PathHTTPIdentify)(f)
	}
	return []judged{
		{"TLS on the HTTP port alone", with(tlsOnHTTP, httpsDown(probe.ClassRefused)), map[string]string{"scheme-on-port": "broken", "https-listener": "broken<scheme-on-port", "port-listening": "met"}},
		{"ports swapped", with(tlsOnHTTP, tlsFails(probe.ClassPlainOnTLS)), map[string]string{"scheme-on-port": "broken", "https-listener": "broken<scheme-on-port"}},
		{"SSH on the HTTP port", with(sshOnHTTP), map[string]string{"scheme-on-port": "unknown<windows-winrm", "windows-winrm": "broken", "https-listener": "met"}},
		{"Identify over HTTP, nothing else understood", with(sshOnHTTP, func(f *probe.Facts) {
			f.HTTP.Identify = probe.See(wsman.Identity{Vendor: "Microsoft Corporation", Stack: "3.0"})
		}),
			map[string]string{"scheme-on-port": "met", "windows-winrm": "met"}},
		{"a challenge over HTTP, nothing else understood", with(sshOnHTTP, func(f *probe.Facts) { f.HTTP.NTLM = f.HTTPS.NTLM }), map[string]string{"scheme-on-port": "met"}},
		{"SSH on the HTTPS port", with(tlsFails(probe.ClassNotTLS)), map[string]string{"scheme-on-port": "unknown<windows-winrm", "remoting-enabled": "met"}},
		{"foreign, rejected", with(foreignHTTP, rejectedOverNTLM), map[string]string{"windows-winrm": "broken", "credentials": "broken"}},
		{"foreign over HTTPS, rejected", with(rejectedOverNTLM, func(f *probe.Facts) { f.HTTPS.Identify = probe.See(wsman.Identity{Vendor: "OMI"}) }), map[string]string{"credentials": "broken"}},
		{"foreign, stray qualifier, rejected", with(foreignHTTP, asAccount(`LAB\alice`), rejectedOverNTLM), map[string]string{"credentials": "broken"}},
		{"foreign, and it works", with(alien), map[string]string{"windows-winrm": "broken", "remoting-enabled": "met", "winrm-service": "unknown<windows-winrm"}},
		{"two computers, by the raw challenge", with(rejectedOverNTLM, func(f *probe.Facts) { f.HTTP.Raw.Value.NetBIOSComputer = "WIN02" }), map[string]string{"one-host-answers": "broken", "credentials": "broken"}},
		{"handshake torn apart", with(torn), map[string]string{"one-host-answers": "broken", "negotiate-sealed": "unknown<one-host-answers"}},
		{"no challenge and no answer", with(torn, no("x", probe.PathHTTPRaw, probe.PathHTTPChallenge, probe.PathHTTPSChallenge)), map[string]string{"one-host-answers": "unknown"}},
		{"one computer", healthy(), map[string]string{"one-host-answers": "met", "no-basic-offer-over-http": "met"}},
		{"handshake refused after a certificate", with(func(f *probe.Facts) { f.HTTPS.TLS.Value.Refused = failing(probe.ClassTLSAlert) }), map[string]string{"tls-version": "broken"}},
	}
}

// foreign hosts on which one source alone shows that a route was accepted.
func acceptedAlone(p probe.Path) *probe.Facts {
	return with(func(f *probe.Facts) {
		f.HTTP.Challenge.Value.Server, f.HTTPS.Challenge.Value.Server = "gunicorn", "gunicorn"
		f.HTTP.Challenge.Value.Status, f.HTTPS.Challenge.Value.Status = 200, 200
		if p == probe.PathHTTPBasic {
			f.HTTP.Basic = probe.See(accepted("Basic"))
		}
	}, no("x", append(except(attemptPaths(), p), probe.PathHTTPIdentify)...))
}

func TestProblems(t *testing.T) {
	refused := httpsDown(probe.ClassRefused)
	old := func(f *probe.Facts) {
		f.HTTP.NTLM.Value.Build, f.HTTPS.NTLM.Value.Build = 7601, 7601
		f.HTTP.Identify.Value.Stack = "2.0"
	}
	early := func(f *probe.Facts) { f.HTTP.NTLM.Value.Skew = -10 * 24 * 60 * 60 * 1e9 }
	clear := func(f *probe.Facts) {
		f.HTTP.Challenge.Value.Offer = schemes("Negotiate", "Basic")
		f.HTTP.Canary = probe.See(probe.Authentication{Outcome: probe.Rejected, Scheme: "Basic", Status: 401})
	}
	misnamed := chained(func(c *certs.Inspection) { c.Name = certs.Name{CN: "WIN01"} })
	for _, c := range []struct {
		name  string
		facts *probe.Facts
		want  []string
	}{
		{"healthy", healthy(), []string{}},
		{"wrong password, no HTTPS", with(rejectedOverNTLM, refused), []string{"credentials", "https-listener"}},
		{"stray qualifier", with(asAccount(`LAB\alice`), rejectedOverNTLM, refused), []string{"negotiate-name-form", "https-listener"}},
		{"works, old Windows, no HTTPS", with(old, refused), []string{"wmf-on-older-windows", "https-listener"}},
		{"certificate before a closed HTTP port", with(misnamed, httpDown(probe.ClassRefused)), []string{"certificate-name", "port-listening"}},
		{"advice last", with(misnamed, clear), []string{"certificate-name", "no-basic-offer-over-http"}},
		{"a clock that explains", with(expired, early), []string{"clock"}},
		{"a clock that explains nothing", with(early, refused), []string{"https-listener", "clock"}},
		{"silent to whoever has no account", with(muteToAnonymous), []string{"answers-requests"}},
		{"not asked", with(misnamed, asking(probe.RouteNegotiateHTTP)), []string{}},
		{"asked", with(misnamed, refused, asking(probe.RouteBasicHTTPS)), []string{"https-listener"}},
		{"a proxy that lets everything through", with(func(f *probe.Facts) { f.HTTP.Challenge.Value.Via = "Via: 1.1 squid" }, refused), []string{"https-listener", "no-proxy-between"}},
	} {
		if diff := cmp.Diff(c.want, Judge(c.facts).Problems); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// What is broken in no route's way is advice; what explains a broken
// requirement stands in that one's.
func TestAdviceOnly(t *testing.T) {
	if f := find(t, Judge(with(muteToAnonymous)), "answers-requests"); f.Kind != Advice || len(f.Routes) != 0 {
		t.Errorf("where every route works, answers-requests is %s in the way of %v", f.Kind, f.Routes)
	}
	if f := find(t, Judge(with(muteToAnonymous, no("x", attemptPaths()...))), "answers-requests"); f.Kind != Requirement || len(f.Routes) != 4 {
		t.Errorf("where no route works, answers-requests is %s in the way of %v", f.Kind, f.Routes)
	}
	late := with(expired, func(f *probe.Facts) { f.HTTP.NTLM.Value.Skew = -10 * 24 * 60 * 60 * 1e9 })
	if f := find(t, Judge(late), "clock"); !slices.Equal(f.Routes, httpsRoutes()) {
		t.Errorf("a clock that explains the dates stands in the way of %v", f.Routes)
	}
}

func TestUnasked(t *testing.T) {
	j := Judge(with(chained(func(c *certs.Inspection) {
		c.Certificates[0].SelfSigned, c.Trust = true, certs.Trust{Cause: certs.CauseSelfSigned}
	}), asking(probe.RouteNegotiateHTTP)))
	for id, want := range map[string]bool{"certificate-trusted": true, "self-signed-for-testing": true, "basic-over-https": true, "negotiate-sealed": false, "winrm-3": false, "port-reachable": false} {
		if f := find(t, j, id); f.Unasked != want {
			t.Errorf("%s: unasked %v", id, f.Unasked)
		}
	}
	if j.Status != StatusWorks {
		t.Errorf("status %d", j.Status)
	}
}

func TestNotes(t *testing.T) {
	if n := Judge(healthy()).Notes; len(n) != 1 || !strings.Contains(n[0], "No session was opened") {
		t.Errorf("a working host has the notes %q", n)
	}
	if n := Judge(with(noAccountGiven)).Notes; len(n) != 0 {
		t.Errorf("without an account: %q", n)
	}
	otherCN := chained(func(c *certs.Inspection) { c.Name.MatchesCN = false })
	f := find(t, Judge(with(otherCN)), "certificate-name")
	if f.Verdict != Met || !strings.Contains(f.Note, "win01.corp.example") || !slices.Contains(Judge(with(otherCN)).Notes, f.Note) {
		t.Errorf("another common name is %s with the note %q", f.Verdict, f.Note)
	}
	if n := Judge(with(otherCN, asking(probe.RouteNegotiateHTTP))).Notes; len(n) != 1 {
		t.Errorf("notes on what was not asked: %q", n)
	}
	byAddress := with(otherCN, func(f *probe.Facts) { f.HTTPS.TLS.Value.Chain.Name.HostIsIP = true })
	if f := find(t, Judge(byAddress), "certificate-name"); f.Note != "" {
		t.Errorf("for an address: %q", f.Note)
	}
}

// Words and fixes follow the case at hand.
func TestWordsOfTheCase(t *testing.T) {
	cause := func(cause string) func(*probe.Facts) {
		return chained(func(c *certs.Inspection) { c.Trust = certs.Trust{Cause: cause} })
	}
	legacy := func(version string) func(*probe.Facts) {
		return func(f *probe.Facts) {
			tlsFails(probe.ClassTLSAlert)(f)
			f.HTTPS.Legacy = probe.See(probe.Handshake{Version: version, Suite: "RSA", Chain: goodChain()})
		}
	}
	noTLSAtAll := func(f *probe.Facts) {
		tlsFails(probe.ClassReset)(f)
		f.HTTPS.Legacy = probe.Fail[probe.Handshake](failing(probe.ClassReset))
	}
	silent := probe.ClassSilent
	notFound := func(f *probe.Facts) { f.HTTP.Challenge.Value.Status, f.HTTPS.Challenge.Value.Status = 404, 404 }
	for _, c := range []struct {
		name, id  string
		facts     *probe.Facts
		has, lack string // in headline, why and fixes; "": nothing to look for
	}{
		{"TLS on 5985", "scheme-on-port", with(tlsOnHTTP, httpsDown(probe.ClassRefused)), "port 5985 speaks TLS", "each other's"},
		{"TLS on 5985, fix", "scheme-on-port", with(tlsOnHTTP, httpsDown(probe.ClassRefused)), "--port-https 5985", "--port-http 5986"},
		{"HTTP on 5986", "scheme-on-port", with(tlsFails(probe.ClassPlainOnTLS)), "port 5986 speaks plain HTTP", "each other's"},
		{"swapped", "scheme-on-port", with(tlsOnHTTP, tlsFails(probe.ClassPlainOnTLS)), "--port-http 5986 --port-https 5985", ""},
		{"neither", "windows-winrm", with(tlsFails(probe.ClassNotTLS)), "port 5986 speaks neither TLS nor HTTP", ""},
		{"taken port", "https-listener", with(tlsFails(probe.ClassNotTLS)), "is no HTTPS listener", "New-WSManInstance"},
		{"OMI and SSH", "windows-winrm", with(foreignHTTP, tlsFails(probe.ClassPlainOnTLS)), "what answers is not Windows' WinRM", ""},
		{"SHA-1", "certificate-trusted", with(cause(certs.CauseSHA1)), "though its root is trusted", "does not trust"},
		{"self-signed", "certificate-trusted", with(cause(certs.CauseSelfSigned)), "Export-Certificate", "-ca.cert"},
		{"unknown authority", "certificate-trusted", with(cause(certs.CauseUnknownCA)), "certutil -encode -f", "Export-Certificate"},
		{"TLS 1.0", "tls-version", with(legacy("TLS 1.0")), "if (-not (Test-Path $k))", "Get-TlsCipherSuite"},
		{"old suites", "tls-version", with(legacy("TLS 1.2")), "Get-TlsCipherSuite", "DisabledByDefault"},
		{"no handshake", "tls-version", with(noTLSAtAll), "does not show that its version", "New-Item"},
		{"HTTP silent", "port-reachable", with(httpDown(silent)), "Set-NetFirewallRule -RemoteAddress LocalSubnet, 10.9.9.9", "5986"},
		{"HTTPS silent", "port-reachable", with(httpsDown(silent)), "-LocalPort 5986", "WINRM-HTTP-In-TCP"},
		{"both silent", "port-reachable", with(httpDown(silent), httpsDown(silent)), "<YOUR_ADDRESS>", "-RemoteAddress Any"},
		{"404", "wsman-url", with(notFound), "pstest check", "--path /wsman"},
		{"404 elsewhere", "wsman-url", with(notFound, func(f *probe.Facts) { f.Target.Path = "/other" }), "--path /wsman", ""},
		{"foreign", "credentials", with(foreignHTTP, rejectedOverNTLM), "own log tells", "Get-WinEvent"},
		{"domain account", "basic-unqualified-name", with(inDomain, asAccount(`CORP\alice`)), "-u LOCALUSER --route", "-u 'alice'"},
		{"workgroup", "negotiate-name-form", with(asAccount(`CORP\alice`), rejectedOverNTLM), `-u 'WIN01\LOCALUSER'`, `'WIN01\alice'`},
		{"Basic alone", "negotiate-offered", with(offering("Basic")), "Auth\\Negotiate $true", "kinit"},
		{"Kerberos alone", "negotiate-offered", with(offering("Kerberos")), "kinit", ""},
		{"bindings", "channel-bindings", with(func(f *probe.Facts) { f.HTTPS.Negotiate = probe.See(rejected("Negotiate")) }), "as TCP", "CbtHardeningLevel Relaxed"},
	} {
		f := find(t, Judge(c.facts), c.id)
		text := strings.Join(slices.Concat([]string{f.Headline, f.Why}, f.FixWindows, f.FixClient), "\n")
		if f.Verdict != Broken || !strings.Contains(text, c.has) || c.lack != "" && strings.Contains(text, c.lack) {
			t.Errorf("%s: %s is %s; wanted %q and not %q in\n%s", c.name, c.id, f.Verdict, c.has, c.lack, text)
		}
	}
}

// The query of the security log stands once, among the fixes.
func TestOneQuery(t *testing.T) {
	f := find(t, Judge(with(rejectedOverNTLM)), "credentials")
	for _, h := range f.Hypotheses {
		if strings.Contains(h.Decide, "Get-WinEvent") {
			t.Errorf("%q repeats the query: %s", h.Cause, h.Decide)
		}
	}
	if n := strings.Count(strings.Join(f.FixWindows, "\n"), "Id=4625"); n != 1 {
		t.Errorf("the query stands %d times among the fixes", n)
	}
}
