package report

import (
	"strings"

	"pstest/limits"
)

// maxLabel is the widest label that has a column of its own.
const maxLabel = 32

// seen writes the evidence: on one line where it fits, else as a table.
func (p *paper) seen(evidence []limits.Evidence) {
	var parts []string
	wide := 0
	for _, e := range evidence {
		parts = append(parts, strings.TrimSpace(safe(e.Label)+" "+safe(e.Value)))
		if n := columns(safe(e.Label)); n <= maxLabel {
			wide = max(wide, n)
		}
	}
	if one := strings.Join(parts, "; "); labelled+columns(one) <= p.o.Width {
		p.label("seen", one)
		return
	}
	name := "seen"
	for _, e := range evidence {
		p.evidence(name, wide, e)
		name = ""
	}
}

// evidence writes one row. A label that is wider than its column has lines of
// its own, and so has a value with a word that is wider than what is left.
func (p *paper) evidence(name string, wide int, e limits.Evidence) {
	label, value := safe(e.Label), safe(e.Value)
	prefix := pad("    "+p.color(dim, name), labelled)
	hang := labelled + wide + 2
	if columns(label) > wide || longest(value) > p.o.Width-hang {
		for i, l := range chop(label, p.o.Width-labelled) {
			if i > 0 {
				prefix = ""
			}
			p.line(pad(prefix, labelled) + l)
		}
		for _, l := range chop(value, p.o.Width-labelled-2) {
			p.wrap("", labelled+2, l)
		}
		return
	}
	p.wrap(prefix+pad(label, wide), hang, value)
}

// longest is the widest word of a text.
func longest(text string) int {
	wide := 0
	for _, w := range strings.Fields(text) {
		wide = max(wide, columns(w))
	}
	return wide
}

// chop cuts a text into lines of at most wide runes, at spaces where it can.
func chop(text string, wide int) []string {
	var out []string
	for _, l := range fill(text, wide, 0) {
		for r := []rune(l); len(r) > 0; r = r[min(len(r), wide):] {
			out = append(out, string(r[:min(len(r), wide)]))
		}
	}
	return out
}
