package limits

import (
	"fmt"
	"strings"
	"time"

	"pstest/certs"
	"pstest/probe"
)

// reissue are the commands that give the host a certificate in its name and
// the listener that certificate.
func reissue() []string {
	return []string{
		"$cert = New-SelfSignedCertificate -DnsName {dnsnames} -CertStoreLocation Cert:\\LocalMachine\\My   # a certificate of your authority for these names is better",
		`Set-WSManInstance winrm/config/Listener -SelectorSet @{Address="*";Transport="HTTPS"} -ValueSet @{Hostname="{dns}";CertificateThumbprint=$cert.Thumbprint}`,
	}
}

func certificateLimits() []Limit {
	after := append(beforeTLS(), "tls-version", "client-certificate")
	return []Limit{
		{
			ID: "certificate-name", Row: "L37", Field: []string{"A11"}, Title: "The certificate names this host",
			Broken: "the certificate does not name this host", Kind: Requirement, Source: topic(sectionBasic),
			After: append([]string{"certificate-san"}, after...), Routes: httpsRoutes(), Needs: needChain(), Check: checkName,
			Why: "A client believes a certificate only for the name that it was asked to connect to. A short name, an address or an alias is another name, even where it leads to the same host.",
			Fix: Fix{
				Windows: reissue(),
				Client:  []string{"# or connect by a name that the certificate has: {names}"},
			},
			Since: "2023-11: RFC 9525 has clients go by the subject alternative names alone; Go does since 2020-08. " + upper(noSection),
		},
		{
			ID: "certificate-dates", Row: "L38", Field: []string{"A13"}, Title: "The certificate is in date",
			Broken: "the certificate is out of date", Kind: Requirement, Source: topic(sectionBasic),
			After: after, Routes: httpsRoutes(),
			Needs: append(needChain(), mayUse(clockPaths()...)...), Check: checkDates,
			Why: "Outside its dates a certificate proves nothing. Renewing it is half of the work: the listener keeps the old one until it is given the new thumbprint.",
			Fix: Fix{
				Windows: append([]string{`Get-ChildItem Cert:\LocalMachine\My | Format-Table NotAfter, Thumbprint, Subject`}, reissue()...),
				Client:  []string{"date -u   # shows this computer's clock, which may be the wrong one"},
			},
		},
		{
			ID: "certificate-not-revoked", Row: "L39", Field: []string{"C1"}, Title: "The certificate is not revoked",
			Broken: "the certificate has been revoked", Kind: Requirement, Source: topic(sectionBasic),
			After: after, Routes: httpsRoutes(), Needs: needChain(), Check: checkRevocation,
			Why: "An authority takes back a certificate whose key may be known to others. Clients on Linux and macOS hardly ever ask; Windows does. pstest believes an answer that the host itself serves (OCSP stapling) and asks nobody.",
			Fix: Fix{
				Windows: append([]string{"# have your authority issue a new certificate, with a new key, then:"}, reissue()[1]),
				Client:  []string{"openssl s_client -connect {host}:{portHttps} -status </dev/null | grep -A9 'OCSP response'"},
			},
		},
		{
			ID: "self-signed-for-testing", Row: "L40", Title: "Self-signed is for testing",
			Broken: "the certificate is self-signed", Kind: Advice, Source: topic(sectionBasic),
			After: append([]string{"certificate-trusted"}, after...), Routes: httpsRoutes(), Needs: needChain(), Check: checkSelfSigned,
			Why: "A self-signed certificate vouches for itself, so every client has to be told about it, one by one, and told again when it changes. For more than a test, let an authority that your clients trust issue it.",
			Fix: Fix{
				Windows: []string{"Get-Certificate -Template TEMPLATE -DnsName {dnsnames} -CertStoreLocation Cert:\\LocalMachine\\My   # where AD CS is the authority"},
				Client:  []string{"pstest check {host} --pin-sha256 {sha256}   # only after comparing the value with the host's"},
			},
			Since: noSection,
		},
		{
			ID: "https-listener", Row: "L41", Field: []string{"A9"}, Title: "An HTTPS listener exists",
			Broken: "nothing listens for HTTPS on port {portHttps}", Kind: Requirement, Source: topic(sectionBasic),
			After: append(beforeListener(), "scheme-on-port", "windows-winrm"), Routes: httpsRoutes(),
			Needs: append([]Need{{Path: probe.PathHTTPSDial, Strength: NeedsTried}}, mayUse(probe.PathHTTPSTLS, probe.PathHTTPTLS, probe.PathHTTPDial)...), Check: checkHTTPSListener,
			Why: "Windows has no HTTPS listener until somebody makes one from an elevated prompt, with the host's name and the thumbprint of an installed certificate. Enable-PSRemoting makes the HTTP one only.",
			Fix: Fix{
				Windows: []string{
					"$cert = New-SelfSignedCertificate -DnsName {dnsnames} -CertStoreLocation Cert:\\LocalMachine\\My   # a certificate of your authority is better",
					`New-WSManInstance winrm/config/Listener -SelectorSet @{Address="*";Transport="HTTPS"} -ValueSet @{Hostname="{dns}";CertificateThumbprint=$cert.Thumbprint}`,
					"New-NetFirewallRule -DisplayName 'WinRM over HTTPS' -Direction Inbound -Protocol TCP -LocalPort {portHttps} -Action Allow",
				},
				Client: []string{"pstest check {host} --port-https PORT   # in case the listener has another port"},
			},
			Since: noSection,
		},
	}
}

