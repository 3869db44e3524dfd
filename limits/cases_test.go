package limits

import (
	"slices"
	"time"

	"pstest/certs"
	"pstest/probe"
	"pstest/wsman"
)

// judged is one host and what some of its limits come to; a because is written
// "broken<root" or "unknown<root".
type judged struct {
	name  string
	facts *probe.Facts
	want  map[string]string
}

func cases() []judged {
	return slices.Concat(hostCases(), answerCases(), chainCases(), logonCases(), sourceCases(), wholeCases())
}

// sourceCases have one fact from one source alone, whichever could give it.
func sourceCases() []judged {
	out := []judged{
		{"build over HTTPS alone", with(no("x", append(identityPaths(), probe.PathHTTPNTLM)...)), map[string]string{"powershell-3": "met", "dotnet-4": "met"}},
		{"old Windows, Identify over HTTPS", with(no("x", append(attemptPaths(), probe.PathHTTPIdentify)...), func(f *probe.Facts) {
			f.HTTP.NTLM.Value.Build, f.HTTPS.NTLM.Value.Build = 7601, 7601
			f.HTTPS.Identify = probe.See(wsman.Identity{Vendor: "Microsoft Corporation", Stack: "2.0"})
		}), map[string]string{"wmf-on-older-windows": "broken"}},
		{"domain account, HTTP alone", with(inDomain, asAccount(`CORP\alice`), no("x", probe.PathHTTPSNTLM)), map[string]string{"token-filter-policy": "n/a"}},
		{"domain account, HTTPS alone", with(inDomain, asAccount(`CORP\alice`), no("x", probe.PathHTTPNTLM)), map[string]string{"token-filter-policy": "n/a"}},
		{"HTTP that is malformed without credentials", with(no("x", probe.PathHTTPIdentify), func(f *probe.Facts) { f.HTTP.Challenge = probe.Fail[probe.Challenge](failing(probe.ClassMalformed)) }),
			map[string]string{"well-formed-answers": "broken", "windows-winrm": "met"}},
		{"TLS alone", with(no("x", probe.PathHTTPChallenge, probe.PathHTTPSChallenge)), map[string]string{"no-proxy-between": "unknown", "basic-offered": "unknown"}},
	}
	early := func(f *probe.Facts) {
		const early = -10 * 24 * time.Hour
		f.HTTP.NTLM.Value.Skew, f.HTTPS.NTLM.Value.Skew, f.HTTP.Challenge.Value.Skew, f.HTTPS.Challenge.Value.Skew = early, early, early, early
	}
	for _, p := range clockPaths() {
		alone := no("x", except(clockPaths(), p)...)
		out = append(out,
			judged{"the host's clock from " + string(p), with(expired, early, alone), map[string]string{"certificate-dates": "broken<clock"}},
			judged{"rejected, clock from " + string(p), with(early, rejectedOverNTLM, alone), map[string]string{"credentials": "broken", "clock": "broken"}},
			judged{"rejected, names from " + string(p), with(asAccount("alice"), rejectedOverNTLM, alone), map[string]string{"credentials": "broken"}},
			judged{"denied, names from " + string(p), with(asAccount("alice"), alone, func(f *probe.Facts) {
				f.HTTP.Negotiate = probe.See(probe.Authentication{Outcome: probe.Faulted, Fault: &wsman.Fault{WSManCode: 5}})
			}), map[string]string{"administrators-member": "broken"}})
	}
	for _, p := range attemptPaths() {
		alone := no("x", append(except(attemptPaths(), p), probe.PathHTTPIdentify, probe.PathHTTPSIdentify)...)
		basic := func(f *probe.Facts) {
			if p == probe.PathHTTPBasic {
				f.HTTP.Basic = probe.See(accepted("Basic"))
			}
		}
		out = append(out,
			judged{"foreign, accepted in " + string(p), acceptedAlone(p), map[string]string{"windows-winrm": "broken", "remoting-enabled": "met", "winrm-service": "unknown<windows-winrm"}},
			judged{"old Windows, accepted in " + string(p), with(basic, alone, func(f *probe.Facts) { f.HTTP.NTLM.Value.Build, f.HTTPS.NTLM.Value.Build = 7601, 7601 }),
				map[string]string{"winrm-3": "met", "wmf-on-older-windows": "met", "credentials": "met"}},
			judged{"proxy, accepted in " + string(p), with(basic, alone, func(f *probe.Facts) { f.HTTP.Challenge.Value.Via, f.HTTPS.Challenge.Value.Via = "Via: a", "Via: b" }),
				map[string]string{"no-proxy-between": "broken"}},
			judged{"silent without credentials, accepted in " + string(p), with(basic, alone, no("x", probe.PathHTTPNTLM, probe.PathHTTPSNTLM), func(f *probe.Facts) {
				f.HTTP.Challenge, f.HTTPS.Challenge = probe.Fail[probe.Challenge](failing(probe.ClassSilent)), probe.Fail[probe.Challenge](failing(probe.ClassSilent))
			}), map[string]string{"answers-requests": "broken", "powershell-3": "met"}})
	}
	return out
}

