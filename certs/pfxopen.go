package certs

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/x509"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
	"software.sslmate.com/src/go-pkcs12"
)

// pfxOpener has go-pkcs12 open the encrypted elements of a PFX, each in a small
// PFX of our own.
//
// The library takes a whole file with exactly one key and at most two parts, and
// does any count of rounds: also one that only shows once a part is opened, as a
// key within it has its own. So each part goes to it behind a key of ours: at a
// second key the library stops before it opens it.
type pfxOpener struct {
	password pfxPassword
	key      []byte // SafeBag with a key of ours, known to everyone
	cert     []byte // SafeBag with its certificate
}

func newPFXOpener(password pfxPassword) (*pfxOpener, error) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert := wrapped(oidCertBag, wrapped(oidX509, octetString(der)))
	return &pfxOpener{password: password, key: wrapped(oidKeyBag, pkcs8), cert: cert}, nil
}

// certificates opens an encrypted part. The attributes of its bags are missing
// where it has some that the library doesn't know.
func (o *pfxOpener) certificates(part []byte) (list []Entry, err error) {
	defer recovered(&err)
	_, _, found, err := pkcs12.DecodeChain(o.frame(plainPart(o.key, o.cert), part), o.password.text)
	if err != nil {
		return nil, err
	}
	for _, c := range found {
		list = append(list, Entry{DER: c.Raw})
	}
	// There is no key in it, so that what follows opens none.
	blocks, err := pkcs12.ToPEM(o.frame(plainPart(), part), o.password.text) //lint:ignore SA1019 the only way to the attributes, and it is the keys of it that are malformed
	if err != nil || len(blocks) != len(list) {
		return list, nil
	}
	for i, b := range blocks {
		list[i] = Entry{DER: b.Bytes, FriendlyName: b.Headers["friendlyName"], LocalKeyID: shown(b.Headers["localKeyId"])}
	}
	return list, nil
}

// publicKey opens an EncryptedPrivateKeyInfo and returns its public half.
func (o *pfxOpener) publicKey(shrouded []byte) (public any, err error) {
	defer recovered(&err)
	key, _, _, err := pkcs12.DecodeChain(o.frame(plainPart(wrapped(oidShroudedBag, shrouded), o.cert)), o.password.text)
	if err != nil {
		return nil, err
	}
	return publicHalf(key)
}

// recovered makes a panic of the library an error.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the PKCS#12 library gave up: %v", p)
	}
}

// frame makes a PFX of parts, with a MAC of one round that tells the library in
// which of its two forms an empty password is.
func (o *pfxOpener) frame(parts ...[]byte) []byte {
	var content cryptobyte.Builder
	content.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, part := range parts {
			b.AddBytes(part)
		}
	})
	safe := content.BytesOrPanic()
	salt := make([]byte, 8)
	mac := hmac.New(sha1.New, macKey(sha1.New, salt, o.password.bmp, 1))
	mac.Write(safe)
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(3)
		b.AddBytes(wrapped(oidData, octetString(safe)))
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					addOID(b, "1.3.14.3.2.26")
					b.AddASN1NULL()
				})
				b.AddASN1OctetString(mac.Sum(nil))
			})
			b.AddASN1OctetString(salt)
		})
	})
	return b.BytesOrPanic()
}

// plainPart makes a ContentInfo of bags.
func plainPart(bags ...[]byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, bag := range bags {
			b.AddBytes(bag)
		}
	})
	return wrapped(oidData, octetString(b.BytesOrPanic()))
}

// wrapped is a SEQUENCE of an object identifier and, in a [0], a value: the
// frame of ContentInfo, SafeBag and CertBag alike.
func wrapped(kind string, value []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addOID(b, kind)
		b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { b.AddBytes(value) })
	})
	return b.BytesOrPanic()
}

func octetString(value []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1OctetString(value)
	return b.BytesOrPanic()
}

// addOID adds one of the object identifiers of this package.
func addOID(b *cryptobyte.Builder, dotted string) {
	oid, err := x509.ParseOID(dotted)
	if err != nil {
		b.SetError(err)
		return
	}
	body, err := oid.MarshalBinary()
	if err != nil {
		b.SetError(err)
		return
	}
	b.AddASN1(asn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(body) })
}
