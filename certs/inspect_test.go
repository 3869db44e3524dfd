package certs

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const host = "win01.corp.example"

// now is the time at which the tests look, inside the default validity.
var now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func labRoots(t testing.TB) *x509.CertPool {
	t.Helper()
	pool, n, err := LoadRoots(MintCA())
	if err != nil || n != 1 {
		t.Fatalf("roots: %d, %v", n, err)
	}
	return pool
}

func mint(t testing.TB, s Spec) tls.Certificate {
	t.Helper()
	if s.CN == "" && len(s.DNSNames) == 0 && len(s.IPs) == 0 {
		s.CN = host
	}
	m, err := Mint(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func inspect(t testing.TB, s Spec, target string) Inspection {
	t.Helper()
	m := mint(t, s)
	return Inspect(m.Certificate, Options{Host: target, Now: now, Roots: labRoots(t), Store: "lab", Staple: m.OCSPStaple})
}

var (
	lastYear = now.AddDate(-1, 0, 0)
	nextYear = now.AddDate(1, 0, 0)
)

// TestMintedDefects mints one chain for each defect, and several for defects that
// come together, and asks for every property that tells it from the others.
func TestMintedDefects(t *testing.T) {
	ip := net.IPv4(10, 2, 3, 4)
	v6 := net.ParseIP("fe80::1")
	expired := Spec{NotBefore: lastYear, NotAfter: now.Add(-time.Second)}
	tests := []struct {
		name    string
		spec    Spec
		host    string
		defects string // joined with spaces
		reason  string // Name.Reason
		cause   string // Trust.Cause
		staple  string // Revocation.Staple; empty: none
	}{
		{name: "healthy", host: host},
		{name: "healthy, trailing dot, any case", host: "Win01.CORP.example."},
		{name: "healthy, ECDSA P-256", spec: Spec{KeyType: "ECDSA"}, host: host},
		{name: "healthy, ECDSA P-384", spec: Spec{KeyType: "ECDSA", KeyBits: 384, Hash: crypto.SHA384}, host: host},
		{name: "healthy, SHA-512", spec: Spec{Hash: crypto.SHA512}, host: host},
		{name: "CN only", spec: Spec{CNOnly: true}, host: host, reason: NameCNOnly},
		{name: "CN only, other case", spec: Spec{CNOnly: true, CN: "WIN01.corp.example"}, host: host, reason: NameCNOnly},
		{name: "CN only, wildcard", spec: Spec{CNOnly: true, CN: "*.corp.example"}, host: host, reason: NameCNOnly},
		{name: "CN only, address", spec: Spec{CNOnly: true, CN: "10.2.3.4"}, host: "10.2.3.4", reason: NameCNOnly},
		{name: "CN only, other", spec: Spec{CNOnly: true, CN: "other.example"}, host: host, defects: "name", reason: NameOther},
		{name: "SAN right, CN different", spec: Spec{CN: "WIN01", DNSNames: []string{host}}, host: host},
		{name: "CN right, SAN different", spec: Spec{CN: host, DNSNames: []string{"other.example"}}, host: host, defects: "name", reason: NameCNNotSAN},
		{name: "CN right, SAN has addresses only", spec: Spec{CN: host, IPs: []net.IP{ip}}, host: host, defects: "name", reason: NameCNNotSAN},
		{name: "wrong name", spec: Spec{CN: "other.example"}, host: host, defects: "name", reason: NameOther},
		{name: "short name", spec: Spec{CN: "WIN01"}, host: host, defects: "name", reason: NameShort},
		{name: "full name", spec: Spec{}, host: "win01", defects: "name", reason: NameFull},
		{name: "address listed", spec: Spec{IPs: []net.IP{ip}}, host: "10.2.3.4"},
		{name: "IPv6 with zone and brackets", spec: Spec{IPs: []net.IP{v6}}, host: "[fe80::1%eth0]"},
		{name: "IPv4 mapped", spec: Spec{IPs: []net.IP{ip}}, host: "::ffff:10.2.3.4"},
		{name: "address not listed", spec: Spec{}, host: "10.2.3.4", defects: "name", reason: NameNoIP},
		{name: "address as DNS name", spec: Spec{CN: "WIN01", DNSNames: []string{"10.2.3.4"}}, host: "10.2.3.4", defects: "name", reason: NameIPAsDNS},
		{name: "wildcard", spec: Spec{CN: "*.corp.example"}, host: host},
		{name: "wildcard too shallow", spec: Spec{CN: "*.example"}, host: host, defects: "name", reason: NameWildcard},
		{name: "wildcard of the host itself", spec: Spec{CN: "*." + host}, host: host, defects: "name", reason: NameWildcard},
		{name: "IDN by U-label", spec: Spec{CN: "xn--bcher-kva.example"}, host: "Bücher.example"},
		{name: "IDN by A-label", spec: Spec{CN: "bücher.example", DNSNames: []string{"xn--bcher-kva.example"}}, host: "xn--bcher-kva.example"},
		{name: "IDN in the CN", spec: Spec{CNOnly: true, CN: "bücher.example"}, host: "xn--bcher-kva.example", reason: NameCNOnly},
		{name: "no host", spec: Spec{}, host: "", defects: "name", reason: NameNotAsked},
		{name: "invalid host", spec: Spec{}, host: "*.corp.example", defects: "name", reason: NameInvalidHost},
		{name: "expired", spec: expired, host: host, defects: "dates"},
		{name: "not yet valid", spec: Spec{NotBefore: now.Add(time.Second)}, host: host, defects: "dates"},
		{name: "self-signed", spec: Spec{Kind: KindSelfSigned}, host: host, defects: "trust", cause: CauseSelfSigned},
		{name: "self-signed, ECDSA", spec: Spec{Kind: KindSelfSigned, KeyType: "ECDSA"}, host: host, defects: "trust", cause: CauseSelfSigned},
		{name: "self-signed, SHA-1", spec: Spec{Kind: KindSelfSigned, SHA1: true}, host: host, defects: "trust", cause: CauseSelfSigned},
		{name: "self-signed, ECDSA, SHA-1", spec: Spec{Kind: KindSelfSigned, KeyType: "ECDSA", SHA1: true}, host: host, defects: "trust", cause: CauseSelfSigned},
		{name: "unknown CA", spec: Spec{Kind: KindUnknownCA}, host: host, defects: "trust", cause: CauseUnknownCA},
		{name: "unknown CA, SHA-1", spec: Spec{Kind: KindUnknownCA, SHA1: true}, host: host, defects: "trust", cause: CauseUnknownCA},
		{name: "intermediate", spec: Spec{Kind: KindIntermediate}, host: host},
		{name: "missing intermediate", spec: Spec{Kind: KindMissingIntermediate}, host: host, defects: "trust", cause: CauseMissingIntermediate},
		{name: "missing intermediate, ldap only", spec: Spec{Kind: KindMissingIntermediate, IssuerURLs: []string{"ldap:///CN=AIA"}}, host: host, defects: "trust", cause: CauseUnknownCA},
		{name: "expired intermediate", spec: Spec{Kind: KindExpiredIntermediate}, host: host, defects: "dates trust", cause: CauseExpiredIntermediate},
		{name: "client purpose only", spec: Spec{EKU: EKUClient}, host: host, defects: "purpose"},
		{name: "both purposes", spec: Spec{EKU: EKUBoth}, host: host},
		{name: "no purpose given", spec: Spec{EKU: EKUNone}, host: host},
		{name: "RSA 1024", spec: Spec{KeyBits: 1024}, host: host},
		{name: "SHA-1", spec: Spec{SHA1: true}, host: host, defects: "trust strength", cause: CauseSHA1},
		{name: "SHA-1 over an intermediate", spec: Spec{SHA1: true, Kind: KindIntermediate}, host: host, defects: "trust strength", cause: CauseSHA1},
		{name: "negative serial", spec: Spec{NegativeSerial: true}, host: host, defects: "malformed"},
		{name: "negative serial, wrong name, expired", spec: Spec{NegativeSerial: true, CN: "other.example", NotBefore: lastYear, NotAfter: now.Add(-time.Hour)},
			host: host, defects: "malformed name dates", reason: NameOther},
		{name: "negative serial, unknown CA", spec: Spec{NegativeSerial: true, Kind: KindUnknownCA}, host: host, defects: "malformed trust", cause: CauseUnknownCA},
		{name: "URLs", spec: Spec{CRLs: []string{"http://ca.invalid/a.crl", "ldap:///CN=CDP"}, OCSP: []string{"http://ocsp.invalid"}}, host: host},
		{name: "must-staple", spec: Spec{MustStaple: true}, host: host},
		{name: "staple good", spec: Spec{Staple: StapleGood, MustStaple: true}, host: host, staple: StapleGood},
		{name: "staple good, intermediate", spec: Spec{Staple: StapleGood, Kind: KindIntermediate}, host: host, staple: StapleGood},
		{name: "staple revoked", spec: Spec{Staple: StapleRevoked}, host: host, defects: "revoked", staple: StapleRevoked},
		{name: "staple unknown", spec: Spec{Staple: StapleUnknown}, host: host, staple: StapleUnknown},
		{name: "staple expired", spec: Spec{Staple: StapleExpired}, host: host, staple: StapleExpired},
		{name: "staple invalid", spec: Spec{Staple: StapleInvalid}, host: host, staple: StapleInvalid},
		{name: "staple without its issuer", spec: Spec{Staple: StapleGood, Kind: KindUnknownCA}, host: host, defects: "trust", cause: CauseUnknownCA, staple: StapleInvalid},
		{name: "staple revoked without its issuer", spec: Spec{Staple: StapleRevoked, Kind: KindUnknownCA}, host: host, defects: "trust revoked", cause: CauseUnknownCA, staple: StapleInvalid},
		{name: "expired, wrong name, unknown CA", spec: Spec{CN: "other.example", Kind: KindUnknownCA, NotBefore: lastYear, NotAfter: now.AddDate(0, -1, 0)},
			host: host, defects: "name dates trust", reason: NameOther, cause: CauseUnknownCA},
		{name: "expired, self-signed, client only, SHA-1", spec: Spec{Kind: KindSelfSigned, EKU: EKUClient, SHA1: true, NotBefore: lastYear, NotAfter: now.AddDate(0, -1, 0)},
			host: host, defects: "dates trust purpose", cause: CauseSelfSigned},
		{name: "expired, revoked", spec: Spec{NotBefore: lastYear, NotAfter: now.AddDate(0, -1, 0), Staple: StapleRevoked}, host: host, defects: "dates revoked", staple: StapleRevoked},
		{name: "not yet valid, SHA-1", spec: Spec{NotBefore: nextYear, SHA1: true}, host: host, defects: "dates trust strength", cause: CauseSHA1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := inspect(t, tt.spec, tt.host)
			staple := tt.staple
			if staple == "" {
				staple = StapleNone
			}
			got := []string{strings.Join(i.Defects(), " "), i.Name.Reason, i.Trust.Cause, i.Revocation.Staple}
			want := []string{tt.defects, tt.reason, tt.cause, staple}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("defects, reason, cause, staple (-want +got):\n%s%+v", diff, i)
			}
			if i.Trust.Anchored != (tt.cause == "") || (i.Name.Reason == "") != (i.Name.Detail == "") || i.Trust.Anchored != (i.Trust.Detail == "") {
				t.Errorf("words don't go together: %+v", i)
			}
			roundTrip(t, i)
		})
	}
}