func expired(f *probe.Facts) {
	chained(func(c *certs.Inspection) {
		c.Dates.Expired, c.Dates.NotAfter, c.Dates.Where = true, when.AddDate(0, 0, -3), 0
	})(f)
}

func except(paths []probe.Path, one probe.Path) []probe.Path {
	return slices.DeleteFunc(slices.Clone(paths), func(p probe.Path) bool { return p == one })
}

func hostCases() []judged {
	return []judged{
		{"healthy", healthy(), map[string]string{
			"name-resolves": "met", "port-reachable": "met", "port-listening": "met", "scheme-on-port": "met", "answers-requests": "met", "windows-winrm": "met",
			"service-available": "met", "wsman-url": "met", "no-proxy-between": "met", "well-formed-answers": "met", "tls-version": "met", "client-certificate": "met",
			"certificate-trusted": "met", "certificate-san": "met", "certificate-purpose": "met", "certificate-strength": "met", "basic-offered": "met",
			"unencrypted-refused": "as-documented", "clear-basic-accepted": "met", "negotiate-offered": "met", "sealing-required": "as-documented", "channel-bindings": "met",
			"credentials": "met", "password-encoding": "met", "password-not-blank": "met", "names-agree": "met", "clock": "met",
			"powershell-3": "met", "dotnet-4": "met", "winrm-3": "met", "winrm-2": "met", "disconnect-needs-3": "met", "wmf-on-older-windows": "met",
			"enable-psremoting-any-profile": "met", "server-public-network": "n/a", "loopback-elevation": "n/a", "remoting-enabled": "met", "server-enabled-by-default": "met",
			"client-enable-psremoting": "met", "winrm-service": "met", "local-and-remote-policy": "met", "basic-over-http": "as-documented", "basic-over-https": "met",
			"certificate-name": "met", "certificate-dates": "met", "certificate-not-revoked": "met", "self-signed-for-testing": "met", "https-listener": "met",
			"client-basic-usessl": "met", "basic-local-account": "met", "basic-unqualified-name": "met", "negotiate-sealed": "met", "negotiate-name-form": "met",
			"administrators-member": "unknown", "token-filter-policy": "unknown", "session-opens": "unknown", "other-remoting-protocols": "n/a", "troubleshooting-topic": "n/a",
		}},
		{"no such name", with(httpDown(probe.ClassDNS), httpsDown(probe.ClassDNS), func(f *probe.Facts) {
			no("the name gave no address", probe.PathHTTPDial, probe.PathHTTPSDial)(f)
			f.Resolve = probe.Fail[probe.Names](failing(probe.ClassDNS))
		}), map[string]string{"name-resolves": "broken", "port-reachable": "unknown<name-resolves", "winrm-service": "unknown<name-resolves",
			"https-listener": "unknown<name-resolves", "certificate-name": "unknown<name-resolves", "credentials": "unknown<name-resolves"}},
		{"both silent", with(httpDown(probe.ClassSilent), httpsDown(probe.ClassSilent), func(f *probe.Facts) {
			f.Neutral = probe.See([]probe.Dial{{Address: "10.2.3.4", Port: 445}, {Address: "10.2.3.4", Port: 22, Failure: failing(probe.ClassSilent)}})
		}), map[string]string{"port-reachable": "broken", "client-public-network": "unknown<port-reachable", "server-public-network": "unknown<port-reachable",
			"server-private-network": "unknown<port-reachable", "port-listening": "unknown<port-reachable", "remoting-enabled": "unknown<port-reachable", "https-listener": "unknown<port-reachable"}},
		{"both silent, same subnet", with(httpDown(probe.ClassSilent), httpsDown(probe.ClassSilent), func(f *probe.Facts) {
			f.Neutral = probe.See([]probe.Dial{{Address: "10.2.3.4", Port: 445, OnLink: true}})
		}), map[string]string{"port-reachable": "broken", "client-public-network": "n/a"}},
		{"HTTPS silent", with(httpsDown(probe.ClassSilent)), map[string]string{"port-reachable": "broken", "https-listener": "unknown<port-reachable",
			"certificate-name": "unknown<port-reachable", "winrm-service": "met", "server-public-network": "n/a", "credentials": "met"}},
		{"another address answers", with(httpDown(probe.ClassSilent), httpsDown(probe.ClassSilent), func(f *probe.Facts) {
			f.Others = probe.See([]probe.Other{{Address: "10.2.3.5", HTTP: probe.See(probe.Dial{Address: "10.2.3.5", Port: 5985})}})
		}), map[string]string{"port-reachable": "broken"}},
		{"both refused", with(httpDown(probe.ClassRefused), httpsDown(probe.ClassRefused)), map[string]string{"port-listening": "broken", "port-reachable": "met",
			"remoting-enabled": "broken<port-listening", "winrm-service": "broken<port-listening", "https-listener": "broken<port-listening",
			"server-enabled-by-default": "unknown<port-listening", "powershell-3": "unknown<port-listening"}},
		{"HTTPS refused", with(httpsDown(probe.ClassRefused)), map[string]string{"https-listener": "broken", "port-listening": "met", "certificate-name": "unknown<https-listener",
			"basic-over-https": "unknown<https-listener", "channel-bindings": "unknown<https-listener", "remoting-enabled": "met"}},
		{"HTTP refused", with(httpDown(probe.ClassRefused)), map[string]string{"port-listening": "broken", "https-listener": "met", "winrm-service": "met", "negotiate-sealed": "unknown<port-listening"}},
		{"loopback", with(func(f *probe.Facts) { f.HTTP.Dial.Value.Address = "127.0.0.1" }), map[string]string{"loopback-elevation": "n/a"}},
		{"old Windows", with(func(f *probe.Facts) {
			f.HTTP.NTLM.Value.Build, f.HTTPS.NTLM.Value.Build = 7601, 7601
			f.HTTP.Identify.Value.Stack = "2.0"
		}), map[string]string{"wmf-on-older-windows": "broken", "winrm-3": "broken<wmf-on-older-windows", "powershell-3": "broken<wmf-on-older-windows",
			"disconnect-needs-3": "broken<wmf-on-older-windows", "winrm-2": "met", "dotnet-4": "unknown", "enable-psremoting-any-profile": "n/a"}},
		{"old Windows, updated", with(func(f *probe.Facts) { f.HTTP.NTLM.Value.Build, f.HTTPS.NTLM.Value.Build = 7601, 7601 }),
			map[string]string{"wmf-on-older-windows": "met", "winrm-3": "met"}},
		{"WinRM 1.1", with(func(f *probe.Facts) { f.HTTP.Identify.Value.Stack = "1.1" }), map[string]string{"winrm-2": "broken", "winrm-3": "broken"}},
		{"no Identify", with(no("not answered", identityPaths()...)), map[string]string{"winrm-3": "unknown", "powershell-3": "met", "windows-winrm": "met", "winrm-service": "met"}},
		{"another name", with(func(f *probe.Facts) {
			f.Target.Host = "files.corp.example"
			f.Resolve.Value.Reverse = []string{"win01.corp.example"}
		}), map[string]string{"names-agree": "broken"}},
		{"two computers", with(twoComputers), map[string]string{"names-agree": "met", "one-host-answers": "broken"}},
		{"an address", with(func(f *probe.Facts) { f.Target.Host = "10.2.3.4"; f.Resolve.Value.Literal = true }), map[string]string{"names-agree": "n/a", "name-resolves": "n/a"}},
		{"clock", with(func(f *probe.Facts) { f.HTTP.NTLM.Value.Skew = -time.Hour }), map[string]string{"clock": "broken"}},
		{"clock by Date", with(no("x", probe.PathHTTPNTLM, probe.PathHTTPSNTLM), func(f *probe.Facts) { f.HTTP.Challenge.Value.Skew = time.Hour }), map[string]string{"clock": "broken"}},
		{"clock by the HTTPS Date", with(no("x", probe.PathHTTPNTLM, probe.PathHTTPSNTLM, probe.PathHTTPChallenge), func(f *probe.Facts) { f.HTTPS.Challenge.Value.Skew = time.Hour }),
			map[string]string{"clock": "broken", "names-agree": "unknown"}},
		{"NTLM over HTTPS alone", with(no("x", probe.PathHTTPNTLM), func(f *probe.Facts) { f.HTTPS.NTLM.Value.Skew = time.Hour }), map[string]string{"clock": "broken", "names-agree": "met"}},
		{"FIPS", with(func(f *probe.Facts) { f.Client.NTLM = "MD4 is not allowed" }), map[string]string{"local-and-remote-policy": "broken"}},
	}
}

