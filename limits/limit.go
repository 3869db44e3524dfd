// Package limits is the catalogue: every documented limit of PowerShell
// remoting from Linux and macOS, and every field failure on top of them, as one
// literal each, with the rule that judges it over probe.Facts. Rules are pure:
// they open no socket, read no clock and no file.
package limits

import "pstest/probe"

// Kind says what a limit is.
type Kind string

// The kinds. A broken advice never makes a route broken.
const (
	Requirement Kind = "requirement" // must hold for a route to work
	Refusal     Kind = "refusal"     // documented as not supported: a refusal is the expected result
	Advice      Kind = "advice"      // works without it, and should not be left so
)

// Verdict is what a limit comes to for one host.
type Verdict string

// The verdicts.
const (
	Met           Verdict = "met"
	Broken        Verdict = "broken"
	AsDocumented  Verdict = "as-documented" // an expected refusal happened
	Unknown       Verdict = "unknown"       // with the reason
	NotApplicable Verdict = "n/a"           // with the reason
)

// Strength is how much of an observation a limit needs.
type Strength string

// NeedsSeen: a failed observation means unknown. NeedsTried: the failure is
// itself an input of the rule; only an observation that was not made means unknown.
// MayUse: read where it was made, never needed.
const (
	NeedsSeen  Strength = "seen"
	NeedsTried Strength = "tried"
	MayUse     Strength = "may"
)

// Need names one observation that a rule reads, or several of which any one
// will do.
type Need struct {
	Path     probe.Path
	Strength Strength
	Or       []probe.Path // further observations that serve as well; nil: none does
}

// Source cites where a limit is stated.
type Source struct {
	Document string // "about_Remote_Requirements", an RFC, or "field" for what only practice shows
	Section  string // the section's heading, as the document spells it
}

// Fix is what to do, as commands or settings ready to paste. "{dns}", "{user}",
// "{thumbprint}" and the other words of the filler are filled in from the facts
// by the core; a value that is not safe to paste stays a "<PLACEHOLDER>".
type Fix struct {
	Windows []string // elevated PowerShell on the host
	Client  []string // a POSIX shell on Linux or macOS
}

// Limit is one entry of the catalogue.
type Limit struct {
	ID      string   // kebab-case, says the requirement, is never reused
	Row     string   // "L37" for a documented limit; "A12", "B3" … for a field failure of its own; "" for what no list has
	Field   []string // further field failures that this limit names ("A11" on L37)
	Title   string   // at most six words, states the requirement
	Broken  string   // the finding's headline when broken: "the certificate does not name this host"
	Kind    Kind
	Source  Source
	Breaks  string        // field failures: the documented limit that breaks with it; "" is beyond the document
	After   []string      // limits that explain this one when they are broken: the root cause comes first
	Routes  []probe.Route // routes that can't work while this is broken
	Account bool          // judged only where the user gave an account
	Needs   []Need
	Check   func(*probe.Facts) Result // nil: explained, not judged
	Later   string                    // Check nil: "not looked at by this version: …" (unknown), or "" for explain-only (n/a)
	Why     string
	Fix     Fix
	Since   string // dated note where today's documentation differs: "as of the edition of 2023-07: …", or "2020-01: …" for a change of that date
}

// Result is what a rule answers.
type Result struct {
	Verdict    Verdict
	Why        string // for unknown and n/a: the reason; for broken: this host's, in place of Limit.Why
	Headline   string // broken: this host's, in place of Limit.Broken
	Fix        *Fix   // broken: this host's, in place of Limit.Fix
	Note       string // not broken: a remark that people should see
	Because    string // id of the limit that the rule knows to be behind it, or its own where none is; "": After decides
	Evidence   []Evidence
	Hypotheses []Hypothesis
	// Routes narrows Limit.Routes to those in whose way this host's case
	// stands. Nil: all of Limit.Routes; empty: none.
	Routes []probe.Route
	// Explains are routes of which this explains what was not seen, without
	// standing in their way.
	Explains []probe.Route
	// Advice: broken, and every route works all the same.
	Advice bool
}

// Evidence is a fact and its value, never prose.
type Evidence struct {
	Path  string `json:"path"`  // "https.tls.chain.name.cn"
	Label string `json:"label"` // the noun for people: "certificate CN"
	Value string `json:"value"`
}

