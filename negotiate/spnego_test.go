package negotiate

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestUnwrapInit(t *testing.T) {
	token := WrapInit([]byte("NTLMSSP\x00"))
	// RFC 4178 4.2.1 by hand: application 0, OID 1.3.6.1.5.5.2, [0] sequence, mechTypes, mechToken.
	same(t, "token", token, "602806062b0601050502a01e301ca00e300c060a2b06010401823702020aa20a04084e544c4d53535000")
	inner, form, info, err := Unwrap(token)
	if err != nil || form != SPNEGO || string(inner) != "NTLMSSP\x00" {
		t.Fatalf("%q, %v, %v", inner, form, err)
	}
	want := TokenInfo{Init: true, MechTypes: []string{MechNTLM}}
	if diff := cmp.Diff(want, info, cmpopts.IgnoreUnexported(TokenInfo{})); diff != "" {
		t.Error(diff)
	}
	if !bytes.Equal(info.mechList, ownMechList()) {
		t.Errorf("list %x", info.mechList)
	}
}

func TestUnwrapResp(t *testing.T) {
	for _, r := range []NegTokenResp{
		{}, {State: AcceptCompleted}, {State: AcceptIncomplete, NTLM: true, Token: []byte("token")}, {State: Reject},
		{State: RequestMIC, NTLM: true}, {Token: []byte("t"), MechListMIC: []byte("m")}, {State: AcceptCompleted, MechListMIC: []byte("mic")},
	} {
		inner, form, info, err := Unwrap(r.Wrap())
		if err != nil || form != SPNEGO {
			t.Fatalf("%+v: %v", r, err)
		}
		got := NegTokenResp{State: info.State, NTLM: info.SupportedMech == MechNTLM, Token: inner, MechListMIC: info.MechListMIC}
		if diff := cmp.Diff(r, got); diff != "" || info.Init {
			t.Error(diff)
		}
	}
	same(t, "completed", NegTokenResp{State: AcceptCompleted}.Wrap(), "a1073005a0030a0100") // RFC 4178 4.2.2
	if _, _, info, err := Unwrap(NegTokenResp{Token: []byte("same"), MechListMIC: []byte("same")}.Wrap()); err != nil || info.MechListMIC != nil {
		t.Errorf("a repeated token is no MIC: %+v, %v", info, err)
	}
}

// MS-SPNG 2.2.1: hints of a host, with and without a mechListMIC behind them, and RFC 4178's MIC in their place.
func TestUnwrapInit2(t *testing.T) {
	hints := "a32a3028a0261b24" + "6e6f745f646566696e65645f696e5f5246433431373840706c656173655f69676e6f7265"
	mech := "a00e300c060a2b06010401823702020a"
	for name, tc := range map[string]struct{ fields, mic string }{
		"hints": {mech + hints, ""}, "hints and mic": {mech + hints + "a4040402abcd", "abcd"},
		"mic": {mech + "a3040402abcd", "abcd"}, "flags": {mech + "a10403020002" + "a3040402abcd", "abcd"},
	} {
		seq := unhex(t, tc.fields)
		body := append([]byte{0x30, byte(len(seq))}, seq...)
		body = append([]byte{0xa0, byte(len(body))}, body...)
		body = append(unhex(t, "06062b0601050502"), body...)
		inner, _, info, err := Unwrap(append([]byte{0x60, byte(len(body))}, body...))
		if err != nil || inner != nil || !info.Init || !bytes.Equal(info.MechListMIC, unhex(t, tc.mic)) {
			t.Errorf("%s: %x, %+v, %v", name, inner, info, err)
		}
	}
}

func TestUnwrapRaw(t *testing.T) {
	raw := buildNegotiate()
	inner, form, info, err := Unwrap(raw)
	if err != nil || form != Raw || !bytes.Equal(inner, raw) || info.Init || info.State != "" {
		t.Errorf("%x, %v, %+v, %v", inner, form, info, err)
	}
}

