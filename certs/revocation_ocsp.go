package certs

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	stdasn1 "encoding/asn1"
	"errors"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

// nonceOctets is the length that RFC 9654, section 2.1, asks of a client.
const nonceOctets = 32

// ocspQuestion is what a response is held against.
type ocspQuestion struct {
	cert, issuer *x509.Certificate
	now          time.Time
	nonce        []byte // what was sent; nil: none
	limit        int    // octets of the response
}

// claim is what a source says of a certificate, its freshness aside.
type claim struct {
	status    string // an Outcome… word: good, revoked, unknown
	revokedAt time.Time
	reason    string
}

// askOCSP asks one responder.
func (c *checker) askOCSP(ctx context.Context, address string) RevocationSource {
	q := ocspQuestion{cert: c.cert, issuer: c.issuer, now: c.Now, limit: int(min(c.maxOCSP(), 1<<30))}
	if c.Nonce {
		q.nonce = make([]byte, nonceOctets)
		rand.Read(q.nonce)
	}
	request, err := ocspRequest(c.cert, c.issuer, q.nonce)
	if err != nil {
		return RevocationSource{Outcome: OutcomeNotFetched, Detail: err.Error()}
	}
	response, err := c.Fetch.OCSP(ctx, address, request)
	if err != nil {
		return unfetched(err)
	}
	return q.judge(response)
}

// judge says what a response is worth.
func (q ocspQuestion) judge(der []byte) (s RevocationSource) {
	r, err := parseOCSP(q.cert, der, q.limit)
	if err != nil {
		s.Outcome, s.Detail = q.unread(der, err), err.Error()
		return s
	}
	s.ThisUpdate, s.NextUpdate = ended(r.ThisUpdate, r.NextUpdate)
	if r.Certificate != nil && !bytes.Equal(r.Certificate.RawSubjectPublicKeyInfo, q.issuer.RawSubjectPublicKeyInfo) {
		s.Responder = distinguished(r.Certificate.RawSubject)
	}
	if err := stapleSigned(r, q.issuer, q.now); err != nil {
		s.Outcome, s.Detail = outcomeOf(err), err.Error()
		return s
	}
	if s.Nonce = q.nonceOf(r); s.Nonce == OutcomeWrongNonce {
		s.Nonce, s.Outcome, s.Detail = "", OutcomeWrongNonce, "it repeats a nonce that was not sent"
		return s
	}
	says := claim{status: [...]string{ocsp.Good: OutcomeGood, ocsp.Revoked: OutcomeRevoked, ocsp.Unknown: OutcomeUnknown}[r.Status]}
	if r.Status == ocsp.Revoked {
		says.revokedAt, says.reason = r.RevokedAt, revocationReason(r.RevocationReason)
	}
	outcome, detail := staleness(r.ThisUpdate, r.NextUpdate, q.now)
	return s.decide(says, outcome, detail)
}

// decide puts a claim and its staleness together. A signed "revoked" counts
// however old it is, save a hold, which may have ended since (RFC 5280, section
// 5.3.1).
func (s RevocationSource) decide(says claim, stale, detail string) RevocationSource {
	s.Outcome, s.Detail = says.status, detail
	if says.status == OutcomeRevoked {
		s.RevokedAt, s.Reason = moment(says.revokedAt), says.reason
	}
	if stale != "" && (says.status != OutcomeRevoked || says.reason == "certificateHold") {
		s.Outcome = stale
	}
	return s
}

// ended makes the two times of an answer fit to be kept; no end stays zero.
func ended(thisUpdate, nextUpdate time.Time) (from, until time.Time) {
	if nextUpdate.IsZero() {
		return moment(thisUpdate), time.Time{}
	}
	return moment(thisUpdate), moment(nextUpdate)
}

// nonceOf is "echoed", "absent", OutcomeWrongNonce, or empty when none was sent.
func (q ocspQuestion) nonceOf(r *ocsp.Response) string {
	if len(q.nonce) == 0 {
		return ""
	}
	x, _ := readOCSPExtras(r.TBSResponseData, r.SerialNumber)
	switch {
	case x.nonce == nil:
		return "absent"
	case bytes.Equal(x.nonce, q.nonce):
		return "echoed"
	}
	return OutcomeWrongNonce
}

// unread is the word for a response that parseOCSP refused. x/crypto/ocsp words
// all but the responder's own refusals alike, so that the parts are looked at.
func (q ocspQuestion) unread(der []byte, err error) string {
	var f flaw
	switch {
	case errors.As(err, new(ocsp.ResponseError)):
		return OutcomeDeclined
	case errors.As(err, &f):
		return f.outcome
	}
	bare, tbs, ok := withoutCertificates(der[:min(len(der), q.limit)])
	if !ok || q.cert.SerialNumber == nil {
		return OutcomeMalformed
	}
	if x, ok := readOCSPExtras(tbs, q.cert.SerialNumber); ok && len(x.about) == 0 {
		return OutcomeOther
	}
	if _, err := ocsp.ParseResponseForCert(bare, q.cert, nil); err == nil {
		return OutcomeBadSignature // what came with it didn't sign it, or can't be read
	}
	return OutcomeMalformed
}

// withoutCertificates is a response without the certificates that came with it,
// and its responseData.
func withoutCertificates(der []byte) (bare []byte, tbs cryptobyte.String, ok bool) {
	var algorithm, signature cryptobyte.String
	basic, ok := basicOCSP(der)
	if !ok || !basic.ReadASN1Element(&tbs, asn1.SEQUENCE) || !basic.ReadASN1Element(&algorithm, asn1.SEQUENCE) ||
		!basic.ReadASN1Element(&signature, asn1.BIT_STRING) {
		return nil, nil, false
	}
	var inner, b cryptobyte.Builder
	inner.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(slices.Concat(tbs, algorithm, signature)) })
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Enum(int64(ocsp.Success))
		b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(stdasn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1})
				b.AddASN1OctetString(inner.BytesOrPanic())
			})
		})
	})
	return b.BytesOrPanic(), tbs, true
}

// outcomeOf is the word of an error of stapleSigned.
func outcomeOf(err error) string {
	var f flaw
	switch {
	case errors.As(err, &f):
		return f.outcome
	case errors.Is(err, x509.ErrUnsupportedAlgorithm):
		return OutcomeUnsupported
	}
	return OutcomeBadSignature
}

// unfetched is a source that couldn't be had. err is of a Fetcher.
func unfetched(err error) RevocationSource {
	s := RevocationSource{Outcome: OutcomeNotTaken, Detail: err.Error()}
	var f *FetchError
	if !errors.As(err, &f) {
		return s
	}
	s.Failure, s.HTTP = f.Class, f.Status
	switch {
	case f.unanswered():
		s.Outcome = OutcomeUnreachable
	case f.unasked():
		s.Outcome = OutcomeNotFetched
	}
	return s
}
