package certs

import (
	"bytes"
	"encoding/pem"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestListsOfOpenSSL holds what Check says of lists made by "openssl ca" against
// what "openssl verify -crl_check" says of the same octets. Two answers differ on
// purpose: openssl takes a removeFromCRL in a full list for "not revoked", and
// reads the PEM that no client is to be served.
func TestListsOfOpenSSL(t *testing.T) {
	l := newRevocationLab(t)
	for _, c := range []opensslCert{
		{name: "unsigning", subject: "/CN=root", key: "labca", ext: "basicConstraints=critical,CA:true\nkeyUsage=keyCertSign\nsubjectKeyIdentifier=hash\n"},
		{name: "otherkey", subject: "/CN=root", key: "unknownca", ext: rootExtensions},
		{name: "held", subject: "/CN=held", by: "root", ext: server + san},
	} {
		l.issue(c)
	}
	const aki = "authorityKeyIdentifier=keyid\n"
	point := "issuingDistributionPoint=critical,@p\n[p]\n"
	old := []string{"-crl_lastupdate", "20250101000000Z", "-crl_nextupdate", "20250201000000Z"}
	soon := []string{"-crl_lastupdate", time.Now().Add(48 * time.Hour).UTC().Format("20060102150405Z"), "-crldays", "30"}
	tests := []struct {
		name            string
		reason          string // why the certificate is revoked; "-": without a reason; empty: it isn't
		by, section     string // who makes the list, with which extensions
		flags           []string
		change          func([]byte) []byte
		address         string // instead of the list's
		status, outcome string
		openssl         string // error numbers of X509_V_ERR_…
	}{
		{name: "good", section: aki, status: StatusGood, outcome: OutcomeGood},
		{name: "good, version 1", status: StatusGood, outcome: OutcomeGood},
		{name: "revoked", reason: "keyCompromise", section: aki, status: StatusRevoked, outcome: OutcomeRevoked, openssl: "23"},
		{name: "revoked, no reason", reason: "-", section: aki, status: StatusRevoked, outcome: OutcomeRevoked, openssl: "23"},
		{name: "revoked, superseded", reason: "superseded", section: aki, status: StatusRevoked, outcome: OutcomeRevoked, openssl: "23"},
		{name: "held", reason: "certificateHold", section: aki, status: StatusRevoked, outcome: OutcomeRevoked, openssl: "23"},
		{name: "expired", section: aki, flags: old, status: StatusUnknown, outcome: OutcomeExpired, openssl: "12"},
		{name: "expired, revoked", reason: "keyCompromise", section: aki, flags: old, status: StatusRevoked, outcome: OutcomeRevoked, openssl: "12 23"},
		{name: "expired, held", reason: "certificateHold", section: aki, flags: old, status: StatusUnknown, outcome: OutcomeExpired, openssl: "12 23"},
		{name: "early", section: aki, flags: soon, status: StatusUnknown, outcome: OutcomeNotYet, openssl: "11"},
		{name: "taken off", reason: "removeFromCRL", section: aki, status: StatusUnknown, outcome: OutcomeUnsupported},
		{name: "closed port", address: l.closed + "/crl", status: StatusUnreachable, outcome: OutcomeUnreachable, openssl: "3"},
		{name: "not found", address: l.url + "/nothing", status: StatusUnreachable, outcome: OutcomeUnreachable, openssl: "3"},
		{name: "ldap", address: "ldap:///CN=CRL,DC=corp,DC=example?certificateRevocationList", status: StatusNotChecked, outcome: OutcomeNotFetched, openssl: "3"},
		{name: "https", address: "https://127.0.0.1:1/crl", status: StatusNotChecked, outcome: OutcomeNotFetched, openssl: "3"},
		{name: "another authority's", by: "unknown", section: aki, status: StatusUnknown, outcome: OutcomeWrongIssuer, openssl: "3"},
		{name: "another key's", by: "otherkey", section: aki, status: StatusUnknown, outcome: OutcomeWrongIssuer, openssl: "3"},
		{name: "another key's, no identifier", by: "otherkey", status: StatusUnknown, outcome: OutcomeBadSignature, openssl: "8"},
		{name: "bad signature", section: aki, change: flipLast, status: StatusUnknown, outcome: OutcomeBadSignature, openssl: "8"},
		{name: "cut short", section: aki, change: func(b []byte) []byte { return b[:len(b)/2] }, status: StatusUnknown, outcome: OutcomeMalformed, openssl: "3"},
		{name: "PEM", section: aki, change: pemList, status: StatusUnknown, outcome: OutcomeMalformed},
		{name: "nothing", section: aki, change: func([]byte) []byte { return nil }, status: StatusUnknown, outcome: OutcomeMalformed, openssl: "3"},
		{name: "for users", section: aki + point + "onlyuser=TRUE\n", status: StatusGood, outcome: OutcomeGood},
		{name: "for authorities", section: aki + point + "onlyCA=TRUE\n", status: StatusUnknown, outcome: OutcomeOther, openssl: "44"},
		{name: "for attributes", section: aki + point + "onlyAA=TRUE\n", status: StatusUnknown, outcome: OutcomeOther, openssl: "44"},
		{name: "of this place", section: aki + point + "fullname=URI:" + l.url + "/of-this-place\n", status: StatusGood, outcome: OutcomeGood},
		{name: "of another place", section: aki + point + "fullname=URI:http://elsewhere.invalid/crl\n", status: StatusUnknown, outcome: OutcomeOther, openssl: "44"},
		{name: "indirect", section: aki + point + "indirectCRL=TRUE\n", status: StatusUnknown, outcome: OutcomeUnsupported, openssl: "3"},
		{name: "some reasons", section: aki + point + "onlysomereasons=keyCompromise\n", status: StatusUnknown, outcome: OutcomeUnsupported, openssl: "3"},
		{name: "some reasons, revoked", reason: "keyCompromise", section: aki + point + "onlysomereasons=keyCompromise\n", status: StatusRevoked, outcome: OutcomeRevoked, openssl: "3"},
		{name: "unknown critical extension", section: aki + "1.2.3.4=critical,DER:0500\n", status: StatusUnknown, outcome: OutcomeUnsupported, openssl: "36"},
		{name: "unknown extension", section: aki + "1.2.3.4=DER:0500\n", status: StatusGood, outcome: OutcomeGood},
		{name: "delta", section: aki + "2.5.29.27=critical,DER:020101\n", status: StatusUnknown, outcome: OutcomeUnsupported, openssl: "3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sub := *l.opensslLab
			l := *l
			l.opensslLab, sub.t = &sub, t
			path := "/" + strings.NewReplacer(" ", "-", "'", "", ",", "").Replace(tt.name)
			address := l.url + path
			if tt.address != "" {
				address = tt.address
			}
			l.issue(opensslCert{name: "leaf1", subject: "/CN=" + host, by: "root", ext: server + san + "\ncrlDistributionPoints=@c\n[c]\nURI.1=" + address + "\n"})
			if tt.reason != "" {
				l.revoke("leaf1", map[bool]string{true: "", false: tt.reason}[tt.reason == "-"])
			}
			if tt.by == "" {
				tt.by = "root"
			}
			list := l.list(tt.by, tt.section, tt.flags...)
			if tt.change != nil {
				list = tt.change(list)
			}
			l.serve(path, octets(list))
			if tt.address != "" {
				list = nil
			}
			r := Check(t.Context(), l.chain("leaf1", "root"), nil, RevocationOptions{Fetch: &Fetcher{Allow: loopback}})
			leaf := r.Certificates[0]
			if leaf.Status != tt.status || len(leaf.Sources) != 1 || leaf.Sources[0].Outcome != tt.outcome || leaf.Sources[0].URL != address {
				t.Errorf("%+v, want %s by %s", leaf, tt.status, tt.outcome)
			}
			if got := l.crlCheck("leaf1", list); got != tt.openssl {
				t.Errorf("openssl says %q, recorded is %q", got, tt.openssl)
			}
			if tt.status == StatusGood && tt.openssl != "" {
				t.Error("good, and openssl doesn't say so")
			}
			if tt.status == StatusRevoked && (time.Since(leaf.RevokedAt).Abs() > time.Hour || tt.reason != "-" && leaf.Reason != tt.reason || leaf.By != SourceCRL) {
				t.Errorf("%+v", leaf)
			}
			roundTripReport(t, r)
		})
	}
}

