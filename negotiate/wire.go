package negotiate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
)

// maxToken bounds every token and message that is read: a security buffer cannot describe more (16-bit lengths).
const maxToken = 64 << 10

// signature opens each NTLM message (MS-NLMP 2.2.1).
const signature = "NTLMSSP\x00"

// message is one NTLM message as it came; its readers check every bound.
type message []byte

// open checks size, signature and type. least is the length of the shortest header.
func open(b []byte, kind uint32, least int) (message, error) {
	switch {
	case len(b) > maxToken:
		return nil, fmt.Errorf("%d bytes, more than the %d that a message can have", len(b), maxToken)
	case len(b) < least:
		return nil, fmt.Errorf("%d bytes, its header alone has %d", len(b), least)
	case string(b[:8]) != signature:
		return nil, errors.New("does not begin with NTLMSSP")
	}
	if got := binary.LittleEndian.Uint32(b[8:]); got != kind {
		return nil, fmt.Errorf("message type %d where %d was expected", got, kind)
	}
	return message(b), nil
}

func (m message) uint32(at int) uint32 { return binary.LittleEndian.Uint32(m[at:]) }

// slot returns the payload that the descriptor at the given place names (length, maximum length, offset). An empty one
// is nil whatever its offset; others must lie behind the header and inside the message.
func (m message) slot(at, header int) ([]byte, error) {
	size, from := int(binary.LittleEndian.Uint16(m[at:])), int64(m.uint32(at+4))
	if size == 0 {
		return nil, nil
	}
	if from < int64(header) || from+int64(size) > int64(len(m)) {
		return nil, fmt.Errorf("%d bytes at %d lie outside the payload (%d to %d)", size, from, header, len(m))
	}
	return m[from : from+int64(size)], nil
}

// layout puts a message together: a header whose descriptors point into a payload.
type layout struct{ head, payload []byte }

func newLayout(kind uint32, header int) *layout {
	l := &layout{head: make([]byte, header)}
	copy(l.head, signature)
	l.put32(8, kind)
	return l
}

func (l *layout) put32(at int, v uint32) { binary.LittleEndian.PutUint32(l.head[at:], v) }

// slot appends v to the payload and describes it at the given place; v is under 64 KiB (callers check).
func (l *layout) slot(at int, v []byte) {
	binary.LittleEndian.PutUint16(l.head[at:], uint16(len(v)))
	binary.LittleEndian.PutUint16(l.head[at+2:], uint16(len(v)))
	l.put32(at+4, uint32(len(l.head)+len(l.payload)))
	l.payload = append(l.payload, v...)
}

// version writes MS-NLMP 2.2.2.10: product version and NTLM revision 15 (NTLMSSP_REVISION_W2K3).
func (l *layout) version(at int, major, minor uint8, build uint16) {
	l.head[at], l.head[at+1], l.head[at+7] = major, minor, 15
	binary.LittleEndian.PutUint16(l.head[at+2:], build)
}

func (l *layout) bytes() []byte { return append(l.head, l.payload...) }

// utf16le encodes text as NTLM carries it.
func utf16le(s string) []byte {
	units := utf16.Encode([]rune(s))
	out := make([]byte, 0, 2*len(units))
	for _, u := range units {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

// fromUTF16 decodes text exactly; an odd length is an error, a lone surrogate becomes U+FFFD.
func fromUTF16(b []byte) (string, error) {
	if len(b)%2 != 0 {
		return "", fmt.Errorf("text of %d bytes is not UTF-16", len(b))
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units)), nil
}

// oem encodes text for clients that do not speak Unicode: ASCII, and a question mark for everything else.
func oem(s string) []byte {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r < ' ' || r > '~' {
			r = '?'
		}
		out = append(out, byte(r))
	}
	return out
}

// fromOEM decodes text of such a client. Its code page is not known, so only printable ASCII can be read.
func fromOEM(b []byte) (string, error) {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return "", errors.New("OEM text that is not ASCII")
		}
	}
	return string(b), nil
}

// shown makes text of a peer fit to be kept: what cannot be printed becomes U+FFFD.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

// epochSeconds lie between 1601, where FILETIME begins, and 1970.
const epochSeconds = 11644473600

// fromFiletime reads 100 ns ticks since 1601 (MS-DTYP 2.3.3); past the year 9999 it is an error, such a time cannot be
// written as text.
func fromFiletime(b []byte) (time.Time, error) {
	ticks := binary.LittleEndian.Uint64(b)
	t := time.Unix(int64(ticks/1e7)-epochSeconds, int64(ticks%1e7)*100).UTC()
	if t.Year() > 9999 {
		return time.Time{}, fmt.Errorf("timestamp %#x lies past the year 9999", ticks)
	}
	return t, nil
}

// filetime is the opposite of fromFiletime; a time before 1601 counts as 1601.
func filetime(t time.Time) []byte {
	seconds := max(t.Unix()+epochSeconds, 0)
	ticks := uint64(seconds)*1e7 + uint64(t.Nanosecond()/100)
	return binary.LittleEndian.AppendUint64(nil, ticks)
}
