package certs

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func roundTripReport(t *testing.T, r RevocationReport) {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil || len(text) > 1<<20 || !utf8.Valid(text) {
		t.Fatalf("%d octets of JSON, %v", len(text), err)
	}
	var back RevocationReport
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, back); diff != "" {
		t.Error(diff)
	}
}

// TestChainsThatCannotBeChecked: without an issuer nobody's word counts.
func TestChainsThatCannotBeChecked(t *testing.T) {
	root := rootOfLab(t).cert
	leaf := mint(t, Spec{MustStaple: true, Staple: StapleGood})
	alone := mint(t, Spec{Kind: KindSelfSigned, MustStaple: true}).Leaf
	under := mint(t, Spec{Kind: KindIntermediate}).Leaf
	for name, tt := range map[string]struct {
		chain      []*x509.Certificate
		staple     []byte
		status     string
		leaf       string
		mustStaple string
		sources    int
	}{
		"none":                     {mustStaple: MustStapleNone},
		"whole":                    {chain: []*x509.Certificate{leaf.Leaf, root}, staple: leaf.OCSPStaple, status: StatusGood, leaf: StatusGood, mustStaple: MustStapleMet, sources: 1},
		"no issuer":                {chain: []*x509.Certificate{leaf.Leaf}, staple: leaf.OCSPStaple, status: StatusUnknown, leaf: StatusUnknown, mustStaple: MustStapleUnusable, sources: 1},
		"another issuer":           {chain: []*x509.Certificate{leaf.Leaf, alone}, staple: leaf.OCSPStaple, status: StatusUnknown, leaf: StatusUnknown, mustStaple: MustStapleUnusable, sources: 1},
		"of the root, not of this": {chain: []*x509.Certificate{under, root}, status: StatusUnknown, leaf: StatusUnknown, mustStaple: MustStapleNone},
		"self-signed":              {chain: []*x509.Certificate{alone}, status: StatusSelfSigned, leaf: StatusSelfSigned, mustStaple: MustStapleMissing},
		"self-signed with staple":  {chain: []*x509.Certificate{alone}, staple: leaf.OCSPStaple, status: StatusSelfSigned, leaf: StatusSelfSigned, mustStaple: MustStapleUnusable, sources: 1},
		"no source":                {chain: []*x509.Certificate{leaf.Leaf, root}, status: StatusNoSource, leaf: StatusNoSource, mustStaple: MustStapleMissing},
		"long staple":              {chain: []*x509.Certificate{leaf.Leaf, root}, staple: make([]byte, maxStaple+1), status: StatusUnknown, leaf: StatusUnknown, mustStaple: MustStapleUnusable, sources: 1},
	} {
		r := Check(t.Context(), tt.chain, tt.staple, RevocationOptions{Now: now})
		roundTripReport(t, r)
		if r.Status != tt.status || r.MustStaple != tt.mustStaple || len(r.Certificates) != len(tt.chain) {
			t.Errorf("%s: %+v", name, r)
			continue
		}
		if len(tt.chain) > 0 && (r.Certificates[0].Status != tt.leaf || len(r.Certificates[0].Sources) != tt.sources) {
			t.Errorf("%s: %+v", name, r.Certificates[0])
		}
	}
	long := make([]*x509.Certificate, MaxCertificates+3)
	for i := range long {
		long[i] = leaf.Leaf
	}
	if r := Check(t.Context(), long, nil, RevocationOptions{Now: now}); len(r.Certificates) != MaxCertificates || r.LeftOut != 3 {
		t.Errorf("%d certificates, %d left out", len(r.Certificates), r.LeftOut)
	}
}

// TestManySources: a certificate that lists hundreds of addresses has few of them
// asked and not all of them recorded.
func TestManySources(t *testing.T) {
	var asked atomic.Int32
	base := serveOn(t, func(w http.ResponseWriter, r *http.Request) { asked.Add(1); http.NotFound(w, r) })
	urls := make([]string, 300)
	for i := range urls {
		urls[i] = fmt.Sprint(base, "/", i)
	}
	leaf := mint(t, Spec{CRLs: urls, OCSP: urls}).Leaf
	r := Check(t.Context(), []*x509.Certificate{leaf, rootOfLab(t).cert}, nil, RevocationOptions{Now: now, Fetch: &Fetcher{Allow: loopback}})
	c := r.Certificates[0]
	if asked.Load() != 2*maxAsked || len(c.Sources) != MaxSources || len(c.Sources)+c.LeftOut < 300 || c.Status != StatusUnreachable {
		t.Errorf("%d asked, %d recorded, %d left out, %s", asked.Load(), len(c.Sources), c.LeftOut, c.Status)
	}
	roundTripReport(t, r)
}
