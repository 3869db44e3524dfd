package certs

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// TestReadPFXOfOpenSSL reads what "openssl pkcs12 -export" writes, with the
// ciphers of Windows' exports, old and new, and others in use.
func TestReadPFXOfOpenSSL(t *testing.T) {
	l := newReadLab(t)
	chain := []string{"-certfile", "above.pem"}
	triple := []string{"-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"}
	plain := []string{"-keypbe", "NONE", "-certpbe", "NONE"}
	with := func(flags ...[]string) []string {
		var all []string
		for _, f := range flags {
			all = append(all, f...)
		}
		return all
	}
	tests := []struct {
		name, cert string
		flags      []string
		legacy     bool // needs openssl's legacy provider
		chains     string
		key        string
		encrypted  bool
	}{
		{name: "AES, alone", cert: "web", chains: "web", key: "yes RSA 2048", encrypted: true},
		{name: "AES, chain", cert: "web", flags: chain, chains: "web mid root", key: "yes RSA 2048", encrypted: true},
		{name: "AES, chain, ECDSA", cert: "ec", flags: chain, chains: "ec mid root", key: "yes ECDSA 256", encrypted: true},
		{name: "AES, Ed25519, self-signed", cert: "ed", chains: "ed", key: "yes Ed25519 256", encrypted: true},
		{name: "AES-128 and SHA-512", cert: "web", flags: []string{"-keypbe", "AES-128-CBC", "-certpbe", "AES-128-CBC", "-macalg", "sha512"}, chains: "web", key: "yes RSA 2048", encrypted: true},
		{name: "MAC with SHA-384", cert: "web", flags: []string{"-macalg", "sha384"}, chains: "web", key: "yes RSA 2048", encrypted: true},
		{name: "3DES, alone", cert: "web", flags: triple, chains: "web", key: "yes RSA 2048", encrypted: true},
		{name: "3DES, chain", cert: "web", flags: with(triple, chain), chains: "web mid root", key: "yes RSA 2048", encrypted: true},
		{name: "3DES and RC2, chain", cert: "web", flags: with([]string{"-legacy"}, chain), legacy: true, chains: "web mid root", key: "yes RSA 2048", encrypted: true},
		{name: "3DES and RC2 with 128 bits", cert: "web", flags: []string{"-legacy", "-certpbe", "PBE-SHA1-RC2-128"}, legacy: true, chains: "web", key: "yes RSA 2048", encrypted: true},
		{name: "100,000 rounds", cert: "web", flags: []string{"-iter", "100000"}, chains: "web", key: "yes RSA 2048", encrypted: true},
		{name: "MAC over what isn't encrypted", cert: "web", flags: with(plain, chain), chains: "web mid root", key: "yes RSA 2048"},
		{name: "neither MAC nor cipher", cert: "web", flags: with(plain, chain, []string{"-nomac"}), chains: "web mid root", key: "yes RSA 2048"},
		{name: "no MAC", cert: "web", flags: with([]string{"-nomac"}, chain), chains: "web mid root", key: "yes RSA 2048", encrypted: true},
		{name: "no MAC, 3DES", cert: "web", flags: with(triple, []string{"-nomac"}), chains: "web", key: "yes RSA 2048", encrypted: true},
		{name: "no key", cert: "web", flags: with([]string{"-nokeys"}, chain), chains: "web mid root"},
		{name: "RSA 1024", cert: "expired", chains: "expired", key: "yes RSA 1024", encrypted: true},
	}
	listed, err := l.try("list", "-providers", "-provider", "legacy")
	hasLegacy := err == nil && strings.Contains(listed, "legacy")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.legacy && !hasLegacy {
				missing(t, "openssl has no legacy provider")
			}
			data := l.pfx(tt.cert, append(tt.flags, "-name", "Füße \u20ac", "-CSP", schannelProvider, "-LMK")...)
			b, err := Read(data, ReadOptions{Name: "web.pfx", Password: given(filePassword)})
			if err != nil {
				t.Fatal(err)
			}
			l.wantBundle(t, b, tt.chains, "", tt.key)
			leaf := b.Chains[0].Entries[0]
			if b.Format != FormatPFX {
				t.Errorf("format %s", b.Format)
			}
			if tt.key == "" { // openssl then names nothing
				return
			}
			if leaf.FriendlyName != "Füße \u20ac" {
				t.Errorf("friendly name %q", leaf.FriendlyName)
			}
			k := b.Key
			if k.Provider != schannelProvider || k.ProviderState != ProviderRecorded || !k.MachineKeySet || k.Encrypted != tt.encrypted ||
				k.LocalKeyID == "" || k.LocalKeyID != leaf.LocalKeyID || k.FriendlyName != leaf.FriendlyName || k.Detail != "" {
				t.Errorf("%+v beside %s %s", k, leaf.FriendlyName, leaf.LocalKeyID)
			}
		})
	}
}

// TestReadPFXWithoutProvider: what isn't recorded isn't made up.
func TestReadPFXWithoutProvider(t *testing.T) {
	l := newReadLab(t)
	b, err := Read(l.pfx("web"), ReadOptions{Password: given(filePassword)})
	if err != nil || b.Key.Provider != "" || b.Key.ProviderState != ProviderNotRecorded || b.Key.MachineKeySet {
		t.Errorf("%+v, %v", b.Key, err)
	}
}

// TestReadPFXPasswords: none given, a wrong one, one not needed, an empty one.
func TestReadPFXPasswords(t *testing.T) {
	l := newReadLab(t)
	asked := 0
	wrong := func() (string, error) { asked++; return "other", nil }
	fails := func() (string, error) { return "", os.ErrClosed }
	for _, flags := range [][]string{nil, {"-nomac"}, {"-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"}} {
		data := l.pfx("web", append(flags, "-certfile", "above.pem")...)
		for want, ask := range map[error]func() (string, error){ErrPasswordNeeded: nil, ErrWrongPassword: wrong, os.ErrClosed: fails} {
			asked = 0
			b, err := Read(data, ReadOptions{Name: "web.pfx", Password: ask})
			if !errors.Is(err, want) || len(b.Chains) > 0 || asked > 1 || err != nil && !strings.HasPrefix(err.Error(), "reading web.pfx: PFX: ") {
				t.Errorf("%v: %v, asked %d times", flags, err, asked)
			}
		}
	}
	l.write("password.txt", "\n")
	for _, flags := range [][]string{nil, {"-nomac"}, {"-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"}} {
		asked = 0
		b, err := Read(l.pfx("web", flags...), ReadOptions{Password: wrong})
		if err != nil || asked > 0 || b.Key.Matches != MatchYes || !strings.Contains(strings.Join(b.Warnings, "\n"), "without a password") {
			t.Errorf("%v: empty password: %v, asked %d times, %+v", flags, err, asked, b)
		}
	}
}
