package certs

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"
)

func base64Of(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

func pemFile(list ...[]byte) []byte {
	var all []byte
	for _, der := range list {
		all = append(all, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return all
}

// p7bOf makes a PKCS#7 of certificates by hand.
func p7bOf(list ...[]byte) []byte {
	return wrapped(oidSignedData, sequence(integer(1), element(0x31), sequence(oidDER(oidData)), element(explicit(0), list...), element(0x31)))
}

// TestReadTooLarge: a file of 50 MB is refused, whatever it holds.
func TestReadTooLarge(t *testing.T) {
	for _, unit := range [][]byte{MintCA(), []byte("-----BEGIN "), {0x30, 0x80}, {0}} {
		data := bytes.Repeat(unit, 50<<20/len(unit))
		if _, err := readQuickly(t, data, "x"); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%.20q: %v", unit, err)
		}
		_, err := readQuickly(t, data[:MaxFile], "x")
		if errors.Is(err, ErrTooLarge) {
			t.Errorf("%.20q: %v", unit, err)
		}
	}
}

// chainOf makes a chain of n certificates, leaf first.
func chainOf(t *testing.T, n int) [][]byte {
	t.Helper()
	key, err := mintKey("leafp256")
	if err != nil {
		t.Fatal(err)
	}
	var raw [][]byte
	for i := range n {
		template := &x509.Certificate{SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: fmt.Sprint(i)}, NotBefore: lastYear, NotAfter: nextYear,
			BasicConstraintsValid: true, IsCA: i > 0, DNSNames: []string{host}}
		parent := &x509.Certificate{Subject: pkix.Name{CommonName: fmt.Sprint(i + 1)}}
		der, err := x509.CreateCertificate(nil, template, parent, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		raw = append(raw, der)
	}
	return raw
}

// TestReadLongChain: a chain of a thousand, the right way and upside down, and
// more certificates than are read.
func TestReadLongChain(t *testing.T) {
	raw := chainOf(t, MaxRead+5)
	for name, data := range map[string][]byte{"PEM": pemFile(raw[:MaxRead]...), "DER": bytes.Join(raw[:MaxRead], nil), "PKCS#7": p7bOf(raw[:MaxRead]...)} {
		b, err := readQuickly(t, data, "")
		if err != nil || len(b.Chains) != 1 || len(b.Chains[0].Entries) != MaxCertificates || !b.Chains[0].Longer || b.Certificates != MaxRead || len(b.Loose) != MaxRead-MaxCertificates {
			t.Fatalf("%s: %d chains, %v", name, len(b.Chains), err)
		}
		if w := strings.Join(b.Warnings, "\n"); w != "a chain is longer than 16 certificates; those above were not followed" {
			t.Errorf("%s: %q", name, w)
		}
		if i := b.Chains[0].Inspect(Options{Host: host, Now: now, Roots: labRoots(t)}); i.Name.Reason != "" || len(i.Certificates) != MaxCertificates {
			t.Errorf("%+v", i.Name)
		}
	}
	upside := [][]byte{}
	for _, der := range raw {
		upside = append([][]byte{der}, upside...)
	}
	b, err := readQuickly(t, pemFile(upside...), "")
	if err != nil || b.Certificates != MaxRead+5 || !strings.Contains(strings.Join(b.Warnings, "\n"), "5 certificates beyond the first 1000") {
		t.Errorf("%q, %v", b.Warnings, err)
	}
}

// TestReadIssuerLoops: authorities that signed each other, and a thousand of one
// name that might all be the issuer.
func TestReadIssuerLoops(t *testing.T) {
	key, err := mintKey("leafp256")
	if err != nil {
		t.Fatal(err)
	}
	other, err := mintKey("leafp384")
	if err != nil {
		t.Fatal(err)
	}
	sign := func(serial int64, subject, issuer string, authority bool) []byte {
		template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: subject}, NotBefore: lastYear, NotAfter: nextYear, BasicConstraintsValid: true, IsCA: authority}
		der, err := x509.CreateCertificate(nil, template, &x509.Certificate{Subject: pkix.Name{CommonName: issuer}}, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	b, err := readQuickly(t, pemFile(sign(1, "leaf", "a", false), sign(2, "a", "b", true), sign(3, "b", "a", true)), "")
	if err != nil || len(b.Chains) != 1 || len(b.Chains[0].Entries) != 3 || b.Chains[0].Longer {
		t.Errorf("loop: %+v, %v", b.Chains, err)
	}
	list := [][]byte{sign(1, "leaf", "x", false)}
	for n := range int64(MaxRead - 1) {
		template := &x509.Certificate{SerialNumber: big.NewInt(n + 2), Subject: pkix.Name{CommonName: "x"}, NotBefore: lastYear, NotAfter: nextYear, BasicConstraintsValid: true, IsCA: true}
		der, err := x509.CreateCertificate(nil, template, &x509.Certificate{Subject: pkix.Name{CommonName: "x"}}, other.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, der)
	}
	b, err = readQuickly(t, pemFile(list...), "")
	if err != nil || len(b.Chains[0].Entries) != 1 || !strings.Contains(strings.Join(b.Warnings, "\n"), "so many possible issuers") {
		t.Errorf("%d, %q, %v", len(b.Chains[0].Entries), b.Warnings, err)
	}
}

// TestReadLongNames: what a file calls itself and its certificates is cut.
func TestReadLongNames(t *testing.T) {
	long := strings.Repeat("é\x1b", 32<<10)
	der := forge(t, func(c *x509.Certificate) { c.Subject = pkix.Name{CommonName: long}; c.DNSNames = []string{host} })
	b, err := Read(pemFile(der), ReadOptions{Name: long})
	if err != nil || len([]rune(b.Name)) != MaxRunes {
		t.Fatalf("%v", err)
	}
	i := b.Chains[0].Inspect(Options{Now: now, Roots: labRoots(t)})
	if text, err := json.Marshal(i); err != nil || len(text) > 64<<10 {
		t.Errorf("%d octets, %v", len(text), err)
	}
	label := "-----BEGIN " + strings.Repeat("A", 64<<10) + "-----\nAA==\n-----END " + strings.Repeat("A", 64<<10) + "-----\n"
	if _, err = Read([]byte(label), ReadOptions{Name: long}); err == nil || len(err.Error()) > 4*MaxRunes {
		t.Errorf("%v", err)
	}
}

// TestReadCut cuts files at every octet: no prefix is taken for the whole.
func TestReadCut(t *testing.T) {
	m := mint(t, Spec{Kind: KindIntermediate, KeyType: "ECDSA"})
	for name, data := range map[string][]byte{"DER": m.Certificate[0], "PKCS#7": p7bOf(m.Certificate...), "PEM": pemFile(m.Certificate[0])} {
		for n := range len(data) - 1 {
			if b, err := Read(data[:n], ReadOptions{}); err == nil {
				t.Fatalf("%s cut at %d: %+v", name, n, b)
			}
		}
	}
	two := pemFile(m.Certificate...)
	for n := len(pemFile(m.Certificate[0])); n < len(two)-1; n++ {
		b, err := Read(two[:n], ReadOptions{})
		if err != nil || b.Certificates != 1 || bytes.Contains(two[len(pemFile(m.Certificate[0])):n], []byte("-----BEGIN ")) && len(b.Warnings) == 0 {
			t.Fatalf("cut at %d: %+v, %v", n, b, err)
		}
	}
}

// TestReadNested: elements within elements, each as deep as the file is long.
func TestReadNested(t *testing.T) {
	bomb := []byte{}
	for len(bomb) < 60_000 {
		bomb = sequence(bomb)
	}
	indefinite := bytes.Repeat([]byte{0x30, 0x80}, 1<<20)
	for name, data := range map[string][]byte{
		"alone":           bomb,
		"indefinite":      indefinite,
		"in PKCS#7":       p7bOf(bomb, bomb),
		"around PKCS#7":   wrapped(oidSignedData, bomb),
		"in a PFX":        sequence(integer(3), wrapped(oidData, octetString(bomb))),
		"in a PFX's bag":  pfxOf([]byte{0, 0}, 1, plainPart(wrapped(oidCertBag, bomb), wrapped(oidShroudedBag, bomb[:4000]))),
		"in a PFX's part": pfxOf([]byte{0, 0}, 1, encryptedPart(pbes2(t, "", bomb, 1))),
		"in PEM":          pemFile(bomb),
		"in a key":        pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: bomb}),
	} {
		if b, err := readQuickly(t, data, ""); err == nil {
			t.Errorf("%s: %+v", name, b)
		}
	}
}

