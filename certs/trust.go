package certs

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
)

// judged is what the search for a root gave.
type judged struct {
	Trust
	way      []*x509.Certificate // verified, leaf to root; nil: none was found at any moment
	byIssuer bool                // an authority's restriction keeps it from Server Authentication
	path     []*x509.Certificate // leaf upwards: way as far as it was served, else chain.path
}

// trust looks for a way to a root, now and, if there is none, at moments at
// which the dates of the leaf don't matter.
func (c *chain) trust() judged {
	way, server, err := c.verify(c.leaf, c.now)
	if err == nil {
		return c.found(judged{way: way, byIssuer: !server})
	}
	path := c.path()
	inside := valid(c.leaf, c.now)
	for _, at := range moments(path) {
		way, server, other := c.verify(c.leaf, at)
		if other == nil {
			return c.found(judged{way: way, byIssuer: !server})
		}
		if !inside {
			err, inside = other, true
		}
	}
	j := judged{path: path}
	j.Cause, j.Detail = c.cause(path, err)
	j.IssuerURLs = issuerURLs(path)
	return j
}

// found completes a result that has a way: the dates of the leaf don't count
// against it, those of the certificates above it do.
func (c *chain) found(j judged) judged {
	j.Root = distinguished(j.way[len(j.way)-1].RawSubject)
	for _, cert := range j.way {
		if c.index(cert) >= 0 {
			j.path = append(j.path, cert)
		}
	}
	j.IssuerURLs = issuerURLs(j.path)
	for i, cert := range j.way {
		if i == 0 || valid(cert, c.now) {
			continue
		}
		j.Cause, j.Detail = c.outdated(cert, i == len(j.way)-1)
		j.Root = ""
		return j
	}
	j.Anchored = true
	return j
}

// outdated says whose dates stand between a leaf and its root.
func (c *chain) outdated(cert *x509.Certificate, root bool) (cause, detail string) {
	name := distinguished(cert.RawSubject)
	switch {
	case root:
		return CauseExpiredRoot, shown(fmt.Sprintf("the root %s is trusted, but not valid now", name))
	case c.now.Before(cert.NotBefore):
		return CauseEarlyIntermediate, shown(fmt.Sprintf("the intermediate %s is not valid yet; otherwise the chain is trusted", name))
	}
	return CauseExpiredIntermediate, shown(fmt.Sprintf("the intermediate %s has expired; otherwise the chain is trusted", name))
}

// cause tells why there is no way to a root at any moment. err is what Go says
// of a moment within the leaf's validity.
func (c *chain) cause(path []*x509.Certificate, err error) (cause, detail string) {
	text := shown(err.Error())
	switch {
	case errors.As(err, new(x509.SystemRootsError)):
		return CauseNoRoots, text
	case errors.As(err, new(x509.UnhandledCriticalExtension)):
		return CauseCriticalExtension, text
	case selfSigned(c.leaf):
		return CauseSelfSigned, "the certificate is signed by its own key and is not among the trusted ones"
	}
	if i := c.weakLink(path); i >= 0 {
		return CauseSHA1, fmt.Sprintf("an authority of the issuer's name is known, but %s signs certificate %d of the chain, which Go refuses", signatureName(path[i]), i)
	}
	if cert := c.outdatedAbove(path); cert != nil {
		return c.outdated(cert, false)
	}
	if restricted(path, err) {
		return CauseConstrained, text
	}
	for i, cert := range path[1:] {
		if !usableKey(cert) {
			return CauseKeySize, fmt.Sprintf("certificate %d of the chain has an RSA key of a size that Go refuses", i+1)
		}
	}
	return c.unknown(path, err)
}

// weakLink is the index in path of a certificate whose weak signature alone
// keeps Go from an authority that it knows; -1: there is none.
func (c *chain) weakLink(path []*x509.Certificate) int {
	for i, cert := range path {
		if !weakHash(cert) || i > 0 && selfSigned(cert) {
			continue
		}
		if i+1 < len(path) && c.anchored(path[i+1:]) || i+1 == len(path) && c.candidate(cert) {
			return i
		}
	}
	return -1
}

// anchored tells that the first of a path leads to a root at some moment.
func (c *chain) anchored(path []*x509.Certificate) bool {
	for _, at := range moments(path) {
		if _, _, err := c.verify(path[0], at); err == nil {
			return true
		}
	}
	return false
}

// candidate tells that an authority of the name that cert gives as issuer is
// known, yet failed to be its issuer. Go keeps that in an unexported field,
// which shows in a message longer than that of an error without it.
func (c *chain) candidate(cert *x509.Certificate) bool {
	for _, at := range moments([]*x509.Certificate{cert}) {
		if _, _, err := c.verify(cert, at); hinted(err) {
			return true
		}
	}
	return false
}

func hinted(err error) bool {
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) {
		return false
	}
	bare := x509.UnknownAuthorityError{Cert: unknown.Cert}
	return unknown.Error() != bare.Error()
}

// outdatedAbove is a certificate directly above the leaf that is trusted within
// its own dates, which have no moment in common with those of the leaf; nil:
// none.
func (c *chain) outdatedAbove(path []*x509.Certificate) *x509.Certificate {
	if len(path) < 2 || valid(path[1], c.now) || selfSigned(path[1]) || !c.anchored(path[1:]) {
		return nil
	}
	return path[1]
}

// restricted tells that an authority isn't allowed to sign this chain.
func restricted(path []*x509.Certificate, err error) bool {
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) {
		switch invalid.Reason {
		case x509.NotAuthorizedToSign, x509.CANotAuthorizedForThisName, x509.TooManyIntermediates,
			x509.NameConstraintsWithoutSANs, x509.UnconstrainedName, x509.TooManyConstraints, x509.NoValidChains:
			return true
		}
	}
	for _, cert := range path[1:] {
		if !cert.BasicConstraintsValid || !cert.IsCA {
			return true
		}
	}
	return false
}

// unknown tells an unknown authority from an intermediate that may be missing.
// Nothing is fetched, so the second stays a possibility.
func (c *chain) unknown(path []*x509.Certificate, err error) (cause, detail string) {
	top := path[len(path)-1]
	issuer := distinguished(top.RawIssuer)
	switch {
	case selfSigned(top):
		return CauseUnknownCA, shown(fmt.Sprintf("the host serves its own root, %s, which is not trusted here", issuer))
	case c.candidate(top):
		return CauseUnknownCA, shown(fmt.Sprintf("an authority named %s is trusted, but it did not sign this", issuer))
	case len(issuerURLs(path)) > 0:
		return CauseMissingIntermediate, shown(fmt.Sprintf("the issuer %s is neither served nor trusted here; the certificate says where to download it, so the host may have left it out, or it may be a root that is not trusted here", issuer))
	}
	text := fmt.Sprintf("the issuer %s is neither served nor trusted here", issuer)
	if errors.As(err, new(x509.UnknownAuthorityError)) {
		return CauseUnknownCA, shown(text)
	}
	return CauseOther, shown(text + ": " + err.Error())
}

// issuerURLs are the http and https addresses at which the issuer of the last
// of a path can be had. An ldap: one, the usual one of a Windows authority, says
// nothing about a missing intermediate: clients outside the domain can't use it.
func issuerURLs(path []*x509.Certificate) []string {
	var web []string
	for _, url := range path[len(path)-1].IssuingCertificateURL {
		if lower := strings.ToLower(url); strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
			web = append(web, url)
		}
	}
	web, _ = listed(web, MaxNames)
	return web
}
