package negotiate

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bodgit/ntlmssp"
)

// The library that masterzen/winrm seals with, a client that no one here wrote: 88-byte header with MIC where the
// challenge has a timestamp, 72 bytes otherwise.
func TestAcceptsBodgit(t *testing.T) {
	for name, stamp := range map[string]time.Time{"mic": hostSpec().Timestamp, "no mic": {}} {
		spec := hostSpec()
		spec.Timestamp = stamp
		_, a := newPair(t, Options{}, AcceptorOptions{Challenge: spec})
		c, err := ntlmssp.NewClient(ntlmssp.SetUserInfo("alice", canary), ntlmssp.SetDomain("corp"))
		if err != nil {
			t.Fatal(err)
		}
		foreignHandshake(t, a, func(type2 []byte) ([]byte, error) { return c.Authenticate(type2, nil) })
		l, header := a.Logon(), 72
		if !stamp.IsZero() {
			header = 88
		}
		if l.MIC == stamp.IsZero() || l.User != "alice" || l.Domain != "corp" || l.HeaderSize != header || l.Bindings != nil {
			t.Errorf("%s: read %+v", name, l)
		}
		converseBodgit(t, c.SecuritySession(), a.Session())
	}
}

// foreignHandshake drives a raw client: authenticate gets nil first, then the challenge.
func foreignHandshake(t *testing.T, a *Acceptor, authenticate func(type2 []byte) ([]byte, error)) {
	t.Helper()
	type1, err := authenticate(nil)
	if err != nil {
		t.Fatal(err)
	}
	type2, _, err := a.Step(type1)
	if err != nil {
		t.Fatal(err)
	}
	type3, err := authenticate(type2)
	if err != nil {
		t.Fatal(err)
	}
	if answer, done, err := a.Step(type3); err != nil || !done || answer != nil {
		t.Fatalf("%x, %v, %v", answer, done, err)
	}
}

func converseBodgit(t *testing.T, client *ntlmssp.SecuritySession, host *Session) {
	t.Helper()
	for n := range 3 {
		text := []byte(strings.Repeat("message ", n+1))
		sealed, sig, err := client.Wrap(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := host.Unseal(sealed, sig); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("to the host: %q, %v", got, err)
		}
		sealed, sig = host.Seal(text)
		if got, err := client.Unwrap(sealed, sig); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("to the client: %q, %v", got, err)
		}
	}
}

// go-ntlmssp: 64-byte header, no key exchange, nothing signed.
func TestAcceptsUnsealed(t *testing.T) {
	for _, account := range []Account{
		alice(), {User: "alice", Password: NewSecret(canary)}, {User: "alice@corp.example", Password: NewSecret(canary)},
		{User: `corp\alice`, Password: NewSecret(canary), Workstation: "STATION7"},
	} {
		_, a := newPair(t, Options{}, AcceptorOptions{Challenge: hostSpec()})
		foreignHandshake(t, a, func(type2 []byte) ([]byte, error) {
			if type2 == nil {
				return UnsealedType1(), nil
			}
			return UnsealedType3(type2, account)
		})
		l := a.Logon()
		if l.HeaderSize != 64 || l.MIC || l.Flags&(FlagSeal|FlagSign|FlagKeyExchange) != 0 || a.Session() != nil {
			t.Errorf("%s: read %+v, session %v", account.User, l, a.Session())
		}
		if want := DefaultWorkstation; l.Workstation != want && l.Workstation != account.Workstation {
			t.Errorf("workstation %q", l.Workstation)
		}
	}
}

func TestUnsealedRefuses(t *testing.T) {
	sealing := hostSpec()
	sealing.Flags = DefaultHostFlags
	wrong := alice()
	wrong.Password = NewSecret("wrong")
	if _, err := UnsealedType3([]byte("NTLMSSP\x00"), alice()); err == nil {
		t.Error("answered garbage")
	}
	if _, err := UnsealedType3(BuildChallenge(sealing), alice()); err == nil || !strings.Contains(err.Error(), "KEY_EXCH") {
		t.Errorf("key exchange: %v", err)
	}
	_, a := newPair(t, Options{}, AcceptorOptions{Challenge: hostSpec()})
	type2, _, err := a.Step(UnsealedType1())
	if err != nil {
		t.Fatal(err)
	}
	type3, err := UnsealedType3(type2, wrong)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.Step(type3); !errors.Is(err, ErrLogon) {
		t.Errorf("wrong password: %v", err)
	}
}