// TestReadKeysStay: nothing of a private key is in a bundle, its JSON or an
// error.
func TestReadKeysStay(t *testing.T) {
	m := mint(t, Spec{KeyType: "ECDSA"})
	der := keyPKCS8(t, "leafp256")
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	signer, err := mintKey("leafp256")
	if err != nil {
		t.Fatal(err)
	}
	b, err := Read(append(pemFile(m.Certificate[0]), key...), ReadOptions{})
	if err != nil || b.Key.Matches != MatchYes {
		t.Fatalf("%+v, %v", b.Key, err)
	}
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	_, onlyKey := Read(key, ReadOptions{})
	scalar, err := signer.(*ecdsa.PrivateKey).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	secret := hex.EncodeToString(scalar)
	for _, shown := range []string{string(text), fmt.Sprintf("%+v %#v", b, b), onlyKey.Error()} {
		for _, form := range []string{secret, strings.ToUpper(secret), base64Of(der)[40:80], base64Of(scalar)[:40], new(big.Int).SetBytes(scalar).String()} {
			if strings.Contains(shown, form) {
				t.Errorf("%s shows in %.200s", form, shown)
			}
		}
	}
}

// TestReadHostileKeys: keys made to be slow to look at, more than are looked at,
// and one that can't be read, never keep from reading the certificate.
func TestReadHostileKeys(t *testing.T) {
	odd := func(bits uint, add int64) []byte {
		n := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), bits), big.NewInt(add))
		var b cryptobyte.Builder
		b.AddASN1BigInt(n)
		return b.BytesOrPanic()
	}
	slow := sequence(integer(0), odd(24000, 1), integer(65537), odd(23000, 3), odd(12000, 1), odd(12000, 1), integer(3), integer(5), integer(7))
	block := func(label string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}) }
	for name, key := range map[string][]byte{
		"slow":      block("RSA PRIVATE KEY", slow),
		"long":      block("PRIVATE KEY", make([]byte, maxKeyDER+1)),
		"many slow": bytes.Repeat(block("RSA PRIVATE KEY", slow), 1000),
		"OpenSSH":   block("OPENSSH PRIVATE KEY", []byte("openssh-key-v1")),
		"DSA":       block("DSA PRIVATE KEY", sequence(integer(0), integer(1))),
		"empty":     block("ENCRYPTED PRIVATE KEY", nil),
	} {
		b, err := readQuickly(t, append(MintCA(), key...), "x")
		if err != nil || !b.Key.Present || b.Key.Matches != MatchUnknown || b.Key.Detail == "" {
			t.Errorf("%s: %+v, %v", name, b.Key, err)
		}
	}
}
