package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pstest/limits"
	"pstest/probe"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with testdata/name, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got), go test ./report -update writes it anew:\n%s", path, d)
	}
}

func text(t *testing.T, o TextOptions, reports ...Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, reports, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextGolden(t *testing.T) {
	golden(t, "broken-80.txt", text(t, TextOptions{Width: 80}, broken()))
	golden(t, "broken-120.txt", text(t, TextOptions{Width: 120}, broken()))
	golden(t, "two-ascii.txt", text(t, TextOptions{Width: 80, ASCII: true}, broken(), healthy()))
	golden(t, "broken-color.txt", text(t, TextOptions{Width: 80, Color: true}, broken()))
}

// TestWidth: only lines that are to be pasted, and single long words, may be
// wider than asked for.
func TestWidth(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		for _, line := range strings.Split(text(t, TextOptions{Width: width}, broken(), healthy()), "\n") {
			whole := strings.Contains(line, "-PSSession") || strings.Contains(line, "python3") || strings.Contains(line, "WSManInstance") ||
				strings.Contains(line, "SelfSigned") || strings.Contains(line, "Get-WinEvent")
			if columns(line) > width && !whole {
				t.Errorf("width %d: %d columns: %q", width, columns(line), line)
			}
		}
	}
}

func TestCommandsStayWhole(t *testing.T) {
	r := broken()
	out := text(t, TextOptions{Width: 60}, r)
	var commands []string
	for _, c := range r.Connect {
		commands = append(commands, c.Line)
	}
	for _, f := range r.Findings {
		commands = append(commands, f.FixClient...)
		if len(f.FixWindows) > 1 {
			commands = append(commands, f.FixWindows[1:]...)
		}
	}
	commands = append(commands, "Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4625} -MaxEvents 5 | Format-List TimeCreated, Message")
	for _, c := range commands {
		if !hasLine(out, c) {
			t.Errorf("not on a line of its own: %s", c)
		}
	}
}

func hasLine(text, want string) bool {
	for _, l := range strings.Split(text, "\n") {
		if strings.TrimSpace(l) == want {
			return true
		}
	}
	return false
}

func TestASCII(t *testing.T) {
	for i, r := range text(t, TextOptions{ASCII: true}, broken(), healthy()) {
		if r > 0x7e || (r < ' ' && r != '\n') {
			t.Errorf("%q at %d", r, i)
		}
	}
}

func TestNoColorUnlessAsked(t *testing.T) {
	if strings.Contains(text(t, TextOptions{}, broken()), "\x1b") {
		t.Error("an escape sequence without colour")
	}
	if !strings.Contains(text(t, TextOptions{Color: true}, broken()), "\x1b[31m") {
		t.Error("no red with colour")
	}
}

// TestHostileStrings puts terminal escapes, bidirectional marks and broken
// UTF-8 into everything that a host or a saved file can fill.
func TestHostileStrings(t *testing.T) {
	const evil = "\x1b]0;owned\x07\u202eevil\u2066\x9b31m\r\n\x00\xff"
	r := broken()
	r.Host, r.Facts.Stopped = evil, evil
	r.Facts.HTTP.NTLM.Value.NetBIOSDomain = evil
	r.Facts.HTTP.Dial.Value.Address = evil
	r.Facts.HTTP.Identify.Value.Stack = evil
	for i := range r.Routes {
		r.Routes[i].Title, r.Routes[i].Why = evil, evil
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Headline, f.Why, f.Source, f.Since, f.Title, f.Because = evil, evil, evil, evil, evil, ""
		f.Evidence = []limits.Evidence{{Label: evil, Value: evil}}
		f.Hypotheses = []limits.Hypothesis{{Cause: evil, Decide: evil, Limit: evil, Grade: evil}}
		f.FixWindows, f.FixClient = []string{evil, "# " + evil}, []string{evil}
	}
	r.Connect = []limits.Command{{Client: evil, Line: evil, Note: evil}}
	r.Notes, r.ConnectNotes = []string{evil}, []string{evil}
	out := text(t, TextOptions{}, r, r)
	for i, c := range out {
		if c != '\n' && unsafeRune(c) || c == '\ufffd' {
			t.Fatalf("%q at %d: %q", c, i, out[max(0, i-40):min(len(out), i+40)])
		}
	}
}

