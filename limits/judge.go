package limits

import (
	"slices"
	"strings"

	"pstest/probe"
)

// Judge holds every limit of the catalogue against the facts, which it only
// reads and which must not be nil. The same facts always give the same
// judgement, whenever and wherever it is asked for.
func Judge(f *probe.Facts) Judgement {
	catalogue := Catalogue()
	findings := make([]Finding, len(catalogue))
	for i, l := range catalogue {
		findings[i] = finding(l, f)
	}
	explain(catalogue, findings)
	routes := judgeRoutes(f, findings)
	return Judgement{
		Findings: findings,
		Routes:   routes,
		Connect:  connect(f, routes),
		Status:   status(routes, findings),
	}
}

// finding judges one limit on its own; explain names what is behind it.
func finding(l Limit, f *probe.Facts) Finding {
	r := evaluate(l, f)
	words := filler(f)
	out := Finding{
		ID: l.ID, Row: l.Row, Kind: l.Kind, Title: l.Title, Source: l.Source.String(), Since: l.Since,
		Verdict: r.Verdict, Why: r.Why, Because: r.Because, Evidence: r.Evidence, Hypotheses: r.Hypotheses,
	}
	if r.Verdict == Broken {
		out.Headline = words.text(l.Broken)
		out.Why = l.Why
		out.FixWindows = words.powershell(l.Fix.Windows)
		out.FixClient = words.shell(l.Fix.Client)
		out.Routes = r.routes(l)
	}
	for i, h := range out.Hypotheses {
		out.Hypotheses[i].Decide = words.posix(h.Decide)
	}
	return out
}

// routes are those in whose way a broken result stands.
func (r Result) routes(l Limit) []probe.Route {
	if r.Routes != nil {
		return slices.Clone(r.Routes)
	}
	return slices.Clone(l.Routes)
}

// evaluate decides what a rule can't: a limit that has none, and one whose
// needs are not there.
func evaluate(l Limit, f *probe.Facts) Result {
	switch {
	case l.Check == nil && l.Later != "":
		return Result{Verdict: Unknown, Why: l.Later}
	case l.Check == nil:
		return Result{Verdict: NotApplicable, Why: "an explanation, with nothing to look at from here"}
	}
	if l.Account && !f.Account.Given() {
		return Result{Verdict: Unknown, Why: noAccount}
	}
	for _, n := range l.Needs {
		if why, ok := n.excluded(f.Target); ok {
			return Result{Verdict: NotApplicable, Why: why}
		}
		if why, ok := n.unmet(f); ok {
			return Result{Verdict: Unknown, Why: why}
		}
	}
	return l.Check(f)
}

// noAccount is why nothing that needs credentials was judged. No broken limit
// is behind that.
const noAccount = "no account was given"

// excluded tells whether the user asked about the other listener alone, so
// that no observation of this need could be made.
func (n Need) excluded(t probe.Target) (string, bool) {
	if n.Strength == MayUse {
		return "", false
	}
	all := func(half string) bool {
		return !slices.ContainsFunc(n.paths(), func(p probe.Path) bool { return !strings.HasPrefix(string(p), half) })
	}
	switch {
	case t.NoHTTPS && all("https."):
		return "only the HTTP listener was asked about", true
	case t.NoHTTP && all("http."):
		return "only the HTTPS listener was asked about", true
	}
	return "", false
}

// paths are all that serve the need.
func (n Need) paths() []probe.Path { return slices.Concat([]probe.Path{n.Path}, n.Or) }

// unmet tells whether a need is not there, and why. The reason is that of the
// observation that got farthest: a failure before an absence.
func (n Need) unmet(f *probe.Facts) (string, bool) {
	if n.Strength == MayUse {
		return "", false
	}
	failure, absence := "", ""
	for _, p := range n.paths() {
		s := f.Status(p)
		switch {
		case s.State == probe.Seen, s.State == probe.Failed && n.Strength == NeedsTried:
			return "", false
		case s.State == probe.Failed:
			failure = first(failure, s.Failure.String())
		default:
			absence = first(absence, s.Why)
		}
	}
	return first(first(failure, absence), "not looked at: "+string(n.Path)), true
}
