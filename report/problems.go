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

// group puts every broken and unknown finding under its root cause, in the
// judgement's order. What only advises is kept apart.
func group(j limits.Judgement) (roots, advice []problem) {
	for _, id := range j.Problems {
		f, ok := find(j.Findings, id)
		if !ok {
			continue
		}
		p := problem{Finding: f}
		for _, other := range j.Findings {
			p.take(j.Findings, other)
		}
		if advises(f) {
			advice = append(advice, p)
		} else {
			roots = append(roots, p)
		}
	}
	return roots, advice
}

// take keeps another finding where this one is the root cause of it.
func (p *problem) take(all []limits.Finding, f limits.Finding) {
	switch {
	case f.ID == p.ID || f.Unasked || rootOf(all, f) != p.ID:
	case f.Verdict == limits.Broken:
		p.behind = append(p.behind, f)
	case f.Verdict == limits.Unknown:
		p.unheard = append(p.unheard, f)
	}
}

// advises tells whether a broken finding stands in no route's way.
func advises(f limits.Finding) bool { return f.Kind == limits.Advice && len(f.Routes) == 0 }

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
	roots, _ := group(r.Judgement)
	if len(roots) == 0 {
		p.title(nothingWrong(r))
	} else {
		p.title(plural(len(roots), "problem"))
	}
	p.list(roots, mark{"✗", "x", red})
	p.unasked(r.Findings)
}

// list writes findings one below the other.
func (p *paper) list(all []problem, m mark) {
	for i, pr := range all {
		if i > 0 {
			p.gap()
		}
		p.finding(pr.Finding, m)
		for _, f := range pr.behind {
			p.label("then", sentence(f)+p.color(dim, " ["+safe(f.ID)+"]"))
		}
		if n := len(pr.unheard); n > 0 {
			p.label("then", unheard(pr.unheard))
		}
	}
}

// unheard says what could not be judged: by name where that is little.
func unheard(findings []limits.Finding) string {
	if len(findings) > fewest {
		return plural(len(findings), "limit") + " could not be judged"
	}
	return "could not be judged: " + fewIDs(findings)
}

// unasked names what is broken on routes that the user did not ask for.
func (p *paper) unasked(findings []limits.Finding) {
	var left []limits.Finding
	for _, f := range findings {
		if f.Unasked && f.Verdict == limits.Broken {
			left = append(left, f)
		}
	}
	if n := len(left); n > 0 {
		p.gap()
		p.wrap("", 0, plural(n, "further problem")+" on routes that were not asked for "+p.color(dim, "["+fewIDs(left)+"]"))
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
	_, advice := group(r.Judgement)
	if len(advice) == 0 {
		return
	}
	p.title("Worth doing")
	p.list(advice, mark{"!", "!", yellow})
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
	p.hypotheses(f)
	p.fixes(f)
	p.label("source", source(safe(f.Source)))
	p.since(f)
}

// since writes today's documentation where that is one line; else where to read it.
func (p *paper) since(f limits.Finding) {
	text := safe(f.Since)
	if labelled+columns(text) > p.o.Width {
		text = "newer documents say more: `pstest explain " + safe(f.ID) + "`"
	}
	p.label("since", text)
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
