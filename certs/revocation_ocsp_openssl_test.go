package certs

import (
	"crypto"
	"crypto/fips140"
	"crypto/x509"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

// TestRespondersOfOpenSSL holds what Check says of responders against what
// "openssl ocsp" says when it asks the same ones. That one takes an answer only in
// the hash that it asked with, so that it finds none by SHA-256; and it prints
// what isn't signed properly, and what is stale, with a warning.
func TestRespondersOfOpenSSL(t *testing.T) {
	l := newRevocationLab(t)
	delegate := "basicConstraints=CA:false\nextendedKeyUsage="
	for _, c := range []opensslCert{
		{name: "mid", subject: "/CN=mid", key: "intermediate", by: "root", ext: rootExtensions},
		{name: "responder", subject: "/CN=responder", key: "leafp256", by: "root", ext: delegate + "OCSPSigning\n"},
		{name: "pretender", subject: "/CN=pretender", key: "leafp256", by: "root", ext: delegate + "serverAuth\n"},
		{name: "purposeless", subject: "/CN=purposeless", key: "leafp256", by: "root", ext: "basicConstraints=CA:false\n"},
		{name: "oldresponder", subject: "/CN=old", key: "leafp256", by: "root", ext: delegate + "OCSPSigning\n", until: "20250101"},
		{name: "otherresponder", subject: "/CN=responder", key: "leafp256", by: "unknown", ext: delegate + "OCSPSigning\n"},
		{name: "midresponder", subject: "/CN=responder", key: "leafp256", by: "mid", ext: delegate + "OCSPSigning\n"},
		{name: "samekey", subject: "/CN=samekey", key: "labca", ext: rootExtensions},
		{name: "otherkey", subject: "/CN=root", key: "unknownca", ext: rootExtensions},
		{name: "forgedresponder", subject: "/CN=responder", key: "leafp256", by: "otherkey", ext: delegate + "OCSPSigning\n"},
	} {
		l.issue(c)
	}
	root := l.chain("root")[0]
	hour := time.Hour
	tests := []struct {
		name            string
		reason          string // why the certificate is revoked; empty: it isn't
		forget          bool   // the authority doesn't know the certificate
		responder       http.HandlerFunc
		made            *ocsp.Response // instead of openssl's answer: this one, signed by the root
		by              *x509.Certificate
		address         string // instead of the responder's
		nonce           bool
		status, outcome string
		openssl         string
	}{
		{name: "good", responder: l.responder("root"), status: StatusGood, outcome: OutcomeGood, openssl: "signed,good"},
		{name: "good-nonce", responder: l.responder("root"), nonce: true, status: StatusGood, outcome: OutcomeGood, openssl: "signed,good"},
		{name: "good-delegated", responder: l.responder("responder"), nonce: true, status: StatusGood, outcome: OutcomeGood, openssl: "signed,good"},
		{name: "good-without-certificates", responder: l.responder("root", "-resp_no_certs"), status: StatusGood, outcome: OutcomeGood, openssl: "signed,good"},
		{name: "good-key-identifier", responder: l.responder("responder", "-resp_key_id"), status: StatusGood, outcome: OutcomeGood, openssl: "signed,good"},
		{name: "good-sha1", responder: l.responder("root", "-rmd", "sha1"), status: StatusGood, outcome: OutcomeGood, openssl: "signed,good"},
		{name: "revoked", responder: l.responder("root"), reason: "keyCompromise", status: StatusRevoked, outcome: OutcomeRevoked, openssl: "signed,revoked,keyCompromise"},
		{name: "revoked-delegated", responder: l.responder("responder"), reason: "superseded", status: StatusRevoked, outcome: OutcomeRevoked, openssl: "signed,revoked,superseded"},
		{name: "unknown", responder: l.responder("root"), forget: true, status: StatusUnknown, outcome: OutcomeUnknown, openssl: "signed,unknown"},
		{name: "closed-port", address: l.closed, status: StatusUnreachable, outcome: OutcomeUnreachable, openssl: "no answer"},
		{name: "not-found", status: StatusUnreachable, outcome: OutcomeUnreachable, openssl: "no answer"},
		{name: "no-purpose-of-ocsp", responder: l.responder("pretender"), status: StatusUnknown, outcome: OutcomeNotEntitled, openssl: "not signed,good"},
		{name: "no-purpose-at-all", responder: l.responder("purposeless"), status: StatusUnknown, outcome: OutcomeNotEntitled, openssl: "not signed,good"},
		{name: "outdated-responder", responder: l.responder("oldresponder"), status: StatusUnknown, outcome: OutcomeNotEntitled, openssl: "not signed,good"},
		{name: "another-authoritys-responder", responder: l.responder("otherresponder"), status: StatusUnknown, outcome: OutcomeNotEntitled, openssl: "not signed,good"},
		{name: "responder-of-an-authority-below", responder: l.responder("midresponder"), status: StatusUnknown, outcome: OutcomeNotEntitled, openssl: "not signed,good"},
		{name: "responder-of-the-name-alone", responder: l.responder("forgedresponder"), status: StatusUnknown, outcome: OutcomeBadSignature, openssl: "not signed,good"},
		{name: "another-authority", responder: l.responder("unknown"), status: StatusUnknown, outcome: OutcomeNotEntitled, openssl: "not signed,good"},
		{name: "bad-signature", responder: l.responder("root", "-badsig"), status: StatusUnknown, outcome: OutcomeBadSignature, openssl: "not signed,good"},
		{name: "bad-signature-without-certificates", responder: l.responder("root", "-badsig", "-resp_no_certs"), status: StatusUnknown, outcome: OutcomeBadSignature, openssl: "not signed,good"},
		{name: "try-later", responder: octets(ocsp.TryLaterErrorResponse), status: StatusUnknown, outcome: OutcomeDeclined, openssl: "responder error"},
		{name: "unauthorized", responder: octets(ocsp.UnauthorizedErrorResponse), status: StatusUnknown, outcome: OutcomeDeclined, openssl: "responder error"},
		{name: "stale", made: &ocsp.Response{ThisUpdate: time.Now().Add(-48 * hour), NextUpdate: time.Now().Add(-24 * hour)}, status: StatusUnknown, outcome: OutcomeExpired, openssl: "signed,good,stale"},
		{name: "stale-revoked", made: &ocsp.Response{Status: ocsp.Revoked, RevokedAt: time.Now(), RevocationReason: ocsp.KeyCompromise, ThisUpdate: time.Now().Add(-48 * hour), NextUpdate: time.Now().Add(-24 * hour)}, reason: "keyCompromise",
			status: StatusRevoked, outcome: OutcomeRevoked, openssl: "signed,revoked,keyCompromise,stale"},
		{name: "early", made: &ocsp.Response{ThisUpdate: time.Now().Add(hour), NextUpdate: time.Now().Add(24 * hour)}, status: StatusUnknown, outcome: OutcomeNotYet, openssl: "signed,good,early"},
		{name: "another-certificate", made: &ocsp.Response{SerialNumber: big.NewInt(7)}, status: StatusUnknown, outcome: OutcomeOther, openssl: "signed,ERROR: No Status found."},
		{name: "another-issuer", made: &ocsp.Response{}, by: l.chain("mid")[0], status: StatusUnknown, outcome: OutcomeOther, openssl: "not signed,ERROR: No Status found."},
		{name: "another-issuer-of-the-same-key", made: &ocsp.Response{}, by: l.chain("samekey")[0], status: StatusUnknown, outcome: OutcomeOther, openssl: "not signed,ERROR: No Status found."},
		{name: "sha256-identifier", made: &ocsp.Response{IssuerHash: crypto.SHA256}, status: StatusGood, outcome: OutcomeGood, openssl: "signed,ERROR: No Status found."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sub := *l.opensslLab
			l := *l
			l.opensslLab, sub.t = &sub, t
			if tt.name == "good-sha1" && fips140.Enforced() {
				tt.status, tt.outcome = StatusUnknown, OutcomeUnsupported
			}
			address := l.url + "/" + tt.name
			if tt.address != "" {
				address = tt.address
			}
			l.issue(opensslCert{name: "leaf1", subject: "/CN=" + host, by: "root", ext: server + san + "\nauthorityInfoAccess=OCSP;URI:" + address + "\n"})
			chain := l.chain("leaf1", "root")
			if tt.reason != "" {
				l.revoke("leaf1", tt.reason)
			}
			if tt.forget {
				l.forget(serialHex(chain[0]))
			}
			if tt.made != nil {
				by := root
				if tt.by != nil {
					by = tt.by
				}
				tt.responder = octets(l.answer(*tt.made, chain[0], by))
			}
			l.serve("/"+tt.name, tt.responder)
			r := Check(t.Context(), chain, nil, RevocationOptions{Fetch: &Fetcher{Allow: loopback}, Nonce: tt.nonce})
			leaf := r.Certificates[0]
			if leaf.Status != tt.status || len(leaf.Sources) != 1 || leaf.Sources[0].Outcome != tt.outcome || leaf.Sources[0].Kind != SourceOCSP {
				t.Errorf("%+v, want %s by %s", leaf, tt.status, tt.outcome)
			}
			if leaf.Reason != tt.reason || tt.reason != "" && time.Since(leaf.RevokedAt).Abs() > hour {
				t.Errorf("revoked because of %q at %s", leaf.Reason, leaf.RevokedAt)
			}
			if got := leaf.Sources[0].Nonce; tt.nonce != (got == "echoed") {
				t.Errorf("nonce %q", got)
			}
			if strings.HasSuffix(tt.name, "delegated") != (leaf.Sources[0].Responder == "CN=responder") && leaf.Status != StatusUnknown && tt.name != "good-key-identifier" {
				t.Errorf("responder %q", leaf.Sources[0].Responder)
			}
			flag := "-no_nonce"
			if tt.nonce {
				flag = "-nonce"
			}
			if got := l.ocspCheck("leaf1", address, flag); got != tt.openssl {
				t.Errorf("openssl says %q, recorded is %q", got, tt.openssl)
			}
			roundTripReport(t, r)
		})
	}
}

