package report

import (
	"strings"

	"pstest/limits"
)

// labelled is where the text of a labelled line begins.
const labelled = 12

// problem is a root cause with what stands behind it.
type problem struct {
	limits.Finding
	behind  []limits.Finding // broken because of it
	unheard []limits.Finding // unknown because of it
}

// group puts every broken finding under its root cause, in the findings'
// order; those in the way of a route come first. Broken advice is kept apart.
func group(findings []limits.Finding) (roots []problem, advice []limits.Finding) {
	at := map[string]int{}
	for _, f := range findings {
		switch {
		case f.Verdict != limits.Broken:
		case f.Kind == limits.Advice && f.Because == "":
			advice = append(advice, f)
		case rootOf(findings, f) == f.ID:
			at[f.ID] = len(roots)
			roots = append(roots, problem{Finding: f})
		}
	}
	for _, f := range findings {
		i, ok := at[rootOf(findings, f)]
		switch {
		case !ok || f.ID == roots[i].ID:
		case f.Verdict == limits.Broken:
			roots[i].behind = append(roots[i].behind, f)
		case f.Verdict == limits.Unknown:
			roots[i].unheard = append(roots[i].unheard, f)
		}
	}
	return blockersFirst(roots), advice
}

func blockersFirst(all []problem) []problem {
	var first, rest []problem
	for _, p := range all {
		if len(p.Routes) > 0 {
			first = append(first, p)
		} else {
			rest = append(rest, p)
		}
	}
	return append(first, rest...)
}

// rootOf follows Because to the broken finding at its end; the finding's own
// id where nothing broken is behind it. A circle ends where it closes.
func rootOf(findings []limits.Finding, f limits.Finding) string {
	seen := map[string]bool{f.ID: true}
	for f.Because != "" && !seen[f.Because] {
		next, ok := find(findings, f.Because)
		if !ok || next.Verdict != limits.Broken {
			break
		}
		seen[next.ID] = true
		f = next
	}
	return f.ID
}

func find(findings []limits.Finding, id string) (limits.Finding, bool) {
	for _, f := range findings {
		if f.ID == id {
			return f, true
		}
	}
	return limits.Finding{}, false
}

// problems writes the root causes with evidence, reason, fix and consequences.
func (p *paper) problems(r Report) {
	roots, _ := group(r.Findings)
	if len(roots) == 0 {
		p.title(nothingWrong(r))
		return
	}
	p.title(plural(len(roots), "problem"))
	for i, pr := range roots {
		if i > 0 {
			p.gap()
		}
		p.finding(pr.Finding, mark{"✗", "x", red})
		for _, f := range pr.behind {
			p.label("then", sentence(f)+p.color(dim, " ["+safe(f.ID)+"]"))
		}
		if len(pr.unheard) > 0 {
			p.label("then", "could not be judged: "+idList(pr.unheard))
		}
	}
}

func nothingWrong(r Report) string {
	if r.Status == limits.StatusUnknown {
		return "No problem found, and nothing proven"
	}
	return "No problems found"
}

// advice writes what works and should not be left so.
func (p *paper) advice(r Report) {
	_, advice := group(r.Findings)
	if len(advice) == 0 {
		return
	}
	p.title("Worth doing")
	for i, f := range advice {
		if i > 0 {
			p.gap()
		}
		p.finding(f, mark{"!", "!", yellow})
	}
}

// finding writes one finding with everything that it knows.
func (p *paper) finding(f limits.Finding, m mark) {
	id := "[" + safe(f.ID) + "]"
	head := p.mark(m) + " " + p.color(bold, sentence(f))
	if columns(head)+2+columns(id) <= p.o.Width {
		head = pad(head, p.o.Width-columns(id)) + p.color(dim, id)
		p.line(head)
	} else {
		p.wrap(p.mark(m), 2, p.color(bold, sentence(f))+" "+p.color(dim, id))
	}
	p.seen(f.Evidence)
	p.label("why", safe(f.Why))
	p.hypotheses(f.Hypotheses)
	p.fixes(f)
	p.label("source", source(safe(f.Source)))
	p.label("since", safe(f.Since))
}

// source says that what no document states comes from practice.
func source(s string) string {
	if what, ok := strings.CutPrefix(s, limits.Field+", "); ok {
		return "what people meet in the field: " + strings.Trim(what, `"`)
	}
	return s
}

// sentence is the headline with a capital letter, or the title.
func sentence(f limits.Finding) string {
	s := f.Headline
	if s == "" {
		s = f.Title
	}
	return capital(safe(s))
}

func capital(s string) string {
	if s != "" && 'a' <= s[0] && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}

// label writes one labelled paragraph; an empty text writes nothing.
func (p *paper) label(name, text string) {
	if text == "" {
		return
	}
	p.wrap("    "+p.color(dim, name), labelled, text)
}

// seen writes the evidence: on one line where it fits, else as a table.
func (p *paper) seen(evidence []limits.Evidence) {
	var parts []string
	wide := 0
	for _, e := range evidence {
		parts = append(parts, strings.TrimSpace(safe(e.Label)+" "+safe(e.Value)))
		wide = max(wide, columns(safe(e.Label)))
	}
	if one := strings.Join(parts, "; "); labelled+columns(one) <= p.o.Width {
		p.label("seen", one)
		return
	}
	wide = min(wide, 30)
	for i, e := range evidence {
		name := ""
		if i == 0 {
			name = "seen"
		}
		prefix := pad("    "+p.color(dim, name), labelled) + pad(safe(e.Label), wide)
		p.wrap(prefix, labelled+wide+2, safe(e.Value))
	}
}
