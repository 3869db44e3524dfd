package certs

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/ocsp"
)

// forge signs any template with the lab's root.
func forge(t testing.TB, change func(*x509.Certificate)) []byte {
	t.Helper()
	root, err := labRoot()
	if err != nil {
		t.Fatal(err)
	}
	key, err := mintKey("leafp256")
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), NotBefore: lastYear, NotAfter: nextYear, SignatureAlgorithm: x509.SHA256WithRSA}
	change(template)
	der, err := x509.CreateCertificate(nil, template, root.cert, key.Public(), root.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// inspectFast fails when an inspection takes long or gives much: hostile input
// must not cost a run. It returns the inspection.
func inspectFast(t *testing.T, raw [][]byte, host string) Inspection {
	t.Helper()
	o := Options{Host: host, Now: now, Roots: labRoots(t)}
	began := time.Now()
	i := Inspect(raw, o)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
	text, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	if limit := 256 << 10; len(text) > limit || !utf8.Valid(text) {
		t.Errorf("%d octets of JSON, valid UTF-8 %v", len(text), utf8.Valid(text))
	}
	roundTrip(t, i)
	return i
}

func TestLongNames(t *testing.T) {
	long := strings.Repeat("é", 32<<10)
	i := inspectFast(t, [][]byte{forge(t, func(c *x509.Certificate) {
		c.Subject = pkix.Name{CommonName: long, OrganizationalUnit: []string{long}}
		c.DNSNames = []string{strings.Repeat("a.", 32<<10) + "example"}
		c.CRLDistributionPoints = []string{"http://" + strings.Repeat("a", 60<<10)}
	})}, host)
	for _, s := range []string{i.Name.CN, i.Certificates[0].Subject, i.Name.DNSNames[0], i.Revocation.CRLs[0]} {
		if n := utf8.RuneCountInString(s); n > MaxRunes || n < MaxRunes/2 || !strings.HasSuffix(s, "…") {
			t.Errorf("%d runes: %.40s", n, s)
		}
	}
}

func TestManyNames(t *testing.T) {
	i := inspectFast(t, [][]byte{forge(t, func(c *x509.Certificate) {
		for n := range 5000 {
			c.DNSNames = append(c.DNSNames, fmt.Sprintf("h%d.example", n))
			c.IPAddresses = append(c.IPAddresses, net.IPv4(10, 0, byte(n>>8), byte(n)))
		}
		c.DNSNames = append(c.DNSNames, host)
	})}, host)
	if len(i.Name.DNSNames) != MaxNames || len(i.Name.IPs) != MaxNames || i.Name.NamesLeftOut != 10001-2*MaxNames || !i.Name.MatchesSAN {
		t.Errorf("%d names, %d addresses, %d left out, match %v", len(i.Name.DNSNames), len(i.Name.IPs), i.Name.NamesLeftOut, i.Name.MatchesSAN)
	}
	parts := make([]pkix.AttributeTypeAndValue, 10000)
	for n := range parts {
		parts[n] = pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 5, 4, 11}, Value: fmt.Sprint(n)}
	}
	i = inspectFast(t, [][]byte{forge(t, func(c *x509.Certificate) { c.Subject.ExtraNames = parts })}, host)
	if !strings.HasPrefix(i.Certificates[0].Subject, "OU=9999,OU=9998,") {
		t.Errorf("subject %.60s", i.Certificates[0].Subject)
	}
}

func TestLongChains(t *testing.T) {
	m := mint(t, Spec{Kind: KindIntermediate})
	raw := m.Certificate[:1]
	for range 999 {
		raw = append(raw, m.Certificate[1])
	}
	i := inspectFast(t, raw, host)
	if len(i.Certificates) != MaxCertificates || i.LeftOut != 1000-MaxCertificates || i.Defects() != nil {
		t.Errorf("%d certificates, %d left out, %v", len(i.Certificates), i.LeftOut, i.Defects())
	}
	raw = append([][]byte{mint(t, Spec{Kind: KindUnknownCA}).Certificate[0]}, make([][]byte, 999)...)
	if i = inspectFast(t, raw, host); i.Trust.Cause != CauseUnknownCA || i.Certificates[1].ParseError == "" {
		t.Errorf("%+v", i.Trust)
	}
}

func TestHostileOctets(t *testing.T) {
	i := inspectFast(t, [][]byte{forge(t, func(c *x509.Certificate) {
		c.Subject = pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{{Type: asn1.ObjectIdentifier{2, 5, 4, 3},
			Value: asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: []byte("\x1b[2J\u202e\x00\r\n")}}}}
	})}, host)
	if i.ParseError != "" || i.Name.CN != "\x1b[2J\u202e\x00\r\n" {
		t.Errorf("%q, %q", i.Name.CN, i.ParseError)
	}
	i = inspectFast(t, [][]byte{make([]byte, MaxDER+1)}, host)
	if !strings.Contains(i.ParseError, "longer than") {
		t.Errorf("%q", i.ParseError)
	}
}