// roundTrip asks that JSON both ways loses nothing.
func roundTrip(t *testing.T, i Inspection) {
	t.Helper()
	text, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	var back Inspection
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(i, back); diff != "" {
		t.Errorf("JSON loses (-before +after):\n%s", diff)
	}
}

func TestInspectionHoldsEverything(t *testing.T) {
	m := mint(t, Spec{Kind: KindIntermediate, IPs: []net.IP{net.IPv4(10, 2, 3, 4)}, DNSNames: []string{host, "win01"}, Staple: StapleRevoked, MustStaple: true,
		CRLs: []string{"http://ca.invalid/a.crl"}, OCSP: []string{"http://ocsp.invalid"}, IssuerURLs: []string{"http://ca.invalid/i.cer"}, EKU: EKUBoth})
	i := Inspect(m.Certificate, Options{Host: host, Now: now, Roots: labRoots(t), Staple: m.OCSPStaple})
	leaf := i.Certificates[0]
	if len(i.Certificates) != 2 || leaf.SHA1 != i.SHA1 || leaf.SHA256 != i.SHA256 || len(i.SHA1) != 40 || len(i.SHA256) != 64 {
		t.Errorf("certificates: %+v", i.Certificates)
	}
	if leaf.KeyType != "RSA" || leaf.KeyBits != 2048 || leaf.SignatureAlgorithm != "SHA256-RSA" || leaf.SelfSigned || leaf.IsCA || len(leaf.SerialHex) != 32 {
		t.Errorf("leaf: %+v", leaf)
	}
	if up := i.Certificates[1]; !up.IsCA || up.CommonName != "pstest lab intermediate" || up.Subject != leaf.Issuer {
		t.Errorf("intermediate: %+v", up)
	}
	name := Name{DNSNames: []string{host, "win01"}, IPs: []string{"10.2.3.4"}, MatchesSAN: true, HasSAN: true}
	if diff := cmp.Diff(name, i.Name); diff != "" {
		t.Error(diff)
	}
	purpose := Purpose{EKU: EKUPresent, OIDs: []string{"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"}}
	if diff := cmp.Diff(purpose, i.Purpose); diff != "" {
		t.Error(diff)
	}
	revocation := Revocation{Staple: StapleRevoked, Claim: StapleRevoked, RevokedAt: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), Reason: "keyCompromise",
		CRLs: []string{"http://ca.invalid/a.crl"}, OCSP: []string{"http://ocsp.invalid"}, MustStaple: true}
	if diff := cmp.Diff(revocation, i.Revocation); diff != "" {
		t.Error(diff)
	}
	if i.Trust.Store != "given" || !strings.Contains(i.Trust.Root, "CN=pstest lab root") {
		t.Errorf("trust: %+v", i.Trust)
	}
}

