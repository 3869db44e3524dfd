package certs

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// pfxMAC is the MacData of a PFX (RFC 7292, section 4). It tells a wrong
// password from a damaged file.
type pfxMAC struct {
	kind   string // digest, or PBMAC1
	digest []byte
	salt   []byte
	rounds int64
	pbmac1 pbkdf2Params // of PBMAC1 (RFC 9579)
	hmac   string       // of PBMAC1
}

// pfxPassword is a password as the derivations of a PFX take it.
type pfxPassword struct {
	text string
	// bmp is UTF-16 with two zero octets behind it (RFC 7292, appendix B.1). For
	// no password at all some writers leave out those two.
	bmp []byte
}

// pfxPasswords are the forms of a password, the usual one first.
func pfxPasswords(text string) []pfxPassword {
	bmp := []byte{}
	for _, unit := range utf16.Encode([]rune(text)) {
		bmp = append(bmp, byte(unit>>8), byte(unit))
	}
	forms := []pfxPassword{{text, append(bmp, 0, 0)}}
	if text == "" {
		forms = append(forms, pfxPassword{})
	}
	return forms
}

func readMAC(data cryptobyte.String) (*pfxMAC, error) {
	var info, algorithm, digest cryptobyte.String
	if !data.ReadASN1(&info, asn1.SEQUENCE) || !info.ReadASN1(&algorithm, asn1.SEQUENCE) || !info.ReadASN1(&digest, asn1.OCTET_STRING) {
		return nil, errPFXFrame
	}
	m := &pfxMAC{kind: readOID(&algorithm), digest: digest}
	if m.kind == oidPBMAC1 {
		return m, m.readPBMAC1(algorithm)
	}
	if pfxHash(m.kind) == nil {
		return nil, fmt.Errorf("%w: its MAC uses the digest %s", ErrUnsupported, shown(m.kind))
	}
	var salt cryptobyte.String
	if !data.ReadASN1(&salt, asn1.OCTET_STRING) || len(salt) > maxSalt {
		return nil, errPFXFrame
	}
	m.salt, m.rounds = salt, 1
	if data.Empty() {
		return m, nil
	}
	var err error
	m.rounds, err = readRounds(&data)
	return m, err
}

// readPBMAC1 reads the parameters of RFC 9579, section 3, which asks for 20
// octets of key at least.
func (m *pfxMAC) readPBMAC1(algorithm cryptobyte.String) error {
	var params, kdf, mac cryptobyte.String
	if !algorithm.ReadASN1(&params, asn1.SEQUENCE) || !params.ReadASN1(&kdf, asn1.SEQUENCE) || !params.ReadASN1(&mac, asn1.SEQUENCE) {
		return errPFXFrame
	}
	var err error
	if m.pbmac1, err = readPBKDF2(kdf); err != nil {
		return err
	}
	m.rounds, m.hmac = m.pbmac1.rounds, readOID(&mac)
	if m.pbmac1.length < 20 || m.pbmac1.length > 64 {
		return fmt.Errorf("%w: the key of its MAC has %d octets", ErrUnsupported, m.pbmac1.length)
	}
	if pfxHash(m.hmac) == nil || pfxHash(m.pbmac1.prf) == nil {
		return fmt.Errorf("%w: its MAC uses %s and %s", ErrUnsupported, shown(m.hmac), shown(m.pbmac1.prf))
	}
	return nil
}

// pfxHash is the hash of a digest, or of an HMAC with it; nil: not one of those
// in use. Empty stands for HMAC with SHA-1, the default of PBKDF2.
func pfxHash(oid string) func() hash.Hash {
	switch oid {
	case "1.3.14.3.2.26", "1.2.840.113549.2.7", "":
		return sha1.New
	case "2.16.840.1.101.3.4.2.1", "1.2.840.113549.2.9":
		return sha256.New
	case "2.16.840.1.101.3.4.2.2", "1.2.840.113549.2.10":
		return sha512.New384
	case "2.16.840.1.101.3.4.2.3", "1.2.840.113549.2.11":
		return sha512.New
	}
	return nil
}

// fits tells whether a password makes this MAC of content.
func (m *pfxMAC) fits(content []byte, p pfxPassword) bool {
	key, sum := m.key(p), pfxHash(m.kind)
	if m.kind == oidPBMAC1 {
		sum = pfxHash(m.hmac)
	}
	mac := hmac.New(sum, key)
	mac.Write(content)
	return key != nil && hmac.Equal(mac.Sum(nil), m.digest)
}

// key derives the key of the MAC; nil: the library refuses to.
func (m *pfxMAC) key(p pfxPassword) []byte {
	if m.kind == oidPBMAC1 {
		d := m.pbmac1
		key, err := pbkdf2.Key(pfxHash(d.prf), p.text, d.salt, int(d.rounds), int(d.length))
		if err != nil {
			return nil
		}
		return key
	}
	return macKey(pfxHash(m.kind), m.salt, p.bmp, m.rounds)
}

// macKey is RFC 7292, appendix B.2, for the purpose 3 and a key that is as long
// as the hash, which takes its first block alone.
func macKey(sum func() hash.Hash, salt, password []byte, rounds int64) []byte {
	h := sum()
	h.Write(repeated([]byte{3}, h.BlockSize()))
	h.Write(repeated(salt, h.BlockSize()))
	h.Write(repeated(password, h.BlockSize()))
	key := h.Sum(nil)
	for range rounds - 1 {
		h.Reset()
		h.Write(key)
		key = h.Sum(key[:0])
	}
	return key
}

// repeated fills whole blocks with copies of b; nothing stays nothing.
func repeated(b []byte, block int) []byte {
	out := make([]byte, (len(b)+block-1)/block*block)
	for i := range out {
		out[i] = b[i%len(b)]
	}
	return out
}
