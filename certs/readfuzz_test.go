package certs

import (
	"encoding/json"
	"encoding/pem"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// checkRead reads arbitrary octets: a bundle or an error, bounded, and JSON.
func checkRead(t *testing.T, data []byte, format string) {
	t.Helper()
	b, err := Read(data, ReadOptions{Name: "fuzz", Password: given("x")})
	if err != nil {
		if len(b.Chains) > 0 || !utf8.ValidString(err.Error()) || len(err.Error()) > 8*MaxRunes {
			t.Errorf("%d chains with %q", len(b.Chains), err)
		}
		return
	}
	text, err := json.Marshal(b)
	if err != nil || !utf8.Valid(text) {
		t.Fatal(err)
	}
	var again Bundle
	if err := json.Unmarshal(text, &again); err != nil || cmp.Diff(b, again) != "" {
		t.Errorf("%v: %s", err, cmp.Diff(b, again))
	}
	kept := len(b.Loose)
	for _, c := range b.Chains {
		if n := len(c.Entries); n == 0 || n > MaxCertificates {
			t.Errorf("a chain of %d", n)
		}
		kept++
	}
	if b.Certificates == 0 || kept > min(b.Certificates, MaxRead) || (b.Keys > 0) != b.Key.Present {
		t.Errorf("%d certificates, %d kept, %d keys, %+v", b.Certificates, kept, b.Keys, b.Key)
	}
	if format != "" && b.Format != format {
		t.Errorf("format %s", b.Format)
	}
	checkBounded(t, b.Chains[0].Inspect(Options{Now: now, Roots: labRoots(t)}))
}

func FuzzReadPEM(f *testing.F) {
	m := mint(f, Spec{Kind: KindIntermediate, KeyType: "ECDSA"})
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyPKCS8(f, "leafp256")})
	algorithm, sealed := pbes2(f, "x", keyPKCS8(f, "leafp256"), 1)
	locked := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: sequence(algorithm, octetString(sealed))})
	f.Add(string(pemFile(m.Certificate...)))
	f.Add(string(append(pemFile(m.Certificate[1], m.Certificate[0]), key...)))
	f.Add(string(append(locked, pemFile(m.Certificate[0])...)))
	f.Add("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAA==\n-----END RSA PRIVATE KEY-----\n")
	f.Add("-----BEGIN TRUSTED CERTIFICATE-----\nMAA=\n-----END TRUSTED CERTIFICATE-----\n")
	f.Add("\xff\xfe-\x00-\x00")
	f.Add("\xff\xfe")
	f.Add(base64Of(m.Certificate[0]))
	f.Fuzz(func(t *testing.T, data string) { checkRead(t, []byte(data), "") })
}

func FuzzReadDER(f *testing.F) {
	m := mint(f, Spec{Kind: KindIntermediate})
	f.Add(m.Certificate[0])
	f.Add(append(m.Certificate[0], m.Certificate[1]...))
	f.Add(mint(f, Spec{NegativeSerial: true}).Certificate[0])
	f.Add([]byte{0x30, 0x80})
	f.Fuzz(func(t *testing.T, data []byte) { checkRead(t, data, "") })
}

func FuzzReadPKCS7(f *testing.F) {
	m := mint(f, Spec{Kind: KindIntermediate})
	f.Add(p7bOf(m.Certificate...))
	f.Add(p7bOf())
	f.Add(p7bOf(element(0xa0), m.Certificate[0]))
	f.Fuzz(func(t *testing.T, data []byte) {
		checkRead(t, data, "")
		checkRead(t, wrapped(oidSignedData, data[:min(len(data), 1<<16)]), FormatPKCS7)
	})
}

// FuzzReadPFX gives arbitrary files and, so that it gets behind the MAC,
// arbitrary parts and arbitrary contents of an encrypted part.
func FuzzReadPFX(f *testing.F) {
	bmp := pfxPasswords("x")[0].bmp
	leaf := mint(f, Spec{KeyType: "ECDSA"}).Certificate[0]
	name := attribute(oidFriendlyName, bmpString("web"))
	provider := attribute(oidProviderName, bmpString(schannelProvider))
	bags := sequence(testCertBag(leaf, name, attribute(oidLocalKeyID, octetString([]byte{1}))))
	algorithm, sealed := pbes2(f, "x", keyPKCS8(f, "leafp256"), 1)
	key := plainPart(shroudedBag(algorithm, sealed, provider, attribute(oidMachineKeySet, integer(0))))
	f.Add(pfxOf(bmp, 1, encryptedPart(pbes2(f, "x", bags, 1)), key), key, bags)
	f.Add(pfxOf(bmp, 1<<31, plainPart()), encryptedPart(pbe3DES(f, bmp, bags)), sequence(testCertBag(leaf), shroudedBag(algorithm, sealed)))
	f.Add(sequence(integer(3)), plainPart(wrapped(oidKeyBag, keyPKCS8(f, "leafp256"))), sequence())
	f.Fuzz(func(t *testing.T, data, part, inner []byte) {
		if len(data)+len(part)+len(inner) > 1<<16 || asksForWork(data) || asksForWork(part) {
			return
		}
		checkRead(t, data, "")
		checkRead(t, pfxOf(bmp, 1, part), FormatPFX)
		checkRead(t, pfxOf(bmp, 1, encryptedPart(pbes2(t, "x", inner, 1)), part), FormatPFX)
	})
}

// asksForWork tells of a file, or of a part of one, that it takes so many rounds
// that the fuzzer would do little else.
func asksForWork(data []byte) bool {
	const few = 5000
	p, err := parsePFX(data)
	if err == nil && p.rounds > few {
		return true
	}
	p = &pfx{}
	return p.readParts(sequence(data)) == nil && p.rounds > few
}
