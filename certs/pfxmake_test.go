package certs

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/x509"
	"math/big"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// What follows makes PFX files that no tool would: it writes the frames by hand
// and encrypts with the standard library alone.

// sequence is a SEQUENCE of elements.
func sequence(elements ...[]byte) []byte { return element(asn1.SEQUENCE, elements...) }

func element(tag asn1.Tag, elements ...[]byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(elements, nil)) })
	return b.BytesOrPanic()
}

func oidDER(dotted string) []byte {
	var b cryptobyte.Builder
	addOID(&b, dotted)
	return b.BytesOrPanic()
}

func integer(n int64) []byte {
	var b cryptobyte.Builder
	b.AddASN1Int64(n)
	return b.BytesOrPanic()
}

var testSalt = []byte("01234567")

func padded(data []byte, block int) []byte {
	n := block - len(data)%block
	return append(bytes.Clone(data), bytes.Repeat([]byte{byte(n)}, n)...)
}

// pbes2 encrypts with AES-128 and PBKDF2 (RFC 8018, section 6.2). claim is the
// count of rounds that the parameters tell; the work is that of one.
func pbes2(t testing.TB, password string, data []byte, claim int64) (algorithm, sealed []byte) {
	t.Helper()
	key, err := pbkdf2.Key(sha1.New, password, testSalt, 1, 16)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	iv := make([]byte, 16)
	sealed = padded(data, 16)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(sealed, sealed)
	kdf := sequence(oidDER(oidPBKDF2), sequence(octetString(testSalt), integer(claim)))
	return sequence(oidDER(oidPBES2), sequence(kdf, sequence(oidDER("2.16.840.1.101.3.4.1.2"), octetString(iv)))), sealed
}

// pbe3DES encrypts as old exports do (RFC 7292, appendix C), with one round.
func pbe3DES(t testing.TB, bmp, data []byte) (algorithm, sealed []byte) {
	t.Helper()
	block, err := des.NewTripleDESCipher(pbeDerive(1, bmp, 24))
	if err != nil {
		t.Fatal(err)
	}
	sealed = padded(data, 8)
	cipher.NewCBCEncrypter(block, pbeDerive(2, bmp, 8)).CryptBlocks(sealed, sealed)
	return sequence(oidDER("1.2.840.113549.1.12.1.3"), sequence(octetString(testSalt), integer(1))), sealed
}

// pbeDerive is RFC 7292, appendix B.2, with SHA-1 and one round.
func pbeDerive(purpose byte, bmp []byte, size int) (key []byte) {
	in := append(repeated(testSalt, 64), repeated(bmp, 64)...)
	for len(key) < size {
		sum := sha1.Sum(append(bytes.Repeat([]byte{purpose}, 64), in...))
		key = append(key, sum[:]...)
		add := new(big.Int).SetBytes(repeated(sum[:], 64)[:64])
		add.Add(add, big.NewInt(1))
		for i := 0; i < len(in); i += 64 {
			n := new(big.Int).SetBytes(in[i : i+64])
			n.Add(n, add)
			n.And(n, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 512), big.NewInt(1)))
			n.FillBytes(in[i : i+64])
		}
	}
	return key[:size]
}

// encryptedPart makes a ContentInfo of what pbes2 or pbe3DES returned.
func encryptedPart(algorithm, sealed []byte) []byte {
	content := element(asn1.Tag(0).ContextSpecific(), sealed)
	return wrapped(oidEncryptedData, sequence(integer(0), sequence(oidDER(oidData), algorithm, content)))
}

func shroudedBag(algorithm, sealed []byte, attributes ...[]byte) []byte {
	parts := [][]byte{oidDER(oidShroudedBag), element(explicit(0), sequence(algorithm, octetString(sealed)))}
	if len(attributes) > 0 {
		parts = append(parts, element(asn1.SET, attributes...))
	}
	return sequence(parts...)
}

func attribute(oid string, value []byte) []byte {
	return sequence(oidDER(oid), element(asn1.SET, value))
}

func bmpString(text string) []byte {
	bmp := pfxPasswords(text)[0].bmp
	return element(tagBMPString, bmp[:len(bmp)-2])
}

func testCertBag(der []byte, attributes ...[]byte) []byte {
	return sequence(oidDER(oidCertBag), element(explicit(0), wrapped(oidX509, octetString(der))), element(asn1.SET, attributes...))
}

// pfxOf makes a PFX with a MAC; rounds is what it claims.
func pfxOf(bmp []byte, rounds int64, parts ...[]byte) []byte {
	safe := sequence(parts...)
	mac := hmac.New(sha1.New, macKey(sha1.New, testSalt, bmp, 1))
	mac.Write(safe)
	data := sequence(sequence(sequence(oidDER("1.3.14.3.2.26")), octetString(mac.Sum(nil))), octetString(testSalt), integer(rounds))
	return sequence(integer(3), wrapped(oidData, octetString(safe)), data)
}

// keyPKCS8 is the private key of the leaves that mint makes.
func keyPKCS8(t testing.TB, name string) []byte {
	t.Helper()
	key, err := mintKey(name)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
