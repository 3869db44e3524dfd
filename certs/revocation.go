package certs

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

const (
	// maxStaple bounds a staple that is read: usual ones have below 4 KiB, and
	// the key of a certificate within is worked with.
	maxStaple = 16 << 10
	// clockSkew is how far in the future a staple may begin.
	clockSkew = 5 * time.Minute
	// openStaple is how long a staple, or a list, without an end counts as fresh.
	openStaple = 7 * 24 * time.Hour
)

// inspectRevocation reads what the leaf lists, and the staple. issuer is nil
// when it is neither served nor found.
func inspectRevocation(leaf, issuer *x509.Certificate, staple []byte, now time.Time) Revocation {
	r := Revocation{Staple: StapleNone, MustStaple: mustStaple(leaf)}
	r.CRLs, _ = listed(leaf.CRLDistributionPoints, MaxNames)
	r.OCSP, _ = listed(leaf.OCSPServer, MaxNames)
	if len(staple) > 0 {
		r.readStaple(leaf, issuer, staple, now)
	}
	return r
}

// readStaple says what a staple is worth. A signed "revoked" counts however old
// it is; everything else must be fresh.
func (r *Revocation) readStaple(leaf, issuer *x509.Certificate, staple []byte, now time.Time) {
	r.Staple = StapleInvalid
	response, err := parseOCSP(leaf, staple, maxStaple)
	if err != nil {
		r.StapleDetail = shown(err.Error())
		return
	}
	r.Claim = [...]string{ocsp.Good: StapleGood, ocsp.Revoked: StapleRevoked, ocsp.Unknown: StapleUnknown}[response.Status]
	if err := stapleSigned(response, issuer, now); err != nil {
		r.StapleDetail = shown(err.Error())
		return
	}
	_, stale := staleness(response.ThisUpdate, response.NextUpdate, now)
	r.StapleDetail = stale
	switch {
	case r.Claim == StapleRevoked:
		r.Staple, r.RevokedAt = StapleRevoked, moment(response.RevokedAt)
		r.Reason = revocationReason(response.RevocationReason)
	case stale != "":
		r.Staple = StapleExpired
	default:
		r.Staple = r.Claim
	}
}

// parseOCSP reads a response about this certificate, stapled or not, its
// signature aside. limit is in octets.
func parseOCSP(leaf *x509.Certificate, staple []byte, limit int) (*ocsp.Response, error) {
	if len(staple) > limit {
		return nil, fmt.Errorf("longer than %d octets", limit)
	}
	if leaf.SerialNumber == nil {
		return nil, errors.New("the certificate has no serial number that could be read")
	}
	if within := stapleCertificate(staple); within != nil && !usableKey(within) {
		return nil, errors.New("it comes with an RSA key of a size that Go refuses")
	}
	if basic, ok := basicOCSP(staple); ok && basic.SkipASN1(asn1.SEQUENCE) && forbiddenHash(algorithmOID(basic)) {
		return nil, errForbiddenHash
	}
	return ocsp.ParseResponseForCert(staple, leaf, nil)
}

// stapleCertificate is the first certificate within a staple (RFC 6960, section
// 4.2.1), with whose key x/crypto/ocsp checks the signature, whatever the size;
// nil: none that can be read.
func stapleCertificate(der []byte) *x509.Certificate {
	var list, cert cryptobyte.String
	basic, ok := basicOCSP(der)
	if !ok || !basic.SkipASN1(asn1.SEQUENCE) || !basic.SkipASN1(asn1.SEQUENCE) ||
		!basic.SkipASN1(asn1.BIT_STRING) || !basic.ReadASN1(&list, explicit(0)) ||
		!list.ReadASN1(&list, asn1.SEQUENCE) || !list.ReadASN1Element(&cert, asn1.SEQUENCE) {
		return nil
	}
	return walk(cert)
}

