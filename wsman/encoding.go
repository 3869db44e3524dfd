package wsman

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// toUTF8 makes UTF-8 without a byte order mark of a message in UTF-8 or UTF-16. Without a mark, UTF-16 is
// known by its first character (XML 1.0 appendix F.1).
func toUTF8(body []byte) ([]byte, error) {
	switch {
	case len(body) == 0:
		return nil, fmt.Errorf("%w: empty", ErrMalformed)
	case len(body) > MaxBody:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, MaxBody)
	case bytes.HasPrefix(body, []byte{0xef, 0xbb, 0xbf}):
		return body[3:], nil
	case bytes.HasPrefix(body, []byte{0xff, 0xfe}):
		return fromUTF16(body[2:], binary.LittleEndian)
	case bytes.HasPrefix(body, []byte{0xfe, 0xff}):
		return fromUTF16(body[2:], binary.BigEndian)
	case bytes.HasPrefix(body, []byte{'<', 0}):
		return fromUTF16(body, binary.LittleEndian)
	case bytes.HasPrefix(body, []byte{0, '<'}):
		return fromUTF16(body, binary.BigEndian)
	}
	return body, nil
}

// fromUTF16 decodes b; a surrogate without its other half is an error.
func fromUTF16(b []byte, order binary.ByteOrder) ([]byte, error) {
	if len(b)%2 != 0 {
		return nil, fmt.Errorf("%w: UTF-16 with an odd number of bytes", ErrMalformed)
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i += 2 {
		r := rune(order.Uint16(b[i:]))
		if utf16.IsSurrogate(r) {
			i += 2
			if i == len(b) {
				return nil, lone(i - 2)
			}
			if r = utf16.DecodeRune(r, rune(order.Uint16(b[i:]))); r == utf8.RuneError {
				return nil, lone(i - 2)
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out, nil
}

func lone(at int) error {
	return fmt.Errorf("%w: half of a UTF-16 surrogate pair at byte %d", ErrMalformed, at)
}
