package certs

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

// readQuickly fails when reading takes long: hostile files must not cost a run.
func readQuickly(t *testing.T, data []byte, password string) (Bundle, error) {
	t.Helper()
	began := time.Now()
	b, err := Read(data, ReadOptions{Name: "x", Password: given(password)})
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
	if (err == nil) != (len(b.Chains) > 0) {
		t.Errorf("%d chains, %v", len(b.Chains), err)
	}
	return b, err
}

// TestReadPFXOfLibrary reads what go-pkcs12 writes: the old and the new way,
// and a MAC with PBKDF2.
func TestReadPFXOfLibrary(t *testing.T) {
	m := mint(t, Spec{Kind: KindIntermediate})
	above, err := x509.ParseCertificate(m.Certificate[1])
	if err != nil {
		t.Fatal(err)
	}
	for name, encoder := range map[string]*pkcs12.Encoder{
		"3DES and RC2": pkcs12.LegacyRC2, "3DES": pkcs12.LegacyDES, "AES": pkcs12.Modern2023, "AES, PBMAC1": pkcs12.Modern2026, "nothing": pkcs12.Passwordless,
	} {
		for _, password := range []string{"", filePassword, strings.Repeat("long ", 50)} {
			data, err := encoder.Encode(m.PrivateKey, m.Leaf, []*x509.Certificate{above}, password)
			if encoder == pkcs12.Passwordless && password != "" {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			b, err := readQuickly(t, data, password)
			if err != nil || len(b.Chains) != 1 || len(b.Chains[0].Entries) != 2 || b.Key.Matches != MatchYes || b.Key.ProviderState != ProviderNotRecorded {
				t.Errorf("%s, %q: %+v, %v", name, password, b, err)
			}
			if password == "" {
				continue
			}
			if _, err := readQuickly(t, data, password+"x"); !errors.Is(err, ErrWrongPassword) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestReadPFXEmptyPassword: both forms of no password, each with the ciphers
// that tell them apart.
func TestReadPFXEmptyPassword(t *testing.T) {
	leaf := mint(t, Spec{}).Certificate[0]
	for name, bmp := range map[string][]byte{"nothing": nil, "two zero octets": {0, 0}} {
		key := plainPart(shroudedBag(pbe3DES(t, bmp, keyPKCS8(t, "leaf"))))
		data := pfxOf(bmp, 1, encryptedPart(pbe3DES(t, bmp, sequence(testCertBag(leaf)))), key)
		b, err := Read(data, ReadOptions{})
		if err != nil || b.Key.Matches != MatchYes || !b.Key.Encrypted || b.Key.Detail != "" {
			t.Errorf("%s: %+v, %v", name, b.Key, err)
		}
	}
}

// TestReadPFXLayouts: more parts and keys than the library takes, attributes
// that it doesn't know, a certificate that Go refuses.
func TestReadPFXLayouts(t *testing.T) {
	const password = "x"
	bmp := pfxPasswords(password)[0].bmp
	rsaLeaf, ecLeaf := mint(t, Spec{}).Certificate[0], mint(t, Spec{KeyType: "ECDSA"}).Certificate[0]
	seal := func(bags ...[]byte) []byte { return encryptedPart(pbes2(t, password, sequence(bags...), 1)) }
	unknown := attribute("1.3.6.1.4.1.311.17.3.20", octetString([]byte("x")))
	name := attribute(oidFriendlyName, bmpString("web \U0001F600"))
	provider := attribute(oidProviderName, bmpString("Microsoft Software Key Storage Provider"))
	b, err := readQuickly(t, pfxOf(bmp, 1,
		seal(testCertBag(rsaLeaf, name, unknown)),
		plainPart(shroudedBag(pbes2(t, password, keyPKCS8(t, "leafp256"), 1))),
		seal(testCertBag(ecLeaf, name)),
		plainPart(wrapped("1.2.840.113549.1.12.10.1.5", octetString(nil)), wrapped(oidKeyBag, keyPKCS8(t, "leaf")), sequence(oidDER(oidKeyBag), element(explicit(0), octetString(nil)), element(0x31, provider)))), password)
	if err != nil || len(b.Chains) != 2 || b.Keys != 3 || b.Key.Type != "RSA" || b.Key.Encrypted || b.Chains[1].Key.Type != "ECDSA" || !b.Chains[1].Key.Encrypted {
		t.Fatalf("%+v, %v", b, err)
	}
	if b.Chains[0].Entries[0].FriendlyName != "" || b.Chains[1].Entries[0].FriendlyName != "web \U0001F600" {
		t.Errorf("%+v", b.Chains)
	}
	if !strings.Contains(strings.Join(b.Warnings, "\n"), "bag of type 1.2.840.113549.1.12.10.1.5") {
		t.Errorf("%q", b.Warnings)
	}
	negative := mint(t, Spec{NegativeSerial: true}).Certificate[0]
	b, err = readQuickly(t, pfxOf(bmp, 1, plainPart(testCertBag(negative))), password)
	if err != nil || !strings.Contains(b.Warnings[0], "negative serial number") {
		t.Errorf("%+v, %v", b, err)
	}
	if _, err = readQuickly(t, pfxOf(bmp, 1, seal(testCertBag(negative))), password); err == nil || !strings.Contains(err.Error(), "opening an encrypted part: x509: negative serial number") {
		t.Errorf("%v", err)
	}
	_, err = readQuickly(t, pfxOf(pfxPasswords("\U0001F600")[0].bmp, 1, plainPart(testCertBag(rsaLeaf))), "\U0001F600")
	if !errors.Is(err, ErrUnsupported) || errors.Is(err, ErrWrongPassword) {
		t.Errorf("%v", err)
	}
}

// TestReadPFXTooMuchWork: absurd counts of rounds, wherever they are, are
// refused before any work; go-pkcs12 would do them.
func TestReadPFXTooMuchWork(t *testing.T) {
	const password = "x"
	bmp := pfxPasswords(password)[0].bmp
	leaf, key := mint(t, Spec{}).Certificate[0], keyPKCS8(t, "leaf")
	part := func(rounds int64) []byte {
		return encryptedPart(pbes2(t, password, sequence(testCertBag(leaf)), rounds))
	}
	shrouded := func(rounds int64) []byte { return shroudedBag(pbes2(t, password, key, rounds)) }
	_, sealed := pbe3DES(t, bmp, key)
	old := sequence(oidDER("1.2.840.113549.1.12.1.3"), sequence(octetString(testSalt), integer(1<<31)))
	huge := bytes.Replace(pfxOf(bmp, 0x0102030405060708, part(1)), integer(0x0102030405060708), append([]byte{2, 8, 0x7f}, make([]byte, 7)...), 1)
	for name, data := range map[string][]byte{
		"MAC":                        pfxOf(bmp, 1<<31, part(1)),
		"MAC, 63 bits":               huge,
		"certificates":               pfxOf(bmp, 1, part(1<<31)),
		"key":                        pfxOf(bmp, 1, plainPart(shrouded(1<<31))),
		"key, old":                   pfxOf(bmp, 1, plainPart(shroudedBag(old, sealed))),
		"many parts, each tolerable": pfxOf(bmp, 1, part(maxRounds/2), part(maxRounds/2), part(1)),
	} {
		if _, err := readQuickly(t, data, password); !errors.Is(err, ErrTooMuchWork) {
			t.Errorf("%s: %v", name, err)
		}
	}
	hidden := encryptedPart(pbes2(t, password, sequence(testCertBag(leaf), shrouded(1<<31)), 1))
	if _, err := readQuickly(t, pfxOf(bmp, 1, hidden), password); !errors.Is(err, errHiddenKey) || !errors.Is(err, ErrUnsupported) {
		t.Errorf("hidden: %v", err)
	}
	for _, rounds := range []int64{0, -1} {
		if _, err := readQuickly(t, pfxOf(bmp, 1, part(rounds)), password); !errors.Is(err, errPFXRounds) {
			t.Errorf("%d: %v", rounds, err)
		}
	}
	block := fmt.Sprintf("-----BEGIN ENCRYPTED PRIVATE KEY-----\n%s\n-----END ENCRYPTED PRIVATE KEY-----\n", base64Of(encryptedKey(t, password, key, 1<<31)))
	b, err := readQuickly(t, append(MintCA(), block...), password)
	if err != nil || b.Key.Matches != MatchUnknown || !strings.Contains(b.Key.Detail, ErrTooMuchWork.Error()) {
		t.Errorf("%+v, %v", b.Key, err)
	}
}

func encryptedKey(t *testing.T, password string, key []byte, rounds int64) []byte {
	t.Helper()
	algorithm, sealed := pbes2(t, password, key, rounds)
	return sequence(algorithm, octetString(sealed))
}

// TestReadPFXBounds: what is bounded is refused with its reason.
func TestReadPFXBounds(t *testing.T) {
	const password = "x"
	bmp := pfxPasswords(password)[0].bmp
	leaf := mint(t, Spec{}).Certificate[0]
	many := func(n int, one []byte) []byte { return bytes.Repeat(one, n) }
	big := encryptedPart(pbes2(t, password, make([]byte, maxSafe), 1))
	for want, data := range map[string][]byte{
		"more than 64 parts":        pfxOf(bmp, 1, many(maxParts+1, plainPart())),
		"more than 2000 bags":       pfxOf(bmp, 1, plainPart(many(maxBags+1, wrapped(oidKeyBag, nil)))),
		"more than 4194304 octets":  pfxOf(bmp, 1, big),
		"longer than 12288 octets":  pfxOf(bmp, 1, plainPart(wrapped(oidShroudedBag, make([]byte, maxShrouded+1)))),
		"integrity is not kept":     sequence(integer(3), wrapped(oidSignedData, octetString(nil))),
		"a part is not kept":        pfxOf(bmp, 1, wrapped("1.2.840.113549.1.7.3", sequence())),
		"the frame of the PFX":      sequence(integer(3), wrapped(oidData, octetString([]byte{0x30}))),
		"MAC uses the digest 1.2.3": sequence(integer(3), wrapped(oidData, octetString(sequence())), sequence(sequence(sequence(oidDER("1.2.3")), octetString(nil)), octetString(nil))),
	} {
		if _, err := readQuickly(t, data, password); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	var keys [][]byte
	for range 40 {
		keys = append(keys, wrapped(oidKeyBag, keyPKCS8(t, "leafp256")))
	}
	long := attribute(oidFriendlyName, bmpString(strings.Repeat("é", 64<<10)))
	b, err := readQuickly(t, pfxOf(bmp, 1, plainPart(append(keys, testCertBag(leaf, long, attribute(oidLocalKeyID, octetString(make([]byte, 64<<10)))))...)), password)
	if err != nil || b.Keys != 40 || b.Key.Matches != MatchNo {
		t.Fatalf("%+v, %v", b.Key, err)
	}
	if e := b.Chains[0].Entries[0]; len([]rune(e.FriendlyName)) != MaxRunes || len(e.LocalKeyID) > 2*MaxRunes {
		t.Errorf("%d, %d", len(e.FriendlyName), len(e.LocalKeyID))
	}
}

// TestReadPFXCut cuts a PFX at every octet and changes each of its octets.
func TestReadPFXCut(t *testing.T) {
	const password = "x"
	bmp := pfxPasswords(password)[0].bmp
	leaf := mint(t, Spec{KeyType: "ECDSA"}).Certificate[0]
	good := pfxOf(bmp, 1, encryptedPart(pbes2(t, password, sequence(testCertBag(leaf)), 1)), plainPart(shroudedBag(pbes2(t, password, keyPKCS8(t, "leafp256"), 1))))
	if b, err := Read(good, ReadOptions{Password: given(password)}); err != nil || b.Key.Matches != MatchYes {
		t.Fatalf("%+v, %v", b, err)
	}
	for n := range good {
		if _, err := Read(good[:n], ReadOptions{Password: given(password)}); err == nil {
			t.Fatalf("cut at %d is read", n)
		}
		bad := bytes.Clone(good)
		bad[n] ^= 0x55
		if b, err := Read(bad, ReadOptions{Password: given(password)}); err == nil && b.Format != FormatPFX {
			t.Fatalf("changed at %d: %+v", n, b)
		}
	}
}

// TestReadPFXMAC: MACs that go-pkcs12 or RFC 9579 refuse are refused here.
func TestReadPFXMAC(t *testing.T) {
	leaf := mint(t, Spec{}).Certificate[0]
	kdf := func(rest ...[]byte) []byte {
		params := append([][]byte{octetString(testSalt), integer(1)}, rest...)
		return sequence(oidDER(oidPBKDF2), sequence(params...))
	}
	sha256 := sequence(oidDER("1.2.840.113549.2.9"))
	file := func(params ...[]byte) []byte {
		info := sequence(sequence(oidDER(oidPBMAC1), sequence(params...)), octetString(nil))
		return sequence(integer(3), wrapped(oidData, octetString(sequence(plainPart(testCertBag(leaf))))), sequence(info, octetString(nil)))
	}
	for want, data := range map[string][]byte{
		"has 0 octets":           file(kdf(sha256), sha256),
		"has 10 octets":          file(kdf(integer(10), sha256), sha256),
		"has 1000000 octets":     file(kdf(integer(1_000_000), sha256), sha256),
		"uses 1.2.3 and":         file(kdf(integer(32), sha256), sequence(oidDER("1.2.3"))),
		"and 1.2.4":              file(kdf(integer(32), sequence(oidDER("1.2.4"))), sha256),
		"is derived by 1.2.5":    file(sequence(oidDER("1.2.5"), sequence()), sha256),
		"the frame of the PFX":   file(sha256),
		"the password is wrong":  file(kdf(integer(32), sha256), sha256),
		"the count of rounds of": file(sequence(oidDER(oidPBKDF2), sequence(octetString(nil), octetString(nil))), sha256),
	} {
		if _, err := readQuickly(t, data, "x"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