// TestHugeKeys serves leaf and intermediates whose keys would make each signature
// check cost long: a modulus of a million bits.
func TestHugeKeys(t *testing.T) {
	root, err := labRoot()
	if err != nil {
		t.Fatal(err)
	}
	huge := &rsa.PublicKey{N: new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 1<<20), big.NewInt(1)), E: 1<<31 - 1}
	template := &x509.Certificate{SerialNumber: big.NewInt(9), Subject: pkix.Name{CommonName: "huge"}, NotBefore: lastYear, NotAfter: nextYear,
		BasicConstraintsValid: true, IsCA: true, SignatureAlgorithm: x509.SHA256WithRSA}
	sign := func(parent *x509.Certificate) []byte {
		der, err := x509.CreateCertificate(nil, template, parent, huge, root.key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	above, self := sign(root.cert), sign(template)
	leaf, err := x509.CreateCertificate(nil, &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{host}, NotBefore: lastYear, NotAfter: nextYear,
		SignatureAlgorithm: x509.SHA256WithRSA}, template, root.key.Public(), root.key)
	if err != nil {
		t.Fatal(err)
	}
	raw := [][]byte{leaf}
	for range 30 {
		raw = append(raw, above)
	}
	if i := inspectFast(t, raw, host); i.Trust.Anchored {
		t.Errorf("%+v", i.Trust)
	}
	if i := inspectFast(t, [][]byte{self, self}, host); !i.Strength.KeyRefused || !slices.Contains(i.Defects(), DefectStrength) || i.Trust.Cause != CauseSelfSigned {
		t.Errorf("%+v, %v", i, i.Defects())
	}
}

// TestHugeKeyInStaple staples a response that brings such a key along.
func TestHugeKeyInStaple(t *testing.T) {
	root, err := labRoot()
	if err != nil {
		t.Fatal(err)
	}
	huge := &rsa.PublicKey{N: new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 100000), big.NewInt(1)), E: 1<<31 - 1}
	der, err := x509.CreateCertificate(nil, &x509.Certificate{SerialNumber: big.NewInt(9), SignatureAlgorithm: x509.SHA256WithRSA}, root.cert, huge, root.key)
	if err != nil {
		t.Fatal(err)
	}
	responder, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	m := mint(t, Spec{})
	staple, err := ocsp.CreateResponse(root.cert, root.cert, ocsp.Response{SerialNumber: m.Leaf.SerialNumber, ThisUpdate: lastYear, NextUpdate: nextYear, Certificate: responder, IssuerHash: crypto.SHA256}, root.key)
	if err != nil || len(staple) > maxStaple {
		t.Fatalf("%d octets, %v", len(staple), err)
	}
	r := Inspect(m.Certificate, Options{Host: host, Now: now, Roots: labRoots(t), Staple: staple}).Revocation
	if r.Staple != StapleInvalid || !strings.Contains(r.StapleDetail, "RSA key of a size") {
		t.Errorf("%+v", r)
	}
}

// TestShown: strings are kept whole up to MaxRunes and cut to it beyond.
func TestShown(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 1, MaxRunes - 1: MaxRunes - 1, MaxRunes: MaxRunes, MaxRunes + 1: MaxRunes, 1 << 16: MaxRunes} {
		for _, r := range []string{"a", "é", "\U0001F600", "\xff\xfe"} {
			if got := shown(strings.Repeat(r, n)); utf8.RuneCountInString(got) > MaxRunes || r == "a" && utf8.RuneCountInString(got) != want || !utf8.ValidString(got) {
				t.Errorf("%d times %q: %d runes", n, r, utf8.RuneCountInString(got))
			}
		}
	}
}

// TestWalk reads certificates that Go refuses for other reasons than their
// serial number, cut at every octet among them.
func TestWalk(t *testing.T) {
	good := mint(t, Spec{IPs: []net.IP{net.IPv4(10, 2, 3, 4)}, DNSNames: []string{host}, CN: "WIN01"}).Certificate[0]
	bad := strings.Replace(string(good), host, "win01\xff"+host[6:], 1)
	i := inspectFast(t, [][]byte{[]byte(bad)}, "10.2.3.4")
	if i.ParseError == "" || i.Trust.Cause != CauseMalformed || i.Name.CN != "WIN01" || !i.Name.MatchesSAN || i.Purpose.EKU != EKUPresent {
		t.Errorf("%+v", i)
	}
	if i.Name.DNSNames[0] != "win01\uFFFDcorp.example" || i.Dates.DaysLeft < 1000 || i.Strength.Bits != 2048 || i.Certificates[0].Issuer == "" {
		t.Errorf("%+v", i)
	}
	for n := range good {
		i := Inspect([][]byte{good[:n]}, Options{Host: host, Now: now, Roots: labRoots(t)})
		if i.ParseError == "" || len(i.Defects()) < 2 {
			t.Fatalf("cut at %d: %+v", n, i)
		}
	}
}

func TestTimesBeyondJSON(t *testing.T) {
	for _, at := range []time.Time{time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -7200)), time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), {}} {
		if _, err := json.Marshal(moment(at)); err != nil {
			t.Error(err)
		}
	}
}
