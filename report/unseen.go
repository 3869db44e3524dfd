package report

import (
	"strings"

	"pstest/limits"
)

// unseenLines is how many lines the reasons may take; what has no room is counted.
const unseenLines = 4

// unseen writes in a few lines what was not looked at and why, and how much
// needs a session or is only explained.
func (p *paper) unseen(r Report) {
	u := unjudged(r.Findings)
	closing := u.closing()
	if len(u.reasons) == 0 && closing == "" {
		return
	}
	p.title("Not looked at")
	room := unseenLines
	for i, g := range u.reasons {
		text := capital(safe(g.why)) + p.color(dim, " ["+fewIDs(g.findings)+"]")
		need := len(fill(text, p.o.Width, 4))
		last := i == len(u.reasons)-1
		if need > room || need == room && !last {
			p.item(u.rest(i))
			break
		}
		room -= need
		p.item(text)
	}
	if closing != "" {
		p.item(closing)
	}
}

// rest counts what the reasons from i on keep unknown.
func (u unlooked) rest(i int) string {
	n := 0
	for _, g := range u.reasons[i:] {
		n += len(g.findings)
	}
	return plural(n, "more limit") + ", each with its reason in --format json"
}

// closing is one sentence about what no check of this version can look at.
func (u unlooked) closing() string {
	var parts []string
	if n := len(u.later); n > 0 {
		parts = append(parts, plural(n, "limit")+" that only a session on the host shows, and this version opens none")
	}
	if u.explained > 0 {
		parts = append(parts, plural(u.explained, "rule")+" that no probe can see")
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "; ") + " (`pstest explain` lists all)"
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
		case f.Unasked:
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

// fewest is how many findings are named before they are only counted.
const fewest = 4

// fewIDs names findings where they are few and counts them where not.
func fewIDs(findings []limits.Finding) string {
	if len(findings) > fewest {
		return plural(len(findings), "limit")
	}
	var ids []string
	for _, f := range findings {
		ids = append(ids, safe(f.ID))
	}
	return strings.Join(ids, ", ")
}
