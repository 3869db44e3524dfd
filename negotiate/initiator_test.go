package negotiate

import (
	"bytes"
	"strings"
	"testing"
)

func TestInitiatorOrder(t *testing.T) {
	i, a := newPair(t, Options{Account: alice()}, AcceptorOptions{Challenge: hostSpec()})
	if _, err := i.Finish(); err == nil {
		t.Error("finished without a challenge")
	}
	if i.Confirm(nil) == nil || i.Session() != nil {
		t.Error("confirmed before anything was sent")
	}
	if err := shake(t, i, a); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Finish(); err == nil {
		t.Error("the challenge was answered twice")
	}
	for name, account := range map[string]Account{"no user": {Password: NewSecret("x")}, "no password": {User: "alice"}} {
		i, a := newPair(t, Options{Account: account}, AcceptorOptions{Challenge: hostSpec()})
		if err := shake(t, i, a); err == nil || !strings.Contains(err.Error(), "no user or no password") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewInitiatorRefuses(t *testing.T) {
	for name, o := range map[string]Options{
		"form": {Form: "kerberos"}, "long user": {Account: Account{User: strings.Repeat("u", 600)}},
		"long target": {Target: strings.Repeat("t", 600)},
	} {
		if _, err := NewInitiator(o); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestChallengeAnswers(t *testing.T) {
	type2 := BuildChallenge(hostSpec())
	for name, token := range map[string][]byte{
		"empty":           nil,
		"raw":             type2,
		"text":            []byte("Negotiate"),
		"reject":          NegTokenResp{State: Reject, Token: type2}.Wrap(),
		"no inner token":  NegTokenResp{State: AcceptIncomplete, NTLM: true}.Wrap(),
		"init":            WrapInit(type2),
		"type 1 again":    NegTokenResp{State: AcceptIncomplete, Token: buildNegotiate()}.Wrap(),
		"other mechanism": bytes.Replace(NegTokenResp{NTLM: true, Token: type2}.Wrap(), unhex(t, "2b06010401823702020a"), unhex(t, "2b06010401823702020b"), 1),
	} {
		i, _ := newPair(t, Options{Account: alice()}, AcceptorOptions{})
		if _, err := i.Challenge(token); err == nil {
			t.Errorf("%s: taken", name)
		}
		if _, err := i.Finish(); err == nil {
			t.Errorf("%s: answered", name)
		}
	}
}

func TestConfirm(t *testing.T) {
	for _, tc := range []struct {
		name  string
		token []byte
		want  string // "": fine
	}{
		{"completed", NegTokenResp{State: AcceptCompleted}.Wrap(), ""},
		{"nothing", nil, ErrUnconfirmed.Error()},
		{"rejected", NegTokenResp{State: Reject}.Wrap(), `says "reject"`},
		{"incomplete", NegTokenResp{State: AcceptIncomplete}.Wrap(), `says "accept-incomplete"`},
		{"no state", NegTokenResp{}.Wrap(), `says ""`},
		{"wrong MIC", NegTokenResp{State: AcceptCompleted, MechListMIC: make([]byte, 16)}.Wrap(), "mechListMIC"},
		{"short MIC", NegTokenResp{State: AcceptCompleted, MechListMIC: []byte{1}}.Wrap(), "mechListMIC"},
		{"raw", buildNegotiate(), "does not end"},
		{"garbage", []byte{0xA1, 0x80}, "malformed"},
	} {
		i, a := newPair(t, Options{Account: alice()}, AcceptorOptions{Challenge: hostSpec()})
		if err := shake(t, i, a); err != nil {
			t.Fatal(err)
		}
		switch err := i.Confirm(tc.token); {
		case tc.want == "" && err != nil, tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

// A hostile challenge that brings pairs which are the client's to set: none of them is echoed.
func TestClientPairsAreNotEchoed(t *testing.T) {
	info := avPairs{
		{avNetBIOSDomain, utf16le("CORP")}, {avFlags, []byte{3, 0, 0, 0}}, {avBindings, make([]byte, 16)},
		{avTargetName, utf16le("HTTP/evil")},
	}.bytes()
	i, err := NewInitiator(Options{Account: alice()})
	if err != nil {
		t.Fatal(err)
	}
	i.challenge = Challenge{TargetInfo: info}
	pairs, err := i.answerPairs()
	if err != nil {
		t.Fatal(err)
	}
	if pairs.has(avBindings) || pairs.has(avTargetName) || pairs.flags() != 1 || !pairs.has(avNetBIOSDomain) {
		t.Errorf("answered with %v", pairs)
	}
}

// The password leaves no trace in any token.
func TestTokensHideThePassword(t *testing.T) {
	i, a := newPair(t, Options{Account: alice()}, AcceptorOptions{Challenge: hostSpec()})
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
	mustHide(t, "type 1", string(i.Begin()))
	mustHide(t, "type 3", string(token))
}

// The account may be named once the challenge is known.
func TestInitiatorAs(t *testing.T) {
	i, a := newPair(t, Options{}, AcceptorOptions{Challenge: hostSpec()})
	if err := i.As(Account{User: strings.Repeat("u", 600)}); err == nil {
		t.Error("a name past the bound was taken")
	}
	if err := i.As(alice()); err != nil {
		t.Fatal(err)
	}
	if err := shake(t, i, a); err != nil {
		t.Fatal(err)
	}
	checkLogon(t, a.Logon(), Options{Account: alice()}, true)
	if err := i.As(alice()); err == nil {
		t.Error("the account changed after the answer")
	}
}
