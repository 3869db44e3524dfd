package certs

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"time"
)

// Words of Properties.KeyUsage, in the order of RFC 5280, section 4.2.1.3.
const (
	UseDigitalSignature  = "digitalSignature"
	UseContentCommitment = "contentCommitment"
	UseKeyEncipherment   = "keyEncipherment"
	UseDataEncipherment  = "dataEncipherment"
	UseKeyAgreement      = "keyAgreement"
	UseKeyCertSign       = "keyCertSign"
	UseCRLSign           = "cRLSign"
	UseEncipherOnly      = "encipherOnly"
	UseDecipherOnly      = "decipherOnly"
)

const oidKeyUsage = "2.5.29.15"

// Properties are what a certificate shows beside names, dates, trust, purpose,
// strength and revocation: those of the leaf, where not said otherwise.
type Properties struct {
	// HasKeyUsage: the extension is there. Without it every use is allowed;
	// see Allows.
	HasKeyUsage bool     `json:"hasKeyUsage,omitempty"`
	KeyUsage    []string `json:"keyUsage,omitempty"` // Use… words
	// UnknownCritical are the critical extensions that Go doesn't know, of any
	// certificate of the path, leaf first, at most MaxNames. RFC 5280, section
	// 4.2, has clients refuse such a certificate.
	UnknownCritical []UnknownExtension `json:"unknownCritical,omitempty"`
	// Constraints are the name constraints of the authorities above the leaf,
	// from the bottom up.
	Constraints []Constraint `json:"constraints,omitempty"`
	// ValidDays is the length of the validity: both ends are within, and a
	// begun day counts as one (CA/Browser Forum, Baseline Requirements,
	// section 6.3.2). 0: it can't be read, or it ends before it begins.
	ValidDays int `json:"validDays,omitempty"`
	// SerialZero: the serial number is 0. RFC 5280, section 4.1.2.2, asks for a
	// positive one. A negative one is told by Strength.NegativeSerial.
	SerialZero bool `json:"serialZero,omitempty"`
	// SerialOctets is the length of the serial number; 20 are allowed.
	SerialOctets int    `json:"serialOctets,omitempty"`
	Curve        string `json:"curve,omitempty"` // "P-256"; empty: no elliptic curve, or not known
	// Names counts the names of the subjectAltName: DNS names, addresses, mail
	// addresses and URIs.
	Names int `json:"names,omitempty"`
}

// UnknownExtension is one critical extension.
type UnknownExtension struct {
	Where int    `json:"where"` // index in Certificates; -1: of a certificate that wasn't served
	OID   string `json:"oid"`
}

// Allows tells whether a Use… word is among the key usages or, without the
// extension, nothing restricts them.
func (p Properties) Allows(use string) bool {
	return !p.HasKeyUsage || slices.Contains(p.KeyUsage, use)
}

// leafProperties reads what a leaf tells by itself.
func leafProperties(c *x509.Certificate) Properties {
	p := Properties{ValidDays: validDays(c.NotBefore, c.NotAfter), Curve: curveOf(c)}
	p.KeyUsage, p.HasKeyUsage = keyUsages(c)
	p.Names = len(c.DNSNames) + len(c.IPAddresses) + len(c.EmailAddresses) + len(c.URIs)
	if c.SerialNumber != nil {
		p.SerialZero = c.SerialNumber.Sign() == 0
		p.SerialOctets = c.SerialNumber.BitLen()/8 + 1 // with its sign bit
	}
	p.addUnknown(0, c)
	return p
}

// pathProperties adds what the certificates above the leaf have a say in: way
// is from the leaf to the highest that is known.
func (p *Properties) pathProperties(c *chain, way []*x509.Certificate) {
	for _, above := range way[1:] {
		where := c.index(above)
		p.addUnknown(where, above)
		if k, ok := constraintOf(above); ok {
			k.Where = where
			k.Name, k.Rule = inTheWay(above, c.leaf)
			p.Constraints = append(p.Constraints, k)
		}
	}
}

// known is the longest way upwards that is known: verified, or else served.
func (j judged) known() []*x509.Certificate {
	if len(j.way) > 0 {
		return j.way
	}
	return j.path
}

func (p *Properties) addUnknown(where int, c *x509.Certificate) {
	for _, oid := range c.UnhandledCriticalExtensions {
		if len(p.UnknownCritical) < MaxNames {
			p.UnknownCritical = append(p.UnknownCritical, UnknownExtension{Where: where, OID: shown(oid.String())})
		}
	}
}

// keyUsages reads the key usage extension; there tells whether it is.
func keyUsages(c *x509.Certificate) (uses []string, there bool) {
	value, there := extension(c, oidKeyUsage)
	if !there {
		return nil, false
	}
	words := []string{UseDigitalSignature, UseContentCommitment, UseKeyEncipherment, UseDataEncipherment,
		UseKeyAgreement, UseKeyCertSign, UseCRLSign, UseEncipherOnly, UseDecipherOnly}
	var bits asn1.BitString
	value.ReadASN1BitString(&bits)
	for i, word := range words {
		if bits.At(i) == 1 {
			uses = append(uses, word)
		}
	}
	return uses, true
}

// validDays counts the days of a validity, both ends within, by seconds, as a
// time.Duration ends at 292 years.
func validDays(from, until time.Time) int {
	const day = 24 * 60 * 60
	if from.IsZero() || until.IsZero() || until.Before(from) {
		return 0
	}
	return int((until.Unix() - from.Unix() + 1 + day - 1) / day)
}

// curveOf is the name of the curve of a key; empty: it has none.
func curveOf(c *x509.Certificate) string {
	if k, ok := c.PublicKey.(*ecdsa.PublicKey); ok {
		return k.Curve.Params().Name
	}
	return ""
}
