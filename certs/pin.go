package certs

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"unicode"
)

// ParsePin reads a SHA-256 as people copy it: 64 hexadecimal digits in any case,
// with colons, dashes or spaces between them and "sha256:" before them or
// not; or curl's "sha256//" and base64. It returns 64 upper-case digits. An
// Inspection is pinned when they are the SHA-256 of the leaf or of its
// public key, which is what curl's form is of.
func ParsePin(s string) (string, error) {
	s = strings.Map(printable, strings.TrimSpace(s))
	var sum []byte
	var err error
	if text, ok := cutPrefixFold(s, "sha256//"); ok {
		sum, err = base64.StdEncoding.DecodeString(text)
	} else {
		text, _ := cutPrefixFold(s, "sha256:")
		sum, err = hex.DecodeString(strings.Map(digit, text))
	}
	switch {
	case err != nil:
		return "", errors.New("not a SHA-256 pin: wanted 64 hexadecimal digits, or sha256// and base64")
	case len(sum) == 20:
		return "", errors.New("not a SHA-256 pin: 40 digits are a SHA-1 thumbprint, as Windows lists it")
	case len(sum) != sha256.Size:
		return "", errors.New("not a SHA-256 pin: wanted 64 hexadecimal digits, or sha256// and base64")
	}
	return strings.ToUpper(hex.EncodeToString(sum)), nil
}

// printable drops the invisible mark (U+200E) that the certificate dialog of
// Windows puts before a thumbprint that is copied from it, and its like.
func printable(r rune) rune {
	if unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

// digit drops what separates digits.
func digit(r rune) rune {
	if r == ':' || r == '-' || unicode.IsSpace(r) {
		return -1
	}
	return r
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// pinned tells that a pin as ParsePin returns it is the leaf's, or its key's.
func pinned(leaf parsed, pin string) bool {
	if len(pin) != 2*sha256.Size {
		return false
	}
	pin = strings.ToUpper(pin)
	if subtle.ConstantTimeCompare([]byte(pin), []byte(thumbprint(leaf.der))) == 1 {
		return true
	}
	return leaf.cert != nil && len(leaf.cert.RawSubjectPublicKeyInfo) > 0 &&
		subtle.ConstantTimeCompare([]byte(pin), []byte(thumbprint(leaf.cert.RawSubjectPublicKeyInfo))) == 1
}