func TestDatesAndStrength(t *testing.T) {
	if d := inspect(t, Spec{NotAfter: now.Add(49 * time.Hour)}, host).Dates; d.Where != -1 || d.DaysLeft != 2 {
		t.Errorf("two days left: %+v", d)
	}
	if d := inspect(t, Spec{NotAfter: now}, host).Dates; d.Where != -1 || d.DaysLeft != 0 || d.Expired {
		t.Errorf("the last second: %+v", d)
	}
	if d := inspect(t, Spec{NotAfter: now.Add(-time.Second)}, host).Dates; d.Where != 0 || d.DaysLeft != -1 || !d.Expired || d.NotYet {
		t.Errorf("one second too late: %+v", d)
	}
	if d := inspect(t, Spec{NotBefore: now.Add(time.Second)}, host).Dates; d.Where != 0 || d.Expired || !d.NotYet {
		t.Errorf("one second too early: %+v", d)
	}
	if d := inspect(t, Spec{Kind: KindExpiredIntermediate}, host).Dates; d.Where != 1 || !d.Expired || d.DaysLeft < 1000 {
		t.Errorf("expired intermediate: %+v", d)
	}
	if s := inspect(t, Spec{KeyBits: 1024, SHA1: true}, host).Strength; !s.WeakKey || !s.WeakSignature || s.Where != 0 || s.Bits != 1024 || !s.SignatureRefused || s.KeyRefused {
		t.Errorf("weak: %+v", s)
	}
	if s := inspect(t, Spec{NegativeSerial: true}, host).Strength; !s.NegativeSerial || s.Where != -1 || s.WeakKey {
		t.Errorf("negative serial: %+v", s)
	}
	if s := inspect(t, Spec{KeyType: "ECDSA"}, host).Strength; s.WeakKey || s.KeyType != "ECDSA" || s.Bits != 256 {
		t.Errorf("ECDSA: %+v", s)
	}
}

