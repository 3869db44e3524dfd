package certs

import (
	"bytes"
	"crypto"
	"crypto/fips140"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	stdasn1 "encoding/asn1"
	"math/big"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// handmade is a list put together by hand and signed by the lab's root, for what
// no proper authority would sign.
type handmade struct {
	version  int64    // -1: left out
	entries  [][]byte // in DER
	ext      [][]byte // in DER
	trailing []byte   // behind the list
	unended  bool     // without nextUpdate
	by       authority
}

func (h handmade) der(t testing.TB) []byte {
	t.Helper()
	var b cryptobyte.Builder
	algorithm := []byte{0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11, 5, 0} // sha256WithRSAEncryption
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if h.version >= 0 {
			b.AddASN1Int64(h.version)
		}
		b.AddBytes(algorithm)
		b.AddBytes(h.by.cert.RawSubject)
		b.AddASN1UTCTime(now.Add(-time.Hour))
		if !h.unended {
			b.AddASN1UTCTime(now.Add(time.Hour))
		}
		if len(h.entries) > 0 {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(h.entries, nil)) })
		}
		if len(h.ext) > 0 {
			b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(h.ext, nil)) })
			})
		}
	})
	tbs := b.BytesOrPanic()
	sum := sha256.Sum256(tbs)
	signature, err := h.by.key.Sign(nil, sum[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	var list cryptobyte.Builder
	list.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(tbs)
		b.AddBytes(algorithm)
		b.AddASN1BitString(signature)
	})
	return append(list.BytesOrPanic(), h.trailing...)
}

// entryDER is one entry; serial is the content of the INTEGER.
func entryDER(serial []byte, extensions ...[]byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.INTEGER, func(b *cryptobyte.Builder) { b.AddBytes(serial) })
		b.AddASN1UTCTime(now.Add(-2 * time.Hour))
		if len(extensions) > 0 {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(extensions, nil)) })
		}
	})
	return b.BytesOrPanic()
}

func extDER(t testing.TB, oid string, critical bool, value ...byte) []byte {
	t.Helper()
	id, err := x509.ParseOID(oid)
	if err != nil {
		t.Fatal(err)
	}
	der, _ := id.MarshalBinary()
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(der) })
		if critical {
			b.AddASN1Boolean(true)
		}
		b.AddASN1OctetString(value)
	})
	return b.BytesOrPanic()
}