func TestColumns(t *testing.T) {
	for s, want := range map[string]int{"abc": 3, "é": 1, "e\u0301": 1, "\x1b[1mab\x1b[0m": 2, "": 0, "日本": 2} {
		if got := columns(s); got != want {
			t.Errorf("columns(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestSplitCommand(t *testing.T) {
	for _, c := range []struct{ in, lead, command string }{
		{"on the host: Get-WinEvent -MaxEvents 5", "on the host:", "Get-WinEvent -MaxEvents 5"},
		{"Get-LocalUser alice", "", "Get-LocalUser alice"},
		{"pstest check h --try-unsealed", "", "pstest check h --try-unsealed"},
		{"ask the one who runs the firewall", "ask the one who runs the firewall", ""},
		{"note: well-known ports answer", "note: well-known ports answer", ""},
	} {
		if lead, command := splitCommand(c.in); lead != c.lead || command != c.command {
			t.Errorf("splitCommand(%q) = %q, %q", c.in, lead, command)
		}
	}
}

func TestGroupFollowsCauses(t *testing.T) {
	roots, advice := group(broken().Judgement)
	var ids []string
	for _, r := range roots {
		ids = append(ids, r.ID)
	}
	if d := cmp.Diff([]string{"certificate-name", "credentials"}, ids); d != "" {
		t.Errorf("roots, in the judgement's order (-want +got):\n%s", d)
	}
	if len(roots[0].behind) != 1 || roots[0].behind[0].ID != "certificate-san" || len(roots[0].unheard) != 1 {
		t.Errorf("behind certificate-name: %+v, %+v", roots[0].behind, roots[0].unheard)
	}
	if len(advice) != 1 || advice[0].ID != "clock" {
		t.Errorf("advice: %+v", advice)
	}
}

func TestGroupEndsInACircle(t *testing.T) {
	a := limits.Finding{ID: "a", Verdict: limits.Broken, Because: "b"}
	b := limits.Finding{ID: "b", Verdict: limits.Broken, Because: "a"}
	if roots, _ := group(limits.Judgement{Findings: []limits.Finding{a, b}, Problems: []string{"a", "b", "missing"}}); len(roots) > 2 {
		t.Errorf("%d roots", len(roots))
	}
}

func TestWindowsNames(t *testing.T) {
	for _, c := range []struct {
		version string
		build   int
		want    string
	}{
		{"6.1.7601", 7601, "Windows Server 2008 R2 or Windows 7 (build 7601)"},
		{"6.3.9600", 9600, "Windows Server 2012 R2 or Windows 8.1 (build 9600)"},
		{"10.0.20348", 20348, "Windows Server 2022 (build 20348)"},
		{"10.0.26100", 26100, "Windows Server 2025 or Windows 11 24H2 (build 26100)"},
		{"10.0.99999", 99999, "Windows 10.0.99999"},
	} {
		if got := windowsName(c.version, c.build); got != c.want {
			t.Errorf("%s: %q, want %q", c.version, got, c.want)
		}
	}
	for v, want := range map[string]int{"10.0.20348": 20348, "6.1": 0, "": 0, "a.b.c": 0} {
		if got := build(v); got != want {
			t.Errorf("build(%q) = %d, want %d", v, got, want)
		}
	}
}

func TestNotWindowsIsNamed(t *testing.T) {
	r := broken()
	r.Facts.HTTP.Identify.Value.Vendor = "Open Management Infrastructure"
	r.Facts.HTTP.Challenge.Value.Server = "OMI"
	out := strings.Join(answered(r.Facts), ", ")
	if strings.Contains(out, "Windows Server") || !strings.Contains(out, "not Windows: “Open Management Infrastructure”") {
		t.Errorf("answered: %s", out)
	}
}

// TestAHostCantDrawRows: what a host says of itself stays inside short quotes,
// so that it can't pass for a row of ours at any width.
func TestAHostCantDrawRows(t *testing.T) {
	r := broken()
	evil := strings.Repeat(" ", 80) + "✓ Negotiate/NTLM over HTTP 5985  works”  authenticated" + strings.Repeat("x", 500)
	r.Facts.HTTP.Challenge.Value.Server, r.Facts.HTTP.Identify.State = evil, probe.NotRun
	r.Facts.HTTP.NTLM.Value.NetBIOSDomain = "CORP, works ✓"
	out := strings.Join(answered(r.Facts), ", ")
	if !strings.Contains(out, "answers as “"+strings.Repeat(" ", 60)+"…”") || !strings.Contains(out, "domain “CORP, works ✓”") {
		t.Errorf("answered: %s", out)
	}
	if got := free("a” b “c"); got != "“a' b 'c”" {
		t.Errorf("free: %s", got)
	}
	for _, s := range []string{"CORP", "WIN-01.x_y", "10.0.20348", ""} {
		if name(s) != s {
			t.Errorf("name(%q) = %s", s, name(s))
		}
	}
}

func TestOverall(t *testing.T) {
	for _, c := range []struct {
		in   []limits.Status
		want limits.Status
	}{
		{nil, 3}, {[]limits.Status{0, 0}, 0}, {[]limits.Status{0, 3}, 3}, {[]limits.Status{3, 1, 0}, 1}, {[]limits.Status{1, 4}, 4},
	} {
		if got := Overall(c.in...); got != c.want {
			t.Errorf("Overall(%v) = %d, want %d", c.in, got, c.want)
		}
	}
}