func checkName(f *probe.Facts) Result {
	c, p := chain(f)
	n := c.Name
	told := []Evidence{
		fact(at(p, "name.cn"), "certificate CN", orNone(n.CN)),
		fact(at(p, "name.dnsNames"), "names in the certificate", orNone(strings.Join(append(append([]string{}, n.DNSNames...), n.IPs...), ", "))),
		fact("target.host", "asked for", f.Target.Host),
	}
	if n.MatchesCN || n.MatchesSAN {
		r := met(told...)
		if !n.MatchesCN && !n.HostIsIP {
			r.Note = otherCommonName
		}
		return r
	}
	if n.Detail != "" {
		told = append(told, fact(at(p, "name.reason"), "difference", n.Detail))
	}
	return broken(told...)
}

// otherCommonName is the remark on a certificate that every client of today
// takes, and that is not as the topic has it by the letter.
const otherCommonName = "The certificate's common name is not {host}, as the documentation asks; its alternative names have it, and today's clients go by those."

// checkDates holds the dates against this computer's clock, as a client does.
// Where the host's clock says that the certificate is in date, one of the two
// clocks is wrong, and that is the first thing to look at.
func checkDates(f *probe.Facts) Result {
	c, p := chain(f)
	d := c.Dates
	told := []Evidence{
		fact(at(p, "dates.notBefore"), "valid from", day(d.NotBefore)),
		fact(at(p, "dates.notAfter"), "valid until", day(d.NotAfter)),
	}
	if !d.Expired && !d.NotYet {
		return met(append(told, fact(at(p, "dates.daysLeft"), "days left", fmt.Sprint(d.DaysLeft)))...)
	}
	if d.Where > 0 && d.Where < len(c.Certificates) {
		told = append(told, fact(at(p, "dates.where"), "certificate above it", c.Certificates[d.Where].Subject))
	}
	told = append(told, fact("when", "this computer's clock", day(f.When)))
	r := broken(told...)
	skew, e, ok := hostClock(f)
	if !ok {
		return r
	}
	theirs := f.When.Add(skew)
	r.Evidence = append(r.Evidence, e)
	if skew.Abs() > tolerated && inDate(c, theirs) {
		r.Because = "clock"
		r.Hypotheses = []Hypothesis{
			{Limit: "clock", Cause: "this computer's clock is wrong: by the host's, the certificate is in date", Decide: "date -u", Grade: "documented"},
			{Limit: "certificate-dates", Cause: "the host's clock is wrong and the certificate is out of date", Decide: "on the host: w32tm /query /status", Grade: "documented"},
		}
	}
	return r
}

