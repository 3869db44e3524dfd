package certs

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// crlQuestion is what a list is held against.
type crlQuestion struct {
	cert, issuer *x509.Certificate
	now          time.Time
	from         []point // the points of cert that the list may be of
}

// judge says what a list is worth (RFC 5280, section 6.3.3).
func (q crlQuestion) judge(list *crl) (s RevocationSource) {
	s.ThisUpdate, s.NextUpdate = ended(list.ThisUpdate, list.NextUpdate)
	s.Entries = list.count
	if s.Outcome, s.Detail = q.signed(list); s.Outcome != "" {
		return s
	}
	if s.Outcome, s.Detail = list.unusable(); s.Outcome != "" {
		return s
	}
	if s.Outcome, s.Detail = list.scope.excludes(q.cert, q.from); s.Outcome != "" {
		return s
	}
	says, problem := q.claimOf(list)
	if problem != "" {
		s.Outcome, s.Detail = OutcomeUnsupported, problem
		return s
	}
	stale, detail := staleness(list.ThisUpdate, list.NextUpdate, q.now)
	return s.decide(says, stale, detail)
}

// signed says why the issuer isn't the one that vouches for a list; both empty:
// it is.
func (q crlQuestion) signed(list *crl) (outcome, detail string) {
	if !bytes.Equal(list.RawIssuer, q.cert.RawIssuer) {
		return OutcomeWrongIssuer, "the list is of " + distinguished(list.RawIssuer)
	}
	if !usableKey(q.issuer) {
		return OutcomeUnsupported, "the issuer's key has a size that Go refuses"
	}
	if forbiddenHash(signatureOID(list.Raw)) {
		return errForbiddenHash.outcome, errForbiddenHash.text
	}
	err := list.CheckSignatureFrom(q.issuer)
	otherKey := len(list.AuthorityKeyId) > 0 && len(q.issuer.SubjectKeyId) > 0 && !bytes.Equal(list.AuthorityKeyId, q.issuer.SubjectKeyId)
	switch {
	case err == nil:
		return "", ""
	case errors.As(err, new(x509.ConstraintViolationError)):
		return OutcomeNotEntitled, "the issuer's certificate doesn't allow it to sign lists"
	case errors.Is(err, x509.ErrUnsupportedAlgorithm), errors.As(err, new(x509.InsecureAlgorithmError)):
		return OutcomeUnsupported, err.Error()
	case otherKey:
		return OutcomeWrongIssuer, "another key of the issuer signed the list"
	}
	return OutcomeBadSignature, err.Error()
}

// unusable says what a list demands that isn't done here (RFC 5280, sections
// 5.2 and 5.3); both empty: nothing.
func (c *crl) unusable() (outcome, detail string) {
	switch {
	case c.delta:
		return OutcomeUnsupported, "a delta list, which is not combined with its base here"
	case c.unknown != "":
		return OutcomeUnsupported, "the list has a critical extension that is not known here: " + c.unknown
	case c.foreign:
		return OutcomeUnsupported, "an indirect list, which revokes for several authorities, is not read here"
	case c.critical:
		return OutcomeUnsupported, "an entry of the list has a critical extension that is not known here"
	}
	return "", ""
}

// removeFromCRL is the reason that only a delta list may give.
const removeFromCRL = 8

// claimOf looks the certificate up; problem says why that tells nothing.
func (q crlQuestion) claimOf(list *crl) (says claim, problem string) {
	if q.cert.SerialNumber == nil {
		return says, "the certificate has no serial number that could be read"
	}
	entry := list.find(q.cert.SerialNumber)
	partial := list.scope != nil && list.scope.onlySomeReasonsHere
	for _, p := range q.from {
		partial = partial || p.reasons
	}
	switch {
	case entry.found && entry.reason == removeFromCRL:
		return says, "the list takes the certificate off another list"
	case entry.found:
		return claim{OutcomeRevoked, readTime(&entry.at), revocationReason(entry.reason)}, ""
	case partial:
		return says, "the list covers some reasons of revocation only"
	}
	return claim{status: OutcomeGood}, ""
}

