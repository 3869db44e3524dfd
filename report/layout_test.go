package report

import (
	"slices"
	"strings"
	"testing"

	"pstest/limits"
	"pstest/probe"
)

// section is a report's part under a heading, without the heading.
func section(t *testing.T, out, heading string) []string {
	t.Helper()
	_, rest, ok := strings.Cut(out, "\n"+heading+"\n")
	if !ok {
		t.Fatalf("no section %q in:\n%s", heading, out)
	}
	part, _, _ := strings.Cut(rest, "\n\n")
	return strings.Split(strings.TrimRight(part, "\n"), "\n")
}

func TestARepeatedReasonIsSaidOnce(t *testing.T) {
	r := broken()
	for i := range r.Routes {
		r.Routes[i].Verdict, r.Routes[i].Why = limits.Blocked, "nothing comes back from the ports"
	}
	matrix := strings.Join(section(t, text(t, TextOptions{}, r), "What works from here"), "\n")
	if strings.Count(matrix, "nothing comes back") != 1 || strings.Count(matrix, "  same") != 3 {
		t.Errorf("matrix:\n%s", matrix)
	}
	for i := range r.Routes {
		r.Routes[i].Verdict = limits.Works
	}
	if out := text(t, TextOptions{}, r); strings.Contains(out, "  same") {
		t.Error("what works is said as \"same\"")
	}
}

func TestEveryVerdictHasAMarkOfItsOwn(t *testing.T) {
	signs, ascii := map[string]bool{}, map[string]bool{}
	all := []limits.RouteVerdict{limits.Works, limits.RefusedAsDocumented, limits.Exposed, limits.Blocked, limits.Open, limits.NotTried, limits.RouteUnknown, limits.NotAsked}
	for _, v := range all {
		word, m := verdictWord(v)
		if columns(word) > 9 || signs[m.sign] || ascii[m.ascii] {
			t.Errorf("%s: %q %q %q", v, word, m.sign, m.ascii)
		}
		signs[m.sign], ascii[m.ascii] = true, true
	}
	if _, m := verdictWord(limits.NotTried); m.sign != "○" {
		t.Errorf("not tried is marked %q", m.sign)
	}
}

// TestACommandIsSaidOnce: within one finding, causes and fix included.
func TestACommandIsSaidOnce(t *testing.T) {
	r := broken()
	i := slices.IndexFunc(r.Findings, func(f limits.Finding) bool { return f.ID == "credentials" })
	command, _ := splitRemark(strings.TrimPrefix(r.Findings[i].Hypotheses[0].Decide, "on the host: "))
	for want, fix := range map[string][]string{
		"on the host as for 1: SubStatus 0xC0000234":                              {"hostname"},
		"on the host, with the Get-WinEvent line under fix: SubStatus 0xC0000234": {"# first", command + "   # then this", "hostname"},
	} {
		r.Findings[i].FixWindows = fix
		out := text(t, TextOptions{Width: 120}, r)
		if n := strings.Count(out, command); n != 1 || !strings.Contains(out, want) {
			t.Errorf("%d times, want it once and %q:\n%s", n, want, out)
		}
	}
}

