package limits

import (
	"os/exec"
	"strings"
	"testing"

	"pstest/probe"
)

func TestQuoting(t *testing.T) {
	for _, c := range []struct{ in, ps, sh, py string }{
		{"alice", "'alice'", "'alice'", `"alice"`},
		{`WIN01\alice`, `'WIN01\alice'`, `'WIN01\alice'`, `"WIN01\\alice"`},
		{"O'Brien", "'O''Brien'", `'O'\''Brien'`, `"O\x27Brien"`},
		{`a"b`, `'a"b'`, `'a"b'`, `"a\"b"`},
		{"a\u2019; calc; \u2019", "'a\u2019\u2019; calc; \u2019\u2019'", "'a\u2019; calc; \u2019'", "\"a\u2019; calc; \u2019\""},
		{"$(calc)`calc`", "'$(calc)`calc`'", "'$(calc)`calc`'", "\"$(calc)`calc`\""},
		{"a\ncalc", "'<USER>'", "'<USER>'", `"<USER>"`},
		{"a\u202ecalc", "'<USER>'", "'<USER>'", `"<USER>"`},
	} {
		if got := psQuote(c.in); got != c.ps {
			t.Errorf("psQuote(%q) = %s, want %s", c.in, got, c.ps)
		}
		if got := shQuote(c.in); got != c.sh {
			t.Errorf("shQuote(%q) = %s, want %s", c.in, got, c.sh)
		}
		if got := pyQuote(c.in); got != c.py {
			t.Errorf("pyQuote(%q) = %s, want %s", c.in, got, c.py)
		}
	}
}

// A real shell gives back what was quoted for it.
func TestShellQuoting(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh")
	}
	for _, s := range []string{"plain", "it's", `a\b$(id)`, "`id`; id", "''", "-n"} {
		out, err := exec.Command(sh, "-c", "printf %s "+shQuote(s)).Output()
		if err != nil || string(out) != s {
			t.Errorf("sh read %q as %q (%v)", s, out, err)
		}
	}
}

// A real shell hands a real Python the statement that was meant.
func TestPythonLine(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3")
	}
	for _, s := range []string{"plain", "it's", `a\b$(id)`, "`id`; id", `"""`, `\`, "\u2019"} {
		line := python + " -c " + shQuote("import sys; sys.stdout.buffer.write("+pyQuote(s)+".encode())")
		out, err := exec.Command("sh", "-c", line).Output()
		if err != nil || string(out) != s {
			t.Errorf("%s: Python read %q as %q (%v)", line, s, out, err)
		}
	}
	f := with(func(f *probe.Facts) { f.Account.Asked, f.Account.Qualifier = `x'"; import os; os._exit(3)`, "y" })
	for _, c := range Judge(f).Connect {
		code, ok := strings.CutPrefix(c.Line, "python3 -c ")
		if !ok {
			continue
		}
		out, err := exec.Command("sh", "-c", python+" -c 'import ast, sys; print(len(ast.parse(sys.argv[1]).body))' "+code).CombinedOutput()
		if err != nil || string(out) != "3\n" {
			t.Errorf("%s is not three statements: %s (%v)", c.Line, out, err)
		}
	}
}

// No name that a host, a report file or a user chose gets out of its place in
// a command.
func TestHostileNames(t *testing.T) {
	const evil = "x'; calc; #\"$(calc)`calc`\u2019"
	for _, c := range cases() {
		f := clone(t, c.facts)
		f.Target.Host, f.Target.Path = evil, "/"+evil
		f.Account.Asked, f.Account.User, f.Account.Qualifier = evil, evil, evil
		for _, n := range []*probe.NTLM{&f.HTTP.NTLM.Value, &f.HTTPS.NTLM.Value} {
			n.NetBIOSComputer, n.NetBIOSDomain, n.DNSComputer, n.DNSDomain = evil, evil+"2", evil, evil
		}
		f.HTTPS.TLS.Value.Chain.Name.DNSNames, f.HTTPS.TLS.Value.Chain.SHA1, f.HTTPS.TLS.Value.Chain.SHA256 = []string{evil}, evil, evil
		j := Judge(f)
		for _, finding := range j.Findings {
			for _, line := range finding.FixWindows {
				contained(t, finding.ID, line, psQuote)
			}
			for _, line := range finding.FixClient {
				contained(t, finding.ID, line, shQuote)
			}
			for _, h := range finding.Hypotheses {
				contained(t, finding.ID, h.Decide, shQuote)
			}
		}
		for _, command := range j.Connect {
			quote := psQuote
			if command.Client == "pywinrm" {
				quote = pyQuote
			}
			contained(t, command.Client, command.Line, quote)
		}
	}
}

// contained fails where the evil name stands in a line otherwise than quoted.
func contained(t *testing.T, where, line string, quote func(string) string) {
	t.Helper()
	const evil = "x'; calc; #\"$(calc)`calc`\u2019"
	quoted := quote(evil)
	inner := quoted[1 : len(quoted)-1]
	rest := strings.ReplaceAll(line, inner, "")
	if strings.Contains(rest, "calc") {
		t.Errorf("%s: %q lets the name out", where, line)
	}
	if i := strings.Index(line, inner); i >= 0 && strings.Count(line[:i], "'")%2 == 0 && quote("") == "''" && !strings.Contains(line[:i], `\`) {
		t.Errorf("%s: %q has the name outside of quotes", where, line)
	}
}

// Every placeholder of the catalogue is one that the filler knows.
func TestPlaceholders(t *testing.T) {
	w := filler(healthy())
	for _, l := range Catalogue() {
		for _, line := range append(append(w.powershell(l.Fix.Windows), w.shell(l.Fix.Client)...), w.text(l.Broken)) {
			for _, word := range strings.FieldsFunc(line, func(r rune) bool { return r != '{' && r != '}' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }) {
				if strings.HasPrefix(word, "{") && strings.HasSuffix(word, "}") && len(word) > 2 {
					t.Errorf("%s: %q is left in %q", l.ID, word, line)
				}
			}
		}
	}
}

func TestFilledFix(t *testing.T) {
	f := find(t, Judge(with(httpsDown(probe.ClassRefused))), "https-listener")
	text := strings.Join(f.FixWindows, "\n")
	for _, want := range []string{"-DnsName win01.corp.example,win01 ", `Hostname="win01.corp.example"`, "-LocalPort 5986 "} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	byAddress := find(t, Judge(with(httpsDown(probe.ClassRefused), func(f *probe.Facts) { f.Target.Host = "10.2.3.4"; f.HTTP.NTLM = probe.Skip[probe.NTLM]("x") })), "https-listener")
	if text := strings.Join(byAddress.FixWindows, "\n"); !strings.Contains(text, `Hostname="<DNS_NAME>"`) || strings.Contains(text, "10.2.3.4") {
		t.Errorf("a certificate for an address:\n%s", text)
	}
}
