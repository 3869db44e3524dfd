package certs

import (
	"crypto/dsa" //lint:ignore SA1019 a served key may be one; it is only measured
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/fips140"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// describe writes down one certificate of a chain.
func describe(p parsed) Certificate {
	d := Certificate{SHA1: thumbprint1(p.der), SHA256: thumbprint(p.der)}
	if p.err != nil {
		d.ParseError = shown(p.err.Error())
	}
	c := p.cert
	if c == nil {
		return d
	}
	d.Subject, d.Issuer, d.CommonName = distinguished(c.RawSubject), distinguished(c.RawIssuer), shown(c.Subject.CommonName)
	d.DNSNames, d.IPAddresses, d.NamesLeftOut = altNames(c)
	d.NotBefore, d.NotAfter = moment(c.NotBefore), moment(c.NotAfter)
	d.SerialHex = serialHex(c)
	d.KeyType, d.KeyBits = keyOf(c)
	d.SignatureAlgorithm = signatureName(c)
	d.SelfSigned = selfSigned(c)
	d.IsCA = c.IsCA
	return d
}

// altNames are the names of the subjectAltName, each list bounded; left counts
// the rest of both.
func altNames(c *x509.Certificate) (dns, ips []string, left int) {
	dns, left = listed(c.DNSNames, MaxNames)
	addresses := c.IPAddresses
	if len(addresses) > MaxNames {
		left += len(addresses) - MaxNames
		addresses = addresses[:MaxNames]
	}
	for _, ip := range addresses {
		ips = append(ips, ip.String())
	}
	return dns, ips, left
}

func thumbprint(der []byte) string {
	sum := sha256.Sum256(der)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// thumbprint1 is a name here, not a protection, so that strict FIPS 140-3 mode,
// in which SHA-1 panics, doesn't forbid it.
func thumbprint1(der []byte) string {
	var sum [sha1.Size]byte
	fips140.WithoutEnforcement(func() { sum = sha1.Sum(der) })
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// serialHex writes the serial number with an even count of digits; RFC 5280,
// section 4.1.2.2, allows 20 octets, of longer ones the first 40 are written.
func serialHex(c *x509.Certificate) string {
	if c.SerialNumber == nil {
		return ""
	}
	b := c.SerialNumber.Bytes()
	if len(b) == 0 {
		return "00"
	}
	text := strings.ToUpper(hex.EncodeToString(b[:min(len(b), 40)]))
	if len(b) > 40 {
		text += "…"
	}
	if c.SerialNumber.Sign() < 0 {
		text = "-" + text
	}
	return text
}

// keyOf is the type and the size of a public key: the modulus of RSA, the prime
// of DSA, the field of a curve.
func keyOf(c *x509.Certificate) (kind string, bits int) {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return "RSA", k.N.BitLen()
	case *ecdsa.PublicKey:
		return "ECDSA", k.Curve.Params().BitSize
	case ed25519.PublicKey:
		return "Ed25519", 256
	case *dsa.PublicKey:
		return "DSA", k.P.BitLen()
	}
	return "", 0
}

// signatureName is Go's name of the signature algorithm ("SHA256-RSA") or,
// where it knows none, the OID or the name of the old MD2 one.
func signatureName(c *x509.Certificate) string {
	if c.SignatureAlgorithm != x509.UnknownSignatureAlgorithm {
		return c.SignatureAlgorithm.String()
	}
	switch oid := signatureOID(c.Raw); oid {
	case "1.2.840.113549.1.1.2":
		return "MD2-RSA"
	case "":
		return ""
	default:
		return shown(fmt.Sprintf("OID %s", oid))
	}
}

// signatureOID reads the algorithm that a certificate says it is signed with.
func signatureOID(der []byte) string {
	var cert, algorithm cryptobyte.String
	input := cryptobyte.String(der)
	if !input.ReadASN1(&cert, asn1.SEQUENCE) || !cert.SkipASN1(asn1.SEQUENCE) || !cert.ReadASN1(&algorithm, asn1.SEQUENCE) {
		return ""
	}
	return readOID(&algorithm)
}
