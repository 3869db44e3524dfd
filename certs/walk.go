package certs

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	stdasn1 "encoding/asn1"
	"math/big"
	"net"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// walk reads of a certificate that Go refuses what names it, dates it and says
// what it is for, in the order of RFC 5280, section 4.1, up to the first
// element that isn't there. It verifies nothing. nil: not even a certificate's
// frame was found.
func walk(der []byte) *x509.Certificate {
	var cert, tbs, serial, algorithm, issuer, validity, subject, key cryptobyte.String
	c := &x509.Certificate{Raw: der, RawTBSCertificate: signedPart(der)}
	input := cryptobyte.String(der)
	if !input.ReadASN1(&cert, asn1.SEQUENCE) || !cert.ReadASN1(&tbs, asn1.SEQUENCE) ||
		!tbs.SkipOptionalASN1(explicit(0)) || !tbs.ReadASN1(&serial, asn1.INTEGER) {
		return nil
	}
	c.SerialNumber = signedInteger(serial)
	if !tbs.ReadASN1(&algorithm, asn1.SEQUENCE) || !tbs.ReadASN1Element(&issuer, asn1.SEQUENCE) {
		return c
	}
	c.SignatureAlgorithm = signatureAlgorithm(readOID(&algorithm))
	c.RawIssuer = issuer
	fillName(&c.Issuer, issuer)
	if !tbs.ReadASN1(&validity, asn1.SEQUENCE) {
		return c
	}
	c.NotBefore, c.NotAfter = readTime(&validity), readTime(&validity)
	if !tbs.ReadASN1Element(&subject, asn1.SEQUENCE) {
		return c
	}
	c.RawSubject = subject
	fillName(&c.Subject, subject)
	if !tbs.ReadASN1Element(&key, asn1.SEQUENCE) {
		return c
	}
	c.RawSubjectPublicKeyInfo = key
	fillKey(c)
	tbs.SkipOptionalASN1(asn1.Tag(1).ContextSpecific()) // unique identifiers
	tbs.SkipOptionalASN1(asn1.Tag(2).ContextSpecific())
	walkExtensions(c, tbs)
	return c
}

// walkExtensions collects the extensions up to the first malformed one, at most
// 64, and reads the names among them.
func walkExtensions(c *x509.Certificate, tbs cryptobyte.String) {
	var wrapped, list, one, value cryptobyte.String
	var id stdasn1.ObjectIdentifier
	if !tbs.ReadASN1(&wrapped, explicit(3)) || !wrapped.ReadASN1(&list, asn1.SEQUENCE) {
		return
	}
	for len(c.Extensions) < 64 && list.ReadASN1(&one, asn1.SEQUENCE) {
		if !one.ReadASN1ObjectIdentifier(&id) || !one.SkipOptionalASN1(asn1.BOOLEAN) ||
			!one.ReadASN1(&value, asn1.OCTET_STRING) {
			break
		}
		c.Extensions = append(c.Extensions, pkix.Extension{Id: id, Value: value})
	}
	if san, ok := extension(c, oidSubjectAltName); ok {
		walkNames(c, san)
	}
}

// walkNames reads the dNSNames and iPAddresses of a subjectAltName (RFC 5280,
// section 4.2.1.6), whatever octets they hold.
func walkNames(c *x509.Certificate, san cryptobyte.String) {
	var list, name cryptobyte.String
	var tag asn1.Tag
	if !san.ReadASN1(&list, asn1.SEQUENCE) {
		return
	}
	for list.ReadAnyASN1(&name, &tag) {
		switch {
		case tag == asn1.Tag(2).ContextSpecific():
			c.DNSNames = append(c.DNSNames, string(name))
		case tag == asn1.Tag(7).ContextSpecific() && (len(name) == net.IPv4len || len(name) == net.IPv6len):
			c.IPAddresses = append(c.IPAddresses, net.IP(name))
		}
	}
}

// signatureAlgorithm names the algorithms that a Windows host may be met with
// (RFC 3279, 2.2; RFC 4055, 5; RFC 5758, 3.2); others stay unknown.
func signatureAlgorithm(oid string) x509.SignatureAlgorithm {
	switch oid {
	case "1.2.840.113549.1.1.4":
		return x509.MD5WithRSA
	case "1.2.840.113549.1.1.5", "1.3.14.3.2.29":
		return x509.SHA1WithRSA
	case "1.2.840.113549.1.1.11":
		return x509.SHA256WithRSA
	case "1.2.840.113549.1.1.12":
		return x509.SHA384WithRSA
	case "1.2.840.113549.1.1.13":
		return x509.SHA512WithRSA
	case "1.2.840.10045.4.1":
		return x509.ECDSAWithSHA1
	case "1.2.840.10045.4.3.2":
		return x509.ECDSAWithSHA256
	case "1.2.840.10045.4.3.3":
		return x509.ECDSAWithSHA384
	}
	return x509.UnknownSignatureAlgorithm
}

func fillName(n *pkix.Name, raw []byte) {
	var rdns pkix.RDNSequence
	if _, err := stdasn1.Unmarshal(raw, &rdns); err == nil {
		n.FillFromRDNSequence(&rdns)
	}
}

// fillKey reads the public key, if Go knows its kind.
func fillKey(c *x509.Certificate) {
	key, err := x509.ParsePKIXPublicKey(c.RawSubjectPublicKeyInfo)
	if err != nil {
		return
	}
	c.PublicKey = key
	switch key.(type) {
	case *rsa.PublicKey:
		c.PublicKeyAlgorithm = x509.RSA
	case *ecdsa.PublicKey:
		c.PublicKeyAlgorithm = x509.ECDSA
	case ed25519.PublicKey:
		c.PublicKeyAlgorithm = x509.Ed25519
	}
}

// readTime reads a UTCTime or a GeneralizedTime; zero when it is neither.
func readTime(s *cryptobyte.String) (t time.Time) {
	if s.PeekASN1Tag(asn1.UTCTime) {
		s.ReadASN1UTCTime(&t)
		return t
	}
	s.ReadASN1GeneralizedTime(&t)
	return t
}

// signedInteger reads the content of an INTEGER: two's complement, big endian.
func signedInteger(b []byte) *big.Int {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(b))*8))
	}
	return n
}
