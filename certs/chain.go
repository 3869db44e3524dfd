package certs

import (
	"bytes"
	"crypto/x509"
	"time"
)

// chain is a served chain in the course of its inspection.
type chain struct {
	served []parsed // leaf first, at most MaxCertificates, never empty
	leaf   *x509.Certificate
	roots  *x509.CertPool // nil: the system's
	above  *x509.CertPool // the served certificates above the leaf that Go can work with
	now    time.Time
}

func newChain(served []parsed, o Options, now time.Time) *chain {
	c := &chain{served: served, leaf: served[0].cert, roots: o.Roots, above: x509.NewCertPool(), now: now}
	for _, p := range served[1:] {
		if p.err == nil && usableKey(p.cert) {
			c.above.AddCert(p.cert)
		}
	}
	return c
}

// verify looks for a way from cert to a root at a moment. server tells that
// it holds for Server Authentication too; err is that of looking for any way.
func (c *chain) verify(cert *x509.Certificate, at time.Time) (way []*x509.Certificate, server bool, err error) {
	o := x509.VerifyOptions{Roots: c.roots, Intermediates: c.above, CurrentTime: at}
	ways, err := cert.Verify(o)
	if err == nil {
		return ways[0], true, nil
	}
	o.KeyUsages = []x509.ExtKeyUsage{x509.ExtKeyUsageAny}
	if ways, err = cert.Verify(o); err != nil {
		return nil, false, err
	}
	return ways[0], false, nil
}

// path follows the served certificates from a leaf upwards by names and
// signatures, weak ones allowed, up to a self-signed one or the last that is
// there. Of two that fit, one that is valid now is preferred.
func (c *chain) path() []*x509.Certificate {
	path := []*x509.Certificate{c.leaf}
	used := map[int]bool{0: true}
	for {
		last := path[len(path)-1]
		if bytes.Equal(last.RawIssuer, last.RawSubject) {
			return path
		}
		next := c.issuerOf(last, used)
		if next < 0 {
			return path
		}
		used[next] = true
		path = append(path, c.served[next].cert)
	}
}

// issuerOf is the index of an unused served certificate that signed cert; -1:
// there is none.
func (c *chain) issuerOf(cert *x509.Certificate, used map[int]bool) int {
	found := -1
	for i, p := range c.served {
		if used[i] || !p.whole || !signedBy(cert, p.cert) {
			continue
		}
		if valid(p.cert, c.now) {
			return i
		}
		if found < 0 {
			found = i
		}
	}
	return found
}

// issuer is the certificate above the leaf, verified or, failing that, served and
// fitting by its signature; a self-signed leaf is its own. nil: not known.
func (c *chain) issuer(j judged) *x509.Certificate {
	if len(j.way) > 1 {
		return j.way[1]
	}
	if path := c.path(); len(path) > 1 {
		return path[1]
	}
	if selfSigned(c.leaf) {
		return c.leaf
	}
	return nil
}

// index is where a certificate was served; -1: it wasn't.
func (c *chain) index(cert *x509.Certificate) int {
	for i, p := range c.served {
		if p.cert != nil && bytes.Equal(p.der, cert.Raw) {
			return i
		}
	}
	return -1
}

// moments are the times at which a way may exist although none exists now: the
// middle of what all of a path are valid in, and the ends of the first one's
// validity.
func moments(path []*x509.Certificate) []time.Time {
	first := path[0]
	from, until := first.NotBefore, first.NotAfter
	if until.Before(from) {
		return nil
	}
	for _, cert := range path[1:] {
		if cert.NotBefore.After(from) {
			from = cert.NotBefore
		}
		if cert.NotAfter.Before(until) {
			until = cert.NotAfter
		}
	}
	at := []time.Time{first.NotAfter, first.NotBefore}
	if !until.Before(from) {
		at = append([]time.Time{time.Unix(from.Unix()/2+until.Unix()/2, 0).UTC()}, at...)
	}
	return at
}

func valid(c *x509.Certificate, at time.Time) bool {
	return !at.Before(c.NotBefore) && !at.After(c.NotAfter)
}
