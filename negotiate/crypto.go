package negotiate

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"fmt"
	"unicode"

	"golang.org/x/crypto/md4" //lint:ignore SA1019 NTLM is defined with MD4 (MS-NLMP 3.3.1)
)

// NTOWFv2 is the response key of MS-NLMP 3.3.2. The user is upper-cased here; the domain counts as it is spelled. The
// error is ErrFIPS.
func NTOWFv2(user, domain string, password Secret) ([]byte, error) {
	if err := Available(); err != nil {
		return nil, err
	}
	h := md4.New()
	_, _ = h.Write(utf16le(password.Reveal())) // a hash never fails to write
	return hmacMD5(h.Sum(nil), utf16le(upper(user)), utf16le(domain)), nil
}

// NTProof is the NTProofStr of MS-NLMP 3.3.2: key is the response key, blob what follows the proof in the NT response.
// The error is ErrFIPS.
func NTProof(key []byte, serverChallenge [8]byte, blob []byte) ([]byte, error) {
	if err := Available(); err != nil {
		return nil, err
	}
	return hmacMD5(key, serverChallenge[:], blob), nil
}

// SessionBaseKey is the key that NTLMv2 derives from the proof (MS-NLMP 3.3.2); without key exchange it is the exported
// session key too. The error is ErrFIPS.
func SessionBaseKey(key, proof []byte) ([]byte, error) {
	if err := Available(); err != nil {
		return nil, err
	}
	return hmacMD5(key, proof), nil
}

// hmacMD5 panics under fips140=only; every exported way here asks Available first.
func hmacMD5(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, part := range parts {
		_, _ = h.Write(part) // a hash never fails to write
	}
	return h.Sum(nil)
}

// rc4k encrypts, and decrypts, a session key (MS-NLMP 6, RC4K).
func rc4k(key, data []byte) ([]byte, error) {
	c, err := rc4.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("set up RC4: %w", err)
	}
	out := make([]byte, len(data))
	c.XORKeyStream(out, data)
	return out, nil
}

// micAt is where the MIC lies in a type 3 message that has one (MS-NLMP 2.2.1.3).
const micAt = 72

// messageMIC computes the MIC over the three messages of a handshake with the MIC of the third taken as zero (MS-NLMP
// 3.1.5.1.2). The third is at least 88 bytes.
func messageMIC(key, type1, type2, type3 []byte) []byte {
	return hmacMD5(key, type1, type2, type3[:micAt], make([]byte, 16), type3[micAt+16:])
}

// upper maps each character of the Basic Multilingual Plane on its own, as Windows does with account names.
func upper(s string) string {
	runes := []rune(s)
	for i, r := range runes {
		if u := unicode.ToUpper(r); r <= 0xFFFF && u <= 0xFFFF {
			runes[i] = u
		}
	}
	return string(runes)
}

// BindingsHash is the value of the channel bindings pair: MD5 over a gss_channel_bindings_struct that carries application
// data alone (MS-NLMP 2.2.2.1, RFC 2744 3.11). No data (nil) has no hash: the result is nil. The error is ErrFIPS.
func BindingsHash(data []byte) ([]byte, error) {
	if err := Available(); err != nil || data == nil {
		return nil, err
	}
	b := binary.LittleEndian.AppendUint32(make([]byte, 16), uint32(len(data))) // 16: both addresses absent
	sum := md5.Sum(append(b, data...))
	return sum[:], nil
}
