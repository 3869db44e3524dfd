package limits

import "pstest/probe"

const sectionTLS = "TLS"

// beforeTLS are the limits that explain a TLS connection that did not come about.
func beforeTLS() []string {
	return append(beforeListener(), "https-listener", "scheme-on-port", "answers-requests", "windows-winrm", "no-proxy-between", "well-formed-answers")
}

func tlsLimits() []Limit {
	return []Limit{
		{
			ID: "tls-version", Row: "B2", Field: []string{"C6"}, Title: "TLS handshake of today's clients",
			Broken: "the TLS handshake that today's clients make fails", Kind: Requirement, Source: field(sectionTLS),
			After: beforeTLS(), Routes: httpsRoutes(),
			Needs: append([]Need{{Path: probe.PathHTTPSTLS, Strength: NeedsTried}}, mayUse(probe.PathHTTPSLegacy)...), Check: checkTLSVersion,
			Why: "Current clients speak TLS 1.2 and 1.3 with forward secrecy. Older Windows, or one whose cipher list was cut down, may offer less: OpenSSL-based clients with lowered settings then still connect, tools written in Go do not.",
			Fix: Fix{
				Windows: []string{`New-Item 'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Server' -Force | Set-ItemProperty -Name Enabled -Value 1   # then restart`,
					"Get-TlsCipherSuite | Format-Table Name   # wanted: TLS_ECDHE_..._GCM_... suites",
					"Get-WinEvent -FilterHashtable @{LogName='System';ProviderName='Schannel'} -MaxEvents 5"},
				Client: []string{"openssl s_client -connect {host}:{portHttps} -tls1_2 </dev/null"},
			},
		},
		{
			ID: "client-certificate", Row: "C7", Title: "No client certificate is demanded",
			Broken: "the host ends the connection without a client certificate", Kind: Requirement, Source: field(sectionTLS),
			After: append(beforeTLS(), "tls-version"), Routes: httpsRoutes(),
			Needs: []Need{{Path: probe.PathHTTPSTLS, Strength: NeedsSeen}}, Check: checkClientCertificate,
			Why: "Basic and Negotiate identify the user inside the TLS connection. A listener that insists on a certificate from the client never lets it get that far.",
			Fix: Fix{
				Windows: []string{"netsh http show sslcert ipport=0.0.0.0:{portHttps}   # Negotiate Client Certificate", `Set-Item WSMan:\localhost\Service\Auth\Certificate $false`},
				Client:  []string{"openssl s_client -connect {host}:{portHttps} </dev/null   # names the authorities that it would accept"},
			},
		},
	}
}

func checkTLSVersion(f *probe.Facts) Result {
	o := f.HTTPS.TLS
	if seen(o) && (o.Value.Refused == nil || o.Value.ClientCert || o.Value.Chain.ParseError != "") {
		return met(spoken(probe.PathHTTPSTLS, o.Value)...)
	}
	if !seen(o) && !failedAs(o, probe.ClassTLSVersion, probe.ClassTLSAlert, probe.ClassReset) {
		return unknown(o.Failure.String())
	}
	var r Result
	if seen(o) {
		r = broken(fact(at(probe.PathHTTPSTLS, "refused"), "handshake", o.Value.Refused.String()))
	} else {
		r = broken(failureOf(probe.PathHTTPSTLS, "handshake", o))
	}
	if seen(f.HTTPS.Legacy) {
		r.Evidence = append(r.Evidence, spoken(probe.PathHTTPSLegacy, f.HTTPS.Legacy.Value)...)
		return r
	}
	if tried(f.HTTPS.Legacy) {
		r.Evidence = append(r.Evidence, failureOf(probe.PathHTTPSLegacy, "with old versions allowed", f.HTTPS.Legacy))
	}
	r.Hypotheses = handshakeHypotheses()
	return r
}

// handshakeHypotheses are the causes of a handshake that fails however
// permissive the client is.
func handshakeHypotheses() []Hypothesis {
	const schannel = "on the host: Get-WinEvent -FilterHashtable @{LogName='System';ProviderName='Schannel'} -MaxEvents 5"
	return []Hypothesis{
		{Cause: "Windows can't use the certificate's private key (missing, or not readable for the network service)", Grade: "reported", Decide: schannel + "   # 36870"},
		{Cause: "no common TLS version or cipher suite", Grade: "reported", Decide: schannel + "   # 36874, 36888"},
		{Limit: "client-certificate", Cause: "a client certificate is demanded", Grade: "documented", Decide: "on the host: netsh http show sslcert"},
	}
}

// spoken is the version and the suite of a handshake.
func spoken(p probe.Path, h probe.Handshake) []Evidence {
	return []Evidence{fact(at(p, "version"), "TLS version", orNone(h.Version)), fact(at(p, "suite"), "cipher suite", orNone(h.Suite))}
}

func checkClientCertificate(f *probe.Facts) Result {
	h := f.HTTPS.TLS.Value
	switch {
	case h.ClientCert && h.Refused != nil:
		return broken(fact(at(probe.PathHTTPSTLS, "refused"), "after asking for a client certificate", h.Refused.String()))
	case h.ClientCert:
		return met(fact(at(probe.PathHTTPSTLS, "clientCert"), "client certificate", "asked for, not insisted on"))
	}
	return met(fact(at(probe.PathHTTPSTLS, "clientCert"), "client certificate", "not asked for"))
}
