package certs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestStaplesOfOpenSSL has "openssl ocsp" answer about certificates that
// "openssl ca" issued and revoked.
func TestStaplesOfOpenSSL(t *testing.T) {
	l := newOpenSSL(t)
	responder := "basicConstraints=CA:false\nextendedKeyUsage="
	for _, c := range []opensslCert{
		{name: "mid", subject: "/CN=mid", key: "intermediate", by: "root", ext: rootExtensions},
		{name: "responder", subject: "/CN=responder", key: "unknownca", by: "root", ext: responder + "OCSPSigning\n"},
		{name: "pretender", subject: "/CN=pretender", key: "unknownca", by: "root", ext: responder + "serverAuth\n"},
		{name: "oldresponder", subject: "/CN=old", key: "unknownca", by: "root", ext: responder + "OCSPSigning\n", until: "20250101"},
		{name: "good", subject: "/CN=" + host, by: "root", ext: server + san},
		{name: "bad", subject: "/CN=" + host, by: "root", ext: server + san},
		{name: "undermid", subject: "/CN=" + host, by: "mid", ext: server + san},
	} {
		l.issue(c)
	}
	l.run("ca", "-config", "lab.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-revoke", "bad.pem", "-crl_reason", "keyCompromise")
	tests := []struct {
		name, leaf, issuer, signer string
		other                      string // the certificate that is asked about; empty: leaf
		flags                      []string
		late                       time.Duration // how long after the answer it is looked at
		staple, claim              string
	}{
		{name: "good", leaf: "good", issuer: "root", signer: "root", staple: StapleGood, claim: StapleGood},
		{name: "good, no certificate within", leaf: "good", issuer: "root", signer: "root", flags: []string{"-resp_no_certs"}, staple: StapleGood, claim: StapleGood},
		{name: "good, key identifier", leaf: "good", issuer: "root", signer: "root", flags: []string{"-resp_key_id"}, staple: StapleGood, claim: StapleGood},
		{name: "good, delegated", leaf: "good", issuer: "root", signer: "responder", staple: StapleGood, claim: StapleGood},
		{name: "good, the intermediate's own certificate within", leaf: "undermid", issuer: "mid", signer: "mid", staple: StapleGood, claim: StapleGood},
		{name: "revoked", leaf: "bad", issuer: "root", signer: "root", staple: StapleRevoked, claim: StapleRevoked},
		{name: "revoked, stale", leaf: "bad", issuer: "root", signer: "root", late: 72 * time.Hour, staple: StapleRevoked, claim: StapleRevoked},
		{name: "stale", leaf: "good", issuer: "root", signer: "root", late: 72 * time.Hour, staple: StapleExpired, claim: StapleGood},
		{name: "early", leaf: "good", issuer: "root", signer: "root", late: -time.Hour, staple: StapleExpired, claim: StapleGood},
		{name: "not for OCSP", leaf: "good", issuer: "root", signer: "pretender", staple: StapleInvalid, claim: StapleGood},
		{name: "outdated responder", leaf: "good", issuer: "root", signer: "oldresponder", staple: StapleInvalid, claim: StapleGood},
		{name: "another authority signs", leaf: "bad", issuer: "root", signer: "unknown", staple: StapleInvalid, claim: StapleRevoked},
		{name: "another certificate", leaf: "good", other: "bad", issuer: "root", signer: "root", staple: StapleInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sub := *l
			sub.t = t
			about := tt.other
			if about == "" {
				about = tt.leaf
			}
			served := []string{tt.leaf}
			if tt.issuer != "root" {
				served = append(served, tt.issuer)
			}
			o := Options{Host: host, Now: time.Now().Add(tt.late), Roots: sub.pool(""), Staple: sub.staple(about, tt.issuer, tt.signer, tt.flags)}
			i := sub.inspect(served, o)
			if i.Revocation.Staple != tt.staple || i.Revocation.Claim != tt.claim {
				t.Errorf("%+v, want %s, claim %s", i.Revocation, tt.staple, tt.claim)
			}
			if tt.staple == StapleInvalid && (i.Revocation.StapleDetail == "" || !i.Revocation.RevokedAt.IsZero()) {
				t.Errorf("an invalid staple needs a reason and tells no time: %+v", i.Revocation)
			}
			revoked := tt.claim == StapleRevoked
			if got := strings.Join(i.Defects(), " "); revoked != (got == DefectRevoked) {
				t.Errorf("defects %q", got)
			}
			if tt.staple == StapleRevoked && (i.Revocation.Reason != "keyCompromise" || time.Since(i.Revocation.RevokedAt).Abs() > time.Hour) {
				t.Errorf("%+v", i.Revocation)
			}
			roundTrip(t, i)
		})
	}
}

