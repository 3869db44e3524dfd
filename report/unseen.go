package report

import (
	"fmt"
	"strings"

	"pstest/limits"
)

// unseen writes what was not looked at and why, one line per reason, and how
// much the catalogue only explains.
func (p *paper) unseen(r Report) {
	u := unjudged(r.Findings)
	if len(u.reasons) == 0 && len(u.later) == 0 && u.explained == 0 {
		return
	}
	p.title("Not looked at")
	for _, g := range u.reasons {
		p.item(capital(safe(g.why)) + ": " + p.color(dim, idList(g.findings)))
	}
	if len(u.later) > 0 {
		p.item("Needs a session on the host, which this version does not open: " + p.color(dim, idList(u.later)))
	}
	if u.explained > 0 {
		p.item(fmt.Sprintf("%s of the documentation can't be seen by any probe; `pstest explain` lists them", plural(u.explained, "rule")))
	}
}

// unlooked is what was not judged.
type unlooked struct {
	reasons   []reason
	later     []limits.Finding // for a later version of pstest
	explained int              // rules that are only explained
}

// item writes one paragraph of a list: two columns in, further lines four.
func (p *paper) item(text string) {
	for i, l := range fill(text, p.o.Width, 4) {
		p.line(pad("", min(2+2*i, 4)) + l)
	}
}

// reason is one reason with all findings that it keeps unknown.
type reason struct {
	why      string
	findings []limits.Finding
}

// laterMark begins the reason of everything that a later version will look at.
const laterMark = "not looked at by this version"

// unjudged groups the unknown findings by their reason, in the order in which
// the reasons come up; those with a broken root cause are named there instead.
func unjudged(findings []limits.Finding) (u unlooked) {
	at := map[string]int{}
	for _, f := range findings {
		l, known := limits.Lookup(f.ID)
		switch {
		case known && l.Check == nil && l.Later == "":
			u.explained++
		case f.Verdict != limits.Unknown || rootOf(findings, f) != f.ID:
		case strings.HasPrefix(f.Why, laterMark):
			u.later = append(u.later, f)
		default:
			u.add(at, f)
		}
	}
	return u
}

// add puts a finding to its reason; at holds where each reason stands.
func (u *unlooked) add(at map[string]int, f limits.Finding) {
	why := f.Why
	if why == "" {
		why = "no reason was recorded"
	}
	i, ok := at[why]
	if !ok {
		i = len(u.reasons)
		at[why] = i
		u.reasons = append(u.reasons, reason{why: why})
	}
	u.reasons[i].findings = append(u.reasons[i].findings, f)
}

// idList names at most six findings and counts the rest.
func idList(findings []limits.Finding) string {
	const most = 6
	var ids []string
	for i, f := range findings {
		if i == most && len(findings) > most+1 {
			return strings.Join(ids, ", ") + fmt.Sprintf(" and %d more", len(findings)-most)
		}
		ids = append(ids, safe(f.ID))
	}
	return strings.Join(ids, ", ")
}
