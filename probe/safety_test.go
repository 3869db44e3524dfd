package probe_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"pstest/lab"
	"pstest/probe"
)

// secretForms are the spellings in which a password could get out.
func secretForms(password string) []string {
	var wide []byte
	for _, u := range utf16.Encode([]rune(password)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	forms := []string{password}
	for _, raw := range [][]byte{[]byte(password), wide} {
		forms = append(forms, hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)))
		for shift := range 3 { // base64 of it at any offset within a longer text
			coded := base64.StdEncoding.EncodeToString(append(make([]byte, shift), raw...))
			forms = append(forms, coded[shift+2:len(coded)-4])
		}
	}
	return forms
}

// TestSafetyRules runs every scenario with a recognisable password and holds
// what arrived at the host, what was kept and what was traced to the rules.
func TestSafetyRules(t *testing.T) {
	for _, s := range lab.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			safely(t, s.Name)
		})
	}
}

func safely(t *testing.T, scenario string) {
	const password = "Canary-4f1d9c-Wachtwoord"
	start := time.Now()
	a := ask{scenario: scenario, lab: lab.Options{Password: password}, timeout: 6 * time.Second}
	l := look(t, a)
	if took := time.Since(start); took > 9*time.Second {
		t.Errorf("took %v", took)
	}
	real := l.host.Password
	for _, auth := range l.stats.Authorizations {
		if auth.Password == "" || auth.Password != real {
			continue
		}
		if !auth.TLS {
			t.Error("the real password went over plain HTTP")
		} else if !l.facts.HTTPS.TLS.Value.Vetted {
			t.Error("the real password went over a connection that was not vetted")
		}
	}
	for account, n := range l.stats.FailedLogons {
		if n > 1 {
			t.Errorf("%d failed logons of %s", n, account)
		}
	}
	data, err := json.Marshal(l.facts)
	if err != nil {
		t.Fatal(err)
	}
	if real != "" {
		noSecret(t, "facts", data, real)
	}
}

func noSecret(t *testing.T, where string, data []byte, password string) {
	t.Helper()
	for _, form := range secretForms(password) {
		if bytes.Contains(data, []byte(form)) {
			t.Errorf("the password is in the %s as %q", where, form)
		}
	}
}

// TestTraceIsSafe: the trace of a look that sends the password has none of it.
func TestTraceIsSafe(t *testing.T) {
	var trace bytes.Buffer
	n := &lab.Network{}
	s, _ := lab.Find("healthy")
	h, err := lab.Start(t.Context(), s, lab.Options{Network: true})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	n.Add("win01.lab.test", h)
	env := environment(n)
	env.Trace = slog.New(slog.NewTextHandler(&trace, &slog.HandlerOptions{Level: slog.LevelDebug}))
	req := request(t, ask{}, "win01.lab.test", h)
	probe.Run(t.Context(), req, env)
	n.Wait()
	if !strings.Contains(trace.String(), "https.basic") {
		t.Fatal("the trace does not speak of the step that sends the password")
	}
	noSecret(t, "trace", trace.Bytes(), h.Password)
}

// TestInClearOnly: nothing but --send-password-in-clear sends the password over HTTP.
func TestInClearOnly(t *testing.T) {
	for _, inClear := range []bool{false, true} {
		l := look(t, ask{scenario: "basic-over-http-allowed", change: func(r *probe.Request) { r.InClear = inClear }})
		sent := false
		for _, auth := range l.stats.Authorizations {
			sent = sent || !auth.TLS && auth.Password == l.host.Password
		}
		if sent != inClear {
			t.Errorf("asked for: %v, sent: %v; %+v", inClear, sent, l.facts.HTTP.Basic)
		}
	}
}

// TestWithheld: each reason not to trust a certificate keeps every credential away.
func TestWithheld(t *testing.T) {
	for _, scenario := range []string{"wrong-name", "expired", "self-signed", "unknown-ca", "revoked-staple", "client-auth-eku", "everything-wrong"} {
		l := look(t, ask{scenario: scenario})
		for path, o := range map[string]probe.Observed[probe.Authentication]{"basic": l.facts.HTTPS.Basic, "negotiate": l.facts.HTTPS.Negotiate} {
			if o.State != probe.NotRun || !strings.HasPrefix(o.Why, "withheld") {
				t.Errorf("%s: %s: %+v", scenario, path, o)
			}
		}
	}
}

