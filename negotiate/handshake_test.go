package negotiate

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

func atEpoch() time.Time { return time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC) }

func hostSpec() ChallengeSpec {
	return ChallengeSpec{
		NetBIOSComputer: "WIN01", NetBIOSDomain: "CORP", DNSComputer: "win01.corp.example", DNSDomain: "corp.example",
		DNSTree: "corp.example", Timestamp: time.Date(2026, 3, 4, 5, 6, 7, 800, time.UTC), Major: 10, Build: 20348,
	}
}

func alice() Account { return Account{User: "alice", Domain: "CORP", Password: NewSecret(canary)} }

func onlyAlice(user, _ string) (Secret, bool) {
	return NewSecret(canary), strings.EqualFold(user, "alice") || strings.EqualFold(user, "alice@corp.example")
}

func newPair(t testing.TB, o Options, h AcceptorOptions) (*Initiator, *Acceptor) {
	t.Helper()
	i, err := NewInitiator(o)
	if err != nil {
		t.Fatal(err)
	}
	if h.Password == nil {
		h.Password = onlyAlice
	}
	a, err := NewAcceptor(h)
	if err != nil {
		t.Fatal(err)
	}
	return i, a
}

// shake runs a handshake to its end and returns the error of whoever refused.
func shake(t testing.TB, i *Initiator, a *Acceptor) error {
	t.Helper()
	answer, done, err := a.Step(i.Begin())
	if err != nil || done {
		t.Fatalf("type 1: %v, %v", done, err)
	}
	if _, err := i.Challenge(answer); err != nil {
		t.Fatal(err)
	}
	token, err := i.Finish()
	if err != nil {
		return err
	}
	if answer, done, err = a.Step(token); err != nil {
		return err
	}
	if !done {
		t.Fatal("not done, and no error")
	}
	return i.Confirm(answer)
}

func TestHandshake(t *testing.T) {
	old := hostSpec()
	old.Timestamp = time.Time{}
	upn := Account{User: "Alice@corp.example", Password: NewSecret(canary), Workstation: "STATION7"}
	binding := []byte("tls-server-end-point:0123456789")
	for _, tc := range []struct {
		name string
		o    Options
		spec ChallengeSpec
		mic  bool
	}{
		{"spnego", Options{Account: alice(), Target: "HTTP/win01"}, hostSpec(), true},
		{"raw", Options{Form: Raw, Account: alice()}, hostSpec(), true},
		{"whole name", Options{Account: upn}, hostSpec(), true},
		{"bindings", Options{Account: alice(), Bindings: binding, Target: "HTTP/win01"}, hostSpec(), true},
		{"no timestamp", Options{Account: alice(), Bindings: binding}, old, false},
		{"no timestamp, raw", Options{Form: Raw, Account: alice()}, old, false},
		{"nameless host", Options{Account: alice()}, ChallengeSpec{}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			i, a := newPair(t, tc.o, AcceptorOptions{Challenge: tc.spec})
			if err := shake(t, i, a); err != nil {
				t.Fatal(err)
			}
			checkLogon(t, a.Logon(), tc.o, tc.mic)
			inSPNEGO := tc.o.Form != Raw
			if i.MutualMIC() != (inSPNEGO && tc.mic) || a.Logon().MechListMIC != i.MutualMIC() {
				t.Errorf("mutual MIC %v, mechListMIC %v", i.MutualMIC(), a.Logon().MechListMIC)
			}
			converse(t, i.Session(), a.Session())
		})
	}
}

func checkLogon(t *testing.T, l Logon, o Options, mic bool) {
	t.Helper()
	station := o.Account.Workstation
	if station == "" {
		station = DefaultWorkstation
	}
	if l.User != o.Account.User || l.Domain != o.Account.Domain || l.Workstation != station || l.Target != o.Target ||
		l.MIC != mic || l.HeaderSize != 88 {
		t.Errorf("the host read %+v", l)
	}
	want, err := BindingsHash(o.Bindings)
	if err != nil || !bytes.Equal(l.Bindings, want) {
		t.Errorf("bindings %x, want %x (%v)", l.Bindings, want, err)
	}
}

// converse sends messages both ways, several in a row, sealed and signed.
func converse(t *testing.T, client, host *Session) {
	t.Helper()
	for n := range 6 {
		from, to := client, host
		if n%3 == 2 {
			from, to = host, client
		}
		text := []byte(strings.Repeat("message ", n))
		sealed, sig := from.Seal(text)
		if n > 0 && bytes.Equal(sealed, text) {
			t.Error("not sealed at all")
		}
		if got, err := to.Unseal(sealed, sig); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("message %d: %q, %v", n, got, err)
		}
		if err := to.Verify(text, from.Sign(text)); err != nil {
			t.Fatalf("signed message %d: %v", n, err)
		}
	}
}

