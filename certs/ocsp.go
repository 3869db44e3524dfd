package certs

import (
	"bytes"
	"crypto"
	"crypto/fips140"
	"crypto/x509"
	stdasn1 "encoding/asn1"
	"errors"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

// oidNonce is of RFC 6960, section 4.4.1.
const oidNonce = "1.3.6.1.5.5.7.48.1.2"

// ocspRequest asks about one certificate (RFC 6960, section 4.1), by SHA-1
// hashes of the issuer, the only ones that every responder knows (RFC 5019,
// section 2.1.1). nonce is left out when it is empty.
func ocspRequest(cert, issuer *x509.Certificate, nonce []byte) (der []byte, err error) {
	if cert.SerialNumber == nil {
		return nil, errors.New("the certificate has no serial number that could be read")
	}
	fips140.WithoutEnforcement(func() { der, err = ocsp.CreateRequest(cert, issuer, nil) })
	if err != nil || len(nonce) == 0 {
		return der, err
	}
	var outer, tbs cryptobyte.String
	input := cryptobyte.String(der)
	if !input.ReadASN1(&outer, asn1.SEQUENCE) || !outer.ReadASN1(&tbs, asn1.SEQUENCE) {
		return nil, errors.New("the OCSP request can't be extended")
	}
	var b cryptobyte.Builder
	sequence := func(b *cryptobyte.Builder, content cryptobyte.BuilderContinuation) { b.AddASN1(asn1.SEQUENCE, content) }
	sequence(&b, func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddBytes(tbs)
			b.AddASN1(explicit(2), func(b *cryptobyte.Builder) {
				sequence(b, func(b *cryptobyte.Builder) { sequence(b, nonceExtension(nonce)) })
			})
		})
	})
	return b.Bytes()
}

func nonceExtension(nonce []byte) cryptobyte.BuilderContinuation {
	return func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(stdasn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2})
		b.AddASN1(asn1.OCTET_STRING, func(b *cryptobyte.Builder) { b.AddASN1OctetString(nonce) })
	}
}

// ocspExtras is what x/crypto/ocsp doesn't tell of a response.
type ocspExtras struct {
	about    []cryptobyte.String // the certIDs that have the asked serial number
	nonce    []byte              // nil: none
	critical bool                // a critical extension of the whole response
}

// readOCSPExtras reads the responseData (RFC 6960, section 4.2.1) of a response
// that x/crypto/ocsp accepted.
func readOCSPExtras(tbs []byte, serial *big.Int) (x ocspExtras, ok bool) {
	var data, list, one, id cryptobyte.String
	input := cryptobyte.String(tbs)
	if !input.ReadASN1(&data, asn1.SEQUENCE) || !data.SkipOptionalASN1(explicit(0)) ||
		!data.ReadAnyASN1(&one, new(asn1.Tag)) || !data.SkipASN1(asn1.GeneralizedTime) || !data.ReadASN1(&list, asn1.SEQUENCE) {
		return x, false
	}
	for !list.Empty() {
		number := new(big.Int)
		if !list.ReadASN1(&one, asn1.SEQUENCE) || !one.ReadASN1(&id, asn1.SEQUENCE) {
			return x, false
		}
		rest := id
		if !rest.SkipASN1(asn1.SEQUENCE) || !rest.SkipASN1(asn1.OCTET_STRING) || !rest.SkipASN1(asn1.OCTET_STRING) || !rest.ReadASN1Integer(number) {
			return x, false
		}
		if number.Cmp(serial) == 0 {
			x.about = append(x.about, id)
		}
	}
	return x, x.readExtensions(data)
}

// readExtensions reads the extensions at the end of the responseData.
func (x *ocspExtras) readExtensions(data cryptobyte.String) bool {
	var list cryptobyte.String
	var there bool
	if !data.ReadOptionalASN1(&list, &there, explicit(1)) || !there {
		return data.Empty()
	}
	extensions, ok := readExtensions(list)
	for _, e := range extensions {
		value := e.value
		var nonce cryptobyte.String
		switch {
		case e.id != oidNonce:
			x.critical = x.critical || e.critical
		case value.ReadASN1(&nonce, asn1.OCTET_STRING):
			x.nonce = nonce
		default:
			x.nonce = e.value // older responders leave the inner frame out
		}
	}
	return ok && data.Empty()
}

// identifies checks that the hashes of an answer's certID (RFC 6960, section
// 4.1.1) are those of the issuer: serial numbers alone are unique to an authority.
func identifies(r *ocsp.Response, issuer *x509.Certificate) error {
	x, ok := readOCSPExtras(r.TBSResponseData, r.SerialNumber)
	switch {
	case !ok:
		return flaw{OutcomeMalformed, "its data can't be read"}
	case x.critical:
		return flaw{OutcomeUnsupported, "it has a critical extension that is not known here"}
	case len(x.about) != 1:
		return flaw{OutcomeUnsupported, "it answers more than once for this serial number"}
	}
	id, key := x.about[0], publicKeyBits(issuer)
	var name, keyHash cryptobyte.String
	if !id.SkipASN1(asn1.SEQUENCE) || !id.ReadASN1(&name, asn1.OCTET_STRING) || !id.ReadASN1(&keyHash, asn1.OCTET_STRING) || key == nil {
		return flaw{OutcomeMalformed, "its certificate identifier can't be read"}
	}
	if !bytes.Equal(name, hashOf(r.IssuerHash, issuer.RawSubject)) || !bytes.Equal(keyHash, hashOf(r.IssuerHash, key)) {
		return flaw{OutcomeOther, "it is about a certificate of another issuer"}
	}
	return nil
}

// publicKeyBits is the content of the BIT STRING of a certificate's key; nil: it
// can't be read.
func publicKeyBits(c *x509.Certificate) []byte {
	var info cryptobyte.String
	var bits []byte
	input := cryptobyte.String(c.RawSubjectPublicKeyInfo)
	if !input.ReadASN1(&info, asn1.SEQUENCE) || !info.SkipASN1(asn1.SEQUENCE) || !info.ReadASN1BitStringAsBytes(&bits) {
		return nil
	}
	return bits
}

// hashOf hashes names and keys, which identifies them and protects nothing; nil:
// a hash that isn't known here.
func hashOf(h crypto.Hash, data []byte) (sum []byte) {
	if !h.Available() {
		return nil
	}
	fips140.WithoutEnforcement(func() {
		w := h.New()
		w.Write(data)
		sum = w.Sum(nil)
	})
	return sum
}