func TestUnwrapRefuses(t *testing.T) {
	good := NegTokenResp{State: AcceptCompleted, NTLM: true, Token: []byte("token"), MechListMIC: []byte("mic")}.Wrap()
	first := WrapInit([]byte("token"))
	for name, token := range map[string][]byte{
		"nothing": nil, "text": []byte("hello"), "signature alone cut": []byte("NTLMSSP"), "large": make([]byte, maxToken+1),
		"kerberos":       unhex(t, "600d06092a864886f7120102020100"),
		"endless OID":    append(unhex(t, "6082012c0682012806"), bytes.Repeat([]byte{1}, 295)...),
		"bytes behind":   append(bytes.Clone(good), 0),
		"init behind":    append(bytes.Clone(first), 0),
		"indefinite":     unhex(t, "a1803080"),
		"long form lies": unhex(t, "a184ffffffff"),
		"state 4":        unhex(t, "a1073005a0030a0104"),
		"state -1":       unhex(t, "a1073005a0030a01ff"),
		"state no enum":  unhex(t, "a1073005a003020100"),
		"order":          unhex(t, "a10d300ba2030401aaa0040a010000"),
		"empty init":     unhex(t, "600a06062b0601050502a000"),
		"no mechs":       unhex(t, "600e06062b0601050502a0043002a000"),
	} {
		if inner, form, _, err := Unwrap(token); err == nil || inner != nil || form != "" {
			t.Errorf("%s: %x, %v, %v", name, inner, form, err)
		} else if len(err.Error()) > 200 {
			t.Errorf("%s: the error has %d bytes", name, len(err.Error()))
		}
	}
	for n := range good {
		if _, _, _, err := Unwrap(good[:n]); err == nil {
			t.Errorf("resp cut to %d: taken", n)
		}
	}
	for n := range first {
		if _, _, _, err := Unwrap(first[:n]); err == nil {
			t.Errorf("init cut to %d: taken", n)
		}
	}
}

func TestUnwrapBoundsMechs(t *testing.T) {
	oid := unhex(t, "060a2b06010401823702020a")
	for n, fine := range map[int]bool{maxMechs: true, maxMechs + 1: false} {
		body := bytes.Repeat(oid, n)
		for _, tag := range []byte{0x30, 0xa0, 0x30, 0xa0} {
			body = append([]byte{tag, 0x82, byte(len(body) >> 8), byte(len(body))}, body...)
			if len(body)-4 < 256 {
				body = append([]byte{tag, 0x81}, body[3:]...)
			}
		}
		body = append(unhex(t, "06062b0601050502"), body...)
		head := []byte{0x60, 0x81, byte(len(body))}
		if len(body) > 255 {
			head = []byte{0x60, 0x82, byte(len(body) >> 8), byte(len(body))}
		}
		_, _, info, err := Unwrap(append(head, body...))
		if fine != (err == nil) || err != nil && !strings.Contains(err.Error(), "mechanisms") {
			t.Errorf("%d: %d, %v", n, len(info.MechTypes), err)
		}
	}
}

func FuzzUnwrap(f *testing.F) {
	f.Add(WrapInit(buildNegotiate()))
	f.Add(NegTokenResp{State: RequestMIC, NTLM: true, Token: []byte("token"), MechListMIC: []byte("mic")}.Wrap())
	f.Add(buildNegotiate())
	f.Add(unhex(f, "a1073005a0030a0104"))
	f.Add(unhex(f, "603806062b0601050502a02e302ca00e300c060a2b06010401823702020aa31a3018a0161b14"+strings.Repeat("61", 20)))
	f.Fuzz(func(t *testing.T, token []byte) {
		inner, form, info, err := Unwrap(token)
		if err != nil && (inner != nil || form != "") || len(info.MechTypes) > maxMechs {
			t.Fatalf("%x, %v, %+v, %v", inner, form, info, err)
		}
		a, aerr := NewAcceptor(AcceptorOptions{Challenge: hostSpec(), Rand: strings.NewReader("12345678"), Password: onlyAlice})
		if aerr != nil {
			t.Fatal(aerr)
		}
		if _, done, _ := a.Step(token); done {
			t.Fatal("accepted at once")
		}
		i, ierr := NewInitiator(Options{Form: SPNEGO})
		if ierr != nil {
			t.Fatal(ierr)
		}
		_, _ = i.Challenge(token) // must not panic
	})
}
