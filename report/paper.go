package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"pstest/probe"
)

// TextOptions say how text is laid out.
type TextOptions struct {
	Width int  // columns; 0: 80; below 40 it is 40
	Color bool // SGR colours: decided by the caller (a terminal, NO_COLOR unset)
	ASCII bool // plain marks
}

// paper is what text is written on: it wraps, marks and colours. The first
// error of the writer behind it comes back from done.
type paper struct {
	w *bufio.Writer
	o TextOptions
}

func newPaper(w io.Writer, o TextOptions) *paper {
	if o.Width == 0 {
		o.Width = 80
	}
	o.Width = max(o.Width, 40)
	return &paper{w: bufio.NewWriter(w), o: o}
}

func (p *paper) done() error { return p.w.Flush() }

// line writes one line as it is, however long: commands that are to be pasted.
func (p *paper) line(s string) {
	p.w.WriteString(strings.TrimRight(s, " "))
	p.w.WriteByte('\n')
}

func (p *paper) gap() { p.w.WriteByte('\n') }

// row writes a table's row whose last cell is wrapped below itself, or on lines
// of its own where the width leaves too little room.
func (p *paper) row(prefix string, hang int, last string) {
	if p.o.Width-hang >= 24 {
		p.wrap(prefix, hang, last)
		return
	}
	p.line(prefix)
	p.wrap("", 6, last)
}

// wrap writes text behind a prefix; further lines are indented to hang columns.
func (p *paper) wrap(prefix string, hang int, text string) {
	for i, l := range fill(text, p.o.Width, hang) {
		if i == 0 {
			p.line(pad(prefix, hang) + l)
			continue
		}
		p.line(strings.Repeat(" ", hang) + l)
	}
}

// Fill breaks text into lines of at most width columns, of which the first hang
// are left to the caller. There is always at least one line.
func Fill(text string, width, hang int) []string { return fill(text, width, hang) }

// fill breaks text into lines that fit between hang and width. A word that
// does not fit, and what stands between backquotes, stays whole.
func fill(text string, width, hang int) []string {
	room := max(width-hang, 20)
	var lines []string
	line := ""
	for _, word := range words(text) {
		switch {
		case line == "":
			line = word
		case columns(line)+1+columns(word) <= room:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

// words splits at spaces outside of backquotes, which hold what is to be typed.
func words(text string) []string {
	quoted := false
	return strings.FieldsFunc(text, func(r rune) bool {
		if r == '`' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
}

// columns counts what a terminal shows of s: runes, without combining marks
// and without our own colours.
func columns(s string) int {
	n, sgr := 0, false
	for _, r := range s {
		switch {
		case r == '\x1b':
			sgr = true
		case sgr:
			sgr = r != 'm'
		case !unicode.In(r, unicode.Mn, unicode.Me):
			n++
		}
	}
	return n
}

// remark writes a comment; each of its lines can be pasted as one.
func (p *paper) remark(indent int, text string) {
	for _, l := range fill(text, p.o.Width, indent+2) {
		p.line(pad("", indent) + "# " + l)
	}
}

// pad fills s with spaces up to n columns; a longer s gets one space.
func pad(s string, n int) string {
	have := columns(s)
	if have > n {
		return s + " "
	}
	return s + strings.Repeat(" ", n-have)
}

// paint is one SGR colour.
type paint string

const (
	plain  paint = ""
	bold   paint = "1"
	dim    paint = "2"
	red    paint = "31"
	green  paint = "32"
	yellow paint = "33"
)

func (p *paper) color(c paint, s string) string {
	if !p.o.Color || c == plain || s == "" {
		return s
	}
	return "\x1b[" + string(c) + "m" + s + "\x1b[0m"
}

// mark is a sign in front of a line, in both alphabets.
type mark struct {
	sign, ascii string
	paint       paint
}

func (p *paper) mark(m mark) string {
	if p.o.ASCII {
		return p.color(m.paint, m.ascii)
	}
	return p.color(m.paint, m.sign)
}

// letters is text of ours with marks that the asked alphabet has.
func (p *paper) letters(s string) string {
	if !p.o.ASCII {
		return s
	}
	return strings.NewReplacer("“", `"`, "”", `"`, "…", "...").Replace(s)
}

// title writes a section's heading behind an empty line.
func (p *paper) title(s string) {
	p.gap()
	p.line(p.color(bold, s))
}

// safe makes a text of foreign origin fit for a terminal. Facts were cleaned
// when they were recorded; a saved report may have been changed since.
func safe(s string) string { return probe.Clean(s, maxText) }

// maxText bounds one text of a report, in runes.
const maxText = 1 << 14

// plural writes "1 problem", "2 problems".
func plural(n int, noun string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s", noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
