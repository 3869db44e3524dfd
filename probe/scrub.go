package probe

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"sync"
	"unicode/utf16"

	"pstest/negotiate"
)

// redacted stands where a host sent back something that was secret.
const redacted = "[secret]"

// gram is the length of the shortest piece of a sent Authorization value that
// is recognised, in bytes.
const gram = 16

// scrubber takes out of a host's answers what they echo of our secrets: the
// password in the forms in which it travels or is commonly dumped, and any
// piece of an Authorization value that was sent. Safe for concurrent use.
type scrubber struct {
	forms [][]byte

	mu    sync.Mutex
	grams map[string]struct{}
}

// newScrubber knows the forms of a password. One of under four characters is
// not looked for by itself: it would be found everywhere.
func newScrubber(password negotiate.Secret) *scrubber {
	s := &scrubber{grams: map[string]struct{}{}}
	clear := password.Reveal()
	if len(clear) < 4 {
		return s
	}
	var wide []byte
	for _, u := range utf16.Encode([]rune(clear)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for _, raw := range [][]byte{[]byte(clear), wide} {
		h := hex.EncodeToString(raw)
		s.forms = append(s.forms, raw, []byte(h), []byte(strings.ToUpper(h)))
		for shift := range 3 {
			if coded := aligned(raw, shift); len(coded) >= 4 {
				s.forms = append(s.forms, coded)
			}
		}
	}
	return s
}

// aligned is the part of raw's base64 that is the same in every text that has
// raw at an offset of shift modulo three.
func aligned(raw []byte, shift int) []byte {
	coded := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), raw...))
	from, to := 0, len(coded)
	if shift > 0 {
		from = shift + 1
	}
	if (shift+len(raw))%3 != 0 {
		to--
	}
	return []byte(coded[min(from, to):to])
}

// sent remembers an Authorization value; the scheme's name is not secret.
func (s *scrubber) sent(value string) {
	_, token, _ := strings.Cut(value, " ")
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := 0; i+gram <= len(token); i++ {
		s.grams[token[i:i+gram]] = struct{}{}
	}
}

// clean returns the text without what is secret; the same slice where nothing is.
func (s *scrubber) clean(text []byte) []byte {
	for _, f := range s.forms {
		if bytes.Contains(text, f) {
			text = bytes.ReplaceAll(text, f, []byte(redacted))
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.grams) == 0 || len(text) < gram {
		return text
	}
	return s.cut(text)
}

// cut replaces every run of bytes that sent values cover.
func (s *scrubber) cut(text []byte) []byte {
	var out []byte
	from, end := 0, 0 // what is copied so far; the end of the run that is being cut
	for i := 0; i+gram <= len(text); i++ {
		if _, ok := s.grams[string(text[i:i+gram])]; !ok {
			continue
		}
		if i > end || end == 0 {
			out = append(append(out, text[from:max(from, i)]...), redacted...)
		}
		end = i + gram
		from = end
	}
	if end == 0 {
		return text
	}
	return append(out, text[from:]...)
}

// text is clean for a text that a host chose, ready to be shown.
func (s *scrubber) text(t string) string { return clean(string(s.clean([]byte(t)))) }

// answer scrubs everything of an answer that can be shown, but for the lines of
// WWW-Authenticate: their tokens are the protocol's and share bytes with ours,
// and what is shown of them is scrubbed where it is taken out.
func (s *scrubber) answer(a answer) answer {
	for name, values := range a.header {
		if name == "Www-Authenticate" {
			continue
		}
		for i, v := range values {
			a.header[name][i] = string(s.clean([]byte(v)))
		}
		if safe := string(s.clean([]byte(name))); safe != name {
			a.header[safe] = a.header[name]
			delete(a.header, name)
		}
	}
	a.body = s.clean(a.body)
	return a
}
