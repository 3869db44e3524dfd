package certs

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"
	"time"
	"unicode/utf8"
)

// shown makes a string of a host fit to be kept: valid UTF-8, at most MaxRunes
// runes, "…" last when it was cut.
func shown(s string) string {
	cut := len(s) > MaxRunes*utf8.UTFMax
	if cut {
		s = s[:MaxRunes*utf8.UTFMax]
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	runes := []rune(s)
	if cut || len(runes) > MaxRunes {
		return string(runes[:min(len(runes), MaxRunes-1)]) + "…"
	}
	return s
}

// listed bounds a list to limit entries that are fit to be kept, and counts the
// rest. An empty list is nil.
func listed(in []string, limit int) (out []string, left int) {
	if len(in) > limit {
		left = len(in) - limit
		in = in[:limit]
	}
	for _, s := range in {
		out = append(out, shown(s))
	}
	return out, left
}

// distinguished writes a name as RFC 2253 does. Only the last 32 parts of a
// longer name, of which each may have 8 values, are written: the most specific
// ones, which come first.
func distinguished(raw []byte) string {
	var name pkix.RDNSequence
	if rest, err := asn1.Unmarshal(raw, &name); err != nil || len(rest) > 0 {
		return ""
	}
	name = name[max(0, len(name)-32):]
	for i := range name {
		name[i] = name[i][:min(len(name[i]), 8)]
		for j := range name[i] {
			if s, ok := name[i][j].Value.(string); ok {
				name[i][j].Value = shown(s)
			}
		}
	}
	return shown(name.String())
}

// moment makes a time fit for JSON: UTC, and within the years that it can say.
func moment(t time.Time) time.Time {
	t = t.UTC()
	if t.Year() > 9999 {
		return time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	}
	if t.Year() < 1 {
		return time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t
}
