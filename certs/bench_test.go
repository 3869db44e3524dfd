package certs

import (
	"crypto/x509"
	"testing"
)

// BenchmarkInspect measures what one handshake's chain costs to inspect.
func BenchmarkInspect(b *testing.B) {
	roots := labRoots(b)
	for name, s := range map[string]Spec{
		"healthy": {}, "intermediate": {Kind: KindIntermediate}, "staple": {Staple: StapleGood},
		"unknown": {Kind: KindUnknownCA}, "self-signed": {Kind: KindSelfSigned}, "expired": {NotAfter: lastYear},
	} {
		m := mint(b, s)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Inspect(m.Certificate, Options{Host: host, Now: now, Roots: roots, Staple: m.OCSPStaple})
			}
		})
	}
}

// BenchmarkVerify is the least that judging a chain could cost: to parse and to
// verify it once.
func BenchmarkVerify(b *testing.B) {
	roots := labRoots(b)
	m := mint(b, Spec{})
	for b.Loop() {
		c, err := x509.ParseCertificate(m.Certificate[0])
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now, DNSName: host}); err != nil {
			b.Fatal(err)
		}
	}
}
