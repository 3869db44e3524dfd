package negotiate

import (
	"bytes"
	"strings"
	"testing"
)

func TestParseNegotiateMessage(t *testing.T) {
	named := []byte("NTLMSSP\x00\x01\x00\x00\x00\x01\x30\x00\x00\x06\x00\x06\x00\x26\x00\x00\x00\x06\x00\x06\x00\x20\x00\x00\x00STAT\x01NDOMAIN")
	n, err := ParseNegotiateMessage(named)
	if err != nil || n.Domain != "DOMAIN" || n.Workstation != "STAT\uFFFDN" || n.Flags != 0x3001 {
		t.Errorf("%+v, %v", n, err)
	}
	if n, err := ParseNegotiateMessage(named[:16]); err == nil {
		t.Errorf("announced names are missing, read as %+v", n)
	}
	short := append([]byte(nil), named[:16]...)
	short[13] = 0
	if n, err := ParseNegotiateMessage(short); err != nil || n.Flags != 1 {
		t.Errorf("16 bytes: %+v, %v", n, err)
	}
	if n, err := ParseNegotiateMessage(buildNegotiate()); err != nil || n.Major != 10 || n.Build != 0 {
		t.Errorf("ours: %+v, %v", n, err)
	}
	for name, b := range map[string][]byte{
		"empty": nil, "cut": named[:15], "other type": unhex(t, specChallenge), "name outside": named[:37],
		"offset": bytes.Replace(named, []byte{0x26}, []byte{0x08}, 1),
	} {
		if _, err := ParseNegotiateMessage(b); err == nil || !strings.HasPrefix(err.Error(), "negotiate message: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseAuthenticateRefuses(t *testing.T) {
	good := unhex(t, specAuthenticate)
	for name, change := range map[string]func(b []byte) []byte{
		"empty":              func(b []byte) []byte { return nil },
		"52-byte header":     func(b []byte) []byte { return b[:52] },
		"not Unicode":        func(b []byte) []byte { b[60] &^= 1; return b },
		"user outside":       put32(40, 5000),
		"user in the header": put32(40, 16),
		"odd user":           put16(36, 7),
		"long user":          func(b []byte) []byte { return put32(40, 200)(put16(36, 1200)(append(b, make([]byte, 2000)...))) },
		"key outside":        put32(56, 0xFFFFFFFF),
		"short response":     put16(20, 40),
		"other response":     func(b []byte) []byte { b[0x84+16] = 2; return b },
		"pairs cut":          put16(20, 0x54-12),
	} {
		if m, err := ParseAuthenticate(change(append([]byte(nil), good...))); err == nil {
			t.Errorf("%s: read as %+v", name, m)
		} else if !strings.HasPrefix(err.Error(), "authenticate message: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// NTLMv1 and anonymous messages can be read; what they lack is V2.
func TestParseAuthenticateOldResponses(t *testing.T) {
	for _, size := range []uint16{0, 24} {
		m, err := ParseAuthenticate(put16(20, size)(unhex(t, specAuthenticate)))
		if err != nil || m.V2 != nil || len(m.NT) != int(size) {
			t.Errorf("%d: %+v, %v", size, m, err)
		}
	}
}

func FuzzParseAuthenticate(f *testing.F) {
	f.Add(unhex(f, specAuthenticate))
	f.Add(put16(20, 24)(unhex(f, specAuthenticate)))
	f.Add(put32(56, 0xFFFFFFFF)(unhex(f, specAuthenticate)))
	f.Add(response{flags: clientFlags, account: alice(), lm: make([]byte, 24), nt: make([]byte, 60)}.build())
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseAuthenticate(b)
		if err == nil && m.MIC != nil {
			messageMIC(make([]byte, 16), nil, nil, b)
		}
		acceptAnything(t, b)
	})
}

func FuzzParseNegotiateMessage(f *testing.F) {
	f.Add(buildNegotiate())
	f.Add(UnsealedType1())
	f.Add([]byte("NTLMSSP\x00\x01\x00\x00\x00\x01\x30\x00\x00\x06\x00\x06\x00\x26\x00\x00\x00\x06\x00\x06\x00\x20\x00\x00\x00STATIONDOMAIN"))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := ParseNegotiateMessage(b)
		if err == nil && (n.Domain != shown(n.Domain) || n.Workstation != shown(n.Workstation)) {
			t.Fatalf("shows %q, %q", n.Domain, n.Workstation)
		}
	})
}

// acceptAnything throws a message at a host that waits for type 3: it must refuse, and nothing else.
func acceptAnything(t *testing.T, b []byte) {
	a, err := NewAcceptor(AcceptorOptions{
		Challenge: hostSpec(), Rand: bytes.NewReader(make([]byte, 64)),
		Password: func(string, string) (Secret, bool) { return NewSecret(canary), true },
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.Step(buildNegotiate()); err != nil {
		t.Fatal(err)
	}
	if _, done, err := a.Step(b); done || err == nil {
		t.Fatal("accepted what no one signed")
	}
}