// inDate tells whether every served certificate that carries dates is valid at t.
func inDate(c certs.Inspection, t time.Time) bool {
	if t.Before(c.Dates.NotBefore) || t.After(c.Dates.NotAfter) {
		return false
	}
	if w := c.Dates.Where; w > 0 && w < len(c.Certificates) {
		return !t.Before(c.Certificates[w].NotBefore) && !t.After(c.Certificates[w].NotAfter)
	}
	return true
}

func checkRevocation(f *probe.Facts) Result {
	c, p := chain(f)
	v := c.Revocation
	told := []Evidence{fact(at(p, "revocation.staple"), "stapled answer", orNone(v.Staple))}
	switch {
	case v.Staple == certs.StapleRevoked || v.Claim == certs.StapleRevoked:
		return broken(append(told, fact(at(p, "revocation.revokedAt"), "revoked", revoked(v)))...)
	case v.Staple == certs.StapleGood:
		return met(told...)
	case v.Staple != "" && v.Staple != certs.StapleNone:
		return unknown("the stapled answer can't be relied on: "+orNone(v.StapleDetail), told...)
	case len(v.CRLs)+len(v.OCSP) == 0:
		return unknown("the certificate names no CRL and no OCSP responder, and the host staples no answer", told...)
	}
	return unknown("not asked: the certificate names "+strings.Join(append(append([]string{}, v.OCSP...), v.CRLs...), ", ")+", and the host staples no answer", told...)
}

// revoked says when and why, as far as the answer does.
func revoked(v certs.Revocation) string {
	if v.RevokedAt.IsZero() {
		return first(v.Reason, "yes")
	}
	return strings.TrimSpace(day(v.RevokedAt) + " " + v.Reason)
}

func checkSelfSigned(f *probe.Facts) Result {
	c, p := chain(f)
	if len(c.Certificates) == 0 {
		return unknown("the certificate could not be read")
	}
	leaf := c.Certificates[0]
	e := fact(at(p, "certificates.0.issuer"), "issued by", orNone(leaf.Issuer))
	if leaf.SelfSigned {
		return brokenInNoWay(e, fact(at(p, "certificates.0.selfSigned"), "self-signed", "yes"))
	}
	return met(e)
}

func checkHTTPSListener(f *probe.Facts) Result {
	secure := ports(f)[1]
	switch {
	case secure.refused():
		r := broken(secure.evidence())
		r.Hypotheses = refusedHypotheses(f, secure)
		if seen(f.HTTP.TLS) {
			r.Because = "scheme-on-port"
		}
		return r
	case !secure.open():
		return unknown(f.HTTPS.Dial.Failure.String())
	case seen(f.HTTPS.TLS):
		return met(secure.evidence(), fact(at(probe.PathHTTPSTLS, "chain.sha1"), "certificate thumbprint", orNone(f.HTTPS.TLS.Value.Chain.SHA1)))
	case failedAs(f.HTTPS.TLS, probe.ClassPlainOnTLS, probe.ClassNotTLS):
		return takenPort(f)
	case tried(f.HTTPS.TLS):
		return unknown(f.HTTPS.TLS.Failure.String(), secure.evidence())
	}
	return unknown("no TLS handshake was tried", secure.evidence())
}

// takenPort is for a port that something has which is no HTTPS listener: a new
// listener would not get it.
func takenPort(f *probe.Facts) Result {
	r := broken(failureOf(probe.PathHTTPSTLS, "TLS handshake", f.HTTPS.TLS))
	r.Headline = "what has port {portHttps} is no HTTPS listener"
	r.Because = "windows-winrm"
	if failedAs(f.HTTPS.TLS, probe.ClassPlainOnTLS) {
		r.Because = "scheme-on-port"
	}
	r.Fix = &Fix{
		Windows: []string{"Get-NetTCPConnection -State Listen -LocalPort {portHttps} | Format-Table LocalAddress, LocalPort, OwningProcess   # shows who has the port", transports},
		Client:  []string{"pstest check {host} --port-https PORT   # in case the listener has another port"},
	}
	return r
}