func answerCases() []judged {
	answer := func(status int, server string) func(*probe.Facts) {
		return func(f *probe.Facts) {
			no("the offer leads nowhere", probe.PathHTTPNTLM, probe.PathHTTPRaw, probe.PathHTTPNegotiate, probe.PathHTTPUnsealed)(f)
			f.HTTP.Identify = probe.Fail[wsman.Identity](failing(probe.ClassStatus))
			f.HTTP.Challenge = probe.See(probe.Challenge{Status: status, Server: server})
		}
	}
	httpOnly := func(f *probe.Facts) { httpsDown(probe.ClassRefused)(f) }
	return []judged{
		{"404", with(answer(404, "Microsoft-HTTPAPI/2.0"), httpOnly, func(f *probe.Facts) {
			f.Others = probe.See([]probe.Other{{Address: "10.2.3.5", Challenge: probe.See(probe.Challenge{Status: 401})}})
		}), map[string]string{"wsman-url": "broken", "winrm-service": "unknown<wsman-url", "remoting-enabled": "unknown<wsman-url", "windows-winrm": "met", "service-available": "met", "basic-over-http": "unknown<wsman-url"}},
		{"503", with(answer(503, "Microsoft-HTTPAPI/2.0"), httpOnly), map[string]string{"service-available": "broken", "winrm-service": "broken<service-available", "wsman-url": "met"}},
		{"nginx", with(answer(200, "nginx"), httpOnly, func(f *probe.Facts) { f.HTTP.Challenge.Value.Title = "Welcome" }),
			map[string]string{"windows-winrm": "broken", "winrm-service": "broken<windows-winrm", "wsman-url": "met"}},
		{"a redirection", with(answer(307, "Microsoft-HTTPAPI/2.0"), httpOnly), map[string]string{"windows-winrm": "broken", "winrm-service": "broken<windows-winrm"}},
		{"a refusal of Windows", with(answer(403, "Microsoft-HTTPAPI/2.0"), httpOnly), map[string]string{"windows-winrm": "met", "winrm-service": "unknown", "remoting-enabled": "unknown"}},
		{"a 404 of nginx", with(answer(404, "nginx"), httpOnly), map[string]string{"windows-winrm": "broken", "wsman-url": "met"}},
		{"nginx over HTTPS alone", with(no("x", probe.PathHTTPIdentify, probe.PathHTTPChallenge), func(f *probe.Facts) { f.HTTPS.Challenge.Value.Server = "nginx" }), map[string]string{"windows-winrm": "broken", "winrm-service": "unknown<windows-winrm"}},
		{"no Server header", with(answer(401, ""), httpOnly), map[string]string{"windows-winrm": "unknown", "winrm-service": "unknown"}},
		{"OMI", with(func(f *probe.Facts) { f.HTTP.Identify.Value.Vendor = "Open Management Infrastructure" }), map[string]string{"windows-winrm": "broken", "winrm-3": "unknown"}},
		{"OMI over HTTPS", with(no("x", probe.PathHTTPIdentify), func(f *probe.Facts) { f.HTTPS.Identify = probe.See(wsman.Identity{Vendor: "OMI"}) }), map[string]string{"windows-winrm": "broken"}},
		{"Identify over HTTPS", with(no("x", append(attemptPaths(), probe.PathHTTPIdentify)...), func(f *probe.Facts) {
			f.HTTPS.Identify = probe.See(wsman.Identity{Vendor: "Microsoft Corporation", Stack: "2.0"})
			f.HTTP.Challenge.Value.Server, f.HTTPS.Challenge.Value.Server = "", ""
		}), map[string]string{"winrm-3": "broken", "winrm-service": "met"}},
		{"SSH", with(answer(0, ""), httpOnly, func(f *probe.Facts) {
			f.HTTP.Challenge = probe.Fail[probe.Challenge](failing(probe.ClassMalformed))
			f.HTTP.Identify = probe.Fail[wsman.Identity](failing(probe.ClassMalformed))
		}), map[string]string{"windows-winrm": "broken", "well-formed-answers": "broken<windows-winrm"}},
		{"not TLS", with(tlsFails(probe.ClassNotTLS)), map[string]string{"windows-winrm": "broken", "scheme-on-port": "unknown<windows-winrm", "https-listener": "broken<windows-winrm", "tls-version": "unknown<windows-winrm"}},
		{"endless", with(answer(0, ""), httpOnly, func(f *probe.Facts) { f.HTTP.Challenge = probe.Fail[probe.Challenge](failing(probe.ClassTooLarge)) }),
			map[string]string{"well-formed-answers": "broken", "windows-winrm": "unknown", "winrm-service": "unknown<well-formed-answers"}},
		{"absurd challenge", with(func(f *probe.Facts) {
			f.HTTP.NTLM = probe.Fail[probe.NTLM](failing(probe.ClassMalformed))
			f.HTTP.Negotiate = probe.Fail[probe.Authentication](failing(probe.ClassMalformed))
		}), map[string]string{"well-formed-answers": "broken", "windows-winrm": "met", "negotiate-sealed": "unknown<well-formed-answers"}},
		{"no answer", with(answer(0, ""), httpOnly, func(f *probe.Facts) {
			f.HTTP.Challenge = probe.Fail[probe.Challenge](failing(probe.ClassSilent))
			f.HTTP.Identify = probe.Fail[wsman.Identity](failing(probe.ClassSilent))
		}), map[string]string{"answers-requests": "broken", "winrm-service": "unknown<answers-requests", "windows-winrm": "unknown<answers-requests"}},
		{"no answer without credentials", with(func(f *probe.Facts) { f.HTTP.Challenge = probe.Fail[probe.Challenge](failing(probe.ClassSilent)) }), map[string]string{"answers-requests": "broken", "credentials": "met"}},
		{"no TLS answer", with(tlsFails(probe.ClassSilent)), map[string]string{"answers-requests": "broken", "certificate-name": "unknown<answers-requests"}},
		{"no answer inside TLS", with(func(f *probe.Facts) { f.HTTPS.Challenge = probe.Fail[probe.Challenge](failing(probe.ClassReset)) }), map[string]string{"answers-requests": "broken"}},
		{"TLS on HTTP", with(answer(400, ""), func(f *probe.Facts) { f.HTTP.TLS = probe.See(f.HTTPS.TLS.Value) }), map[string]string{"scheme-on-port": "broken", "windows-winrm": "met"}},
		{"TLS on HTTP, by reset", with(func(f *probe.Facts) {
			httpDown(probe.ClassReset)(f)
			f.HTTP.Dial = probe.See(probe.Dial{Address: "10.2.3.4", Port: 5985})
			f.HTTP.Challenge, f.HTTP.TLS = probe.Fail[probe.Challenge](failing(probe.ClassReset)), probe.See(f.HTTPS.TLS.Value)
		}), map[string]string{"scheme-on-port": "broken", "answers-requests": "met"}},
		{"HTTP on HTTPS", with(tlsFails(probe.ClassPlainOnTLS)), map[string]string{"scheme-on-port": "broken", "https-listener": "broken<scheme-on-port"}},
		{"HTTP on HTTPS, by reset", with(tlsFails(probe.ClassReset), func(f *probe.Facts) { f.HTTPS.Plain = probe.See(probe.Challenge{Status: 401}) }), map[string]string{"scheme-on-port": "broken", "tls-version": "broken<scheme-on-port"}},
		{"HTTPS alone", with(no("x", probe.PathHTTPChallenge)), map[string]string{"scheme-on-port": "met", "answers-requests": "met"}},
		{"proxy header", with(answer(502, "squid"), httpOnly, func(f *probe.Facts) { f.HTTP.Challenge.Value.Via = "Via: 1.1 squid" }), map[string]string{"no-proxy-between": "broken", "windows-winrm": "unknown<no-proxy-between", "winrm-service": "broken<no-proxy-between"}},
		{"proxy header over HTTPS", with(func(f *probe.Facts) { f.HTTPS.Challenge.Value.Via = "Via: x" }, no("x", attemptPaths()...)), map[string]string{"no-proxy-between": "broken"}},
		{"proxy that works", with(func(f *probe.Facts) { f.HTTP.Challenge.Value.Via = "Via: 1.1 squid" }), map[string]string{"no-proxy-between": "broken"}},
		{"proxy status", with(func(f *probe.Facts) {
			f.HTTP.Identify, f.HTTP.NTLM = probe.Fail[wsman.Identity](failing(probe.ClassProxy)), probe.Fail[probe.NTLM](failing(probe.ClassProxy))
			f.HTTPS.Identify = probe.Fail[wsman.Identity](failing(probe.ClassProxy))
		}), map[string]string{"no-proxy-between": "broken"}},
		{"proxy variables", with(func(f *probe.Facts) {
			f.Client.ProxyHTTP, f.Client.ProxyHTTPS = "http://proxy:3128", "http://proxy:3128"
		}), map[string]string{"no-proxy-between": "met"}},
	}
}

