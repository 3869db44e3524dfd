package limits

import (
	"slices"

	"pstest/probe"
)

// StatusMeaning is one line of the table of exit statuses.
type StatusMeaning struct {
	Status  Status
	Meaning string
}

// StatusTable lists the exit statuses in their order. The command line's help
// and the README are made from it.
func StatusTable() []StatusMeaning {
	return []StatusMeaning{
		{StatusWorks, "a documented route works, and nothing on it is broken"},
		{StatusBroken, "a limit is broken on the route that was asked for (on every route, where any would do)"},
		{StatusUsage, "wrong usage: nothing was sent"},
		{StatusUnknown, "could not tell"},
		{StatusBug, "a bug of pstest"},
	}
}

// documented lists the routes that count for the status. Basic over plain HTTP
// is documented as refused and counts for nothing.
func documented() []probe.Route {
	return []probe.Route{probe.RouteNegotiateHTTP, probe.RouteNegotiateHTTPS, probe.RouteBasicHTTPS}
}

// status sums a judgement up. With any route asked for, one that works is
// enough, and one that may still work keeps the verdict open. A route that was
// not tried because the account was rejected on another counts as broken.
func status(routes []RouteResult, findings []Finding) Status {
	out := StatusBroken
	counted := false
	for _, r := range routes {
		if r.Verdict == NotAsked || !slices.Contains(documented(), r.Route) {
			continue
		}
		counted = true
		harmed := harms(findings, r.Route)
		switch {
		case r.Verdict == Works && !harmed:
			return StatusWorks
		case r.Verdict != Blocked && r.Verdict != NotTried && !harmed:
			out = StatusUnknown
		}
	}
	if !counted {
		return StatusUnknown
	}
	return out
}

// harms tells whether a broken requirement concerns the route.
func harms(findings []Finding, route probe.Route) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool {
		return f.Verdict == Broken && f.Kind == Requirement && slices.Contains(f.Routes, route)
	})
}