func flipLast(b []byte) []byte {
	b = bytes.Clone(b)
	b[len(b)-1] ^= 1
	return b
}

func pemList(b []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: b}) }

// TestUnsigningIssuer: an authority that may not sign lists doesn't.
func TestUnsigningIssuer(t *testing.T) {
	l := newRevocationLab(t)
	l.issue(opensslCert{name: "nolists", subject: "/CN=nolists", key: "intermediate", by: "root", ext: "basicConstraints=critical,CA:true\nkeyUsage=keyCertSign\nsubjectKeyIdentifier=hash\n"})
	l.issue(opensslCert{name: "below", subject: "/CN=" + host, by: "nolists", ext: server + san + "\ncrlDistributionPoints=URI:" + l.url + "/crl\n"})
	list := l.list("nolists", "authorityKeyIdentifier=keyid\n")
	l.serve("/crl", octets(list))
	r := Check(t.Context(), l.chain("below", "nolists", "root"), nil, RevocationOptions{Fetch: &Fetcher{Allow: loopback}})
	if s := r.Certificates[0]; s.Status != StatusUnknown || s.Sources[0].Outcome != OutcomeNotEntitled {
		t.Errorf("%+v", s)
	}
	if got := l.crlCheck("below", list, "-untrusted", "nolists.pem"); got != "35" {
		t.Errorf("openssl says %q", got)
	}
}

