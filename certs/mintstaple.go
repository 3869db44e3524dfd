package certs

import (
	"crypto"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/ocsp"
)

// staple makes the OCSP response of which Inspect says the word s.Staple. The
// issuer itself signs, with SHA-256; the invalid one is signed by another key.
func (s Spec) staple(serial *big.Int, by authority) ([]byte, error) {
	template, err := s.stapleTemplate(serial)
	if err != nil {
		return nil, err
	}
	signer := by.key
	if s.Staple == StapleInvalid {
		if signer, err = mintKey("unknownca"); s.Kind == KindUnknownCA {
			signer, err = mintKey("labca")
		}
		if err != nil {
			return nil, err
		}
	}
	der, err := ocsp.CreateResponse(by.cert, by.cert, template, signer)
	if err != nil {
		return nil, fmt.Errorf("signing the staple: %w", err)
	}
	return fixProducedAt(der, template.ThisUpdate, func(tbs []byte) ([]byte, error) {
		h := crypto.SHA256.New()
		h.Write(tbs)
		return signer.Sign(nil, h.Sum(nil), crypto.SHA256)
	})
}

func (s Spec) stapleTemplate(serial *big.Int) (ocsp.Response, error) {
	if s.Kind == KindSelfSigned || s.NegativeSerial {
		return ocsp.Response{}, fmt.Errorf("no staple for a self-signed certificate or a negative serial")
	}
	t := ocsp.Response{SerialNumber: serial, Status: ocsp.Good, ThisUpdate: s.NotBefore, NextUpdate: s.NotAfter}
	switch s.Staple {
	case StapleGood, StapleInvalid:
	case StapleExpired:
		t.NextUpdate = s.NotBefore.Add(time.Hour)
	case StapleUnknown:
		t.Status = ocsp.Unknown
	case StapleRevoked:
		t.Status, t.RevokedAt, t.RevocationReason = ocsp.Revoked, s.NotBefore, ocsp.KeyCompromise
	default:
		return t, fmt.Errorf("no staple %q", s.Staple)
	}
	return t, nil
}
