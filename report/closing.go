package report

import (
	"io"
	"strings"

	"pstest/limits"
)

// Line is one host in the closing summary.
type Line struct {
	Host   string
	Status limits.Status
	Says   string // the routes that work, and the first problem, else the first advice
}

// Line sums the report up.
func (r Report) Line() Line {
	l := Line{Host: safe(r.Host), Status: r.Status}
	var says, works []string
	for _, row := range r.Routes {
		if row.Verdict == limits.Works {
			works = append(works, string(row.Route))
		}
	}
	if len(works) > 0 {
		says = append(says, strings.Join(works, ", "))
	}
	switch roots, advice := group(r.Judgement); {
	case len(roots) > 0:
		says = append(says, lead(roots[0].Finding)+" ["+roots[0].ID+"]")
	case len(advice) > 0:
		says = append(says, "worth doing: "+lead(advice[0].Finding)+" ["+advice[0].ID+"]")
	}
	if len(says) == 0 {
		says = []string{"nothing proven"}
	}
	l.Says = safe(strings.Join(says, "; "))
	return l
}

// lead is the headline of a finding, or its title where it has none.
func lead(f limits.Finding) string {
	if f.Headline == "" {
		return f.Title
	}
	return f.Headline
}

// Closing writes one line per host.
func Closing(w io.Writer, lines []Line, o TextOptions) error {
	p := newPaper(w, o)
	p.title(plural(len(lines), "host"))
	wide := 0
	for _, l := range lines {
		wide = max(wide, columns(l.Host))
	}
	for _, l := range lines {
		word, m := statusWord(l.Status)
		prefix := "  " + p.mark(m) + " " + pad(l.Host, wide+2) + p.color(m.paint, word)
		p.row(prefix, wide+6+9, l.Says)
	}
	return p.done()
}

// statusWord is the word of a host's status, at most eight columns, and its mark.
func statusWord(s limits.Status) (string, mark) {
	switch s {
	case limits.StatusWorks:
		return "works", mark{"✓", "+", green}
	case limits.StatusBroken:
		return "broken", mark{"✗", "x", red}
	case limits.StatusUnknown:
		return "unknown", mark{"?", "?", yellow}
	default:
		return "bug", mark{"!", "!", red}
	}
}
