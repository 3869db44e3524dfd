package certs

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/fips140"
	"crypto/md5"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Sizes of RSA keys with which Go 1.26 works: crypto/rsa refuses shorter ones,
// crypto/tls refuses longer ones.
const (
	minRSABits = 1024
	maxRSABits = 8192
)

// usableKey tells that signatures of this key can be verified by Go's TLS, in a
// time that a host can't stretch.
func usableKey(c *x509.Certificate) bool {
	k, ok := c.PublicKey.(*rsa.PublicKey)
	return !ok || k.N.BitLen() >= minRSABits && k.N.BitLen() <= maxRSABits
}

// weakHash tells that a certificate is signed with a hash that Go refuses.
func weakHash(c *x509.Certificate) bool {
	switch c.SignatureAlgorithm {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		return true
	case x509.UnknownSignatureAlgorithm:
		return signatureName(c) == "MD2-RSA"
	}
	return false
}

// selfSigned tells that a certificate names itself as issuer and that its own
// key verifies it. Where the key's kind or size rules that out, the names decide.
func selfSigned(c *x509.Certificate) bool {
	if len(c.RawSubject) == 0 || !bytes.Equal(c.RawSubject, c.RawIssuer) {
		return false
	}
	if c.PublicKey == nil || !usableKey(c) || len(c.Signature) == 0 {
		return len(c.AuthorityKeyId) == 0 || bytes.Equal(c.AuthorityKeyId, c.SubjectKeyId)
	}
	return signedBy(c, c)
}

// signedBy tells that the issuer's name and key fit a certificate, weak hashes
// allowed, whatever the issuer is entitled to. That tells defects apart and never
// makes trust, so that strict FIPS 140-3 mode doesn't forbid it.
func signedBy(c, issuer *x509.Certificate) (ok bool) {
	if !bytes.Equal(c.RawIssuer, issuer.RawSubject) || issuer.PublicKey == nil || !usableKey(issuer) {
		return false
	}
	fips140.WithoutEnforcement(func() { ok = signatureFits(c, issuer) })
	return ok
}

func signatureFits(c, issuer *x509.Certificate) bool {
	switch c.SignatureAlgorithm {
	case x509.MD5WithRSA:
		sum := md5.Sum(c.RawTBSCertificate)
		return rsaSigned(issuer, crypto.MD5, sum[:], c.Signature)
	case x509.SHA1WithRSA:
		sum := sha1.Sum(c.RawTBSCertificate)
		return rsaSigned(issuer, crypto.SHA1, sum[:], c.Signature)
	case x509.ECDSAWithSHA1:
		sum := sha1.Sum(c.RawTBSCertificate)
		key, ok := issuer.PublicKey.(*ecdsa.PublicKey)
		return ok && ecdsa.VerifyASN1(key, sum[:], c.Signature)
	}
	return issuer.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

func rsaSigned(issuer *x509.Certificate, h crypto.Hash, sum, signature []byte) bool {
	key, ok := issuer.PublicKey.(*rsa.PublicKey)
	return ok && rsa.VerifyPKCS1v15(key, h, sum, signature) == nil
}

// errForbiddenHash is of an answer whose signature isn't looked at.
var errForbiddenHash = flaw{OutcomeUnsupported, "signed with SHA-1, which strict FIPS 140-3 mode forbids"}

// forbiddenHash tells that Go would panic rather than verify a signature, which
// it does with SHA-1 in strict FIPS 140-3 mode. What an authority says of
// revocation is trusted, so that the mode isn't got round here.
func forbiddenHash(oid string) bool {
	switch oid {
	case "1.2.840.113549.1.1.5", "1.3.14.3.2.29", "1.2.840.10045.4.1", "1.2.840.10040.4.3": // RSA, RSA, ECDSA, DSA with SHA-1
		return fips140.Enforced()
	}
	return false
}

// algorithmOID reads the algorithm at the beginning of what follows the signed
// part of certificates, lists and OCSP responses alike.
func algorithmOID(rest cryptobyte.String) string {
	var algorithm cryptobyte.String
	if !rest.ReadASN1(&algorithm, asn1.SEQUENCE) {
		return ""
	}
	return readOID(&algorithm)
}