// askCRL fetches a list. from is the point that names it.
func (c *checker) askCRL(ctx context.Context, address string, from point) (RevocationSource, *crl) {
	der, err := c.Fetch.CRL(ctx, address)
	if err != nil {
		return unfetched(err), nil
	}
	list, err := readCRL(der)
	if err != nil {
		detail := err.Error()
		if bytes.HasPrefix(der, []byte("-----BEGIN")) {
			detail = "PEM, where DER is to be served (RFC 5280, section 4.2.1.13)"
		}
		return RevocationSource{Outcome: OutcomeMalformed, Detail: detail}, nil
	}
	return crlQuestion{c.cert, c.issuer, c.Now, []point{from}}.judge(list), list
}

// checkFiles tries the lists that the caller gave.
func (c *checker) checkFiles() {
	q := crlQuestion{c.cert, c.issuer, c.Now, readPoints(c.cert, oidCRLPoints)}
	for _, f := range c.files {
		s := RevocationSource{Outcome: OutcomeMalformed, Detail: f.problem}
		switch {
		case c.decided:
			s = RevocationSource{Outcome: OutcomeNotNeeded}
		case f.list != nil:
			s = q.judge(f.list)
		}
		s.Kind, s.File = SourceCRLFile, f.number
		c.record(s)
		c.noteDeltas(s, f.list)
	}
}

// checkLists tries the lists that the certificate names, and names those that
// aren't fetched.
func (c *checker) checkLists(ctx context.Context) {
	asked := 0
	for _, p := range readPoints(c.cert, oidCRLPoints) {
		if len(p.urls) == 0 {
			c.record(RevocationSource{Kind: SourceCRL, Outcome: OutcomeNotFetched, Detail: "a distribution point without an address"})
		}
		for _, address := range p.urls {
			s, list := c.tryList(ctx, address, p, &asked)
			s.Kind, s.URL = SourceCRL, shown(address)
			c.record(s)
			c.noteDeltas(s, list)
		}
	}
	c.notCombined(readPoints(c.cert, oidFreshestCRL))
}

// tryList fetches one list unless something is in the way.
func (c *checker) tryList(ctx context.Context, address string, p point, asked *int) (RevocationSource, *crl) {
	switch {
	case c.decided:
		return RevocationSource{Outcome: OutcomeNotNeeded}, nil
	case p.indirect:
		return RevocationSource{Outcome: OutcomeUnsupported, Detail: "another authority signs this list (indirect), which is not read here"}, nil
	}
	if s, skip := c.unaskable(address, asked); skip {
		return s, nil
	}
	return c.askCRL(ctx, address, p)
}

// unaskable says why an address isn't asked; skip is false when it may be. asked
// counts those that were, and is bounded by maxAsked.
func (c *checker) unaskable(address string, asked *int) (s RevocationSource, skip bool) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return RevocationSource{Outcome: OutcomeNotFetched, Failure: FetchBadURL, Detail: "not an address"}, true
	case u.Scheme != "http":
		return unfetched(fetchable(u)), true
	case c.Fetch == nil:
		return RevocationSource{Outcome: OutcomeNotFetched, Detail: "fetching was not asked for"}, true
	case *asked >= maxAsked:
		return RevocationSource{Outcome: OutcomeNotFetched, Detail: fmt.Sprintf("only %d of a kind are asked", maxAsked)}, true
	}
	*asked++
	return s, false
}

// noteDeltas names the delta lists of a list that decided (RFC 5280, section
// 5.2.6), unless the certificate itself names some.
func (c *checker) noteDeltas(s RevocationSource, list *crl) {
	if list == nil || s.Outcome != OutcomeGood && s.Outcome != OutcomeRevoked || len(readPoints(c.cert, oidFreshestCRL)) > 0 {
		return
	}
	for _, e := range list.Extensions {
		if e.Id.String() == oidFreshestCRL {
			c.notCombined(readPointsDER(e.Value))
		}
	}
}

// notCombined names delta lists, which could say more than the list that
// decided, if a list did.
func (c *checker) notCombined(points []point) {
	s := RevocationSource{Kind: SourceDeltaCRL, Outcome: OutcomeNotFetched, Detail: "delta lists are not checked"}
	if c.found.By == SourceStaple || c.found.By == SourceOCSP {
		s.Outcome, s.Detail = OutcomeNotNeeded, ""
	}
	for _, p := range points {
		for _, address := range p.urls {
			s.URL = shown(address)
			c.record(s)
		}
	}
}
