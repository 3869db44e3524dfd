package negotiate

import (
	"bytes"
	"strings"
	"testing"
)

const sessionFlags = FlagSign | FlagSeal | FlagExtendedSecurity | Flag128 | FlagKeyExchange

func sessionPair(t testing.TB, flags uint32) (client, host *Session) {
	t.Helper()
	key := []byte("0123456789abcdef")
	client, err := NewClientSession(key, flags)
	if err != nil {
		t.Fatal(err)
	}
	if host, err = NewHostSession(key, flags); err != nil {
		t.Fatal(err)
	}
	return client, host
}

func TestSessionBothWays(t *testing.T) {
	for _, flags := range []uint32{
		sessionFlags, sessionFlags &^ FlagKeyExchange, sessionFlags&^Flag128 | Flag56, sessionFlags &^ Flag128,
		sessionFlags &^ FlagSign,
	} {
		client, host := sessionPair(t, flags)
		converse(t, client, host)
	}
}

// Keys of another length seal otherwise: a session is not by chance the same for all.
func TestSessionStrengthMatters(t *testing.T) {
	seen := map[string]bool{}
	for _, flags := range []uint32{sessionFlags, sessionFlags&^Flag128 | Flag56, sessionFlags &^ Flag128} {
		client, _ := sessionPair(t, flags)
		sealed, _ := client.Seal([]byte("the same plain text"))
		seen[string(sealed)] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d different texts of 3", len(seen))
	}
}

func TestNewSessionRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		key   []byte
		flags uint32
	}{
		"no key": {nil, sessionFlags}, "short key": {make([]byte, 8), sessionFlags},
		"no extended security": {make([]byte, 16), sessionFlags &^ FlagExtendedSecurity},
		"nothing to protect":   {make([]byte, 16), FlagExtendedSecurity | Flag128},
	} {
		if _, err := NewClientSession(tc.key, tc.flags); err == nil {
			t.Errorf("%s: client taken", name)
		}
		if _, err := NewHostSession(tc.key, tc.flags); err == nil {
			t.Errorf("%s: host taken", name)
		}
	}
}

// Whatever is wrong with a message, the session stays where it was, and reads the right one afterwards.
func TestUnsealRefuses(t *testing.T) {
	client, host := sessionPair(t, sessionFlags)
	sealed, sig := client.Seal([]byte("first"))
	flip := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[at] ^= 1
		return b
	}
	for name, tc := range map[string]struct {
		sealed, sig []byte
		want        string
	}{
		"text":          {flip(sealed, 0), sig, "does not match"},
		"checksum":      {sealed, flip(sig, 5), "does not match"},
		"version":       {sealed, flip(sig, 0), "does not match"},
		"sequence":      {sealed, flip(sig, 12), "sequence number 1 where 0 was expected"},
		"no signature":  {sealed, nil, "0 bytes"},
		"short":         {sealed, sig[:15], "15 bytes"},
		"long":          {sealed, append(bytes.Clone(sig), 0), "17 bytes"},
		"longer text":   {append(bytes.Clone(sealed), 0), sig, "does not match"},
		"shorter text":  {sealed[:4], sig, "does not match"},
		"no text":       {nil, sig, "does not match"},
		"other message": {[]byte("hello"), make([]byte, 16), "does not match"},
	} {
		if _, err := host.Unseal(tc.sealed, tc.sig); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := host.Unseal(sealed, sig); err != nil || string(got) != "first" {
		t.Fatalf("%q, %v", got, err)
	}
	if _, err := host.Unseal(sealed, sig); err == nil {
		t.Error("a message was read twice")
	}
	if err := client.Verify([]byte("x"), host.Sign([]byte("y"))); err == nil {
		t.Error("a signature of something else was taken")
	}
	if err := client.Verify([]byte("x"), nil); err == nil {
		t.Error("no signature was taken")
	}
	if _, err := client.Unseal(client.Seal([]byte("own"))); err == nil {
		t.Error("the client reads its own message")
	}
}

// MS-SPNG 3.3.5.1: the key stream returns to where it was before the mechListMIC, the sequence number does not.
func TestMechListMICState(t *testing.T) {
	client, host := sessionPair(t, sessionFlags)
	list := ownMechList()
	mic := client.signMechList(list)
	if err := host.verifyMechList([]byte("another list"), mic); err == nil {
		t.Error("taken for another list")
	}
	if err := host.verifyMechList(list, mic); err != nil {
		t.Fatal(err)
	}
	sealed, sig := client.Seal([]byte("text"))
	if sig[12] != 1 {
		t.Errorf("the first message has number %d", sig[12])
	}
	fresh, _ := sessionPair(t, sessionFlags)
	if want, _ := fresh.Seal([]byte("text")); !bytes.Equal(sealed, want) {
		t.Error("the key stream moved on")
	}
	if _, err := host.Unseal(sealed, sig); err != nil {
		t.Fatal(err)
	}
}

func TestSealLeavesPlain(t *testing.T) {
	client, _ := sessionPair(t, sessionFlags)
	plain := []byte("stays")
	client.Seal(plain)
	if string(plain) != "stays" {
		t.Errorf("became %q", plain)
	}
}

func BenchmarkSeal(b *testing.B) {
	client, _ := sessionPair(b, sessionFlags)
	plain := make([]byte, 8<<10)
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		client.Seal(plain)
	}
}

func BenchmarkHandshake(b *testing.B) {
	for b.Loop() {
		i, a := newPair(b, Options{Account: alice(), Bindings: []byte("x"), Target: "HTTP/h"}, AcceptorOptions{Challenge: hostSpec()})
		if err := shake(b, i, a); err != nil {
			b.Fatal(err)
		}
	}
}