// TestOutdatedTwin serves an expired certificate of an intermediate before its
// successor of the same name and key: the chain doesn't need the first.
func TestOutdatedTwin(t *testing.T) {
	old, m := mint(t, Spec{Kind: KindExpiredIntermediate}), mint(t, Spec{Kind: KindIntermediate})
	raw := [][]byte{m.Certificate[0], old.Certificate[1], m.Certificate[1]}
	if i := Inspect(raw, Options{Host: host, Now: now, Roots: labRoots(t)}); i.Defects() != nil || i.Dates.Where != -1 {
		t.Errorf("%v, %+v", i.Defects(), i.Dates)
	}
	i := Inspect(raw, Options{Host: host, Now: now, Roots: x509.NewCertPool()})
	if got := strings.Join(i.Defects(), " "); got != "trust" || i.Trust.Cause != CauseUnknownCA || i.Dates.Where != -1 {
		t.Errorf("without roots: %s, %+v, %+v", got, i.Trust, i.Dates)
	}
}

// TestSystemRoots: without Roots those of the system are asked, which don't know
// the lab's.
func TestSystemRoots(t *testing.T) {
	m := mint(t, Spec{})
	i := Inspect(m.Certificate, Options{Host: host})
	if i.Trust.Anchored || i.Trust.Store != "system" {
		t.Errorf("%+v", i.Trust)
	}
}

