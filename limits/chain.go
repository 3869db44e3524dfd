package limits

import (
	"fmt"
	"strings"

	"pstest/certs"
	"pstest/probe"
)

func chainLimits() []Limit {
	after := append(beforeTLS(), "tls-version", "client-certificate")
	return []Limit{
		{
			ID: "certificate-trusted", Row: "A10", Title: "The certificate's issuer is trusted",
			Broken: "this computer does not trust the certificate's issuer", Kind: Requirement, Source: field(sectionTLS), Breaks: "self-signed-for-testing",
			After: after, Routes: httpsRoutes(), Needs: needChain(), Check: checkTrusted,
			Why: "A certificate is worth as much as whoever signed it. Windows hosts often have one from the company's own authority, or one that they signed themselves; a Linux or macOS computer knows neither until it is told.",
			Fix: Fix{Windows: ofAuthority(), Client: trustIt()},
		},
		{
			ID: "certificate-san", Row: "A12", Title: "The name stands in the SAN",
			Broken: "the certificate's alternative names leave this host out", Kind: Requirement,
			Source: Source{Document: "RFC 9525", Section: "1.3. Overview of Recommendations"}, Breaks: "certificate-name",
			After: after, Routes: httpsRoutes(), Needs: needChain(), Check: checkSAN,
			Why: "The topic asks for the host's name in the common name. Today's clients read the subject alternative names: with none there, OpenSSL-based ones still fall back to the common name and tools written in Go refuse; with others there, all refuse.",
			Fix: Fix{
				Windows: reissue(),
				Client:  []string{"openssl s_client -connect {host}:{portHttps} </dev/null 2>/dev/null | openssl x509 -noout -subject -ext subjectAltName"},
			},
			Since: "2023-11: RFC 9525 has clients ignore the common name altogether; Go does since 2020-08.",
		},
		{
			ID: "certificate-purpose", Row: "C2", Title: "It may serve as server certificate",
			Broken: "the certificate is not for server authentication", Kind: Requirement,
			Source: Source{Document: "RFC 5280", Section: "4.2.1.12. Extended Key Usage"},
			After:  after, Routes: httpsRoutes(), Needs: needChain(), Check: checkPurpose,
			Why: "A certificate that lists its purposes may be used for those alone. For a listener it needs Server Authentication (1.3.6.1.5.5.7.3.1); one without a list is good for any.",
			Fix: Fix{
				Windows: append([]string{"Get-ChildItem Cert:\\LocalMachine\\My | Format-Table Subject, EnhancedKeyUsageList"}, reissue()...),
				Client:  []string{"openssl s_client -connect {host}:{portHttps} </dev/null 2>/dev/null | openssl x509 -noout -ext extendedKeyUsage"},
			},
		},
		{
			ID: "certificate-strength", Row: "C4", Field: []string{"C3"}, Title: "Key, signature and serial are sound",
			Broken: "the certificate's key, signature or serial number is one that clients refuse", Kind: Requirement,
			Source: Source{Document: "NIST SP 800-131A", Section: "3. Digital Signatures"},
			After:  after, Routes: httpsRoutes(), Needs: needChain(), Check: checkStrength,
			Why: "SHA-1 and MD5 signatures can be forged and short keys broken. Clients have begun to refuse them, each at its own time, so a weak certificate works with some and fails with others. A negative serial number belongs here too: tools written in Go can't read such a certificate at all.",
			Fix: Fix{
				Windows: append([]string{"# New-SelfSignedCertificate makes RSA 2048 with SHA-256; makecert made SHA-1"}, reissue()...),
				Client:  []string{"openssl s_client -connect {host}:{portHttps} </dev/null 2>/dev/null | openssl x509 -noout -text | grep -e 'Signature Algorithm' -e 'Public-Key'"},
			},
		},
	}
}

// ofAuthority exports the authority's certificate, ofHost one that signed itself.
func ofAuthority() []string {
	return []string{"certutil -ca.cert ca.cer; certutil -encode -f ca.cer ca.pem   # to be run on a computer of the authority's domain"}
}

func ofHost() []string {
	return []string{`$cert = Get-Item Cert:\LocalMachine\My\{thumbprint}`,
		"Export-Certificate -Cert $cert -FilePath win.cer; certutil -encode -f win.cer ca.pem",
		"[BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash($cert.RawData)) -replace '-'   # the value to compare before pinning"}
}

func trustIt() []string {
	return []string{"pstest check {host} --cacert ca.pem", "pstest check {host} --pin-sha256 {sha256}   # only after comparing the value with the host's"}
}

