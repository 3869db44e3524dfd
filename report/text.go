package report

import (
	"io"
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
	text := safe(strings.Join(answered(r.Facts), ", "))
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
	wide := 0
	for _, row := range r.Routes {
		wide = max(wide, columns(row.Title))
	}
	for _, row := range r.Routes {
		word, m := verdictWord(row.Verdict)
		prefix := "  " + p.mark(m) + " " + pad(safe(row.Title), wide+2) + p.color(m.paint, word)
		p.row(prefix, wide+6+9, safe(row.Why))
	}
	if !r.Facts.Account.Given() {
		p.wrap("    ", 4, "no account was given, so no route was proven: add -u USER")
	}
}

// verdictWord is the word of a route's verdict, at most eight columns, and its mark.
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
		return "untried", mark{"○", "o", yellow}
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

// connect writes the ready commands, each whole on a line of its own, those of
// one client together.
func (p *paper) connect(r Report) {
	if len(r.Connect) == 0 {
		return
	}
	p.title("Connect with")
	done := map[string]bool{}
	for _, c := range r.Connect {
		who := clientLine(c)
		if done[who] {
			continue
		}
		done[who] = true
		p.wrap("  ", 2, p.color(dim, who))
		for _, same := range r.Connect {
			if clientLine(same) == who {
				p.line("    " + safe(same.Line))
			}
		}
	}
}

func clientLine(c limits.Command) string {
	if c.Note == "" {
		return safe(c.Client)
	}
	return safe(c.Client) + ": " + safe(c.Note)
}