// TestNegativeSerial holds the reading of a certificate that Go refuses against
// that of the same one with a serial that it accepts.
func TestNegativeSerial(t *testing.T) {
	bad, good := inspect(t, Spec{NegativeSerial: true, SHA1: true}, host), inspect(t, Spec{SHA1: true}, host)
	if !strings.Contains(bad.ParseError, "negative serial") || !strings.HasPrefix(bad.Certificates[0].SerialHex, "-") {
		t.Errorf("%q, serial %q", bad.ParseError, bad.Certificates[0].SerialHex)
	}
	if diff := cmp.Diff(good.Name, bad.Name) + cmp.Diff(good.Dates, bad.Dates) + cmp.Diff(good.Trust, bad.Trust) + cmp.Diff(good.Purpose, bad.Purpose); diff != "" {
		t.Errorf("beside the serial, the same is to be seen: %s", diff)
	}
}

func TestPinWaives(t *testing.T) {
	everything := Spec{CN: "other.example", Kind: KindUnknownCA, NotBefore: lastYear, NotAfter: now.AddDate(0, -1, 0)}
	m := mint(t, everything)
	leaf := thumbprint(m.Certificate[0])
	key := thumbprint(m.Leaf.RawSubjectPublicKeyInfo)
	inspectPinned := func(m tls.Certificate, pin string) Inspection {
		return Inspect(m.Certificate, Options{Host: host, Now: now, Roots: labRoots(t), Pin: pin, Staple: m.OCSPStaple})
	}
	for _, pin := range []string{leaf, key, strings.ToLower(leaf)} {
		if i := inspectPinned(m, pin); !i.Pinned || i.Defects() != nil {
			t.Errorf("pin %s: %v, %v", pin, i.Pinned, i.Defects())
		}
	}
	for _, pin := range []string{"", leaf[:62], thumbprint(nil)} {
		if i := inspectPinned(m, pin); i.Pinned || len(i.Defects()) != 3 {
			t.Errorf("pin %s: %v, %v", pin, i.Pinned, i.Defects())
		}
	}
	for want, s := range map[string]Spec{
		"revoked": {Staple: StapleRevoked}, "purpose": {EKU: EKUClient}, "malformed": {NegativeSerial: true}, "": {SHA1: true},
	} {
		m := mint(t, s)
		i := inspectPinned(m, thumbprint(m.Certificate[0]))
		if got := strings.Join(i.Defects(), " "); !i.Pinned || got != want {
			t.Errorf("pinned %+v: defects %q, want %q", s, got, want)
		}
	}
}

func TestNothingServed(t *testing.T) {
	for _, raw := range [][][]byte{nil, {}, {nil}, {{0x30, 0}}, {[]byte("not a certificate")}} {
		i := Inspect(raw, Options{Host: host, Now: now, Roots: labRoots(t), Staple: []byte{1}})
		if i.ParseError == "" || i.Trust.Cause != CauseMalformed || len(i.Defects()) < 3 || i.Revocation.Staple != StapleInvalid {
			t.Errorf("%x: %+v, %v", raw, i, i.Defects())
		}
		roundTrip(t, i)
	}
}
