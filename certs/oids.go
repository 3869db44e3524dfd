package certs

import (
	"crypto/x509"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Object identifiers, dotted (RFC 5280, sections 4.2.1.6 and 4.2.1.12; RFC
// 7633, section 6).
const (
	oidSubjectAltName = "2.5.29.17"
	oidExtKeyUsage    = "2.5.29.37"
	oidAnyPurpose     = "2.5.29.37.0"
	oidServerAuth     = "1.3.6.1.5.5.7.3.1"
	oidFeature        = "1.3.6.1.5.5.7.1.24"
)

// extension returns the value of an extension, and whether it is there.
func extension(c *x509.Certificate, oid string) (cryptobyte.String, bool) {
	for _, e := range c.Extensions {
		if e.Id.String() == oid {
			return e.Value, true
		}
	}
	return nil, false
}

// readOID reads an object identifier as dotted numbers; "" when it isn't one.
func readOID(s *cryptobyte.String) string {
	var body cryptobyte.String
	var oid x509.OID
	if !s.ReadASN1(&body, asn1.OBJECT_IDENTIFIER) || oid.UnmarshalBinary(body) != nil {
		return ""
	}
	return oid.String()
}

// readOIDs reads a SEQUENCE OF OBJECT IDENTIFIER up to its first defect.
func readOIDs(s cryptobyte.String) []string {
	var list cryptobyte.String
	var oids []string
	if !s.ReadASN1(&list, asn1.SEQUENCE) {
		return nil
	}
	for !list.Empty() {
		oid := readOID(&list)
		if oid == "" {
			break
		}
		oids = append(oids, oid)
	}
	return oids
}