func chainCases() []judged {
	legacy := func(f *probe.Facts) {
		tlsFails(probe.ClassTLSVersion)(f)
		f.HTTPS.Legacy = probe.See(probe.Handshake{Version: "TLS 1.0", Suite: "RSA", Chain: goodChain()})
	}
	return []judged{
		{"old TLS", with(legacy), map[string]string{"tls-version": "broken", "certificate-name": "met", "basic-offered": "unknown<tls-version", "client-certificate": "unknown<tls-version", "https-listener": "unknown"}},
		{"no TLS at all", with(tlsFails(probe.ClassReset), func(f *probe.Facts) { f.HTTPS.Legacy = probe.Fail[probe.Handshake](failing(probe.ClassReset)) }),
			map[string]string{"tls-version": "broken", "certificate-name": "unknown<tls-version"}},
		{"refused behind the certificate", with(func(f *probe.Facts) { f.HTTPS.TLS.Value.Refused = failing(probe.ClassTLSAlert) }), map[string]string{"tls-version": "broken"}},
		{"client certificate", with(func(f *probe.Facts) {
			f.HTTPS.TLS.Value.ClientCert, f.HTTPS.TLS.Value.Refused = true, failing(probe.ClassTLSAlert)
		}, no("x", probe.PathHTTPSChallenge)),
			map[string]string{"client-certificate": "broken", "tls-version": "met", "basic-offered": "unknown<client-certificate"}},
		{"client certificate, not insisted on", with(func(f *probe.Facts) { f.HTTPS.TLS.Value.ClientCert = true }), map[string]string{"client-certificate": "met"}},
		{"other name", with(chained(func(c *certs.Inspection) { c.Name = certs.Name{CN: "WIN01", Reason: certs.NameShort, Detail: "short"} })),
			map[string]string{"certificate-name": "broken", "certificate-san": "n/a", "channel-bindings": "unknown<certificate-name", "credentials": "met", "basic-offered": "met"}},
		{"CN only", with(chained(func(c *certs.Inspection) { c.Name.MatchesSAN, c.Name.HasSAN, c.Name.DNSNames = false, false, nil })), map[string]string{"certificate-name": "met", "certificate-san": "broken"}},
		{"CN, other SAN", with(chained(func(c *certs.Inspection) { c.Name.MatchesSAN = false })), map[string]string{"certificate-name": "met", "certificate-san": "broken", "channel-bindings": "unknown<certificate-san"}},
		{"SAN, other CN", with(chained(func(c *certs.Inspection) { c.Name.MatchesCN = false })), map[string]string{"certificate-name": "met", "certificate-san": "met"}},
		{"expired", with(chained(func(c *certs.Inspection) {
			c.Dates.Expired, c.Dates.NotAfter, c.Dates.Where = true, when.AddDate(0, 0, -3), 0
		})), map[string]string{"certificate-dates": "broken", "clock": "met"}},
		{"expired by our clock alone", with(chained(func(c *certs.Inspection) {
			c.Dates.Expired, c.Dates.NotAfter, c.Dates.Where = true, when.AddDate(0, 0, -3), 0
		}),
			func(f *probe.Facts) { f.HTTP.NTLM.Value.Skew = -10 * 24 * time.Hour }), map[string]string{"certificate-dates": "broken<clock", "clock": "broken"}},
		{"expired intermediate", with(chained(func(c *certs.Inspection) {
			c.Dates.Expired, c.Dates.Where = true, 1
			c.Certificates = append(c.Certificates, certs.Certificate{Subject: "CN=Sub CA", NotAfter: when.AddDate(0, 0, -1)})
			c.Trust = certs.Trust{Store: "system", Cause: certs.CauseExpiredIntermediate}
		})), map[string]string{"certificate-dates": "broken", "certificate-trusted": "broken<certificate-dates"}},
		{"revoked", with(chained(func(c *certs.Inspection) {
			c.Revocation = certs.Revocation{Staple: certs.StapleRevoked, RevokedAt: when}
		})), map[string]string{"certificate-not-revoked": "broken"}},
		{"revoked by a staple that can't be checked", with(chained(func(c *certs.Inspection) {
			c.Revocation = certs.Revocation{Staple: certs.StapleInvalid, Claim: certs.StapleRevoked}
		})),
			map[string]string{"certificate-not-revoked": "broken"}},
		{"staple expired", with(chained(func(c *certs.Inspection) { c.Revocation.Staple = certs.StapleExpired })), map[string]string{"certificate-not-revoked": "unknown"}},
		{"nothing stapled", with(chained(func(c *certs.Inspection) { c.Revocation = certs.Revocation{Staple: certs.StapleNone} })), map[string]string{"certificate-not-revoked": "unknown"}},
		{"a CRL to ask", with(chained(func(c *certs.Inspection) {
			c.Revocation = certs.Revocation{Staple: certs.StapleNone, CRLs: []string{"http://ca/crl"}}
		})), map[string]string{"certificate-not-revoked": "unknown"}},
		{"self-signed", with(chained(func(c *certs.Inspection) {
			c.Certificates[0].SelfSigned, c.Trust = true, certs.Trust{Store: "system", Cause: certs.CauseSelfSigned}
		})),
			map[string]string{"certificate-trusted": "broken", "self-signed-for-testing": "broken<certificate-trusted", "channel-bindings": "unknown<certificate-trusted"}},
		{"self-signed, trusted", with(chained(func(c *certs.Inspection) { c.Certificates[0].SelfSigned = true })), map[string]string{"certificate-trusted": "met", "self-signed-for-testing": "broken"}},
		{"pinned", with(chained(func(c *certs.Inspection) { c.Pinned, c.Trust = true, certs.Trust{Cause: certs.CauseUnknownCA} })), map[string]string{"certificate-trusted": "met"}},
		{"intermediate left out", with(chained(func(c *certs.Inspection) { c.Trust = certs.Trust{Cause: certs.CauseMissingIntermediate, Detail: "x"} })), map[string]string{"certificate-trusted": "broken"}},
		{"no roots here", with(chained(func(c *certs.Inspection) { c.Trust = certs.Trust{Cause: certs.CauseNoRoots} })), map[string]string{"certificate-trusted": "unknown"}},
		{"other purpose", with(chained(func(c *certs.Inspection) {
			c.Purpose = certs.Purpose{EKU: certs.EKUOther, OIDs: []string{"1.3.6.1.5.5.7.3.2"}}
		})), map[string]string{"certificate-purpose": "broken"}},
		{"restricted issuer", with(chained(func(c *certs.Inspection) { c.Purpose.ByIssuer = true })), map[string]string{"certificate-purpose": "broken"}},
		{"SHA-1", with(chained(func(c *certs.Inspection) {
			c.Strength.WeakSignature, c.Strength.SignatureRefused, c.Trust = true, true, certs.Trust{Cause: certs.CauseSHA1}
		})), map[string]string{"certificate-strength": "broken", "certificate-trusted": "broken<certificate-strength"}},
		{"RSA 1024", with(func(f *probe.Facts) { f.HTTPS.TLS.Value.Chain.Strength.WeakKey = true }), map[string]string{"certificate-strength": "broken", "channel-bindings": "met"}},
		{"negative serial", with(chained(func(c *certs.Inspection) {
			*c = certs.Inspection{ParseError: "x509: negative serial number", Trust: certs.Trust{Cause: certs.CauseMalformed}, Dates: certs.Dates{Where: -1}}
		})), map[string]string{"certificate-strength": "broken", "certificate-trusted": "broken<certificate-strength", "certificate-purpose": "unknown", "well-formed-answers": "met",
			"self-signed-for-testing": "unknown<certificate-strength"}},
	}
}