// TestIntermediateOfOpenSSL: an intermediate that is revoked is found under a
// leaf that is good, and the root isn't asked about.
func TestIntermediateOfOpenSSL(t *testing.T) {
	l := newRevocationLab(t)
	points := func(path string) string { return "crlDistributionPoints=URI:" + l.url + path + "\n" }
	l.issue(opensslCert{name: "mid", subject: "/CN=mid", key: "intermediate", by: "root", ext: rootExtensions + points("/root")})
	l.issue(opensslCert{name: "under", subject: "/CN=" + host, by: "mid", ext: server + san + "\n" + points("/mid")})
	mid := l.list("mid", "authorityKeyIdentifier=keyid\n")
	l.serve("/mid", octets(mid))
	openssl := func(want string, root []byte) {
		t.Helper()
		if got := l.crlCheck("under", append(pemList(mid), pemList(root)...), "-crl_check_all", "-untrusted", "mid.pem"); got != want {
			t.Errorf("openssl says %q, recorded is %q", got, want)
		}
	}
	check := func(want ...string) {
		t.Helper()
		r := Check(t.Context(), l.chain("under", "mid", "root"), nil, RevocationOptions{Fetch: &Fetcher{Allow: loopback}})
		got := []string{r.Status}
		for _, c := range r.Certificates {
			got = append(got, c.Status)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	check(StatusUnreachable, StatusGood, StatusUnreachable, StatusSelfSigned)
	openssl("3", nil)
	root := l.list("root", "authorityKeyIdentifier=keyid\n")
	l.serve("/root", octets(root))
	check(StatusGood, StatusGood, StatusGood, StatusSelfSigned)
	openssl("", root)
	l.revoke("mid", "CACompromise")
	root = l.list("root", "authorityKeyIdentifier=keyid\n")
	l.serve("/root", octets(root))
	check(StatusRevoked, StatusGood, StatusRevoked, StatusSelfSigned)
	openssl("23", root)
	l.serve("/root", http.NotFound)
	files := RevocationOptions{CRLs: [][]byte{append(pemList(l.list("mid", "")), pemList(l.list("root", ""))...)}}
	if r := Check(t.Context(), l.chain("under", "mid", "root"), nil, files); r.Certificates[0].Status != StatusGood || r.Certificates[1].Status != StatusRevoked {
		t.Errorf("from a file: %+v", r)
	}
}