func rootOfLab(t testing.TB) authority {
	t.Helper()
	root, err := labRoot()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// TestHandmadeLists: what a list demands and isn't done here, and what is not
// quite a list, is never "good".
func TestHandmadeLists(t *testing.T) {
	root, leaf := rootOfLab(t), mint(t, Spec{}).Leaf
	serial := serialContent(leaf.SerialNumber)
	other := entryDER([]byte{5})
	reason := func(code byte) []byte { return extDER(t, oidReasonCode, false, 10, 1, code) }
	for name, tt := range map[string]struct {
		list    handmade
		outcome string
		detail  string // part of it
	}{
		"empty":                        {handmade{version: 1}, OutcomeGood, ""},
		"no version":                   {handmade{version: -1, entries: [][]byte{other}}, OutcomeGood, ""},
		"other revoked":                {handmade{version: 1, entries: [][]byte{other, entryDER(append([]byte{1}, serial...))}}, OutcomeGood, ""},
		"revoked":                      {handmade{version: 1, entries: [][]byte{other, entryDER(serial, reason(1))}}, OutcomeRevoked, ""},
		"revoked, serial padded":       {handmade{version: 1, entries: [][]byte{entryDER(append([]byte{0, 0}, serial...))}}, OutcomeRevoked, ""},
		"taken back by a later entry":  {handmade{version: 1, entries: [][]byte{entryDER(serial), entryDER(serial, reason(removeFromCRL))}}, OutcomeUnsupported, "takes the certificate off"},
		"no end, fresh":                {handmade{version: 1, unended: true}, OutcomeGood, ""},
		"indirect entry":               {handmade{version: 1, entries: [][]byte{entryDER([]byte{5}, extDER(t, oidCertificateIssuer, true, 0x30, 0))}}, OutcomeUnsupported, "indirect"},
		"indirect entry, ours":         {handmade{version: 1, entries: [][]byte{entryDER(serial, extDER(t, oidCertificateIssuer, true, 0x30, 0))}}, OutcomeUnsupported, "indirect"},
		"critical entry":               {handmade{version: 1, entries: [][]byte{entryDER([]byte{5}, extDER(t, "1.2.3", true))}}, OutcomeUnsupported, "entry"},
		"critical reason":              {handmade{version: 1, entries: [][]byte{entryDER([]byte{5}, extDER(t, oidReasonCode, true, 10, 1, 1))}}, OutcomeGood, ""},
		"critical unknown":             {handmade{version: 1, ext: [][]byte{extDER(t, "1.2.3", true)}}, OutcomeUnsupported, "1.2.3"},
		"delta":                        {handmade{version: 1, ext: [][]byte{extDER(t, oidDeltaCRL, true, 2, 1, 1)}}, OutcomeUnsupported, "delta"},
		"scope for all":                {handmade{version: 1, ext: [][]byte{extDER(t, oidIssuingPoint, true, 0x30, 0)}}, OutcomeGood, ""},
		"scope relative":               {handmade{version: 1, ext: [][]byte{extDER(t, oidIssuingPoint, true, 0x30, 4, 0xa0, 2, 0xa1, 0)}}, OutcomeUnsupported, "relative"},
		"scope indirect":               {handmade{version: 1, ext: [][]byte{extDER(t, oidIssuingPoint, true, 0x30, 3, 0x84, 1, 0xff)}}, OutcomeUnsupported, "indirect"},
		"scope elsewhere":              {handmade{version: 1, ext: [][]byte{extDER(t, oidIssuingPoint, true, 0x30, 7, 0xa0, 5, 0xa0, 3, 0x86, 1, 'x')}}, OutcomeOther, "name x"},
		"scope for authorities":        {handmade{version: 1, ext: [][]byte{extDER(t, oidIssuingPoint, true, 0x30, 3, 0x82, 1, 0xff)}}, OutcomeOther, "authorities only"},
		"scope twice":                  {handmade{version: 1, ext: [][]byte{extDER(t, oidIssuingPoint, true, 0x30, 0), extDER(t, oidIssuingPoint, true, 0x30, 0)}}, OutcomeMalformed, ""},
		"scope malformed":              {handmade{version: 1, ext: [][]byte{extDER(t, oidIssuingPoint, true, 0x30, 2, 0x85, 0)}}, OutcomeMalformed, ""},
		"scope with more":              {handmade{version: 1, ext: [][]byte{extDER(t, oidIssuingPoint, true, 0x30, 2, 0x8f, 0)}}, OutcomeMalformed, ""},
		"version 1 with extensions":    {handmade{version: -1, ext: [][]byte{extDER(t, oidIssuingPoint, true, 0x30, 0)}}, OutcomeMalformed, ""},
		"version 3":                    {handmade{version: 2}, OutcomeMalformed, ""},
		"trailing":                     {handmade{version: 1, trailing: []byte{0}}, OutcomeMalformed, ""},
		"entry without a date":         {handmade{version: 1, entries: [][]byte{{0x30, 3, 2, 1, 5}}}, OutcomeMalformed, "entry 1"},
		"entry malformed, after ours":  {handmade{version: 1, entries: [][]byte{entryDER(serial), {0x30, 0}}}, OutcomeMalformed, "entry 2"},
		"entry without a serial":       {handmade{version: 1, entries: [][]byte{entryDER(nil)}}, OutcomeMalformed, "entry 1"},
		"entry's extensions malformed": {handmade{version: 1, entries: [][]byte{entryDER([]byte{5}, []byte{0x30, 0})}}, OutcomeMalformed, "entry 1"},
		"huge extensions":              {handmade{version: 1, ext: [][]byte{extDER(t, "1.2.3", false, make([]byte, MaxDER)...)}}, OutcomeMalformed, ""},
	} {
		tt.list.by = root
		der := tt.list.der(t)
		r := Check(t.Context(), []*x509.Certificate{leaf, root.cert}, nil, RevocationOptions{Now: now, CRLs: [][]byte{der}})
		s := r.Certificates[0].Sources[0]
		if s.Outcome != tt.outcome || !strings.Contains(s.Detail, tt.detail) || (s.Outcome != OutcomeGood && s.Outcome != OutcomeRevoked) != (s.Detail != "") {
			t.Errorf("%s: %+v, want %s (%s)", name, s, tt.outcome, tt.detail)
		}
		if good := r.Certificates[0].Status == StatusGood; good != (tt.outcome == OutcomeGood) {
			t.Errorf("%s: %s", name, r.Certificates[0].Status)
		}
		roundTripReport(t, r)
	}
}

// TestListAlgorithms: lists signed in the ways that authorities use.
func TestListAlgorithms(t *testing.T) {
	root, leaf := rootOfLab(t), mint(t, Spec{}).Leaf
	for algorithm, want := range map[x509.SignatureAlgorithm]string{x509.SHA256WithRSA: OutcomeGood, x509.SHA512WithRSA: OutcomeGood, x509.SHA256WithRSAPSS: OutcomeGood, x509.SHA1WithRSA: OutcomeGood} {
		if algorithm == x509.SHA1WithRSA && fips140.Enforced() {
			want = OutcomeUnsupported
		}
		var der []byte
		var err error
		fips140.WithoutEnforcement(func() {
			der, err = x509.CreateRevocationList(zeros{}, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now, NextUpdate: now.Add(time.Hour), SignatureAlgorithm: algorithm}, root.cert, root.key)
		})
		if err != nil {
			t.Fatal(err)
		}
		list, err := readCRL(der)
		if err != nil {
			t.Errorf("%s: %v", algorithm, err)
			continue
		}
		if s := (crlQuestion{leaf, root.cert, now, nil}).judge(list); s.Outcome != want {
			t.Errorf("%s: %+v", algorithm, s)
		}
	}
}

