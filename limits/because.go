package limits

import (
	"slices"
	"strings"

	"pstest/probe"
)

// explain names, for every finding that is broken or unknown, the root cause
// behind it: a broken limit that comes before it (Limit.After) and that
// nothing broken explains in its turn. What a rule said itself comes first.
func explain(catalogue []Limit, results []Result, findings []Finding) {
	c := causes{limits: map[string]Limit{}, results: map[string]Result{}, findings: map[string]*Finding{}}
	for i := range findings {
		c.limits[catalogue[i].ID] = catalogue[i]
		c.results[catalogue[i].ID] = results[i]
		c.findings[findings[i].ID] = &findings[i]
	}
	roots := make([]string, len(findings))
	for i := range findings {
		roots[i] = c.root(findings[i].ID, len(findings))
	}
	for i := range findings {
		findings[i].Because = roots[i]
	}
	c.inherit()
}

type causes struct {
	limits   map[string]Limit
	results  map[string]Result
	findings map[string]*Finding
}

// inherit puts a root cause that stands in no route's way by itself, such as a
// clock, in the way of the routes that the requirements behind it close.
func (c causes) inherit() {
	bare := map[string]bool{}
	for id, f := range c.findings {
		bare[id] = f.Verdict == Broken && f.Because == "" && len(f.Routes) == 0
	}
	for _, route := range allRoutes() {
		for _, f := range c.findings {
			if f.Verdict != Broken || f.Kind != Requirement || !bare[f.Because] || !slices.Contains(f.Routes, route) {
				continue
			}
			if root := c.findings[f.Because]; !slices.Contains(root.Routes, route) {
				root.Routes = append(root.Routes, route)
			}
		}
	}
}

// root follows the causes of a finding to the first; "" where it has none.
// The depth bounds a catalogue that runs in a circle.
func (c causes) root(id string, depth int) string {
	f := c.findings[id]
	if depth == 0 || (f.Verdict != Broken && f.Verdict != Unknown) {
		return ""
	}
	cause := c.cause(id)
	if cause == "" {
		return ""
	}
	if further := c.root(cause, depth-1); further != "" {
		return further
	}
	return cause
}

// cause is the next broken limit behind a finding.
func (c causes) cause(id string) string {
	if why := c.findings[id].Why; why == noAccount || strings.HasPrefix(why, notYet) {
		return ""
	}
	switch said := c.findings[id].Because; {
	case said == id:
		return ""
	case said != "" && c.broken(said):
		return said
	}
	for _, before := range c.limits[id].After {
		if c.broken(before) && c.onTheWay(before, id) {
			return before
		}
	}
	return ""
}

// onTheWay tells whether a broken limit stands in the way of a route that the
// finding is about: a closed HTTP port explains nothing about HTTPS. A finding
// about no route in particular may have any cause, and a cause in no route's
// way explains only what a rule says that it does.
func (c causes) onTheWay(cause, id string) bool {
	about := c.findings[id].Routes
	if c.findings[id].Verdict != Broken {
		about = c.limits[id].Routes
	}
	if len(about) == 0 {
		return true
	}
	reach := slices.Concat(c.findings[cause].Routes, c.results[cause].Explains)
	return slices.ContainsFunc(reach, func(r probe.Route) bool { return slices.Contains(about, r) })
}

func (c causes) broken(id string) bool {
	f, ok := c.findings[id]
	return ok && f.Verdict == Broken
}