// answer makes a response about a certificate: by x/crypto/ocsp, since openssl
// makes none that is stale. issuer is whom the answer is about.
func (l *revocationLab) answer(template ocsp.Response, cert, issuer *x509.Certificate) []byte {
	l.t.Helper()
	key, err := mintKey("labca")
	if err != nil {
		l.t.Fatal(err)
	}
	if template.SerialNumber == nil {
		template.SerialNumber = cert.SerialNumber
	}
	if template.ThisUpdate.IsZero() {
		template.ThisUpdate, template.NextUpdate = time.Now().Add(-time.Minute), time.Now().Add(time.Hour)
	}
	return responseOf(l.t, authority{cert: l.chain("root")[0], key: key}, issuer, template)
}

// forget takes a certificate out of the authority's books.
func (l *revocationLab) forget(serial string) {
	l.t.Helper()
	var kept []string
	for _, line := range strings.SplitAfter(string(l.read("index.txt")), "\n") {
		if !strings.Contains(line, "\t"+serial+"\t") {
			kept = append(kept, line)
		}
	}
	if err := os.WriteFile(filepath.Join(l.dir, "index.txt"), []byte(strings.Join(kept, "")), 0o600); err != nil {
		l.t.Fatal(err)
	}
}

// TestReplayedNonce: an answer made for another request isn't one to ours, as
// openssl says too; an answer without a nonce is.
func TestReplayedNonce(t *testing.T) {
	l := newRevocationLab(t)
	l.issue(opensslCert{name: "leaf1", subject: "/CN=" + host, by: "root", ext: server + san + "\nauthorityInfoAccess=OCSP;URI:" + l.url + "/ocsp\n"})
	chain := l.chain("leaf1", "root")
	replay := func(flag string) []byte {
		l.run("ocsp", "-index", "index.txt", "-CA", "root.pem", "-rsigner", "root.pem", "-rkey", "root.key", "-issuer", "root.pem", "-cert", "leaf1.pem",
			"-ndays", "1", flag, "-respout", "replay.der", "-noverify")
		return l.read("replay.der")
	}
	for _, tt := range []struct{ flag, status, nonce, outcome, openssl string }{
		{"-nonce", StatusUnknown, "", OutcomeWrongNonce, "nonce"},
		{"-no_nonce", StatusGood, "absent", OutcomeGood, "signed,good"},
	} {
		l.serve("/ocsp", octets(replay(tt.flag)))
		leaf := Check(t.Context(), chain, nil, RevocationOptions{Fetch: &Fetcher{Allow: loopback}, Nonce: true}).Certificates[0]
		if leaf.Status != tt.status || leaf.Sources[0].Nonce != tt.nonce || leaf.Sources[0].Outcome != tt.outcome {
			t.Errorf("%s: %+v", tt.flag, leaf)
		}
		if got := l.ocspCheck("leaf1", l.url+"/ocsp", "-nonce"); got != tt.openssl {
			t.Errorf("%s: openssl says %q, recorded is %q", tt.flag, got, tt.openssl)
		}
	}
}

