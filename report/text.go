package report

import (
	"io"
	"slices"
	"strings"

	"pstest/limits"
	"pstest/probe"
)

// Text writes the reports for people, each read top down, and behind several
// a closing line per host.
func Text(w io.Writer, reports []Report, o TextOptions) error {
	for i, r := range reports {
		if i > 0 {
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
		if err := One(w, r, o); err != nil {
			return err
		}
	}
	if len(reports) < 2 {
		return nil
	}
	lines := make([]Line, len(reports))
	for i, r := range reports {
		lines[i] = r.Line()
	}
	return Closing(w, lines, o)
}

// One writes the report of one host.
func One(w io.Writer, r Report, o TextOptions) error {
	p := newPaper(w, o)
	r = spoken(r)
	p.header(r)
	p.matrix(r)
	p.problems(r)
	p.advice(r)
	p.unseen(r)
	p.connect(r)
	return p.done()
}

// header names the host and what answered there.
func (p *paper) header(r Report) {
	who := safe(r.Host)
	if a := address(r.Facts); a != "" && a != r.Facts.Target.Host {
		who += " (" + safe(a) + ")"
	}
	text := p.letters(safe(strings.Join(answered(r.Facts), ", ")))
	switch {
	case text == "":
		p.line(p.color(bold, who))
	case columns(who)+2+columns(text) <= p.o.Width:
		p.line(p.color(bold, who) + "  " + text)
	default:
		p.line(p.color(bold, who))
		p.wrap("  ", 2, text)
	}
	if s := r.Facts.Stopped; s != "" {
		p.line(p.color(yellow, "stopped early: "+safe(s)+"; this is what was found so far"))
	}
}

// matrix writes what works from here: route by verdict.
func (p *paper) matrix(r Report) {
	if len(r.Routes) == 0 {
		return
	}
	p.title("What works from here")
	wide, word := 0, 0
	for _, row := range r.Routes {
		verdict, _ := verdictWord(row.Verdict)
		wide, word = max(wide, columns(safe(row.Title))), max(word, columns(verdict))
	}
	for i, row := range r.Routes {
		verdict, m := verdictWord(row.Verdict)
		prefix := "  " + p.mark(m) + " " + pad(safe(row.Title), wide+2) + p.color(m.paint, verdict)
		why := safe(row.Why)
		if i > 0 && repeats(r.Routes[i-1], row) {
			why = "same"
		}
		p.row(prefix, 4+wide+2+word+2, why)
	}
	for _, note := range notes(r) {
		p.wrap("    ", 4, safe(note))
	}
}

// repeats tells whether a row says what the one above it says.
func repeats(above, row limits.RouteResult) bool {
	return row.Why == above.Why && row.Verdict == above.Verdict && row.Verdict != limits.Works
}

// notes are the remarks below the matrix.
func notes(r Report) []string {
	if r.Facts.Account.Given() {
		return r.Notes
	}
	return append([]string{"no account was given, so no route was proven: add -u USER"}, r.Notes...)
}

// verdictWord is the word of a route's verdict, at most nine columns, and its mark.
func verdictWord(v limits.RouteVerdict) (string, mark) {
	switch v {
	case limits.Works:
		return "works", mark{"✓", "+", green}
	case limits.RefusedAsDocumented:
		return "refused", mark{"–", "-", dim}
	case limits.Exposed:
		return "exposed", mark{"!", "!", yellow}
	case limits.Blocked:
		return "blocked", mark{"✗", "x", red}
	case limits.Open:
		return "open", mark{"◐", "~", yellow}
	case limits.NotTried:
		return "not tried", mark{"○", "o", yellow}
	case limits.NotAsked:
		return "-", mark{"·", ".", dim}
	default:
		return "unknown", mark{"?", "?", yellow}
	}
}

// address is the first address that was tried or resolved.
func address(f *probe.Facts) string {
	for _, d := range []probe.Observed[probe.Dial]{f.HTTPS.Dial, f.HTTP.Dial} {
		if d.Value.Address != "" {
			return d.Value.Address
		}
	}
	if len(f.Resolve.Value.Addresses) > 0 {
		return f.Resolve.Value.Addresses[0]
	}
	return ""
}

// connect writes the ready commands, each whole on a line of its own, by client
// and note, and once what holds for all of them.
func (p *paper) connect(r Report) {
	if len(r.Connect) == 0 {
		return
	}
	p.title("Connect with")
	for _, client := range distinct(r.Connect, clientOf) {
		p.wrap("  ", 2, p.color(dim, safe(client)))
		own := slices.DeleteFunc(slices.Clone(r.Connect), func(c limits.Command) bool { return c.Client != client })
		for _, note := range distinct(own, noteOf) {
			if note != "" {
				p.remark(4, safe(note))
			}
			for _, c := range own {
				if c.Note == note {
					p.line("    " + safe(c.Line))
				}
			}
		}
	}
	for _, note := range r.ConnectNotes {
		p.wrap("  ", 2, p.color(dim, capital(safe(note))))
	}
}

func clientOf(c limits.Command) string { return c.Client }
func noteOf(c limits.Command) string   { return c.Note }

// distinct are the different keys of commands, the empty one first, else in
// their order.
func distinct(commands []limits.Command, key func(limits.Command) string) []string {
	var out []string
	for _, c := range commands {
		switch k := key(c); {
		case slices.Contains(out, k):
		case k == "":
			out = slices.Insert(out, 0, k)
		default:
			out = append(out, k)
		}
	}
	return out
}