// staple asks openssl's responder about a certificate.
func (l *opensslLab) staple(about, issuer, signer string, flags []string) []byte {
	l.t.Helper()
	args := []string{"ocsp", "-index", "index.txt", "-CA", issuer + ".pem", "-rsigner", signer + ".pem", "-rkey", signer + ".key",
		"-issuer", issuer + ".pem", "-cert", about + ".pem", "-ndays", "1", "-respout", "staple.der", "-noverify"}
	l.run(append(args, flags...)...)
	staple, err := os.ReadFile(filepath.Join(l.dir, "staple.der"))
	if err != nil {
		l.t.Fatal(err)
	}
	return staple
}

// TestNegativeSerialOfOpenSSL reads a certificate that openssl makes, accepts,
// and Go refuses.
func TestNegativeSerialOfOpenSSL(t *testing.T) {
	l := newOpenSSL(t)
	l.run("req", "-new", "-config", "lab.cnf", "-key", "leaf.key", "-subj", "/CN="+host, "-out", "req.pem")
	l.write("ext.cnf", "[e]\n"+server+san)
	l.run("x509", "-req", "-in", "req.pem", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "-300", "-days", "30",
		"-extfile", "ext.cnf", "-extensions", "e", "-out", "negative.pem")
	i := l.inspect([]string{"negative"}, Options{Host: host, Roots: l.pool("")})
	if got := strings.Join(i.Defects(), " "); got != DefectMalformed || !i.Trust.Anchored || !i.Strength.NegativeSerial {
		t.Errorf("%q, %+v", got, i)
	}
	if i.Certificates[0].SerialHex != "-012C" || !i.Name.MatchesSAN || i.Dates.DaysLeft != 29 {
		t.Errorf("%+v", i)
	}
	for line, want := range map[string]string{"-serial": "serial=-012C", "-fingerprint": i.SHA1} {
		out := strings.ReplaceAll(l.run("x509", "-in", "negative.pem", "-noout", "-sha1", line), ":", "")
		if !strings.Contains(out, want) {
			t.Errorf("openssl says %q, we say %q", out, want)
		}
	}
}

// TestMintedChainsSatisfyOpenSSL holds what Mint makes to openssl's reading.
func TestMintedChainsSatisfyOpenSSL(t *testing.T) {
	l := newOpenSSL(t)
	l.write("mintca.pem", string(MintCA()))
	for name, tt := range map[string]struct {
		spec    Spec
		openssl string
	}{
		"healthy":      {Spec{}, ""},
		"ecdsa":        {Spec{KeyType: "ECDSA", Hash: 6 /* SHA-384 */}, ""},
		"intermediate": {Spec{Kind: KindIntermediate}, ""},
		"negative":     {Spec{NegativeSerial: true}, ""},
		"sha1":         {Spec{SHA1: true}, ""},
		"weak":         {Spec{KeyBits: 1024}, ""},
		"self":         {Spec{Kind: KindSelfSigned}, errSelfSigned},
		"unknown":      {Spec{Kind: KindUnknownCA}, errNoIssuer},
		"missing":      {Spec{Kind: KindMissingIntermediate}, errNoIssuer},
		"oldmid":       {Spec{Kind: KindExpiredIntermediate}, errExpired},
		"expired":      {Spec{NotAfter: lastYear}, errExpired},
		"early":        {Spec{NotBefore: nextYear}, errNotYet},
		"client":       {Spec{EKU: EKUClient}, errPurpose},
	} {
		m := mint(t, tt.spec)
		served := []string{}
		for n, der := range m.Certificate {
			served = append(served, name+string(rune('0'+n)))
			l.write(served[n]+".pem", pemOf(der))
		}
		if got := l.verify("mintca", served); got != tt.openssl {
			t.Errorf("%s: openssl verify: %q, want %q", name, got, tt.openssl)
		}
		if !l.names(served[0], "-checkhost", host) {
			t.Errorf("%s: openssl doesn't find the name", name)
		}
	}
	m := mint(t, Spec{Staple: StapleRevoked})
	l.write("leaf.pem", pemOf(m.Certificate[0]))
	l.write("staple.der", string(m.OCSPStaple))
	out := l.run("ocsp", "-respin", "staple.der", "-CAfile", "mintca.pem", "-issuer", "mintca.pem", "-cert", "leaf.pem", "-no_nonce")
	if !strings.Contains(out, "Response verify OK") || !strings.Contains(out, "leaf.pem: revoked") || !strings.Contains(out, "keyCompromise") {
		t.Errorf("openssl ocsp of the minted staple:\n%s", out)
	}
}
