package certs

import (
	"crypto/x509"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// pointName is a DistributionPointName (RFC 5280, section 4.2.1.13). Its names
// stand for one and the same list.
type pointName struct {
	names    []string // each GeneralName in DER
	urls     []string // those of them that are a uniformResourceIdentifier
	relative bool     // nameRelativeToCRLIssuer, which nobody uses
}

// point is one DistributionPoint of a certificate.
type point struct {
	pointName
	reasons  bool // the list covers some reasons only
	indirect bool // another authority signs the list
}

// scope is an issuingDistributionPoint (RFC 5280, section 5.2.5).
type scope struct {
	pointName
	named                         bool // a distributionPoint is there
	onlyUser, onlyCA, onlyAttr    bool
	indirect, onlySomeReasonsHere bool
}

func contextTag(n uint8) asn1.Tag { return asn1.Tag(n).ContextSpecific() }

// readPointName reads the inside of a distributionPoint field.
func readPointName(s cryptobyte.String) (p pointName, ok bool) {
	var list, name, value cryptobyte.String
	if s.PeekASN1Tag(explicit(1)) {
		return pointName{relative: true}, true
	}
	if !s.ReadASN1(&list, explicit(0)) || !s.Empty() {
		return p, false
	}
	for !list.Empty() && len(p.names) < MaxNames {
		var tag asn1.Tag
		if !list.ReadAnyASN1Element(&name, &tag) {
			return p, false
		}
		p.names = append(p.names, string(name))
		if tag == contextTag(6) && name.ReadASN1(&value, tag) {
			p.urls = append(p.urls, string(value))
		}
	}
	return p, true
}

// readPoints reads the points of cRLDistributionPoints or of freshestCRL, up to
// the first malformed one, at most MaxNames.
func readPoints(c *x509.Certificate, oid string) (points []point) {
	value, _ := extension(c, oid)
	return readPointsDER(value)
}

func readPointsDER(value cryptobyte.String) (points []point) {
	var list, one, field cryptobyte.String
	if !value.ReadASN1(&list, asn1.SEQUENCE) {
		return nil
	}
	for len(points) < MaxNames && list.ReadASN1(&one, asn1.SEQUENCE) {
		var p point
		var there, ok bool
		if !one.ReadOptionalASN1(&field, &there, explicit(0)) {
			return points
		}
		if there {
			if p.pointName, ok = readPointName(field); !ok {
				return points
			}
		}
		one.ReadOptionalASN1(&field, &p.reasons, contextTag(1))
		one.ReadOptionalASN1(&field, &p.indirect, explicit(2))
		points = append(points, p)
	}
	return points
}

// readScope reads an issuingDistributionPoint; nil: it can't be read.
func readScope(value cryptobyte.String) *scope {
	var body, field cryptobyte.String
	p := &scope{}
	if !value.ReadASN1(&body, asn1.SEQUENCE) || !body.ReadOptionalASN1(&field, &p.named, explicit(0)) {
		return nil
	}
	if p.named {
		var ok bool
		if p.pointName, ok = readPointName(field); !ok {
			return nil
		}
	}
	for n, flag := range []*bool{1: &p.onlyUser, 2: &p.onlyCA, 4: &p.indirect, 5: &p.onlyAttr} {
		if n == 3 {
			body.ReadOptionalASN1(&field, &p.onlySomeReasonsHere, contextTag(3))
		}
		if flag != nil && !readFlag(&body, flag, contextTag(uint8(n))) {
			return nil
		}
	}
	if !body.Empty() {
		return nil
	}
	return p
}

// readFlag reads an optional BOOLEAN under a tag of its own; left out is false.
func readFlag(s *cryptobyte.String, flag *bool, tag asn1.Tag) bool {
	var value cryptobyte.String
	var there bool
	if !s.ReadOptionalASN1(&value, &there, tag) || there && len(value) != 1 {
		return false
	}
	*flag = there && value[0] != 0
	return true
}

// excludes says why a list isn't about a certificate, or can't be used for it
// (RFC 5280, section 6.3.3, step b); both empty: it is and can. from are the
// points of the certificate that the list may be of.
func (p *scope) excludes(cert *x509.Certificate, from []point) (outcome, detail string) {
	switch {
	case p == nil:
		return "", ""
	case p.indirect:
		return OutcomeUnsupported, "an indirect list, which revokes for several authorities, is not read here"
	case p.onlyAttr:
		return OutcomeOther, "the list is for attribute certificates only"
	case p.onlyUser && cert.IsCA:
		return OutcomeOther, "the list leaves out authorities"
	case p.onlyCA && !cert.IsCA:
		return OutcomeOther, "the list is for authorities only"
	case p.relative:
		return OutcomeUnsupported, "the list names its place relative to its issuer"
	case p.named && !slices.ContainsFunc(from, p.shares):
		return OutcomeOther, "the list is for certificates that name " + strings.Join(p.urls[:min(len(p.urls), 3)], " or ")
	}
	return "", ""
}

// shares tells that one name of a scope is one of a point.
func (p *scope) shares(from point) bool {
	return slices.ContainsFunc(p.names, func(name string) bool { return slices.Contains(from.names, name) })
}