func TestType1NamesNobody(t *testing.T) {
	a := alice()
	a.Workstation = "SECRETSTATION"
	for _, form := range []Form{Raw, SPNEGO} {
		i, err := NewInitiator(Options{Form: form, Account: a, Target: "HTTP/win01"})
		if err != nil {
			t.Fatal(err)
		}
		inner, got, info, err := Unwrap(i.Begin())
		if err != nil || got != form {
			t.Fatalf("%v, %v", got, err)
		}
		if form == SPNEGO && (!info.Init || len(info.MechTypes) != 1 || info.MechTypes[0] != MechNTLM) {
			t.Errorf("offers %+v", info)
		}
		n, err := ParseNegotiateMessage(inner)
		if err != nil || len(inner) != 40 || n.Domain != "" || n.Workstation != "" || n.Flags != 0xe2088237 {
			t.Errorf("%+v, %v (%d bytes)", n, err, len(inner))
		}
	}
}

func TestRefusals(t *testing.T) {
	wrong := alice()
	wrong.Password = NewSecret("wrong")
	mallory := alice()
	mallory.User = "mallory"
	for _, form := range []Form{Raw, SPNEGO} {
		for name, account := range map[string]Account{"wrong password": wrong, "unknown user": mallory} {
			i, a := newPair(t, Options{Form: form, Account: account}, AcceptorOptions{Challenge: hostSpec()})
			if err := shake(t, i, a); !errors.Is(err, ErrLogon) {
				t.Errorf("%s: %v", name, err)
			}
			if a.Logon().User != account.User || a.Session() != nil {
				t.Errorf("%s: logon %+v, session %v", name, a.Logon(), a.Session())
			}
			if _, _, err := a.Step(i.Begin()); err == nil {
				t.Errorf("%s: the handshake went on", name)
			}
		}
	}
}

// A proof is bound to the domain as it is spelled, so any spelling works when both use it.
func TestDomainSpelling(t *testing.T) {
	for _, domain := range []string{"CORP", "corp", "Corp.Example", ".", ""} {
		account := alice()
		account.Domain = domain
		i, a := newPair(t, Options{Account: account}, AcceptorOptions{Challenge: hostSpec()})
		if err := shake(t, i, a); err != nil {
			t.Errorf("%q: %v", domain, err)
		}
	}
}

// Every byte of type 3 that is covered by the MIC: changing one must be refused.
func TestTamperedType3(t *testing.T) {
	for at := 60; at < 130; at += 3 {
		i, a := newPair(t, Options{Form: Raw, Account: alice()}, AcceptorOptions{Challenge: hostSpec()})
		answer, _, err := a.Step(i.Begin())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := i.Challenge(answer); err != nil {
			t.Fatal(err)
		}
		token, err := i.Finish()
		if err != nil {
			t.Fatal(err)
		}
		token[at] ^= 0x10
		if _, _, err := a.Step(token); err == nil {
			t.Errorf("byte %d changed, and the host accepts", at)
		}
	}
}

func TestTamperedType1And2(t *testing.T) {
	i, a := newPair(t, Options{Form: Raw, Account: alice()}, AcceptorOptions{Challenge: hostSpec()})
	type1 := i.Begin()
	type1[34] ^= 1 // build number
	answer, _, err := a.Step(type1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.Challenge(answer); err != nil {
		t.Fatal(err)
	}
	token, err := i.Finish()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.Step(token); !errors.Is(err, ErrMIC) {
		t.Errorf("a changed type 1: %v", err)
	}
}

func TestMissingFlags(t *testing.T) {
	for name, bit := range map[string]uint32{
		"NTLMSSP_NEGOTIATE_KEY_EXCH": FlagKeyExchange, "NTLMSSP_NEGOTIATE_128": Flag128, "NTLMSSP_NEGOTIATE_SEAL": FlagSeal,
		"NTLMSSP_NEGOTIATE_SIGN": FlagSign, "NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY": FlagExtendedSecurity,
	} {
		spec := hostSpec()
		spec.Flags = DefaultHostFlags &^ bit
		i, a := newPair(t, Options{Account: alice()}, AcceptorOptions{Challenge: spec})
		err := shake(t, i, a)
		if err == nil || !strings.Contains(err.Error(), name) || strings.Count(err.Error(), "NTLMSSP") != 1 {
			t.Errorf("without %s: %v", name, err)
		}
		if i.Session() != nil {
			t.Errorf("without %s: a session", name)
		}
	}
}
