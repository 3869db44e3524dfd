package certs

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"slices"
)

// MaxIssuers is how many issuers FetchIssuers adds above a chain.
const MaxIssuers = 5

// Words of IssuersReport.End.
const (
	IssuersRoot     = "root"      // the last one is self-signed: complete, which makes nothing trusted
	IssuersNoURL    = "no-url"    // the last one names no address of an issuer
	IssuersNotFound = "not-found" // no address gave a certificate that signed the last one
	IssuersDepth    = "depth"     // MaxIssuers were fetched
	IssuersLoop     = "loop"      // the issuer of the last one is below it in the chain
	IssuersNoChain  = "no-chain"  // there was no chain to begin with
)

// IssuersReport is what FetchIssuers found.
type IssuersReport struct {
	// Certificates are those fetched that signed what is below them, upwards;
	// of an issuer that has several, all, the longest valid first. They are
	// intermediates to try, trusted no more than the host itself.
	Certificates []*x509.Certificate `json:"-"`
	// Subjects are those of Certificates.
	Subjects []string       `json:"subjects,omitempty"`
	End      string         `json:"end"` // an Issuers… word
	Sources  []IssuerSource `json:"sources,omitempty"`
}

// IssuerSource is one address of an issuer and what came of it.
type IssuerSource struct {
	URL     string `json:"url"`
	Outcome string `json:"outcome"`           // good, wrong-issuer, malformed, unreachable, not-taken, not-fetched, not-needed
	Failure string `json:"failure,omitempty"` // a Fetch… word
	HTTP    int    `json:"http,omitempty"`    // the status when Failure is "status"
	Detail  string `json:"detail,omitempty"`
	Found   int    `json:"found,omitempty"`   // certificates in it
	LeftOut int    `json:"leftOut,omitempty"` // those beyond MaxCertificates
}

// FetchIssuers looks for the certificates missing above a chain, leaf first,
// where the last of it says that its issuer can be had (caIssuers, RFC 5280,
// section 4.2.2.1): over http, at most MaxIssuers upwards, four addresses asked for each.
// It never fails; f must not be nil.
func FetchIssuers(ctx context.Context, chain []*x509.Certificate, f *Fetcher) IssuersReport {
	if len(chain) == 0 {
		return IssuersReport{End: IssuersNoChain}
	}
	path := slices.Clone(chain)
	var r IssuersReport
	for range MaxIssuers {
		last := path[len(path)-1]
		switch {
		case selfSigned(last):
			r.End = IssuersRoot
		case len(last.IssuingCertificateURL) == 0:
			r.End = IssuersNoURL
		}
		if r.End != "" {
			return r
		}
		issuers := r.search(ctx, last, f)
		if r.End = ends(path, issuers); r.End != "" {
			return r
		}
		for _, cert := range issuers {
			r.Certificates = append(r.Certificates, cert)
			r.Subjects = append(r.Subjects, distinguished(cert.RawSubject))
		}
		path = append(path, issuers[0])
	}
	if r.End = IssuersDepth; selfSigned(path[len(path)-1]) {
		r.End = IssuersRoot
	}
	return r
}

// ends says why a search stops at what it found; empty: it goes on.
func ends(path, issuers []*x509.Certificate) string {
	if len(issuers) == 0 {
		return IssuersNotFound
	}
	for _, below := range path {
		if bytes.Equal(below.RawSubject, issuers[0].RawSubject) && bytes.Equal(below.RawSubjectPublicKeyInfo, issuers[0].RawSubjectPublicKeyInfo) {
			return IssuersLoop
		}
	}
	return ""
}

// search asks the addresses of one certificate's issuer until one gives it. The
// issuers are sorted by the end of their validity, the latest first.
func (r *IssuersReport) search(ctx context.Context, cert *x509.Certificate, f *Fetcher) (issuers []*x509.Certificate) {
	asked := 0
	for _, address := range cert.IssuingCertificateURL[:min(len(cert.IssuingCertificateURL), MaxSources)] {
		s := IssuerSource{Outcome: OutcomeNotNeeded}
		switch {
		case len(issuers) > 0:
		case asked >= maxAsked:
			s.Outcome, s.Detail = OutcomeNotFetched, fmt.Sprintf("only %d of a kind are asked", maxAsked)
		default:
			s, issuers = fetchIssuer(ctx, cert, address, f)
		}
		if s.Outcome != OutcomeNotFetched {
			asked++
		}
		s.URL, s.Detail = shown(address), shown(s.Detail)
		r.Sources = append(r.Sources, s)
	}
	slices.SortStableFunc(issuers, func(a, b *x509.Certificate) int { return b.NotAfter.Compare(a.NotAfter) })
	return issuers
}

// fetchIssuer asks one address, and keeps what signed the certificate.
func fetchIssuer(ctx context.Context, cert *x509.Certificate, address string, f *Fetcher) (s IssuerSource, issuers []*x509.Certificate) {
	body, err := f.Certificate(ctx, address)
	if err != nil {
		u := unfetched(err)
		return IssuerSource{Outcome: u.Outcome, Failure: u.Failure, HTTP: u.HTTP, Detail: u.Detail}, nil
	}
	raw, left, err := servedIssuers(body)
	if err != nil {
		return IssuerSource{Outcome: OutcomeMalformed, Detail: err.Error()}, nil
	}
	s = IssuerSource{Outcome: OutcomeWrongIssuer, Detail: "nothing there signed the certificate", Found: len(raw), LeftOut: left}
	whole := 0
	for _, der := range raw {
		p := parse(der)
		if !p.whole {
			continue
		}
		if whole++; signedBy(cert, p.cert) {
			issuers, s.Outcome, s.Detail = append(issuers, p.cert), OutcomeGood, ""
		}
	}
	if whole == 0 {
		s.Outcome, s.Detail = OutcomeMalformed, "no certificate there can be read"
	}
	return s, issuers
}