// A client with sealing but no key exchange seals with the session base key, and a 56-bit one with a shortened key.
func TestSessionsWithoutKeyExchange(t *testing.T) {
	for _, flags := range []uint32{
		FlagUnicode | FlagSign | FlagSeal | FlagExtendedSecurity | Flag128,
		FlagUnicode | FlagSign | FlagSeal | FlagExtendedSecurity | Flag56,
		FlagUnicode | FlagSign | FlagSeal | FlagExtendedSecurity,
	} {
		_, a := newPair(t, Options{}, AcceptorOptions{Challenge: hostSpec()})
		type1 := put32(12, flags)(buildNegotiate())
		type2, _, err := a.Step(type1)
		if err != nil {
			t.Fatal(err)
		}
		i, err := NewInitiator(Options{Account: alice()})
		if err != nil {
			t.Fatal(err)
		}
		if i.challenge, err = ParseChallenge(type2); err != nil {
			t.Fatal(err)
		}
		i.type1, i.type2 = type1, type2
		r := response{flags: flags, account: i.o.Account}
		key, err := i.respond(&r, make([]byte, 8))
		if err != nil {
			t.Fatal(err)
		}
		type3 := r.build()
		copy(type3[micAt:], messageMIC(key, type1, type2, type3))
		if _, done, err := a.Step(type3); err != nil || !done {
			t.Fatalf("%#x: %v", flags, err)
		}
		client, err := NewClientSession(key, flags)
		if err != nil {
			t.Fatal(err)
		}
		converse(t, client, a.Session())
	}
}

