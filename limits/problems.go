package limits

import (
	"cmp"
	"slices"

	"pstest/probe"
)

// setAside marks the findings that concern only routes which the user left out,
// with what stands behind them.
func setAside(t probe.Target, catalogue []Limit, findings []Finding) {
	aside := map[string]bool{}
	for i, f := range findings {
		about := f.Routes
		if len(about) == 0 {
			about = catalogue[i].Routes
		}
		aside[f.ID] = len(about) > 0 && !slices.ContainsFunc(about, func(r probe.Route) bool { return asksRoute(t, r) })
	}
	for i, f := range findings {
		findings[i].Unasked = aside[f.ID] || f.Because != "" && aside[f.Because]
	}
}

// problems lists the root causes in reading order. Within one rank the
// catalogue's order holds.
func problems(f *probe.Facts, findings []Finding) []string {
	var roots []Finding
	for _, x := range findings {
		if x.Verdict == Broken && x.Because == "" && !x.Unasked {
			roots = append(roots, x)
		}
	}
	slices.SortStableFunc(roots, func(a, b Finding) int { return cmp.Compare(rank(f, b), rank(f, a)) })
	ids := []string{}
	for _, x := range roots {
		ids = append(ids, x.ID)
	}
	return ids
}

// The ranks of a root cause that is in the way of no route that counts.
const (
	rankAdvice  = -1
	rankGeneral = reachedAnswer // between what stops an answer and what stops a logon
)

// rank of a root cause is how far the furthest of the asked routes came in
// whose way it stands.
func rank(f *probe.Facts, x Finding) int {
	if x.Kind == Advice && len(x.Routes) == 0 {
		return rankAdvice
	}
	furthest, counts := 0, false
	for _, a := range attempts(f) {
		if slices.Contains(x.Routes, a.route) && slices.Contains(documented(), a.route) && asksRoute(f.Target, a.route) {
			furthest, counts = max(furthest, reached(f, a)), true
		}
	}
	if !counts {
		return rankGeneral
	}
	return furthest
}

// How far a route came.
const (
	reachedNothing = iota
	reachedPort    // the connection stands
	reachedAnswer  // the listener spoke its protocol
	reachedOffer   // what the route needs is on offer
	reachedLogon   // a credential was sent
	reachedGoal    // it works
)

func reached(f *probe.Facts, a attempt) int {
	secure := a.route != probe.RouteNegotiateHTTP
	switch {
	case proven(a):
		return reachedGoal
	case a.seen() && a.auth.Value.Outcome != probe.NoChallenge:
		return reachedLogon
	case offersRoute(f, a.route):
		return reachedOffer
	case secure && seen(f.HTTPS.TLS), !secure && seen(f.HTTP.Challenge):
		return reachedAnswer
	case secure && seen(f.HTTPS.Dial), !secure && seen(f.HTTP.Dial):
		return reachedPort
	}
	return reachedNothing
}
