package certs

import (
	"crypto/x509"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

const oidSignedData = "1.2.840.113549.1.7.2"

// firstElement splits the first element of DER off; nil: there is none.
func firstElement(data []byte) (first, rest []byte) {
	var element cryptobyte.String
	input := cryptobyte.String(data)
	if !input.ReadAnyASN1Element(&element, new(asn1.Tag)) {
		return nil, data
	}
	return element, input
}

// readDER tells by its first element what a SEQUENCE is: PFX begins with the
// version 3 (RFC 7292, section 4), PKCS#7 with an object identifier (RFC 5652,
// section 3), a certificate with another SEQUENCE.
func (r *reader) readDER(data []byte) error {
	var body cryptobyte.String
	first, rest := firstElement(data)
	input := cryptobyte.String(first)
	input.ReadASN1(&body, asn1.SEQUENCE)
	version := new(big.Int)
	switch {
	case body.PeekASN1Tag(asn1.OBJECT_IDENTIFIER):
		r.format = FormatPKCS7
		r.trailing(rest)
		return r.readPKCS7(first)
	case body.PeekASN1Tag(asn1.INTEGER) && body.ReadASN1Integer(version) && version.IsInt64() && version.Int64() == 3 && body.PeekASN1Tag(asn1.SEQUENCE):
		r.format = FormatPFX
		r.trailing(rest)
		return r.readPFX(first)
	}
	r.format = FormatDER
	return r.readCertificates(data)
}

// readCertificates reads certificates in DER, one behind the other.
func (r *reader) readCertificates(data []byte) error {
	for len(data) > 0 && wholeDER(data) {
		first, rest := firstElement(data)
		before := len(r.certs)
		if r.total == 0 {
			if err := notCertificate(first); err != nil {
				return err
			}
		}
		if r.add(Entry{DER: first}); len(r.certs) == before && r.total < MaxRead {
			break
		}
		data = rest
	}
	r.trailing(data)
	return nil
}

func (r *reader) trailing(rest []byte) {
	if len(rest) > 0 {
		r.warn("%d octets behind the DER were passed over", len(rest))
	}
}

// notCertificate names other things that are a SEQUENCE; nil: it is none of
// them.
func notCertificate(der []byte) error {
	if len(der) <= maxKeyDER {
		if _, err := parseKey(der); err == nil {
			return errPrivateKey
		}
	}
	if len(der) > MaxDER {
		return nil
	}
	if _, err := x509.ParseCertificateRequest(der); err == nil {
		return errRequest
	}
	if isRevocationList(der) {
		return errRevocationList
	}
	return nil
}

// isRevocationList tells by what follows the issuer's name: a certificate has
// two times in a SEQUENCE there, a revocation list one by itself (RFC 5280,
// section 5.1).
func isRevocationList(der []byte) bool {
	var list, tbs cryptobyte.String
	input := cryptobyte.String(der)
	return input.ReadASN1(&list, asn1.SEQUENCE) && list.ReadASN1(&tbs, asn1.SEQUENCE) &&
		tbs.SkipOptionalASN1(asn1.INTEGER) && tbs.SkipASN1(asn1.SEQUENCE) && tbs.SkipASN1(asn1.SEQUENCE) &&
		(tbs.PeekASN1Tag(asn1.UTCTime) || tbs.PeekASN1Tag(asn1.GeneralizedTime))
}

// readPKCS7 reads the certificates of a SignedData (RFC 5652, section 5.1),
// which in a .p7b signs nothing. Signatures and revocation lists are passed over.
func (r *reader) readPKCS7(der []byte) error {
	var content, wrapped, signed, set cryptobyte.String
	var there bool
	input := cryptobyte.String(der)
	if !input.ReadASN1(&content, asn1.SEQUENCE) {
		return errPKCS7Malformed
	}
	if readOID(&content) != oidSignedData {
		return errNotDegenerate
	}
	if !content.ReadASN1(&wrapped, explicit(0)) || !wrapped.ReadASN1(&signed, asn1.SEQUENCE) ||
		!signed.SkipASN1(asn1.INTEGER) || !signed.SkipASN1(asn1.SET) || !signed.SkipASN1(asn1.SEQUENCE) ||
		!signed.ReadOptionalASN1(&set, &there, explicit(0)) {
		return errPKCS7Malformed
	}
	for !set.Empty() {
		var one cryptobyte.String
		var tag asn1.Tag
		if !set.ReadAnyASN1Element(&one, &tag) {
			r.warn("the list of certificates is damaged from certificate %d on", r.total+1)
			return nil
		}
		if tag == asn1.SEQUENCE { // other tags: attribute certificates, RFC 5652, section 10.2.2
			r.add(Entry{DER: one})
		}
	}
	return nil
}