// basicOCSP is the content of the BasicOCSPResponse within a response.
func basicOCSP(der []byte) (basic cryptobyte.String, ok bool) {
	var outer, octets cryptobyte.String
	input := cryptobyte.String(der)
	ok = input.ReadASN1(&outer, asn1.SEQUENCE) && outer.SkipASN1(asn1.ENUM) &&
		outer.ReadASN1(&octets, explicit(0)) && octets.ReadASN1(&octets, asn1.SEQUENCE) &&
		octets.SkipASN1(asn1.OBJECT_IDENTIFIER) && octets.ReadASN1(&basic, asn1.OCTET_STRING) &&
		basic.ReadASN1(&basic, asn1.SEQUENCE)
	return basic, ok
}

// stapleSigned checks who signed a staple: the issuer itself, or a responder
// that the issuer appointed (RFC 6960, section 4.2.2.2), and that it speaks of a
// certificate of this issuer. Whether the responder's own certificate is revoked
// stays open (section 4.2.2.2.1). An error that is a flaw says more than that
// the signature doesn't fit.
func stapleSigned(r *ocsp.Response, issuer *x509.Certificate, now time.Time) error {
	if issuer == nil {
		return errors.New("the issuer, who vouches for it, is neither served nor known")
	}
	if !usableKey(issuer) {
		return errors.New("the issuer's key has a size that Go refuses")
	}
	err := r.CheckSignatureFrom(issuer)
	if err != nil && r.Certificate != nil {
		err = delegated(r.Certificate, issuer, now)
	}
	if err != nil {
		return err
	}
	return identifies(r, issuer)
}

// delegated checks that an issuer appointed a responder.
func delegated(responder, issuer *x509.Certificate, now time.Time) error {
	switch {
	case !bytes.Equal(responder.RawIssuer, issuer.RawSubject):
		return flaw{OutcomeNotEntitled, "signed by a responder of another authority"}
	case !slices.Contains(responder.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning):
		return flaw{OutcomeNotEntitled, "signed by a certificate that is not for OCSP signing"}
	case !valid(responder, now):
		return flaw{OutcomeNotEntitled, "signed by a responder whose certificate is not valid now"}
	case forbiddenHash(signatureOID(responder.Raw)):
		return errForbiddenHash
	}
	return issuer.CheckSignature(responder.SignatureAlgorithm, responder.RawTBSCertificate, responder.Signature)
}

// staleness says why an answer isn't one for now, as an Outcome… word and in
// words; both empty: it is.
func staleness(thisUpdate, nextUpdate, now time.Time) (outcome, detail string) {
	const layout = "2006-01-02 15:04:05Z"
	switch {
	case thisUpdate.After(now.Add(clockSkew)):
		return OutcomeNotYet, "it begins at " + moment(thisUpdate).Format(layout)
	case !nextUpdate.IsZero() && now.After(nextUpdate):
		return OutcomeExpired, "it ended at " + moment(nextUpdate).Format(layout)
	case nextUpdate.IsZero() && now.After(thisUpdate.Add(openStaple)):
		return OutcomeExpired, "it has no end and is of " + moment(thisUpdate).Format(layout)
	}
	return "", ""
}

// revocationReason names a reason code of RFC 5280, section 5.3.1; a number
// beyond them is written as one.
func revocationReason(code int) string {
	names := [...]string{"unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded",
		"cessationOfOperation", "certificateHold", "", "removeFromCRL", "privilegeWithdrawn", "aACompromise"}
	if code < 0 || code >= len(names) || names[code] == "" {
		return fmt.Sprintf("reason %d", code)
	}
	return names[code]
}

// mustStaple tells that the leaf lists status_request or status_request_v2
// among its TLS features (RFC 7633).
func mustStaple(c *x509.Certificate) bool {
	var list cryptobyte.String
	value, ok := extension(c, oidFeature)
	if !ok || !value.ReadASN1(&list, asn1.SEQUENCE) {
		return false
	}
	for feature := 0; list.ReadASN1Integer(&feature); {
		if feature == 5 || feature == 17 {
			return true
		}
	}
	return false
}