// Hypothesis is one of several causes that look alike from here.
type Hypothesis struct {
	Limit  string `json:"limit,omitempty"` // the limit that it would break
	Cause  string `json:"cause"`
	Decide string `json:"decide"`          // the one observation that would decide: a command, an event query, a flag of pstest
	Grade  string `json:"grade,omitempty"` // "documented", "reported", "believed"
}

// Finding is one limit judged for one host.
type Finding struct {
	ID         string        `json:"id"`
	Row        string        `json:"row"`
	Verdict    Verdict       `json:"verdict"`
	Kind       Kind          `json:"kind"` // the limit's, or advice where it is broken and every route works all the same
	Title      string        `json:"title"`
	Headline   string        `json:"headline,omitempty"` // broken: what is wrong, filled in
	Why        string        `json:"why,omitempty"`      // the limit's why, or the reason of unknown and n/a
	Because    string        `json:"because,omitempty"`  // id of the finding that explains this one
	Evidence   []Evidence    `json:"evidence,omitempty"`
	Hypotheses []Hypothesis  `json:"hypotheses,omitempty"`
	FixWindows []string      `json:"fixWindows,omitempty"` // filled in; only where broken
	FixClient  []string      `json:"fixClient,omitempty"`
	Source     string        `json:"source"`
	Since      string        `json:"since,omitempty"`
	Routes     []probe.Route `json:"routes,omitempty"`  // routes in whose way it stands when broken, by itself or by what it explains
	Note       string        `json:"note,omitempty"`    // a remark on what is not broken; also among Judgement.Notes
	Unasked    bool          `json:"unasked,omitempty"` // it concerns only routes that the user left out
}

// RouteVerdict is what became of one route from here.
type RouteVerdict string

// The route verdicts.
const (
	Works               RouteVerdict = "works"     // logged on, proven by a parsed answer
	RefusedAsDocumented RouteVerdict = "refused"   // Basic over HTTP, as documented
	Exposed             RouteVerdict = "exposed"   // Basic over HTTP is offered: works for others, insecure
	Blocked             RouteVerdict = "blocked"   // something is in the way: Because
	Open                RouteVerdict = "open"      // nothing found in the way, not proven (no account, or withheld)
	NotTried            RouteVerdict = "not-tried" // the account was rejected on another route, and one try a check is all
	RouteUnknown        RouteVerdict = "unknown"
	NotAsked            RouteVerdict = "not-asked" // --route excludes it
)

// RouteResult is one row of "what works from here".
type RouteResult struct {
	Route   probe.Route  `json:"route"`
	Title   string       `json:"title"` // "Negotiate/NTLM over HTTP 5985"
	Verdict RouteVerdict `json:"verdict"`
	Why     string       `json:"why"` // short, for the row
	Because string       `json:"because,omitempty"`
}

// Command is one ready command.
type Command struct {
	Client string `json:"client"` // "PowerShell", "pywinrm", "curl"
	Line   string `json:"line"`
	Note   string `json:"note,omitempty"`
}

// Status is the exit status that a judgement asks for.
type Status int

// The exit statuses; the table in the README and in --help is made from StatusTable.
const (
	StatusWorks   Status = 0
	StatusBroken  Status = 1
	StatusUsage   Status = 2
	StatusUnknown Status = 3
	StatusBug     Status = 4
)

// Judgement is everything that the rules say about one host.
type Judgement struct {
	Findings []Finding `json:"findings"` // in the catalogue's order
	// Problems are the ids of the broken findings that nothing else explains,
	// in reading order: what stands in the way of the route that came furthest,
	// then the others, then advice. Those that concern only routes that were
	// not asked for are left out. Never nil.
	Problems []string      `json:"problems"`
	Routes   []RouteResult `json:"routes"`
	Notes    []string      `json:"notes,omitempty"` // sentences on the routes: how far a proof goes, and the findings' notes
	Connect  []Command     `json:"connect,omitempty"`
	// ConnectNotes hold for all commands of Connect.
	ConnectNotes []string `json:"connectNotes,omitempty"`
	Status       Status   `json:"status"`
}