func checkTrusted(f *probe.Facts) Result {
	c, p := chain(f)
	t := c.Trust
	told := []Evidence{fact(at(p, "trust.store"), "trusted roots", orNone(t.Store))}
	switch {
	case t.Anchored:
		return met(append(told, fact(at(p, "trust.root"), "root", orNone(t.Root)))...)
	case c.Pinned:
		return met(fact(at(p, "pinned"), "pinned certificate", c.SHA256))
	case t.Cause == certs.CauseNoRoots:
		return unknown("the trusted roots of this computer can't be read: "+t.Detail, told...)
	}
	if len(c.Certificates) > 0 {
		told = append(told, fact(at(p, "certificates.0.issuer"), "issued by", orNone(c.Certificates[0].Issuer)))
	}
	r := broken(append(told, fact(at(p, "trust.cause"), "cause", cause(t)))...)
	r.Because = behindTrust(t.Cause)
	r.Headline, r.Fix = untrusted(t.Cause)
	if t.Cause == certs.CauseMissingIntermediate {
		r.Hypotheses = []Hypothesis{
			{Cause: "the host leaves out the certificate between its own and the root", Grade: "documented", Decide: "openssl s_client -connect {host}:{portHttps} -showcerts </dev/null"},
			{Limit: "certificate-trusted", Cause: "the root is unknown here too", Grade: "documented", Decide: "pstest check {host} --cacert ca.pem"},
		}
	}
	return r
}

func cause(t certs.Trust) string {
	if t.Detail == "" {
		return t.Cause
	}
	return t.Cause + ": " + t.Detail
}

// behindTrust is the limit that a cause of missing trust belongs to; "" where
// the missing trust is itself the cause.
func behindTrust(cause string) string {
	switch cause {
	case certs.CauseExpiredIntermediate, certs.CauseEarlyIntermediate, certs.CauseExpiredRoot:
		return "certificate-dates"
	case certs.CauseSHA1, certs.CauseKeySize, certs.CauseMalformed:
		return "certificate-strength"
	}
	return ""
}

// untrusted words what is missing, as far as it is not the issuer's name, and
// the one way to mend it. Nil: the limit's own fix.
func untrusted(cause string) (headline string, fix *Fix) {
	switch cause {
	case certs.CauseSelfSigned:
		return "this computer does not trust the certificate, which signed itself", &Fix{Windows: ofHost(), Client: trustIt()}
	case certs.CauseSHA1:
		return "clients written in Go refuse the chain for its SHA-1 signature, though its root is trusted", newCertificate()
	case certs.CauseKeySize:
		return "the chain is refused for a key in it, whoever issued it", newCertificate()
	case certs.CauseMalformed:
		return "the chain can't be checked, as a certificate in it can't be read", newCertificate()
	case certs.CauseExpiredIntermediate, certs.CauseEarlyIntermediate, certs.CauseExpiredRoot:
		return "the chain does not hold now, as a certificate above the host's is out of date", newCertificate()
	}
	return "", nil
}

func newCertificate() *Fix {
	return &Fix{Windows: reissue(), Client: []string{"openssl s_client -connect {host}:{portHttps} -showcerts </dev/null"}}
}

// checkSAN compares the two readings of a name. Without any alternative name
// the certificate is as documented and some clients take it, so that stands in
// no route's way.
func checkSAN(f *probe.Facts) Result {
	c, p := chain(f)
	n := c.Name
	told := []Evidence{
		fact(at(p, "name.dnsNames"), "alternative names", orNone(strings.Join(append(append([]string{}, n.DNSNames...), n.IPs...), ", "))),
		fact(at(p, "name.cn"), "certificate CN", orNone(n.CN)),
	}
	switch {
	case n.MatchesSAN:
		return met(told...)
	case !n.MatchesCN:
		return notApplicable("no name of the certificate is this host's")
	}
	if !n.HasSAN {
		return brokenInNoWay(told...)
	}
	return broken(told...)
}

func checkPurpose(f *probe.Facts) Result {
	c, p := chain(f)
	told := []Evidence{fact(at(p, "purpose.oids"), "purposes", orNone(strings.Join(c.Purpose.OIDs, ", ")))}
	switch {
	case c.Purpose.EKU == "":
		return unknown("the certificate's purposes can't be read", told...)
	case c.Purpose.EKU == certs.EKUOther:
		return broken(told...)
	case c.Purpose.ByIssuer:
		return broken(append(told, fact(at(p, "purpose.byIssuer"), "restricted by", "an authority above it"))...)
	}
	return met(told...)
}

// checkStrength stands in a route's way only where clients do refuse.
func checkStrength(f *probe.Facts) Result {
	c, p := chain(f)
	s := c.Strength
	told := []Evidence{
		fact(at(p, "strength.keyType"), "key", strings.TrimSpace(fmt.Sprintf("%s %d bits", s.KeyType, s.Bits))),
		fact(at(p, "strength.signatureAlgorithm"), "signature", orNone(s.SignatureAlgorithm)),
	}
	switch {
	case c.ParseError != "":
		return broken(fact(at(p, "parseError"), "tools written in Go", c.ParseError))
	case s.KeyRefused || s.SignatureRefused:
		return broken(told...)
	case s.WeakKey || s.WeakSignature:
		return brokenInNoWay(told...)
	case s.KeyType == "":
		return unknown("the certificate's key can't be read")
	}
	return met(told...)
}
