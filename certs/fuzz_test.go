package certs

import (
	"bytes"
	"crypto/fips140"
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// FuzzInspect gives Inspect two arbitrary certificates: it must not panic, must
// not say "good" of what isn't in the seeds, and must stay bounded and JSON.
func FuzzInspect(f *testing.F) {
	for _, s := range everySpec() {
		m := mint(f, s)
		f.Add(m.Certificate[0], m.Certificate[len(m.Certificate)-1], host)
	}
	f.Add([]byte{0x30, 0x80}, []byte(nil), "[fe80::1%25eth0]")
	roots := labRoots(f)
	f.Fuzz(func(t *testing.T, leaf, above []byte, host string) {
		i := Inspect([][]byte{leaf, above}, Options{Host: host, Now: now, Roots: roots})
		checkBounded(t, i)
		if i.ParseError != "" && len(i.Defects()) == 0 {
			t.Errorf("unreadable, but without a defect: %+v", i)
		}
		if i.Trust.Anchored == (i.Trust.Cause != "") {
			t.Errorf("anchored and cause: %+v", i.Trust)
		}
	})
}

// FuzzStaple gives arbitrary staples: none but those that the issuer signed may
// be called anything but invalid.
func FuzzStaple(f *testing.F) {
	leaf := mint(f, Spec{})
	for _, word := range []string{StapleGood, StapleRevoked, StapleUnknown, StapleExpired, StapleInvalid} {
		s := Spec{CN: host, Staple: word}.filled()
		root, err := labRoot()
		if err != nil {
			f.Fatal(err)
		}
		var staple []byte
		fips140.WithoutEnforcement(func() { staple, err = s.staple(leaf.Leaf.SerialNumber, root) })
		if err != nil {
			f.Fatal(err)
		}
		f.Add(staple)
	}
	f.Add([]byte{0x30, 3, 0x0a, 1, 3}) // tryLater
	roots := labRoots(f)
	f.Fuzz(func(t *testing.T, staple []byte) {
		i := Inspect(leaf.Certificate, Options{Host: host, Now: now, Roots: roots, Staple: staple})
		checkBounded(t, i)
		if (i.Revocation.Staple == StapleNone) != (len(staple) == 0) {
			t.Errorf("%x: %+v", staple, i.Revocation)
		}
		if i.Revocation.Staple == StapleInvalid && i.Revocation.StapleDetail == "" {
			t.Errorf("%x: no reason: %+v", staple, i.Revocation)
		}
	})
}

func checkBounded(t *testing.T, i Inspection) {
	t.Helper()
	text, err := json.Marshal(i)
	if err != nil || len(text) > 1<<20 || !utf8.Valid(text) {
		t.Fatalf("%d octets of JSON, %v", len(text), err)
	}
	roundTrip(t, i)
}

// FuzzParsePin: what is accepted is 64 upper-case digits, and accepted again.
func FuzzParsePin(f *testing.F) {
	for _, s := range []string{"", "sha256:", "sha256//AAAA", "aa:bb", string(bytes.Repeat([]byte("aB:"), 32)), "\u200e00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		pin, err := ParsePin(s)
		if err != nil {
			if pin != "" {
				t.Errorf("%q: %q with an error", s, pin)
			}
			return
		}
		if again, err := ParsePin(pin); err != nil || again != pin || len(pin) != 64 {
			t.Errorf("%q: %q, then %q, %v", s, pin, again, err)
		}
	})
}

// FuzzLoadRoots: a pool comes with a count, an error with neither.
func FuzzLoadRoots(f *testing.F) {
	f.Add(MintCA())
	f.Add(append(MintCA(), MintCA()[:300]...))
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if pool, n, err := LoadRoots(text); (err == nil) != (n > 0) || (err == nil) != (pool != nil) {
			t.Errorf("%q: %d, %v", text, n, err)
		}
	})
}
