package certs

import (
	"bytes"
	"crypto/x509"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// parsed is one certificate as far as it could be read.
type parsed struct {
	der  []byte
	cert *x509.Certificate // nil: nothing could be read; partly filled when err isn't nil
	err  error             // why Go refuses it
	// whole: every field is there, so that it can be verified. Not with cert
	// being nil or the result of a plain walk.
	whole bool
}

// parse reads a certificate with Go's parser and, where that refuses it, with
// what is left: its parser again after the sign of the serial number is taken
// away, then a plain walk over the DER.
func parse(der []byte) parsed {
	p := parsed{der: der}
	if len(der) > MaxDER {
		p.err = fmt.Errorf("longer than %d octets", MaxDER)
		return p
	}
	if p.cert, p.err = x509.ParseCertificate(der); p.err == nil {
		p.whole = true
		return p
	}
	if p.cert = parseNegative(der); p.cert != nil {
		p.whole = true
		return p
	}
	p.cert = walk(der)
	return p
}

// parseNegative reads a certificate whose only defect is a negative serial
// number; nil for any other. The result has the real serial and the octets that
// were signed, so that its signature can be verified.
func parseNegative(der []byte) *x509.Certificate {
	patched := bytes.Clone(der)
	serial, ok := serialOctets(patched)
	if !ok || len(serial) == 0 || serial[0]&0x80 == 0 {
		return nil
	}
	negative := bytes.Clone(serial)
	for i := range serial {
		serial[i] = 1 // any positive number of this length, minimally encoded
	}
	c, err := x509.ParseCertificate(patched)
	if err != nil {
		return nil
	}
	c.Raw = der
	copy(c.RawTBSCertificate, bytes.Clone(signedPart(der)))
	c.SerialNumber = signedInteger(negative)
	return c
}

// serialOctets finds the content of the serial number within der, which it
// shares.
func serialOctets(der []byte) (cryptobyte.String, bool) {
	var cert, tbs, serial cryptobyte.String
	input := cryptobyte.String(der)
	ok := input.ReadASN1(&cert, asn1.SEQUENCE) && cert.ReadASN1(&tbs, asn1.SEQUENCE) &&
		tbs.SkipOptionalASN1(explicit(0)) && tbs.ReadASN1(&serial, asn1.INTEGER)
	return serial, ok
}

// signedPart is the DER of the tbsCertificate; nil when der isn't a certificate.
func signedPart(der []byte) []byte {
	var cert, tbs cryptobyte.String
	input := cryptobyte.String(der)
	if !input.ReadASN1(&cert, asn1.SEQUENCE) || !cert.ReadASN1Element(&tbs, asn1.SEQUENCE) {
		return nil
	}
	return tbs
}

// explicit is the tag of an explicitly tagged, context-specific element.
func explicit(n uint8) asn1.Tag { return asn1.Tag(n).Constructed().ContextSpecific() }