func logonCases() []judged {
	basicOverHTTP := func(canary probe.Outcome) func(*probe.Facts) {
		return func(f *probe.Facts) {
			f.HTTP.Challenge.Value.Offer = schemes("Negotiate", "Basic")
			f.HTTP.Canary = probe.See(probe.Authentication{Outcome: canary, Scheme: "Basic", Sent: "canary", Status: 401})
		}
	}
	denied := probe.Authentication{Outcome: probe.Faulted, Scheme: "Negotiate", Status: 500, Sealed: true, Fault: &wsman.Fault{WSManCode: 5}}
	return []judged{
		{"no account", with(noAccountGiven), map[string]string{"credentials": "unknown", "basic-local-account": "unknown", "channel-bindings": "unknown", "winrm-3": "met"}},
		{"Basic off", with(func(f *probe.Facts) { f.HTTPS.Challenge.Value.Offer = schemes("Negotiate") }), map[string]string{"basic-offered": "broken", "basic-over-https": "broken<basic-offered", "unencrypted-refused": "n/a",
			"basic-over-http": "as-documented", "administrators-member": "unknown", "credentials": "met"}},
		{"no offer", with(func(f *probe.Facts) {
			f.HTTPS.Challenge.Value = probe.Challenge{Status: 403, Server: "Microsoft-HTTPAPI/2.0"}
		}), map[string]string{"basic-offered": "unknown", "basic-over-https": "unknown"}},
		{"Basic over HTTP, canary rejected", with(basicOverHTTP(probe.Rejected)), map[string]string{"basic-over-http": "unknown", "clear-basic-accepted": "unknown", "unencrypted-refused": "unknown",
			"no-basic-offer-over-http": "broken"}},
		{"Basic over HTTP, canary refused", with(basicOverHTTP(probe.Empty500)), map[string]string{"no-basic-offer-over-http": "met", "basic-over-http": "as-documented", "clear-basic-accepted": "met", "unencrypted-refused": "as-documented"}},
		{"Basic over HTTP accepted", with(basicOverHTTP(probe.Rejected), func(f *probe.Facts) { f.HTTP.Basic = probe.See(accepted("Basic")) }),
			map[string]string{"clear-basic-accepted": "broken", "no-basic-offer-over-http": "broken<clear-basic-accepted", "basic-over-http": "broken<clear-basic-accepted", "unencrypted-refused": "broken<clear-basic-accepted", "client-basic-usessl": "broken"}},
		{"Negotiate off", with(func(f *probe.Facts) {
			f.HTTP.Challenge.Value.Offer = schemes("Kerberos")
			f.HTTP.NTLM = probe.Fail[probe.NTLM](failing(probe.ClassStatus))
			f.HTTP.Negotiate = probe.See(probe.Authentication{Outcome: probe.NoChallenge})
		}), map[string]string{"negotiate-offered": "broken", "negotiate-sealed": "unknown<negotiate-offered", "channel-bindings": "met"}},
		{"NTLM blocked inside TLS", with(func(f *probe.Facts) { f.HTTPS.NTLM = probe.Fail[probe.NTLM](failing(probe.ClassStatus)) }), map[string]string{"negotiate-offered": "broken"}},
		{"no sealing", with(func(f *probe.Facts) {
			f.HTTP.NTLM.Value.Sealing = false
			f.HTTP.Negotiate = probe.Skip[probe.Authentication]("withheld")
		}), map[string]string{"negotiate-sealed": "broken"}},
		{"unsealed accepted", with(func(f *probe.Facts) { f.HTTP.Unsealed = probe.See(accepted("Negotiate")) }), map[string]string{"sealing-required": "broken", "negotiate-sealed": "met"}},
		{"bindings", with(func(f *probe.Facts) { f.HTTPS.Negotiate = probe.See(rejected("Negotiate")) }), map[string]string{"channel-bindings": "broken", "credentials": "met"}},
		{"rejected inside TLS, not tried over HTTP", with(func(f *probe.Facts) { f.HTTPS.Negotiate = probe.See(rejected("Negotiate")) }, no("not asked for", probe.PathHTTPNegotiate, probe.PathHTTPSBasic)),
			map[string]string{"channel-bindings": "unknown<credentials", "credentials": "broken"}},
		{"rejected", with(rejectedOverNTLM), map[string]string{"credentials": "broken", "channel-bindings": "unknown<credentials", "token-filter-policy": "unknown<credentials", "administrators-member": "unknown<credentials", "negotiate-name-form": "met"}},
		{"Basic rejected", with(func(f *probe.Facts) { f.HTTPS.Basic = probe.See(rejected("Basic")); f.Account.NonASCII = true }), map[string]string{"credentials": "broken<password-encoding", "password-encoding": "broken"}},
		{"denied", with(func(f *probe.Facts) { f.HTTP.Negotiate = probe.See(denied) }), map[string]string{"administrators-member": "broken", "credentials": "met"}},
		{"denied in Basic", with(func(f *probe.Facts) { f.HTTPS.Basic = probe.See(denied) }), map[string]string{"administrators-member": "broken"}},
		{"denied inside TLS", with(func(f *probe.Facts) { f.HTTPS.Negotiate = probe.See(denied) }), map[string]string{"administrators-member": "broken", "channel-bindings": "met"}},
		{"denied in clear Basic", with(func(f *probe.Facts) { f.HTTP.Basic = probe.See(denied) }), map[string]string{"administrators-member": "broken"}},
		{"domain account", with(inDomain, asAccount(`CORP\alice`)), map[string]string{"basic-local-account": "broken", "basic-unqualified-name": "broken<basic-local-account", "token-filter-policy": "n/a", "negotiate-name-form": "met"}},
		{"trusted domain, rejected", with(inDomain, asAccount(`OTHER\alice`), rejectedOverNTLM), map[string]string{"negotiate-name-form": "unknown", "basic-local-account": "broken", "credentials": "broken"}},
		{"stray qualifier, rejected", with(asAccount(`CORP\alice`), rejectedOverNTLM), map[string]string{"negotiate-name-form": "broken", "basic-local-account": "broken<negotiate-name-form", "basic-unqualified-name": "broken<negotiate-name-form",
			"credentials": "broken<negotiate-name-form", "channel-bindings": "unknown<negotiate-name-form"}},
		{"stray qualifier, accepted", with(asAccount(`CORP\alice`)), map[string]string{"negotiate-name-form": "met", "credentials": "met"}},
		{"names not known", with(asAccount(`CORP\alice`), no("x", append(attemptPaths(), probe.PathHTTPNTLM, probe.PathHTTPSNTLM)...)), map[string]string{"negotiate-name-form": "unknown", "basic-local-account": "unknown", "basic-unqualified-name": "unknown"}},
		{"bare name", with(asAccount("alice"), rejectedOverNTLM), map[string]string{"negotiate-name-form": "unknown", "basic-unqualified-name": "met", "basic-local-account": "met"}},
		{"NTLM over HTTPS, names", with(no("x", append(attemptPaths(), probe.PathHTTPNTLM)...), asAccount(`CORP\alice`)), map[string]string{"negotiate-name-form": "broken", "basic-local-account": "broken<negotiate-name-form"}},
		{"built-in Administrator", with(asAccount("Administrator"), rejectedOverNTLM), map[string]string{"token-filter-policy": "n/a"}},
		{"blank", with(func(f *probe.Facts) { f.Account.Blank = true }), map[string]string{"password-not-blank": "broken"}},
		{"beyond ASCII, accepted", with(func(f *probe.Facts) { f.Account.NonASCII = true }), map[string]string{"password-encoding": "met"}},
		{"beyond ASCII, Negotiate alone", with(no("not asked", probe.PathHTTPSBasic), func(f *probe.Facts) { f.Account.NonASCII, f.Target.Route = true, probe.RouteNegotiateHTTP }), map[string]string{"password-encoding": "n/a", "client-basic-usessl": "n/a", "basic-local-account": "n/a"}},
		{"HTTP URL", with(httpsDown(probe.ClassRefused), no("not asked for", probe.PathHTTPSDial), func(f *probe.Facts) { f.Target.NoHTTPS = true }), map[string]string{"https-listener": "n/a", "certificate-name": "n/a", "port-listening": "met", "credentials": "met"}},
		{"HTTPS URL", with(httpDown(probe.ClassRefused), no("not asked for", probe.PathHTTPDial), func(f *probe.Facts) { f.Target.NoHTTP = true }), map[string]string{"port-listening": "n/a", "basic-over-http": "n/a", "https-listener": "met", "negotiate-sealed": "n/a"}},
	}
}
