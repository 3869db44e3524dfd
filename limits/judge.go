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
	results, findings := make([]Result, len(catalogue)), make([]Finding, len(catalogue))
	for i, l := range catalogue {
		results[i] = evaluate(l, f)
		findings[i] = finding(l, results[i], f)
	}
	explain(catalogue, results, findings)
	setAside(f.Target, catalogue, findings)
	routes := judgeRoutes(f, findings)
	commands, remarks := connect(f, routes)
	return Judgement{
		Findings: findings,
		Problems: problems(f, findings),
		Routes:   routes,
		Notes:    notes(findings, routes),
		Connect:  commands, ConnectNotes: remarks,
		Status: status(routes, findings),
	}
}

// finding words one limit's result; explain names what is behind it.
func finding(l Limit, r Result, f *probe.Facts) Finding {
	words := filler(f)
	out := Finding{
		ID: l.ID, Row: l.Row, Kind: l.Kind, Title: l.Title, Source: l.Source.String(), Since: l.Since,
		Verdict: r.Verdict, Why: r.Why, Because: r.Because, Evidence: r.Evidence, Hypotheses: slices.Clone(r.Hypotheses),
		Note: words.text(r.Note),
	}
	if r.Verdict == Broken {
		out.Headline, out.Why = words.text(first(r.Headline, l.Broken)), first(r.Why, l.Why)
		fix := l.Fix
		if r.Fix != nil {
			fix = *r.Fix
		}
		out.FixWindows, out.FixClient = words.powershell(fix.Windows), words.shell(fix.Client)
		out.Routes = r.routes(l)
		if r.Advice {
			out.Kind = Advice
		}
	}
	for i, h := range out.Hypotheses {
		out.Hypotheses[i].Decide = words.posix(h.Decide)
	}
	return out
}

// notOpened is how far the proof of a working route goes.
const notOpened = "The account was accepted. No session was opened, so whether it may open one is not known yet."

// notes are the sentences that belong under the routes.
func notes(findings []Finding, routes []RouteResult) []string {
	var out []string
	if slices.ContainsFunc(routes, func(r RouteResult) bool { return r.Verdict == Works }) {
		out = append(out, notOpened)
	}
	for _, f := range findings {
		if f.Note != "" && !f.Unasked {
			out = append(out, f.Note)
		}
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