// TestWaived: a pin or --insecure lets the credential through; a wrong pin never does, and neither lifts a revocation.
func TestWaived(t *testing.T) {
	pinOf := func(scenario string) string {
		return look(t, ask{scenario: scenario, user: "-"}).facts.HTTPS.TLS.Value.Chain.SHA256
	}
	for _, c := range []struct {
		scenario string
		trust    probe.TrustAsk
		want     probe.State
	}{
		{"self-signed", probe.TrustAsk{Pin: strings.ToLower(pinOf("self-signed"))}, probe.Seen},
		{"self-signed", probe.TrustAsk{Insecure: true}, probe.Seen},
		{"healthy", probe.TrustAsk{Pin: strings.Repeat("0", 64)}, probe.NotRun},
		{"healthy", probe.TrustAsk{Pin: strings.Repeat("0", 64), Insecure: true}, probe.NotRun},
		{"revoked-staple", probe.TrustAsk{Insecure: true}, probe.NotRun},
	} {
		l := look(t, ask{scenario: c.scenario, change: func(r *probe.Request) { r.Target.Trust = c.trust }})
		if got := l.facts.HTTPS.Basic; got.State != c.want {
			t.Errorf("%s %+v: %+v", c.scenario, c.trust, got)
		}
	}
}

// TestWrongPasswordCostsOne: exactly one failed logon, whatever routes there are.
func TestWrongPasswordCostsOne(t *testing.T) {
	for _, scenario := range []string{"healthy", "http-refused", "cbt-strict", "basic-over-http-allowed"} {
		l := look(t, ask{scenario: scenario, password: "wrong", change: func(r *probe.Request) { r.Unsealed, r.InClear = true, true }})
		if n := l.stats.FailedLogons["alice"]; n != 1 {
			t.Errorf("%s: %d failed logons", scenario, n)
		}
	}
}

// TestParrot: what a host repeats of the secrets that it was sent is in no fact.
func TestParrot(t *testing.T) {
	l := look(t, ask{scenario: "parrot", change: func(r *probe.Request) { r.Target.Route = probe.RouteBasicHTTPS }})
	if l.facts.HTTPS.Basic.Value.Sent != probe.SentPassword {
		t.Fatalf("the password was not sent: %+v", l.facts.HTTPS.Basic)
	}
	data, err := json.Marshal(l.facts)
	if err != nil {
		t.Fatal(err)
	}
	noSecret(t, "facts", data, l.host.Password)
	noSecret(t, "facts", data, l.host.User+":"+l.host.Password)
}

// TestAnswersAnybody: an Identify that anybody gets is no proof of a logon.
func TestAnswersAnybody(t *testing.T) {
	f := look(t, ask{scenario: "answers-anybody"}).facts
	for _, o := range []probe.Observed[probe.Authentication]{f.HTTPS.Basic, f.HTTPS.Negotiate, f.HTTP.Negotiate} {
		if o.Value.Outcome == probe.Accepted {
			t.Errorf("taken for a proof: %+v", o)
		}
	}
}

// TestForgedMIC: a last token that the session's key did not make is no proof,
// whatever status and answer come with it.
func TestForgedMIC(t *testing.T) {
	f := look(t, ask{scenario: "forged-mic"}).facts
	for _, o := range []probe.Observed[probe.Authentication]{f.HTTP.Negotiate, f.HTTPS.Negotiate} {
		if o.Value.Outcome == probe.Accepted || o.Value.Mutual {
			t.Errorf("taken for a proof: %+v", o)
		}
	}
}

// TestUnsealedNeedsSealed: without a sealed answer that was accepted, no type 3
// message goes out unsealed.
func TestUnsealedNeedsSealed(t *testing.T) {
	for scenario, want := range map[string]bool{"healthy": true, "sealing-not-granted": false, "forged-mic": false} {
		f := look(t, ask{scenario: scenario, change: func(r *probe.Request) { r.Unsealed = true }}).facts
		if sent := f.HTTP.Unsealed.Value.Sent == probe.SentNTLM; sent != want {
			t.Errorf("%s: sent %v: %+v", scenario, sent, f.HTTP.Unsealed)
		}
	}
}
