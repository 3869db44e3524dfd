package probe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText bounds a text that a host chose, in runes.
const maxText = 256

// Clean makes a text that a host chose safe for any terminal and any log:
// control, bidirectional, zero-width and invalid characters become visible
// escapes, and what is longer than max runes is cut with the mark "…".
// Every such text passes it before it enters Facts.
func Clean(s string, max int) string {
	var b strings.Builder
	n := 0
	for i := 0; i < len(s); n++ {
		if n == max {
			b.WriteString("…")
			break
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		writeSafe(&b, r, s[i:i+size])
		i += size
	}
	return b.String()
}

func writeSafe(b *strings.Builder, r rune, raw string) {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		fmt.Fprintf(b, `\x%02x`, raw[0])
	case r < 0x20 || r == 0x7f:
		fmt.Fprintf(b, `\x%02x`, r)
	case !unicode.IsPrint(r), blank(r):
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		b.WriteString(raw)
	}
}

// blank tells letters and symbols that look like a space and are none, with
// which a text could lay itself out as lines of its own.
func blank(r rune) bool {
	switch r {
	case 0x2800, 0x3164, 0xffa0, 0x115f, 0x1160:
		return true
	}
	return false
}

// clean is Clean with the usual bound.
func clean(s string) string { return Clean(s, maxText) }