func TestAcceptorRefuses(t *testing.T) {
	good := response{flags: clientFlags &^ FlagOEM, account: alice(), lm: make([]byte, 24), nt: make([]byte, 24)}
	anonymous, v1, short := good, good, good
	anonymous.account, anonymous.nt = Account{}, nil
	short.nt = make([]byte, 20)
	for name, tc := range map[string]struct {
		type3 []byte
		want  error
	}{
		"anonymous": {anonymous.build(), ErrAnonymous}, "ntlmv1": {v1.build(), ErrNTLMv1}, "short": {short.build(), ErrNTLMv1},
		"anonymous by flag": {put32(60, clientFlags|FlagAnonymous)(v1.build()), ErrAnonymous},
	} {
		_, a := newPair(t, Options{}, AcceptorOptions{Challenge: hostSpec()})
		if _, _, err := a.Step(buildNegotiate()); err != nil {
			t.Fatal(err)
		}
		if _, done, err := a.Step(tc.type3); !errors.Is(err, tc.want) || done || a.Session() != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAcceptorRefusesFirst(t *testing.T) {
	krb5 := bytes.ReplaceAll(WrapInit(buildNegotiate()), unhex(t, "060a2b06010401823702020a"), unhex(t, "060a2a864886f71201020201"))
	for name, token := range map[string][]byte{
		"empty": nil, "text": []byte("Basic"), "type 3": response{flags: 1}.build(), "resp": NegTokenResp{Token: buildNegotiate()}.Wrap(),
		"only other mechanisms": krb5, "init with garbage": WrapInit([]byte("garbage")),
		"no encoding": put32(12, FlagNTLM)(buildNegotiate()),
	} {
		_, a := newPair(t, Options{}, AcceptorOptions{})
		if answer, done, err := a.Step(token); err == nil || done || answer != nil {
			t.Errorf("%s: %x, %v, %v", name, answer, done, err)
		}
		if _, _, err := a.Step(buildNegotiate()); err == nil || !strings.Contains(err.Error(), "over") {
			t.Errorf("%s: went on: %v", name, err)
		}
	}
}

func TestAcceptorKeepsForm(t *testing.T) {
	_, a := newPair(t, Options{}, AcceptorOptions{})
	if _, _, err := a.Step(WrapInit(buildNegotiate())); err != nil || a.Form() != SPNEGO {
		t.Fatal(err)
	}
	if _, _, err := a.Step(response{flags: 1}.build()); err == nil || !strings.Contains(err.Error(), "form") {
		t.Errorf("%v", err)
	}
}

// A client that likes Kerberos better: the host chooses NTLM and asks for a mechListMIC, which it then insists on.
func TestAcceptorChoosesNTLM(t *testing.T) {
	list := unhex(t, "301706092a864886f712010202060a2b06010401823702020a")
	first := unhex(t, "6033 06062b0601050502 a029 3027 a019"+"301706092a864886f712010202060a2b06010401823702020a"+"a20a 0408 6b72623574696b74")
	for _, sendMIC := range []bool{true, false} {
		i, a := newPair(t, Options{Account: alice()}, AcceptorOptions{Challenge: hostSpec()})
		answer, done, err := a.Step(first)
		if err != nil || done {
			t.Fatal(err)
		}
		if inner, _, info, err := Unwrap(answer); err != nil || inner != nil || info.State != RequestMIC || info.SupportedMech != MechNTLM {
			t.Fatalf("%x, %+v, %v", inner, info, err)
		}
		if answer, _, err = a.Step(NegTokenResp{Token: i.type1}.Wrap()); err != nil {
			t.Fatal(err)
		}
		if _, err := i.Challenge(answer); err != nil {
			t.Fatal(err)
		}
		type3, _, err := i.authenticate()
		if err != nil {
			t.Fatal(err)
		}
		resp := NegTokenResp{Token: type3}
		if sendMIC {
			resp.MechListMIC = i.session.signMechList(list)
		}
		answer, done, err = a.Step(resp.Wrap())
		if done != sendMIC || (err == nil) != sendMIC {
			t.Fatalf("MIC %v: %v, %v", sendMIC, done, err)
		}
		if sendMIC {
			_, _, info, err := Unwrap(answer)
			if err != nil || i.session.verifyMechList(list, info.MechListMIC) != nil || info.State != AcceptCompleted {
				t.Fatalf("%+v, %v", info, err)
			}
			converse(t, i.Session(), a.Session())
		}
	}
}

// A wrong mechListMIC fails the logon even though the password is right.
func TestAcceptorHoldsMechListMIC(t *testing.T) {
	i, a := newPair(t, Options{Account: alice()}, AcceptorOptions{Challenge: hostSpec()})
	answer, _, err := a.Step(i.Begin())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.Challenge(answer); err != nil {
		t.Fatal(err)
	}
	type3, _, err := i.authenticate()
	if err != nil {
		t.Fatal(err)
	}
	if _, done, err := a.Step(NegTokenResp{Token: type3, MechListMIC: make([]byte, 16)}.Wrap()); err == nil || done || a.Session() != nil {
		t.Errorf("%v, %v", done, err)
	}
}

// A client without Unicode, such as curl by itself: names in ASCII, no version, nothing signed.
func TestAcceptsOEM(t *testing.T) {
	spec := hostSpec()
	spec.TargetName = "C\u00d6RP"
	_, a := newPair(t, Options{}, AcceptorOptions{Challenge: spec})
	type2, _, err := a.Step(put32(12, FlagOEM|FlagNTLM|FlagExtendedSecurity)(buildNegotiate()))
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseChallenge(type2)
	if err != nil || c.Flags&FlagUnicode != 0 || c.Flags&FlagOEM == 0 || c.TargetName != "C?RP" || c.NetBIOSDomain != "CORP" {
		t.Fatalf("%+v, %v", c, err)
	}
	i := &Initiator{challenge: c, o: Options{Account: alice(), Now: atEpoch}}
	r := response{flags: c.Flags, account: alice()}
	if _, err := i.respond(&r, make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	l := newLayout(3, authenticateHeader)
	l.slot(28, oem(r.account.Domain))
	l.slot(36, oem(r.account.User))
	l.slot(20, r.nt)
	l.put32(60, c.Flags)
	if _, done, err := a.Step(l.bytes()); !errors.Is(err, ErrMIC) || done { // the pairs promise a MIC
		t.Fatalf("%v, %v", done, err)
	}
	if a.Logon().User != "alice" || a.Logon().Domain != "CORP" {
		t.Errorf("read %+v", a.Logon())
	}
}

// type 3 carries other flags than were offered: what the host did not grant does not count.
func TestFlagsAreTheIntersection(t *testing.T) {
	spec := hostSpec()
	spec.Flags = DefaultHostFlags &^ FlagKeyExchange
	_, a := newPair(t, Options{}, AcceptorOptions{Challenge: spec})
	type2, _, err := a.Step(buildNegotiate())
	if err != nil {
		t.Fatal(err)
	}
	if c, err := ParseChallenge(type2); err != nil || c.Flags&FlagKeyExchange != 0 || c.Flags&FlagOEM != 0 {
		t.Errorf("%#x, %v", c.Flags, err)
	}
}

func TestNewAcceptorDrawsChallenge(t *testing.T) {
	if _, err := NewAcceptor(AcceptorOptions{Rand: strings.NewReader("abc")}); err == nil {
		t.Error("no random bytes, no error")
	}
	a, err := NewAcceptor(AcceptorOptions{Rand: strings.NewReader("12345678")})
	if err != nil || string(a.o.Challenge.ServerChallenge[:]) != "12345678" {
		t.Errorf("%v, %v", a, err)
	}
}