// zeros is a source of salt: zeros.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestLongList: a list of the permitted size holds no memory beside its octets,
// and its last entry is found.
func TestLongList(t *testing.T) {
	root, leaf := rootOfLab(t), mint(t, Spec{}).Leaf
	one := entryDER(bytes.Repeat([]byte{7}, 16), extDER(t, oidReasonCode, false, 10, 1, 4))
	h := handmade{version: 1, by: root, entries: make([][]byte, DefaultMaxCRL/len(one)-100)}
	for i := range h.entries {
		h.entries[i] = one
	}
	h.entries = append(h.entries, entryDER(serialContent(leaf.SerialNumber), extDER(t, oidReasonCode, false, 10, 1, 1)))
	der := h.der(t)
	if len(der) > DefaultMaxCRL || len(der) < DefaultMaxCRL*9/10 {
		t.Fatalf("%d octets", len(der))
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	list, err := readCRL(der)
	if err != nil {
		t.Fatal(err)
	}
	s := crlQuestion{leaf, root.cert, now, nil}.judge(list)
	if s.Outcome != OutcomeRevoked || s.Reason != "keyCompromise" || s.Entries != len(h.entries) {
		t.Errorf("%+v", s)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 1<<20 {
		t.Errorf("%d entries hold %d octets", s.Entries, held)
	}
	runtime.KeepAlive(list)
	runtime.KeepAlive(der)
}

// TestDistributionPoints: points that this can't follow are named.
func TestDistributionPoints(t *testing.T) {
	root := rootOfLab(t)
	leaf := *mint(t, Spec{}).Leaf
	name := []byte{0xa0, 14, 0xa0, 12, 0x86, 10, 'l', 'd', 'a', 'p', ':', '/', '/', '/', 'a', 'b'}
	point := func(parts ...[]byte) []byte {
		body := bytes.Join(parts, nil)
		return append([]byte{0x30, byte(len(body))}, body...)
	}
	for want, points := range map[string][]byte{
		OutcomeNotFetched:  point(point(name)),
		OutcomeUnsupported: point(point(name, []byte{0xa2, 2, 0x30, 0})),
	} {
		leaf.Extensions = []pkix.Extension{{Id: stdasn1.ObjectIdentifier{2, 5, 29, 31}, Value: points}, {Id: stdasn1.ObjectIdentifier{2, 5, 29, 46}, Value: point(point(name))}}
		r := Check(t.Context(), []*x509.Certificate{&leaf, root.cert}, nil, RevocationOptions{Now: now, Fetch: new(Fetcher)})
		sources := r.Certificates[0].Sources
		if len(sources) != 2 || sources[0].Outcome != want || sources[0].URL != "ldap:///ab" || sources[1].Kind != SourceDeltaCRL || sources[1].Outcome != OutcomeNotFetched {
			t.Errorf("%+v, want %s", sources, want)
		}
	}
	leaf.Extensions[0].Value = point(point(name, []byte{0x81, 2, 6, 0x40})) // for keyCompromise only
	files := [][]byte{handmade{version: 1, by: root}.der(t)}
	if r := Check(t.Context(), []*x509.Certificate{&leaf, root.cert}, nil, RevocationOptions{Now: now, CRLs: files}); r.Status != StatusUnknown || r.Certificates[0].Sources[0].Outcome != OutcomeUnsupported {
		t.Errorf("%+v", r)
	}
	leaf.Extensions[0].Value = point(point(name[:2]))
	leaf.Extensions = leaf.Extensions[:1]
	if r := Check(t.Context(), []*x509.Certificate{&leaf, root.cert}, nil, RevocationOptions{Now: now}); r.Status != StatusNoSource {
		t.Errorf("%+v", r)
	}
}

// TestFreshestOfList: the delta lists that a list itself names are named, once it
// decided.
func TestFreshestOfList(t *testing.T) {
	root, leaf := rootOfLab(t), mint(t, Spec{}).Leaf
	points := []byte{0x30, 18, 0x30, 16, 0xa0, 14, 0xa0, 12, 0x86, 10, 'h', 't', 't', 'p', ':', '/', '/', 'a', '/', 'b'}
	list := handmade{version: 1, by: root, ext: [][]byte{extDER(t, oidFreshestCRL, false, points...)}}.der(t)
	r := Check(t.Context(), []*x509.Certificate{leaf, root.cert}, nil, RevocationOptions{Now: now, CRLs: [][]byte{make([]byte, maxCRLFile+1), list}})
	s := r.Certificates[0].Sources
	if r.Status != StatusGood || len(s) != 3 || s[0].Outcome != OutcomeMalformed || s[0].File != 1 || s[1].File != 2 || s[2].Kind != SourceDeltaCRL || s[2].URL != "http://a/b" {
		t.Errorf("%+v", r)
	}
}

// TestListForUsers: a list that leaves authorities out says nothing of one.
func TestListForUsers(t *testing.T) {
	root := rootOfLab(t)
	mid, err := intermediateAuthority(root, lastYear, nextYear)
	if err != nil {
		t.Fatal(err)
	}
	list := handmade{version: 1, by: root, ext: [][]byte{extDER(t, oidIssuingPoint, true, 0x30, 3, 0x81, 1, 0xff)}}.der(t)
	for cert, want := range map[*x509.Certificate]string{mid.cert: OutcomeOther, mint(t, Spec{}).Leaf: OutcomeGood} {
		r := Check(t.Context(), []*x509.Certificate{cert, root.cert}, nil, RevocationOptions{Now: now, CRLs: [][]byte{list}})
		if s := r.Certificates[0].Sources[0]; s.Outcome != want {
			t.Errorf("%s: %+v, want %s", r.Certificates[0].Subject, s, want)
		}
	}
}
