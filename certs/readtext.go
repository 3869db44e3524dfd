package certs

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// plainText makes text in UTF-16 with a byte order mark into UTF-8, and takes
// away the mark of UTF-8; anything else is left as it is.
func (r *reader) plainText(data []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		order = binary.BigEndian
	default:
		return data
	}
	r.warn("the file is text in UTF-16; few programs beside those of Windows read certificates from such a file")
	units := make([]uint16, 0, len(data)/2)
	for rest := data[2:]; len(rest) >= 2; rest = rest[2:] {
		units = append(units, order.Uint16(rest))
	}
	return []byte(string(utf16.Decode(units)))
}

// wholeDER tells that data begins with a complete SEQUENCE in DER, whose first
// element is one with which what is read here can begin. Text that begins with
// the digit 0 has the first octet of one too.
func wholeDER(data []byte) bool {
	var body, first cryptobyte.String
	var tag asn1.Tag
	input := cryptobyte.String(data)
	return input.ReadASN1(&body, asn1.SEQUENCE) && body.ReadAnyASN1(&first, &tag) &&
		(tag == asn1.SEQUENCE || tag == asn1.INTEGER || tag == asn1.OBJECT_IDENTIFIER)
}

func hasPEM(data []byte) bool { return bytes.Contains(data, []byte("-----BEGIN ")) }

// readOther reads Base64 without the lines of PEM around it, and explains what
// else can't be read.
func (r *reader) readOther(data []byte) error {
	if data[0] == 0x30 && len(data) > 1 && data[1] == 0x80 {
		return errIndefinite
	}
	bare := bytes.Map(func(c rune) rune {
		if c == ' ' || c == '\r' || c == '\n' || c == '\t' {
			return -1
		}
		return c
	}, data)
	der := make([]byte, base64.StdEncoding.DecodedLen(len(bare)))
	n, err := base64.StdEncoding.Decode(der, bare)
	if err == nil && wholeDER(der[:n]) {
		r.warn("the file is Base64 without the lines of PEM around it")
		return r.readDER(der[:n])
	}
	if data[0] == 0x30 && (len(data) == 1 || data[1] >= 0x80) {
		return errCutShort
	}
	return errNotUnderstood
}
