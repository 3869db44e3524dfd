package certs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	schannelProvider = "Microsoft RSA SChannel Cryptographic Provider"
	filePassword     = "pässword €1"
)

// newReadLab makes a chain of three, a second leaf and the files that hold them.
func newReadLab(t *testing.T) *opensslLab {
	t.Helper()
	l := newOpenSSL(t)
	l.issue(opensslCert{name: "mid", subject: "/CN=mid", key: "intermediate", by: "root", ext: ca})
	l.issue(opensslCert{name: "web", subject: "/CN=" + host, by: "mid", ext: server + san})
	l.issue(opensslCert{name: "ec", subject: "/CN=" + host, key: "leafp256", by: "mid", ext: server + san})
	l.issue(opensslCert{name: "ed", subject: "/CN=" + host, key: "ed25519", ext: server + san})
	l.issue(opensslCert{name: "expired", subject: "/CN=" + host, key: "leaf1024", by: "root", ext: server + san, until: "20260101"})
	l.join("above.pem", "mid.pem", "root.pem")
	l.write("password.txt", filePassword+"\n")
	return l
}

// join writes files one behind the other.
func (l *opensslLab) join(to string, from ...string) {
	l.t.Helper()
	var all []byte
	for _, name := range from {
		all = append(all, l.file(name)...)
	}
	l.write(to, string(all))
}

func (l *opensslLab) file(name string) []byte {
	l.t.Helper()
	data, err := os.ReadFile(filepath.Join(l.dir, name))
	if err != nil {
		l.t.Fatal(err)
	}
	return data
}

// pfx has openssl write a PFX of "NAME.pem" and its key, protected by
// filePassword.
func (l *opensslLab) pfx(name string, flags ...string) []byte {
	l.t.Helper()
	args := append([]string{"pkcs12", "-export", "-in", name + ".pem", "-inkey", name + ".key", "-out", "out.pfx", "-passout", "file:password.txt"}, flags...)
	l.run(args...)
	return l.file("out.pfx")
}

