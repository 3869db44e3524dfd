package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pstest/limits"
	"pstest/probe"
)

// TestPages: every limit has a page that says what the literal says, and only
// what is to be pasted is wider than asked for.
func TestPages(t *testing.T) {
	for _, l := range limits.Catalogue() {
		var b bytes.Buffer
		if err := Page(&b, l, TextOptions{Width: 80}); err != nil {
			t.Fatal(err)
		}
		flat := strings.Join(strings.Fields(b.String()), " ")
		for _, want := range []string{"[" + l.ID + "]", l.Title, l.Row, strings.Join(strings.Fields(l.Why), " ")} {
			if !strings.Contains(flat, want) {
				t.Errorf("the page of %s does not say %q", l.ID, want)
			}
		}
		narrow(t, l.ID, b.String(), slices.Concat(l.Fix.Windows, l.Fix.Client))
	}
}

func TestFaultPages(t *testing.T) {
	for _, f := range limits.FaultCodes() {
		var b bytes.Buffer
		if err := FaultPage(&b, f, TextOptions{Width: 80}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), f.Name) {
			t.Errorf("the page of %d does not name it", f.Code)
		}
		narrow(t, f.Name, b.String(), slices.Concat(f.Windows, f.Client))
	}
}

// narrow demands that no line is wider than 80 columns but those of commands.
func narrow(t *testing.T, name, text string, commands []string) {
	t.Helper()
	for _, line := range strings.Split(text, "\n") {
		whole := slices.ContainsFunc(commands, func(c string) bool {
			c, _, _ = strings.Cut(c, "   # ")
			return c == strings.TrimSpace(line)
		})
		if columns(line) > 80 && !whole {
			t.Errorf("%s: %d columns: %s", name, columns(line), line)
		}
	}
}

func TestPlanSaysWhatCarriesASecret(t *testing.T) {
	target, err := probe.ParseTarget("win01", probe.TargetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	plan := func(r probe.Request) string {
		var b bytes.Buffer
		if err := Plan(&b, []probe.Request{r}, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(b.String()), " ")
	}
	account := probe.Account{Form: probe.FormUnqualified, User: "alice", Asked: "alice"}
	none := plan(probe.Request{Target: target})
	some := plan(probe.Request{Target: target, Account: account})
	clear := plan(probe.Request{Target: target, Account: account, InClear: true})
	if !strings.Contains(none, "No step carries a secret") || strings.Contains(none, "THE PASSWORD ITSELF") {
		t.Errorf("without an account: %s", none)
	}
	if !strings.Contains(some, "carry the account: http.negotiate, https.negotiate, https.basic.") || strings.Count(some, "THE PASSWORD ITSELF") != 1 {
		t.Errorf("with an account: %s", some)
	}
	if strings.Count(clear, "THE PASSWORD ITSELF") != 2 || !strings.Contains(clear, "http.basic") {
		t.Errorf("in clear: %s", clear)
	}
}