// TestConnectByClient: a client's commands stand together, a note above those that it is about.
func TestConnectByClient(t *testing.T) {
	r := healthy()
	r.Connect = []limits.Command{{Client: "a", Line: "a1", Note: "mind"}, {Client: "b", Line: "b1"}, {Client: "a", Line: "a2"}, {Client: "a", Line: "a3", Note: "mind"}}
	got := section(t, text(t, TextOptions{}, r), "Connect with")
	want := []string{"  a", "    a2", "    # mind", "    a1", "    a3", "  b", "    b1", "  Off Windows, PowerShell needs the community module PSWSMan"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestRemarkBehindACommand: on its line where that fits, else below it.
func TestRemarkBehindACommand(t *testing.T) {
	for l, want := range map[string]string{
		"date -u   # is it right?":                    "  date -u   # is it right?\n",
		strings.Repeat("x", 70) + "   # is it right?": "  " + strings.Repeat("x", 70) + "\n    # is it right?\n",
		strings.Repeat("x", 90):                       "  " + strings.Repeat("x", 90) + "\n",
	} {
		var b strings.Builder
		p := newPaper(&b, TextOptions{Width: 80})
		p.command(2, l)
		if err := p.done(); err != nil || b.String() != want {
			t.Errorf("%q gives %q, want %q; %v", l, b.String(), want, err)
		}
	}
}

// TestRemarksThatFollow: two remarks stay two, unless the first goes on.
func TestRemarksThatFollow(t *testing.T) {
	var b strings.Builder
	p := newPaper(&b, TextOptions{Width: 80})
	p.commands(2, []string{"# one,", "# and its end", "# two", "hostname", "# three,", "date", "# four,"})
	if err := p.done(); err != nil {
		t.Fatal(err)
	}
	if want := "  # one, and its end\n  # two\n  hostname\n  # three,\n  date\n  # four,\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

// TestNotLookedAtIsShort: at most six lines and a heading, however many reasons there are.
func TestNotLookedAtIsShort(t *testing.T) {
	r := broken()
	for i := range 60 {
		why := strings.Repeat("a reason that goes on ", 1+i%7) + string(rune('a'+i%26))
		r.Findings = append(r.Findings, limits.Finding{ID: "limit-" + string(rune('a'+i%26)), Verdict: limits.Unknown, Why: why})
	}
	lines := section(t, text(t, TextOptions{Width: 80}, r), "Not looked at")
	if len(lines) > 6 {
		t.Errorf("%d lines:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	if !strings.Contains(strings.Join(lines, "\n"), "more limits, each with its reason in --format json") {
		t.Errorf("what has no room is not counted:\n%s", strings.Join(lines, "\n"))
	}
}

func TestUnaskedProblemsAreOneLine(t *testing.T) {
	out := text(t, TextOptions{}, broken())
	if !strings.Contains(out, "\n\n1 further problem on routes that were not asked for [port-closed]\n") || strings.Contains(out, "The other port is closed") {
		t.Errorf("unasked:\n%s", out)
	}
}

func TestSinceIsOneLine(t *testing.T) {
	const pointer = "since   newer documents say more: `pstest explain certificate-name`"
	if out := text(t, TextOptions{Width: 80}, broken()); !strings.Contains(out, pointer) {
		t.Errorf("80 columns:\n%s", out)
	}
	if out := text(t, TextOptions{Width: 120}, broken()); strings.Contains(out, pointer) || !strings.Contains(out, "since   2025-12: clients") {
		t.Errorf("120 columns:\n%s", out)
	}
}

// TestWideLabelsAndValues: no row of evidence is wider than the page, and no
// wide label moves the column of the others.
func TestWideLabelsAndValues(t *testing.T) {
	evidence := []limits.Evidence{
		{Label: strings.Repeat("label ", 12), Value: "value"}, {Label: "short", Value: "a value"},
		{Label: "hash", Value: strings.Repeat("a", 64)}, {Label: "endless", Value: strings.Repeat("b", 300)}, {Label: strings.Repeat("c", 200), Value: "v"},
	}
	for _, width := range []int{80, 120} {
		var b strings.Builder
		p := newPaper(&b, TextOptions{Width: width})
		p.seen(evidence)
		if err := p.done(); err != nil {
			t.Fatal(err)
		}
		for _, l := range strings.Split(b.String(), "\n") {
			if columns(l) > width {
				t.Errorf("%d of %d columns: %s", columns(l), width, l)
			}
		}
		if !strings.Contains(b.String(), "\n"+pad("", labelled)+"short    a value\n") || !strings.Contains(b.String(), strings.Repeat("a", 64)) {
			t.Errorf("width %d:\n%s", width, &b)
		}
	}
}

// TestFailuresInWords: no class stands in a text for people, and nothing is said twice.
func TestFailuresInWords(t *testing.T) {
	words := classWords()
	for _, c := range probe.Classes() {
		if words[c] == "" {
			t.Errorf("class %s has no words", c)
		}
		f := &probe.Failure{Class: c, Op: "dial 192.0.2.1:5985", Raw: "something"}
		r := broken()
		r.Facts.HTTPS.Dial = probe.Fail[probe.Dial](f)
		r.Routes[0].Verdict, r.Routes[0].Why = limits.RouteUnknown, f.String()
		r.Findings[2].Evidence = []limits.Evidence{{Path: "https.dial", Label: "port 5986", Value: f.String()}}
		r.Findings[5].Why = "no connection to port 5986 (" + string(c) + ")"
		if out := text(t, TextOptions{}, r); strings.Contains(out, "("+string(c)+")") {
			t.Errorf("%s shows:\n%s", c, out)
		}
	}
	for raw, want := range map[string]string{
		"i/o timeout": "no answer in the time allowed", "no answer in the time allowed": "no answer in the time allowed",
		"31 bytes came, but no complete answer": "31 bytes came, but no complete answer",
	} {
		f := &probe.Failure{Class: probe.ClassSilent, Op: "dial", Raw: raw}
		if got := failureWords(f); got != want {
			t.Errorf("%q in words: %q, want %q", raw, got, want)
		}
		if got := (voice{long: []string{f.String(), f.Op + ": " + failureWords(f)}}).full(f.String()); got != "dial: "+want {
			t.Errorf("%q in a sentence: %q", raw, got)
		}
	}
}

// TestSpokenLeavesTheReportAlone: the words are for the text; JSON has the failure.
func TestSpokenLeavesTheReportAlone(t *testing.T) {
	r := broken()
	f := &probe.Failure{Class: probe.ClassRefused, Op: "dial 192.0.2.1:5986", Raw: "connection refused"}
	r.Facts.HTTPS.Dial = probe.Fail[probe.Dial](f)
	r.Findings[2].Evidence[0].Value = f.String()
	text(t, TextOptions{}, r)
	if r.Findings[2].Evidence[0].Value != f.String() {
		t.Errorf("the report now says %q", r.Findings[2].Evidence[0].Value)
	}
}
