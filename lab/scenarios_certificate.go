package lab

import (
	"crypto"
	"crypto/tls"

	"pstest/certs"
)

// Short names for the tables of scenarios.
const (
	sha384 = crypto.SHA384
	tls10  = tls.VersionTLS10
	tls11  = tls.VersionTLS11
	tls12  = tls.VersionTLS12
	tls13  = tls.VersionTLS13
)

// rsaSuites are those without forward secrecy.
func rsaSuites() []uint16 {
	return []uint16{tls.TLS_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA}
}

// certified changes the certificate. Its staple goes where nobody could say that it is good.
func certified(change func(*certs.Spec)) func(*Config) {
	return func(c *Config) {
		s := &c.Certificate
		before := *s
		change(s)
		known := s.Kind == certs.KindLab || s.Kind == certs.KindIntermediate
		if !known || s.NotBefore != before.NotBefore || s.NotAfter != before.NotAfter || s.NegativeSerial {
			s.Staple = ""
		}
	}
}

// certificateScenarios are HTTPS listeners whose certificate has one thing about it.
func certificateScenarios() []Scenario {
	name, dates, trust := "certificate-name", "certificate-dates", "certificate-trusted"
	return []Scenario{
		{Name: "cn-only", Group: Certificate, Title: "the name is in the common name alone, where today's clients do not look", Rows: []string{"A12"},
			Setup: certified(func(s *certs.Spec) { s.CNOnly = true }),
			Want:  map[string]string{"certificate-san": broken}},
		{Name: "san-other-cn", Group: Certificate, Title: "the alternative names are right and the common name is another", Rows: []string{"L37"},
			Setup: certified(func(s *certs.Spec) { s.CN = "WIN01-OLD" })},
		{Name: "wrong-name", Group: Certificate, Title: "the certificate is for another host", Rows: []string{"L37", "A11"},
			Setup: certified(func(s *certs.Spec) { named(s, "win02.lab.test", "WIN02") }),
			Want:  map[string]string{name: broken}},
		{Name: "short-name-only", Group: Certificate, Title: "the certificate names the computer and not its full name", Rows: []string{"L37", "A11"},
			Setup: certified(func(s *certs.Spec) { named(s, "WIN01") }),
			Want:  map[string]string{name: broken}},
		{Name: "ip-in-dns-san", Group: Certificate, Title: "an address is written where names belong", Rows: []string{"L37", "A11"},
			Setup: certified(func(s *certs.Spec) { named(s, addresses(s)...) }),
			Want:  map[string]string{name: broken}},
		{Name: "wildcard", Group: Certificate, Title: "the certificate is for every host of the domain",
			Setup: certified(func(s *certs.Spec) { named(s, "*.lab.test") })},
		{Name: "expired", Group: Certificate, Title: "the certificate has expired", Rows: []string{"L38", "A13"},
			Setup: certified(func(s *certs.Spec) { expire(s) }),
			Want:  map[string]string{dates: broken}},
		{Name: "not-yet-valid", Group: Certificate, Title: "the certificate is not valid yet", Rows: []string{"L38", "A13"},
			Setup: certified(func(s *certs.Spec) { s.NotBefore = s.NotBefore.AddDate(0, 2, 7) }),
			Want:  map[string]string{dates: broken}},
		{Name: "self-signed", Group: Certificate, Title: "the certificate is signed by itself", Rows: []string{"L40", "A10"},
			Setup: certified(func(s *certs.Spec) { s.Kind = certs.KindSelfSigned }),
			Want:  map[string]string{"self-signed-for-testing": broken, trust: broken}},
		{Name: "unknown-ca", Group: Certificate, Title: "the certificate is by an authority that nobody here trusts", Rows: []string{"A10"},
			Setup: certified(func(s *certs.Spec) { s.Kind = certs.KindUnknownCA }),
			Want:  map[string]string{trust: broken}},
		{Name: "intermediate", Group: Certificate, Title: "the chain has an intermediate, and it is served",
			Setup: certified(func(s *certs.Spec) { s.Kind = certs.KindIntermediate })},
		{Name: "missing-intermediate", Group: Certificate, Title: "the host does not send its intermediate certificate", Rows: []string{"A10"},
			Setup: certified(func(s *certs.Spec) { s.Kind = certs.KindMissingIntermediate }),
			Want:  map[string]string{trust: broken}},
		{Name: "expired-intermediate", Group: Certificate, Title: "the intermediate certificate has expired", Rows: []string{"A10", "L38"},
			Setup: certified(func(s *certs.Spec) { s.Kind = certs.KindExpiredIntermediate }),
			Want:  map[string]string{dates: broken, trust: broken}},
		{Name: "client-auth-eku", Group: Certificate, Title: "the certificate is for clients", Rows: []string{"C2"},
			Setup: certified(func(s *certs.Spec) { s.EKU = certs.EKUClient }),
			Want:  map[string]string{"certificate-purpose": broken}},
		{Name: "no-eku", Group: Certificate, Title: "the certificate says nothing of its purpose",
			Setup: certified(func(s *certs.Spec) { s.EKU = certs.EKUNone })},
		{Name: "sha1-signed", Group: Certificate, Title: "the certificate is signed with SHA-1", Rows: []string{"C4"},
			Setup: certified(func(s *certs.Spec) { s.SHA1 = true }),
			Want:  map[string]string{"certificate-strength": broken, trust: broken}},
		{Name: "rsa-1024", Group: Certificate, Title: "the key has 1024 bits", Rows: []string{"C4"},
			Setup: certified(func(s *certs.Spec) { s.KeyBits = 1024 }),
			Want:  map[string]string{"certificate-strength": broken}},
		{Name: "negative-serial", Group: Certificate, Title: "the serial number is negative, which Go does not read", Rows: []string{"C4"},
			Setup: certified(func(s *certs.Spec) { s.NegativeSerial = true }),
			Want:  map[string]string{"certificate-strength": broken}},
		{Name: "ecdsa", Group: Certificate, Title: "the key is an elliptic curve's",
			Setup: certified(func(s *certs.Spec) { s.KeyType = "ECDSA" })},
		{Name: "no-staple", Group: Certificate, Title: "nothing tells whether the certificate was revoked", Rows: []string{"L39"},
			Setup: certified(func(s *certs.Spec) { s.Staple = "" }),
			Want:  map[string]string{"certificate-not-revoked": unknown}},
		{Name: "revoked-staple", Group: Certificate, Title: "the host itself shows that its certificate was revoked", Rows: []string{"L39"},
			Setup: certified(func(s *certs.Spec) { s.Staple = certs.StapleRevoked }),
			Want:  map[string]string{"certificate-not-revoked": broken}},
		{Name: "everything-wrong", Group: Certificate, Title: "expired, for another host, by an unknown authority, signed with SHA-1", Rows: []string{"L37", "L38", "A10", "C4"},
			Setup: certified(func(s *certs.Spec) {
				named(s, "win02.lab.test")
				expire(s)
				s.Kind, s.SHA1 = certs.KindUnknownCA, true
			}),
			Want: map[string]string{name: broken, dates: broken, trust: broken, "certificate-strength": broken}},
	}
}

// named makes the certificate one for these names alone.
func named(s *certs.Spec, names ...string) { s.CN, s.DNSNames, s.IPs = names[0], names, nil }

// expire moves a validity of a year, which began two months ago, so that it ended ten days ago.
func expire(s *certs.Spec) {
	began := s.NotBefore
	s.NotBefore, s.NotAfter = began.AddDate(-1, 0, 0), began.AddDate(0, 1, 20)
}

// addresses are those that the certificate should name, and that of the first host of a Network.
func addresses(s *certs.Spec) []string {
	all := []string{"192.0.2.10"}
	for _, ip := range s.IPs {
		all = append(all, ip.String())
	}
	return all
}
