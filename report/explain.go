package report

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"pstest/limits"
	"pstest/probe"
)

// Page writes the page of one limit.
func Page(w io.Writer, l limits.Limit, o TextOptions) error {
	p := newPaper(w, o)
	p.wrap("", 0, p.color(bold, l.Title)+"  "+p.color(dim, "["+l.ID+"]"))
	p.gap()
	p.fact("what", kindWords(l)+", "+rows(l))
	p.fact("source", source(l.Source.String()))
	if l.Breaks != "" {
		p.fact("breaks", l.Breaks)
	}
	if len(l.Routes) > 0 {
		p.fact("stops", join(l.Routes))
	}
	if len(l.After) > 0 {
		p.fact("behind", strings.Join(l.After, ", ")+" (where one of them is broken, it speaks first)")
	}
	p.fact("judged", judgedBy(l))
	p.fact("broken", l.Broken)
	p.fact("why", l.Why)
	p.fixPart("On the host, in an elevated PowerShell", l.Fix.Windows)
	p.fixPart("On Linux or macOS", l.Fix.Client)
	if l.Since != "" {
		p.gap()
		p.fact("since", l.Since)
	}
	if hasBlanks(l) {
		p.gap()
		p.wrap("", 0, blanksNote)
	}
	return p.done()
}

// blanksNote explains what stands in braces in the catalogue's own fixes.
const blanksNote = "What stands in braces, such as {host}, is filled in by check."

// hasBlanks tells whether a fix has words in braces.
func hasBlanks(l limits.Limit) bool {
	blank := regexp.MustCompile(`\{[a-z]+\}`)
	return slices.ContainsFunc(slices.Concat(l.Fix.Windows, l.Fix.Client), blank.MatchString)
}

// heading is a source as a section's heading: with a capital, but for the name
// of a document.
func heading(s string) string {
	if strings.HasPrefix(s, "about_") {
		return s
	}
	return capital(s)
}

// factWide is where the text of a page's line begins.
const factWide = 9

func (p *paper) fact(name, text string) {
	if text != "" {
		p.wrap(p.color(dim, name), factWide, text)
	}
}

func (p *paper) fixPart(where string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.title(where)
	p.commands(2, lines)
}

// kindWords says what sort of thing the limit is.
func kindWords(l limits.Limit) string {
	switch l.Kind {
	case limits.Refusal:
		return "documented as not supported: a refusal is the expected result"
	case limits.Advice:
		return "advice: works without it, and should not be left so"
	default:
		return "must hold for a route to work"
	}
}

// rows says by which rows the catalogue knows the limit.
func rows(l limits.Limit) string {
	all := l.Field
	if l.Row != "" {
		all = append([]string{l.Row}, l.Field...)
	}
	text := "met in the field"
	if strings.HasPrefix(l.Row, "L") {
		text = "documented"
	}
	if len(all) == 0 {
		return text
	}
	return text + " (" + strings.Join(all, ", ") + ")"
}

// judgedBy says what a rule looks at, or why there is none.
func judgedBy(l limits.Limit) string {
	switch {
	case l.Check == nil && l.Later != "":
		return l.Later
	case l.Check == nil:
		return "explained only: nothing can be looked at from here"
	}
	var paths []string
	for _, n := range l.Needs {
		if n.Strength != limits.MayUse {
			paths = append(paths, string(n.Path))
		}
	}
	if len(paths) == 0 {
		return "from what you typed and what was seen"
	}
	return "from " + strings.Join(paths, ", ")
}

func join(routes []probe.Route) string {
	var out []string
	for _, r := range routes {
		out = append(out, string(r))
	}
	return strings.Join(out, ", ")
}

// Catalogue writes one line per limit, by section of the documentation.
func Catalogue(w io.Writer, all []limits.Limit, o TextOptions) error {
	p := newPaper(w, o)
	p.line("Every limit that pstest knows. " + p.mark(judgedMark()) + " is judged by check; the rest is explained.")
	wide, section := 0, ""
	for _, l := range all {
		wide = max(wide, columns(l.ID))
	}
	for _, l := range all {
		if s := source(l.Source.String()); s != section {
			section = s
			p.gap()
			p.wrap("", 0, p.color(bold, heading(section)))
		}
		sign := " "
		if l.Check != nil {
			sign = p.mark(judgedMark())
		}
		prefix := fmt.Sprintf("  %s %s %s", sign, pad(l.Row, 4), pad(l.ID, wide))
		p.wrap(prefix, 4+5+wide+2, l.Title)
	}
	p.gap()
	p.line("pstest explain ID says more, and takes a row such as L37 or a fault code too.")
	return p.done()
}

func judgedMark() mark { return mark{"✓", "+", green} }

// FaultPage writes what a fault code means.
func FaultPage(w io.Writer, f limits.FaultCode, o TextOptions) error {
	p := newPaper(w, o)
	p.wrap("", 0, p.color(bold, f.Name)+"  "+p.color(dim, fmt.Sprintf("[%d, 0x%08X]", f.Code, f.Code)))
	p.gap()
	p.fact("means", f.Meaning)
	p.fact("limit", f.Limit)
	p.fact("grade", f.Grade)
	p.fixPart("On the host, in an elevated PowerShell", f.Windows)
	p.fixPart("On Linux or macOS", f.Client)
	return p.done()
}
