package certs

import (
	"errors"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// signFunc signs the DER of what is to be signed.
type signFunc func(tbs []byte) ([]byte, error)

var (
	errPatchCertificate = errors.New("the certificate to patch isn't one")
	errPatchOCSP        = errors.New("the OCSP response to patch isn't one")
)

// negateSerial gives a certificate the negative of its serial number, which
// Go's own maker refuses (RFC 5280, 4.1.2.2, asks for a positive one), and signs
// it again.
func negateSerial(der []byte, sign signFunc) ([]byte, error) {
	var cert, tbs, version cryptobyte.String
	serial := new(big.Int)
	input := cryptobyte.String(der)
	if !input.ReadASN1(&cert, asn1.SEQUENCE) || !cert.ReadASN1(&tbs, asn1.SEQUENCE) ||
		!tbs.ReadASN1Element(&version, asn1.Tag(0).Constructed().ContextSpecific()) || !tbs.ReadASN1Integer(serial) {
		return nil, errPatchCertificate
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(version)
		b.AddASN1BigInt(serial.Neg(serial))
		b.AddBytes(tbs)
	})
	return reseal(b.BytesOrPanic(), cert, sign)
}

// fixProducedAt sets the time at which an OCSP response (RFC 6960, 4.2.1) was
// produced, which x/crypto/ocsp takes from the clock, and signs it again.
func fixProducedAt(der []byte, at time.Time, sign signFunc) ([]byte, error) {
	explicit := asn1.Tag(0).Constructed().ContextSpecific()
	var outer, status, bytes, kind, octets, basic, tbs, responder cryptobyte.String
	var produced time.Time
	input := cryptobyte.String(der)
	if !input.ReadASN1(&outer, asn1.SEQUENCE) || !outer.ReadASN1Element(&status, asn1.ENUM) ||
		!outer.ReadASN1(&bytes, explicit) || !bytes.ReadASN1(&bytes, asn1.SEQUENCE) ||
		!bytes.ReadASN1Element(&kind, asn1.OBJECT_IDENTIFIER) || !bytes.ReadASN1(&octets, asn1.OCTET_STRING) ||
		!octets.ReadASN1(&basic, asn1.SEQUENCE) || !basic.ReadASN1(&tbs, asn1.SEQUENCE) ||
		!tbs.ReadAnyASN1Element(&responder, new(asn1.Tag)) || !tbs.ReadASN1GeneralizedTime(&produced) {
		return nil, errPatchOCSP
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(responder)
		b.AddASN1GeneralizedTime(at)
		b.AddBytes(tbs)
	})
	sealed, err := reseal(b.BytesOrPanic(), basic, sign)
	if err != nil {
		return nil, err
	}
	b = cryptobyte.Builder{}
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(status)
		b.AddASN1(explicit, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddBytes(kind)
				b.AddASN1(asn1.OCTET_STRING, func(b *cryptobyte.Builder) { b.AddBytes(sealed) })
			})
		})
	})
	return b.Bytes()
}

// reseal puts a new signed part before the algorithm that rest begins with,
// and a new signature behind it: the frame of certificates and of OCSP
// responses alike.
func reseal(tbs []byte, rest cryptobyte.String, sign signFunc) ([]byte, error) {
	var algorithm cryptobyte.String
	if !rest.ReadASN1Element(&algorithm, asn1.SEQUENCE) {
		return nil, errPatchCertificate
	}
	signature, err := sign(tbs)
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(tbs)
		b.AddBytes(algorithm)
		b.AddASN1BitString(signature)
	})
	return b.Bytes()
}