// namesOf finds out which certificates of the lab a list holds.
func (l *opensslLab) namesOf(list []Entry) string {
	l.t.Helper()
	var names []string
	for _, e := range list {
		name := "?"
		for _, known := range []string{"web", "ec", "ed", "expired", "mid", "root", "unknown"} {
			if bytes.Equal(l.der(known), e.DER) {
				name = known
			}
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func given(password string) func() (string, error) {
	return func() (string, error) { return password, nil }
}

// wantBundle compares the order of a bundle and what it tells of the key, and
// that it survives JSON.
func (l *opensslLab) wantBundle(t *testing.T, b Bundle, chains, loose, key string) {
	t.Helper()
	var got []string
	for _, c := range b.Chains {
		got = append(got, l.namesOf(c.Entries))
	}
	k := strings.TrimSpace(fmt.Sprintf("%s %s %d", b.Key.Matches, b.Key.Type, b.Key.Bits))
	if !b.Key.Present {
		k = ""
	}
	if s := strings.Join(got, ", "); s != chains || l.namesOf(b.Loose) != loose || k != key {
		t.Errorf("chains %q, loose %q, key %q; want %q, %q, %q", s, l.namesOf(b.Loose), k, chains, loose, key)
	}
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	var again Bundle
	if err := json.Unmarshal(text, &again); err != nil || cmp.Diff(b, again) != "" {
		t.Errorf("JSON: %v\n%s", err, cmp.Diff(b, again))
	}
}

// TestReadPEMOfOpenSSL reads files of text as they are met.
func TestReadPEMOfOpenSSL(t *testing.T) {
	l := newReadLab(t)
	l.run("x509", "-in", "web.pem", "-text", "-out", "text.pem")
	l.run("x509", "-in", "web.pem", "-trustout", "-addtrust", "serverAuth", "-out", "trusted.pem")
	l.run("crl2pkcs7", "-nocrl", "-certfile", "web.pem", "-certfile", "above.pem", "-out", "p7.pem")
	l.run("rsa", "-in", "web.key", "-traditional", "-out", "pkcs1.key")
	l.run("rsa", "-in", "web.key", "-traditional", "-aes128", "-passout", "file:password.txt", "-out", "oldcrypt.key")
	l.run("ec", "-in", "ec.key", "-out", "sec1.key")
	l.run("ecparam", "-name", "prime256v1", "-out", "ecparam.pem")
	l.run("pkcs8", "-topk8", "-in", "web.key", "-passout", "file:password.txt", "-out", "crypt.key")
	l.run("pkcs8", "-topk8", "-in", "web.key", "-passout", "file:password.txt", "-scrypt", "-out", "scrypt.key")
	l.run("req", "-new", "-config", "lab.cnf", "-key", "web.key", "-subj", "/CN=x", "-out", "request.pem")
	l.pfx("web", "-certfile", "above.pem", "-CSP", schannelProvider)
	l.run("pkcs12", "-in", "out.pfx", "-passin", "file:password.txt", "-nodes", "-out", "nodes.pem")
	tests := []struct {
		name                      string
		files                     []string
		chains, loose, key, warns string
		encrypted                 bool
	}{
		{name: "one", files: []string{"web.pem"}, chains: "web"},
		{name: "text before it", files: []string{"text.pem"}, chains: "web"},
		{name: "trust settings", files: []string{"trusted.pem"}, chains: "web"},
		{name: "chain", files: []string{"web.pem", "above.pem"}, chains: "web mid root"},
		{name: "chain upside down", files: []string{"root.pem", "mid.pem", "web.pem"}, chains: "web mid root", warns: "first certificate of the file"},
		{name: "twice", files: []string{"web.pem", "mid.pem", "web.pem"}, chains: "web mid", warns: "more than once"},
		{name: "gap", files: []string{"web.pem", "root.pem"}, chains: "web", loose: "root", warns: "belong to no chain"},
		{name: "two leaves", files: []string{"ec.pem", "web.pem", "above.pem"}, chains: "ec mid root, web mid root"},
		{name: "two leaves, the key of the second", files: []string{"ec.pem", "web.pem", "above.pem", "web.key"}, chains: "web mid root, ec mid root", key: "yes RSA 2048", warns: "first certificate of the file"},
		{name: "authorities alone", files: []string{"mid.pem", "root.pem", "unknown.pem"}, chains: "mid root", loose: "unknown", warns: "is an authority's"},
		{name: "authority with its key", files: []string{"root.pem", "mid.pem", "intermediate.key"}, chains: "mid root", key: "yes RSA 2048", warns: "first certificate of the file"},
		{name: "key, PKCS#8", files: []string{"web.pem", "web.key"}, chains: "web", key: "yes RSA 2048"},
		{name: "key, PKCS#1", files: []string{"pkcs1.key", "web.pem"}, chains: "web", key: "yes RSA 2048"},
		{name: "key, SEC 1, after its parameters", files: []string{"ecparam.pem", "sec1.key", "ec.pem"}, chains: "ec", key: "yes ECDSA 256"},
		{name: "key, Ed25519", files: []string{"ed.pem", "ed25519.key"}, chains: "ed", key: "yes Ed25519 256"},
		{name: "key of another", files: []string{"web.pem", "ec.key"}, chains: "web", key: "no ECDSA 256", warns: "does not belong"},
		{name: "key, RSA 512", files: []string{"web.pem", "rsa512.key"}, chains: "web", key: "no RSA 512", warns: "does not belong"},
		{name: "key, encrypted", files: []string{"web.pem", "crypt.key"}, chains: "web", key: "yes RSA 2048", encrypted: true},
		{name: "key, encrypted by way of scrypt", files: []string{"web.pem", "scrypt.key"}, chains: "web", key: "unknown  0", encrypted: true},
		{name: "key, encrypted in the old way", files: []string{"web.pem", "oldcrypt.key"}, chains: "web", key: "unknown  0", encrypted: true},
		{name: "openssl pkcs12 -nodes", files: []string{"nodes.pem"}, chains: "web mid root", key: "yes RSA 2048"},
		{name: "PKCS#7", files: []string{"p7.pem"}, chains: "web mid root"},
		{name: "request beside it", files: []string{"request.pem", "web.pem"}, chains: "web", warns: "a request for a certificate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l.join("all.pem", tt.files...)
			for form, data := range textForms(l.file("all.pem")) {
				b, err := Read(data, ReadOptions{Password: given(filePassword)})
				if err != nil {
					t.Fatalf("%s: %v", form, err)
				}
				l.wantBundle(t, b, tt.chains, tt.loose, tt.key)
				warnings := strings.Join(b.Warnings, "\n")
				if !strings.Contains(warnings, tt.warns) || tt.warns == "" && form == "as it is" && warnings != "" || b.Key.Encrypted != tt.encrypted {
					t.Errorf("%s: warnings %q, key %+v", form, warnings, b.Key)
				}
				if b.Key.Present && b.Key.ProviderState != ProviderNotRecorded || (b.Key.Detail != "") != (b.Key.Matches == MatchUnknown) {
					t.Errorf("%s: %+v", form, b.Key)
				}
			}
		})
	}
}

// textForms are the ways in which text gets to a file.
func textForms(text []byte) map[string][]byte {
	little, big := []byte("\xff\xfe"), []byte("\xfe\xff")
	for _, c := range string(text) {
		little, big = append(little, byte(c), byte(c>>8)), append(big, byte(c>>8), byte(c))
	}
	return map[string][]byte{
		"as it is":             text,
		"CR and LF":            bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")),
		"UTF-8 with its mark":  append([]byte("\xef\xbb\xbf"), text...),
		"UTF-16 little endian": little,
		"UTF-16 big endian":    big,
		"junk before":          append([]byte("0 certificates\nfollow\x00\x1b[2J\n"), text...),
	}
}

// TestReadDEROfOpenSSL reads DER: certificates and PKCS#7, whole, followed by
// something, and as Base64 without lines around it.
func TestReadDEROfOpenSSL(t *testing.T) {
	l := newReadLab(t)
	l.run("x509", "-in", "web.pem", "-outform", "DER", "-out", "web.cer")
	l.run("x509", "-in", "mid.pem", "-outform", "DER", "-out", "mid.cer")
	l.run("crl2pkcs7", "-nocrl", "-certfile", "above.pem", "-certfile", "web.pem", "-outform", "DER", "-out", "web.p7b")
	l.run("ca", "-config", "lab.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-gencrl", "-crldays", "1", "-out", "crl.pem")
	l.run("crl2pkcs7", "-in", "crl.pem", "-certfile", "web.pem", "-outform", "DER", "-out", "crl.p7b")
	l.run("cms", "-sign", "-in", "web.pem", "-signer", "web.pem", "-inkey", "web.key", "-nodetach", "-outform", "DER", "-out", "signed.p7b")
	l.join("both.cer", "web.cer", "mid.cer")
	l.join("tail.cer", "web.cer", "password.txt")
	for file, want := range map[string]struct{ format, chains, warns string }{
		"web.cer":    {FormatDER, "web", ""},
		"both.cer":   {FormatDER, "web mid", ""},
		"tail.cer":   {FormatDER, "web", "octets behind"},
		"web.p7b":    {FormatPKCS7, "web mid root", ""},
		"crl.p7b":    {FormatPKCS7, "web", ""},
		"signed.p7b": {FormatPKCS7, "web", ""},
	} {
		b, err := Read(l.file(file), ReadOptions{Name: file})
		if err != nil {
			t.Fatal(err)
		}
		l.wantBundle(t, b, want.chains, "", "")
		if got := strings.Join(b.Warnings, "\n"); b.Format != want.format || (want.warns == "") != (got == "") || !strings.Contains(got, want.warns) {
			t.Errorf("%s: %s, warnings %q", file, b.Format, got)
		}
		l.run("base64", "-in", file, "-out", "bare.txt")
		again, err := Read(l.file("bare.txt"), ReadOptions{Name: file})
		if err != nil {
			t.Fatal(err)
		}
		l.wantBundle(t, again, want.chains, "", "")
	}
}

// TestReadOtherFiles: what a file is instead of a certificate is said, and what
// is accepted.
func TestReadOtherFiles(t *testing.T) {
	l := newReadLab(t)
	l.run("req", "-new", "-config", "lab.cnf", "-key", "web.key", "-subj", "/CN=x", "-out", "request.pem")
	l.run("req", "-in", "request.pem", "-outform", "DER", "-out", "request.der")
	l.run("ca", "-config", "lab.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-gencrl", "-crldays", "1", "-out", "crl.pem")
	l.run("crl", "-in", "crl.pem", "-outform", "DER", "-out", "crl.der")
	l.run("rsa", "-in", "web.key", "-outform", "DER", "-out", "key.der")
	l.run("cms", "-encrypt", "-in", "web.pem", "-outform", "DER", "-out", "envelope.p7m", "web.pem")
	l.run("pkcs12", "-export", "-nocerts", "-inkey", "web.key", "-out", "keyonly.pfx", "-passout", "file:password.txt")
	l.write("empty", "")
	l.write("mark", "\xff\xfe")
	l.write("text", "no certificate here\n")
	l.write("broken.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERT\n")
	l.write("indefinite.pfx", "\x30\x80\x02\x01\x03\x00\x00")
	for file, want := range map[string]string{
		"request.pem":    "a request for a certificate",
		"request.der":    "a request for a certificate",
		"crl.pem":        "a revocation list",
		"crl.der":        "a revocation list",
		"web.key":        "only a private key",
		"key.der":        "a private key alone",
		"keyonly.pfx":    "only a private key",
		"envelope.p7m":   "not a SignedData",
		"empty":          "it is empty",
		"mark":           "it is empty",
		"text":           "none of the formats",
		"broken.pem":     "1 of 1 blocks are not proper PEM",
		"indefinite.pfx": "BER with indefinite lengths",
	} {
		b, err := Read(l.file(file), ReadOptions{Name: file, Password: given(filePassword)})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "reading "+file+": ") || !strings.HasSuffix(err.Error(), accepted) || len(b.Chains) > 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// missing skips a test for want of something, or fails it where CI promised it.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("PSTEST_REQUIRE_INTEROP") == "1" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// TestReadInspects: a file goes straight into an inspection, its key with it.
func TestReadInspects(t *testing.T) {
	l := newReadLab(t)
	roots, _, err := LoadRoots(l.file("root.pem"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Read(l.pfx("web", "-certfile", "above.pem", "-CSP", schannelProvider), ReadOptions{Password: given(filePassword)})
	if err != nil {
		t.Fatal(err)
	}
	i := b.Chains[0].Inspect(Options{Host: host, Now: now, Roots: roots})
	if d := i.Defects(); d != nil || i.Key.Provider != schannelProvider || i.Key.Matches != MatchYes || len(i.Certificates) != 3 {
		t.Errorf("%v, %+v", d, i.Key)
	}
	roundTrip(t, i)
}

// TestReadLockedKey: an encrypted key in PEM that can't be opened doesn't keep
// from reading the certificate; that its password can't be asked for does.
func TestReadLockedKey(t *testing.T) {
	l := newReadLab(t)
	l.run("pkcs8", "-topk8", "-in", "web.key", "-passout", "file:password.txt", "-out", "crypt.key")
	l.join("all.pem", "web.pem", "crypt.key", "crypt.key")
	for name, tt := range map[string]struct {
		ask     func() (string, error)
		matches string
		detail  string
	}{
		"right":  {given(filePassword), MatchYes, ""},
		"wrong":  {given("other"), MatchUnknown, "it can't be read: "},
		"none":   {nil, MatchUnknown, ErrPasswordNeeded.Error()},
		"beyond": {given("\U0001F600"), MatchUnknown, "it can't be read: "},
	} {
		b, err := Read(l.file("all.pem"), ReadOptions{Password: tt.ask})
		if k := b.Key; err != nil || k.Matches != tt.matches || !k.Encrypted || !strings.Contains(k.Detail, tt.detail) || (tt.detail == "") != (k.Detail == "") {
			t.Errorf("%s: %+v, %v", name, k, err)
		}
	}
	_, err := Read(l.file("all.pem"), ReadOptions{Password: func() (string, error) { return "", os.ErrClosed }})
	if !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}
