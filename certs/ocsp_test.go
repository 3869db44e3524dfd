package certs

import (
	"bytes"
	"crypto"
	"crypto/fips140"
	"crypto/sha256"
	"crypto/x509"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

// responseOf makes an OCSP response, whose hashes of names strict FIPS 140-3 mode
// would forbid.
func responseOf(t testing.TB, by authority, issuer *x509.Certificate, template ocsp.Response) (der []byte) {
	t.Helper()
	var err error
	fips140.WithoutEnforcement(func() { der, err = ocsp.CreateResponse(issuer, by.cert, template, by.key) })
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// rewritten is a response of the lab's root whose list of answers and extensions
// were changed before it was signed.
func rewritten(t *testing.T, response []byte, change func(answers cryptobyte.String) (list, extensions []byte)) []byte {
	t.Helper()
	_, tbs, ok := withoutCertificates(response)
	var head, answers cryptobyte.String
	if !ok || !tbs.ReadASN1(&tbs, asn1.SEQUENCE) || !tbs.ReadAnyASN1Element(&head, new(asn1.Tag)) {
		t.Fatal("not a response")
	}
	var produced cryptobyte.String
	if !tbs.ReadASN1Element(&produced, asn1.GeneralizedTime) || !tbs.ReadASN1(&answers, asn1.SEQUENCE) {
		t.Fatal("not a response")
	}
	list, extensions := change(answers)
	sequence := func(parts ...[]byte) []byte {
		var b cryptobyte.Builder
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(parts, nil)) })
		return b.BytesOrPanic()
	}
	var wrapped cryptobyte.Builder
	if extensions != nil {
		wrapped.AddASN1(explicit(1), func(b *cryptobyte.Builder) { b.AddBytes(sequence(extensions)) })
	}
	data := sequence(head, produced, sequence(list), wrapped.BytesOrPanic())
	sum := sha256.Sum256(data)
	signature, err := rootOfLab(t).key.Sign(nil, sum[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	var bits, octets, outer cryptobyte.Builder
	bits.AddASN1BitString(signature)
	octets.AddASN1OctetString(sequence(data, []byte{0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11, 5, 0}, bits.BytesOrPanic()))
	outer.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
		b.AddBytes(sequence([]byte{6, 9, 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1}, octets.BytesOrPanic()))
	})
	return sequence([]byte{10, 1, 0}, outer.BytesOrPanic())
}

// TestHandmadeResponses: what a responder adds is read, and what isn't known
// here makes an answer none.
func TestHandmadeResponses(t *testing.T) {
	root, leaf := rootOfLab(t), mint(t, Spec{}).Leaf
	good := responseOf(t, root, root.cert, ocsp.Response{SerialNumber: leaf.SerialNumber, ThisUpdate: now, NextUpdate: now.Add(time.Hour)})
	with := func(extensions ...[]byte) func(cryptobyte.String) ([]byte, []byte) {
		return func(answers cryptobyte.String) ([]byte, []byte) { return answers, bytes.Join(extensions, nil) }
	}
	for name, tt := range map[string]struct {
		change         func(cryptobyte.String) ([]byte, []byte)
		outcome, nonce string
	}{
		"as it was":         {with(nil), OutcomeGood, "absent"},
		"extension":         {with(extDER(t, "1.2.3", false, 5, 0)), OutcomeGood, "absent"},
		"critical":          {with(extDER(t, "1.2.3", true, 5, 0)), OutcomeUnsupported, ""},
		"nonce":             {with(extDER(t, oidNonce, false, 4, 2, 'a', 'b')), OutcomeGood, "echoed"},
		"nonce, bare":       {with(extDER(t, oidNonce, false, 'a', 'b')), OutcomeGood, "echoed"},
		"nonce, critical":   {with(extDER(t, oidNonce, true, 4, 2, 'a', 'b')), OutcomeGood, "echoed"},
		"nonce, another":    {with(extDER(t, oidNonce, false, 4, 2, 'a', 'c')), OutcomeWrongNonce, ""},
		"nonce, empty":      {with(extDER(t, oidNonce, false, 4, 0)), OutcomeWrongNonce, ""},
		"answers twice":     {func(a cryptobyte.String) ([]byte, []byte) { return bytes.Repeat(a, 2), nil }, OutcomeUnsupported, ""},
		"no answer":         {func(cryptobyte.String) ([]byte, []byte) { return nil, nil }, OutcomeOther, ""},
		"malformed at last": {with([]byte{0x30, 1}), OutcomeMalformed, ""},
	} {
		s := ocspQuestion{cert: leaf, issuer: root.cert, now: now, nonce: []byte("ab"), limit: DefaultMaxOCSP}.judge(rewritten(t, good, tt.change))
		if s.Outcome != tt.outcome || s.Nonce != tt.nonce {
			t.Errorf("%s: %+v, want %s, nonce %q", name, s, tt.outcome, tt.nonce)
		}
	}
}

// TestRequestsOfOurs: x/crypto/ocsp and openssl read what is asked, with a nonce
// and without.
func TestRequestsOfOurs(t *testing.T) {
	l := newOpenSSL(t)
	root, leaf := rootOfLab(t).cert, mint(t, Spec{}).Leaf
	for _, nonce := range [][]byte{nil, bytes.Repeat([]byte{0xab}, nonceOctets)} {
		der, err := ocspRequest(leaf, root, nonce)
		if err != nil {
			t.Fatal(err)
		}
		request, err := ocsp.ParseRequest(der)
		if err != nil || request.SerialNumber.Cmp(leaf.SerialNumber) != 0 || request.HashAlgorithm != crypto.SHA1 {
			t.Errorf("%+v, %v", request, err)
		}
		l.write("ours.req", string(der))
		out := l.run("ocsp", "-reqin", "ours.req", "-req_text")
		if !bytes.Contains([]byte(out), []byte(serialHex(leaf))) || bytes.Contains([]byte(out), []byte("ABABABAB")) != (nonce != nil) {
			t.Errorf("openssl reads:\n%s", out)
		}
	}
}

// TestForbiddenHash: Go panics on a SHA-1 signature in strict FIPS 140-3 mode;
// there, an answer signed so is not supported, elsewhere it is one.
func TestForbiddenHash(t *testing.T) {
	root, leaf := rootOfLab(t), mint(t, Spec{}).Leaf
	want := OutcomeGood
	if fips140.Enforced() {
		want = OutcomeUnsupported
	}
	for _, embedded := range []*x509.Certificate{nil, root.cert} {
		der := responseOf(t, root, root.cert, ocsp.Response{SerialNumber: leaf.SerialNumber, ThisUpdate: now, NextUpdate: now.Add(time.Hour), Certificate: embedded, SignatureAlgorithm: x509.SHA1WithRSA})
		s := ocspQuestion{cert: leaf, issuer: root.cert, now: now, limit: DefaultMaxOCSP}.judge(der)
		if s.Outcome != want {
			t.Errorf("%+v, want %s", s, want)
		}
		i := Inspect([][]byte{leaf.Raw}, Options{Host: host, Now: now, Roots: labRoots(t), Staple: der})
		if (i.Revocation.Staple == StapleGood) != (want == OutcomeGood) {
			t.Errorf("%+v", i.Revocation)
		}
	}
}
