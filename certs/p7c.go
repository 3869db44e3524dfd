package certs

import (
	"bytes"
	"encoding/pem"
	"errors"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// oidSigned is id-signedData of RFC 5652, section 5.1.
const oidSigned = "1.2.840.113549.1.7.2"

// servedIssuers finds the certificates in what an issuer's address serves (RFC
// 5280, section 4.2.2.1): one in DER, a certs-only PKCS #7 in DER or, against
// the letter, one of them in PEM. At most MaxCertificates are taken; left
// counts the rest.
func servedIssuers(body []byte) (certs [][]byte, left int, err error) {
	if bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n\xef\xbb\xbf"), []byte("-----BEGIN")) {
		block, _ := pem.Decode(body)
		if block == nil {
			return nil, 0, errors.New("PEM that can't be read")
		}
		body = block.Bytes
	}
	input := cryptobyte.String(body)
	var outer cryptobyte.String
	if !input.ReadASN1(&outer, asn1.SEQUENCE) || !input.Empty() {
		return nil, 0, errors.New("neither a certificate nor PKCS #7 in DER")
	}
	if outer.PeekASN1Tag(asn1.OBJECT_IDENTIFIER) {
		return readP7C(outer)
	}
	return [][]byte{body}, 0, nil
}

// readP7C reads the certificates of a ContentInfo with a SignedData (RFC 5652,
// sections 3 and 5.1). What it signs, if anything, isn't looked at: each
// certificate has to prove itself.
func readP7C(info cryptobyte.String) (certs [][]byte, left int, err error) {
	var content, signed, set, one cryptobyte.String
	var there bool
	if readOID(&info) != oidSigned || !info.ReadASN1(&content, explicit(0)) || !content.ReadASN1(&signed, asn1.SEQUENCE) ||
		!signed.SkipASN1(asn1.INTEGER) || !signed.SkipASN1(asn1.SET) || !signed.SkipASN1(asn1.SEQUENCE) ||
		!signed.ReadOptionalASN1(&set, &there, explicit(0)) {
		return nil, 0, errors.New("PKCS #7, but no SignedData that can be read")
	}
	for !set.Empty() {
		var tag asn1.Tag
		switch {
		case !set.ReadAnyASN1Element(&one, &tag):
			return nil, 0, errors.New("PKCS #7 with a malformed certificate")
		case tag != asn1.SEQUENCE: // attribute certificates and other kinds, section 10.2.2
		case len(certs) == MaxCertificates:
			left++
		default:
			certs = append(certs, one)
		}
	}
	if len(certs) == 0 {
		return nil, 0, errors.New("PKCS #7 without a certificate")
	}
	return certs, left, nil
}
