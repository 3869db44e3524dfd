package limits

import (
	"slices"

	"pstest/probe"
)

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
				Windows: slices.Concat(switchOnTLS12(), modernSuites(), schannelLog()),
				Client:  []string{tryTLS12},
			},
		},
		{
			ID: "client-certificate", Row: "C7", Title: "No client certificate is demanded",
			Broken: "the host ends the connection without a client certificate", Kind: Requirement, Source: field(sectionTLS),
			After: append(beforeTLS(), "tls-version"), Routes: httpsRoutes(),
			Needs: []Need{{Path: probe.PathHTTPSTLS, Strength: NeedsSeen}}, Check: checkClientCertificate,
			Why: "Basic and Negotiate identify the user inside the TLS connection. A listener that insists on a certificate from the client never lets it get that far.",
			Fix: Fix{
				Windows: []string{"netsh http show sslcert   # shows Negotiate Client Certificate for the port's binding",
					`Set-Item WSMan:\localhost\Service\Auth\Certificate $false   # believed, not proven, to end the demand`,
					"# Where certificates are wanted for logging on: under TLS 1.3 that is reported to fail on Server 2022 and Windows 11; take TLS 1.3 off the port's binding."},
				Client: []string{"openssl s_client -connect {host}:{portHttps} </dev/null   # shows the authorities whose certificates it would accept"},
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
	old := f.HTTPS.Legacy
	switch {
	case seen(old):
		r.Evidence = append(r.Evidence, spoken(probe.PathHTTPSLegacy, old.Value)...)
		r.Fix = &Fix{Windows: switchOnTLS12(), Client: []string{tryTLS12}}
		if old.Value.Version == "TLS 1.2" || old.Value.Version == "TLS 1.3" {
			r.Fix.Windows = modernSuites()
		}
		return r
	case tried(old):
		r.Evidence = append(r.Evidence, failureOf(probe.PathHTTPSLegacy, "with old versions allowed", old))
	}
	r.Why = "The handshake fails, and what was seen does not show that its version or its cipher suites are the reason. The host's event log names it."
	r.Fix = &Fix{Windows: schannelLog(), Client: []string{tryTLS12}}
	r.Hypotheses = handshakeHypotheses()
	return r
}

// switchOnTLS12 leaves alone what the registry key holds already.
func switchOnTLS12() []string {
	return []string{
		`$k = 'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Server'`,
		`if (-not (Test-Path $k)) { New-Item $k -Force }`,
		`Set-ItemProperty $k -Name Enabled -Value 1 -Type DWord; Set-ItemProperty $k -Name DisabledByDefault -Value 0 -Type DWord   # takes effect after a restart`,
	}
}

func modernSuites() []string {
	return []string{"Get-TlsCipherSuite | Format-Table Name   # wanted: TLS_ECDHE_..._GCM_... suites; the cmdlet needs Windows 10 or Server 2016"}
}

func schannelLog() []string {
	return []string{"Get-WinEvent -FilterHashtable @{LogName='System';ProviderName='Schannel'} -MaxEvents 5"}
}

const tryTLS12 = "openssl s_client -connect {host}:{portHttps} -tls1_2 </dev/null"

// handshakeHypotheses are the causes of a handshake that fails however
// permissive the client is.
func handshakeHypotheses() []Hypothesis {
	schannel := "on the host: " + schannelLog()[0]
	return []Hypothesis{
		{Cause: "Windows can't use the certificate's private key (missing, or not readable for the network service)", Grade: "reported", Decide: schannel + "   # event 36870 stands for this"},
		{Cause: "no common TLS version or cipher suite", Grade: "reported", Decide: schannel + "   # events 36874 and 36888 stand for this"},
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