// TestOrderOfSources: staple, responder, list at hand, list fetched; the first
// that knows decides, and what isn't needed is named.
func TestOrderOfSources(t *testing.T) {
	l := newRevocationLab(t)
	l.issue(opensslCert{name: "leaf1", subject: "/CN=" + host, by: "root", ext: server + san + "\ntlsfeature=status_request\n" +
		"authorityInfoAccess=OCSP;URI:" + l.url + "/ocsp\ncrlDistributionPoints=@c\nfreshestCRL=URI:" + l.url + "/delta\n[c]\nURI.1=ldap:///CN=x\nURI.2=" + l.url + "/crl\n"})
	chain := l.chain("leaf1", "root")
	list := l.list("root", "authorityKeyIdentifier=keyid\n")
	good, unknown := l.answer(ocsp.Response{}, chain[0], chain[1]), l.answer(ocsp.Response{Status: ocsp.Unknown}, chain[0], chain[1])
	all := func(words ...string) string { return strings.Join(words, " ") }
	for name, tt := range map[string]struct {
		staple, ocsp, crl []byte
		files             [][]byte
		offline           bool
		mustStaple        string
		status, by        string
		outcomes          string // of the staple, the responder, the file, ldap, http, the delta list
	}{
		"staple":                {staple: good, mustStaple: MustStapleMet, status: StatusGood, by: SourceStaple, outcomes: all("good", "not-needed", "not-needed", "not-needed", "not-needed")},
		"responder":             {ocsp: good, mustStaple: MustStapleMissing, status: StatusGood, by: SourceOCSP, outcomes: all("good", "not-needed", "not-needed", "not-needed")},
		"bad staple, responder": {staple: flipLast(good), ocsp: good, mustStaple: MustStapleUnusable, status: StatusGood, by: SourceOCSP, outcomes: all("bad-signature", "good", "not-needed", "not-needed", "not-needed")},
		"list":                  {ocsp: unknown, crl: list, mustStaple: MustStapleMissing, status: StatusGood, by: SourceCRL, outcomes: all("unknown", "not-fetched", "good", "not-fetched")},
		"no list":               {ocsp: unknown, mustStaple: MustStapleMissing, status: StatusUnknown, outcomes: all("unknown", "not-fetched", "unreachable", "not-fetched")},
		"nobody":                {mustStaple: MustStapleMissing, status: StatusUnreachable, outcomes: all("unreachable", "not-fetched", "unreachable", "not-fetched")},
		"file":                  {files: [][]byte{list}, mustStaple: MustStapleMissing, status: StatusGood, by: SourceCRLFile, outcomes: all("unreachable", "good", "not-needed", "not-needed", "not-fetched")},
		"file, offline":         {files: [][]byte{pemList(list)}, offline: true, mustStaple: MustStapleMissing, status: StatusGood, by: SourceCRLFile, outcomes: all("not-fetched", "good", "not-needed", "not-needed", "not-fetched")},
		"bad file, offline":     {files: [][]byte{[]byte("x")}, offline: true, mustStaple: MustStapleMissing, status: StatusUnknown, outcomes: all("not-fetched", "malformed", "not-fetched", "not-fetched", "not-fetched")},
		"other file, offline":   {files: [][]byte{l.list("unknown", "")}, offline: true, mustStaple: MustStapleMissing, status: StatusNotChecked, outcomes: all("not-fetched", "wrong-issuer", "not-fetched", "not-fetched", "not-fetched")},
		"offline":               {offline: true, mustStaple: MustStapleMissing, status: StatusNotChecked, outcomes: all("not-fetched", "not-fetched", "not-fetched", "not-fetched")},
	} {
		for path, body := range map[string][]byte{"/ocsp": tt.ocsp, "/crl": tt.crl} {
			l.serve(path, http.NotFound)
			if body != nil {
				l.serve(path, octets(body))
			}
		}
		o := RevocationOptions{Fetch: &Fetcher{Allow: loopback}, CRLs: tt.files}
		if tt.offline {
			o.Fetch = nil
		}
		r := Check(t.Context(), chain, tt.staple, o)
		var outcomes []string
		for _, s := range r.Certificates[0].Sources {
			outcomes = append(outcomes, s.Outcome)
		}
		if got := all(outcomes...); got != tt.outcomes || r.Status != tt.status || r.Certificates[0].By != tt.by || r.MustStaple != tt.mustStaple {
			t.Errorf("%s: %s by %q (%s), must-staple %s, want %+v", name, r.Status, r.Certificates[0].By, got, r.MustStaple, tt)
		}
		roundTripReport(t, r)
	}
}
