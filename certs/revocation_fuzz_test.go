package certs

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

// FuzzReadCRL: where Go's parser and ours both take a list, they find the same in
// it, and a list that the issuer didn't sign decides nothing.
func FuzzReadCRL(f *testing.F) {
	root, leaf := rootOfLab(f), mint(f, Spec{}).Leaf
	for _, entries := range [][]x509.RevocationListEntry{nil, {{SerialNumber: leaf.SerialNumber, RevocationTime: now, ReasonCode: 1}}, {{SerialNumber: big.NewInt(-5), RevocationTime: now}}} {
		der, err := x509.CreateRevocationList(zeros{}, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now, NextUpdate: now.Add(time.Hour), RevokedCertificateEntries: entries}, root.cert, root.key)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
		f.Add(pemList(der))
	}
	f.Add(handmade{version: 1, by: root, ext: [][]byte{extDER(f, oidIssuingPoint, true, 0x30, 7, 0xa0, 5, 0xa0, 3, 0x86, 1, 'x')}}.der(f))
	f.Add(handmade{version: -1, by: root, entries: [][]byte{entryDER([]byte{0, 0, 5}, extDER(f, oidCertificateIssuer, true, 0x30, 0))}}.der(f))
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, der := range listsOf(file) {
			list, err := readCRL(der)
			if err != nil {
				continue
			}
			s := crlQuestion{leaf, root.cert, now, nil}.judge(list)
			signed := root.cert.CheckSignature(list.SignatureAlgorithm, list.RawTBSRevocationList, list.Signature) == nil
			if decides := s.Outcome == OutcomeGood || s.Outcome == OutcomeRevoked; decides && !signed || s.Outcome == "" {
				t.Errorf("%x: %+v", der, s)
			}
			compareWithGo(t, der, list)
		}
		r := Check(t.Context(), []*x509.Certificate{leaf, root.cert}, nil, RevocationOptions{Now: now, CRLs: [][]byte{file}})
		roundTripReport(t, r)
	})
}

func compareWithGo(t *testing.T, der []byte, ours *crl) {
	theirs, err := x509.ParseRevocationList(der)
	if err != nil {
		return
	}
	if len(theirs.RevokedCertificateEntries) != ours.count || !theirs.NextUpdate.Equal(ours.NextUpdate) || !bytes.Equal(theirs.RawTBSRevocationList, ours.RawTBSRevocationList) {
		t.Errorf("%x: Go reads %d entries until %s, we %d until %s", der, len(theirs.RevokedCertificateEntries), theirs.NextUpdate, ours.count, ours.NextUpdate)
	}
	last := map[string]x509.RevocationListEntry{}
	for _, e := range theirs.RevokedCertificateEntries {
		last[e.SerialNumber.String()] = e
	}
	for _, e := range last {
		if found := ours.find(e.SerialNumber); !found.found {
			t.Errorf("%x: %s is not found", der, e.SerialNumber)
		}
	}
	if ours.find(new(big.Int).Lsh(big.NewInt(1), 9000)).found {
		t.Errorf("%x: a serial that is not there is found", der)
	}
}

// FuzzServedIssuers: what is found is bounded, and part of what was served.
func FuzzServedIssuers(f *testing.F) {
	m := mint(f, Spec{Kind: KindIntermediate})
	f.Add(m.Certificate[0])
	f.Add([]byte(pemOf(m.Certificate[1])))
	f.Add([]byte("\xef\xbb\xbf \r\n-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----"))
	f.Add(bundleDER(m.Certificate...))
	f.Add(bundleDER())
	f.Fuzz(func(t *testing.T, body []byte) {
		certs, left, err := servedIssuers(body)
		if len(certs) > MaxCertificates || left < 0 || (err == nil) != (len(certs) > 0) {
			t.Fatalf("%x: %d, %d left, %v", body, len(certs), left, err)
		}
		for _, der := range certs {
			parse(der)
		}
	})
}

// TestBundleIsBounded: of a bundle of a thousand a few are taken.
func TestBundleIsBounded(t *testing.T) {
	der := mint(t, Spec{}).Certificate[0]
	many := make([][]byte, 1000)
	for i := range many {
		many[i] = der
	}
	if certs, left, err := servedIssuers(bundleDER(many...)); len(certs) != MaxCertificates || left != 1000-MaxCertificates || err != nil {
		t.Errorf("%d, %d left, %v", len(certs), left, err)
	}
}

// FuzzOCSP: none but what the issuer signed decides, and nothing panics.
func FuzzOCSP(f *testing.F) {
	root, leaf := rootOfLab(f), mint(f, Spec{}).Leaf
	for _, status := range []int{ocsp.Good, ocsp.Revoked, ocsp.Unknown} {
		f.Add(responseOf(f, root, root.cert, ocsp.Response{SerialNumber: leaf.SerialNumber, Status: status, ThisUpdate: now, NextUpdate: now.Add(time.Hour), RevokedAt: now}))
	}
	f.Add(ocsp.UnauthorizedErrorResponse)
	f.Fuzz(func(t *testing.T, der []byte) {
		s := ocspQuestion{cert: leaf, issuer: root.cert, now: now, nonce: []byte{1}, limit: DefaultMaxOCSP}.judge(der)
		if s.Outcome == "" {
			t.Errorf("%x: no outcome", der)
		}
		if s.Outcome == OutcomeGood || s.Outcome == OutcomeRevoked {
			if r, err := ocsp.ParseResponseForCert(der, leaf, nil); err != nil || stapleSigned(r, root.cert, now) != nil {
				t.Errorf("%x: %+v", der, s)
			}
		}
		if _, err := json.Marshal(s); err != nil {
			t.Error(err)
		}
	})
}

// FuzzDistributionPoints: what is read is bounded.
func FuzzDistributionPoints(f *testing.F) {
	f.Add([]byte{0x30, 18, 0x30, 16, 0xa0, 14, 0xa0, 12, 0x86, 10, 'l', 'd', 'a', 'p', ':', '/', '/', '/', 'a', 'b'})
	f.Add([]byte{0x30, 3, 0x84, 1, 0xff})
	f.Fuzz(func(t *testing.T, der []byte) {
		points := readPointsDER(der)
		if len(points) > MaxNames {
			t.Errorf("%d points", len(points))
		}
		for _, p := range points {
			if len(p.urls) > len(p.names) || len(p.names) > MaxNames {
				t.Errorf("%+v", p)
			}
		}
		readScope(der)
	})
}
