package certs

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Object identifiers of RFC 5280, sections 4.2.1.13, 4.2.1.15, 5.2 and 5.3.
const (
	oidCRLPoints         = "2.5.29.31"
	oidFreshestCRL       = "2.5.29.46"
	oidIssuingPoint      = "2.5.29.28"
	oidDeltaCRL          = "2.5.29.27"
	oidReasonCode        = "2.5.29.21"
	oidCertificateIssuer = "2.5.29.29"
)

// crl is a revocation list (RFC 5280, section 5.1) whose entries stay in DER, so
// that a list of a million takes no more memory than its octets.
type crl struct {
	*x509.RevocationList // without entries; its RawTBSRevocationList is the whole list's
	entries              cryptobyte.String
	count                int
	foreign              bool   // entries with certificateIssuer: an indirect list
	critical             bool   // an entry has a critical extension that isn't known here
	scope                *scope // nil: no issuingDistributionPoint
	delta                bool   // a delta list
	unknown              string // a critical extension of the list that isn't known here
}

// crlEntry is what a list says of one serial number.
type crlEntry struct {
	found  bool
	at     cryptobyte.String // the DER of the date
	reason int
}

// readCRL reads a list in DER, every entry of it. Version 1 lists, which have no
// extensions, are read too.
func readCRL(der []byte) (*crl, error) {
	var outer, tbs cryptobyte.String
	input := cryptobyte.String(der)
	if !input.ReadASN1(&outer, asn1.SEQUENCE) || !input.Empty() || !outer.ReadASN1Element(&tbs, asn1.SEQUENCE) {
		return nil, errors.New("not a revocation list in DER")
	}
	head, entries, ok := splitCRL(tbs, outer)
	if !ok {
		return nil, errors.New("a malformed revocation list")
	}
	list, err := x509.ParseRevocationList(head)
	if err != nil {
		return nil, err
	}
	list.Raw, list.RawTBSRevocationList = der, tbs
	c := &crl{RevocationList: list, entries: entries}
	if err := c.readExtensions(); err != nil {
		return nil, err
	}
	return c, c.readEntries()
}

// splitCRL takes the entries out of a list: head is the rest, as a list of
// version 2 that Go's parser reads. rest is what follows tbs in the list.
func splitCRL(tbs, rest cryptobyte.String) (head []byte, entries cryptobyte.String, ok bool) {
	var body, algorithm, issuer, this, next, tail cryptobyte.String
	body = tbs
	var version int64 = 0
	if !body.ReadASN1(&body, asn1.SEQUENCE) || body.PeekASN1Tag(asn1.INTEGER) && !body.ReadASN1Integer(&version) || version > 1 ||
		!body.ReadASN1Element(&algorithm, asn1.SEQUENCE) || !body.ReadASN1Element(&issuer, asn1.SEQUENCE) ||
		!body.ReadAnyASN1Element(&this, new(asn1.Tag)) {
		return nil, nil, false
	}
	if body.PeekASN1Tag(asn1.UTCTime) || body.PeekASN1Tag(asn1.GeneralizedTime) {
		body.ReadAnyASN1Element(&next, new(asn1.Tag))
	}
	if body.PeekASN1Tag(asn1.SEQUENCE) && !body.ReadASN1(&entries, asn1.SEQUENCE) {
		return nil, nil, false
	}
	if body.PeekASN1Tag(explicit(0)) && !body.ReadASN1Element(&tail, explicit(0)) || !body.Empty() || version == 0 && tail != nil {
		return nil, nil, false
	}
	if len(algorithm)+len(issuer)+len(tail)+len(rest) > MaxDER {
		return nil, nil, false
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			b.AddBytes(slices.Concat(algorithm, issuer, this, next, tail))
		})
		b.AddBytes(rest)
	})
	head, err := b.Bytes()
	return head, entries, err == nil
}

// readExtensions reads those of the list that bear on what it covers. One that
// comes twice makes the list useless (RFC 5280, section 4.2).
func (c *crl) readExtensions() error {
	seen := map[string]bool{}
	for _, e := range c.Extensions {
		id := e.Id.String()
		if seen[id] {
			return fmt.Errorf("the extension %s comes twice", id)
		}
		seen[id] = true
		switch {
		case id == oidIssuingPoint:
			if c.scope = readScope(e.Value); c.scope == nil {
				return errors.New("its issuingDistributionPoint can't be read")
			}
		case id == oidDeltaCRL:
			c.delta = true
		case e.Critical:
			c.unknown = id
		}
	}
	return nil
}

// readEntries looks at every entry once, so that none of a list that is used is
// malformed.
func (c *crl) readEntries() error {
	for rest := c.entries; !rest.Empty(); c.count++ {
		var serial, at cryptobyte.String
		if !readEntry(&rest, &serial, &at, c.noteEntry) {
			return fmt.Errorf("entry %d is malformed", c.count+1)
		}
	}
	return nil
}

func (c *crl) noteEntry(e extensionDER) {
	switch {
	case e.id == oidCertificateIssuer:
		c.foreign = true
	case e.critical && e.id != oidReasonCode:
		c.critical = true
	}
}

// readEntry reads one entry (RFC 5280, section 5.1.2.6); note is called with
// each of its extensions.
func readEntry(list, serial, at *cryptobyte.String, note func(extensionDER)) bool {
	var one cryptobyte.String
	var tag asn1.Tag
	if !list.ReadASN1(&one, asn1.SEQUENCE) || !one.ReadASN1(serial, asn1.INTEGER) || len(*serial) == 0 ||
		!one.ReadAnyASN1Element(at, &tag) || tag != asn1.UTCTime && tag != asn1.GeneralizedTime {
		return false
	}
	if one.Empty() {
		return true
	}
	extensions, ok := readExtensions(one)
	for _, e := range extensions {
		note(e)
	}
	return ok
}

// find looks for a serial number. The last entry about it counts.
func (c *crl) find(number *big.Int) (found crlEntry) {
	want := serialContent(number)
	for rest := c.entries; !rest.Empty(); {
		var serial, at cryptobyte.String
		var extensions []extensionDER
		if !readEntry(&rest, &serial, &at, func(e extensionDER) { extensions = append(extensions, e) }) {
			return found // readEntries ruled that out
		}
		if bytes.Equal(minimal(serial), want) {
			found = crlEntry{found: true, at: at, reason: reasonOf(extensions)}
		}
	}
	return found
}

// reasonOf is the reasonCode among the extensions of an entry; none is 0, as is
// one that can't be read.
func reasonOf(extensions []extensionDER) (reason int) {
	for _, e := range extensions {
		if value := e.value; e.id == oidReasonCode {
			value.ReadASN1Enum(&reason)
		}
	}
	return reason
}

// serialContent is the content of the INTEGER that a number makes.
func serialContent(number *big.Int) []byte {
	var b cryptobyte.Builder
	var content cryptobyte.String
	b.AddASN1BigInt(number)
	der := cryptobyte.String(b.BytesOrPanic())
	der.ReadASN1(&content, asn1.INTEGER)
	return content
}

// minimal takes away what DER leaves out of an INTEGER, so that a list that
// isn't quite DER hides nobody.
func minimal(content []byte) []byte {
	for len(content) > 1 && (content[0] == 0 && content[1] < 0x80 || content[0] == 0xff && content[1] >= 0x80) {
		content = content[1:]
	}
	return content
}

// extensionDER is one extension, its value in DER.
type extensionDER struct {
	id       string
	critical bool
	value    cryptobyte.String
}

// readExtensions reads a SEQUENCE OF Extension (RFC 5280, section 4.1), at most
// 64, with nothing behind it.
func readExtensions(s cryptobyte.String) (out []extensionDER, ok bool) {
	var list, one cryptobyte.String
	if !s.ReadASN1(&list, asn1.SEQUENCE) || !s.Empty() {
		return nil, false
	}
	for !list.Empty() {
		var e extensionDER
		if len(out) == 64 || !list.ReadASN1(&one, asn1.SEQUENCE) {
			return out, false
		}
		if e.id = readOID(&one); e.id == "" || one.PeekASN1Tag(asn1.BOOLEAN) && !one.ReadASN1Boolean(&e.critical) ||
			!one.ReadASN1(&e.value, asn1.OCTET_STRING) || !one.Empty() {
			return out, false
		}
		out = append(out, e)
	}
	return out, true
}

// listsOf finds the lists of a file: one in DER, or the "X509 CRL" blocks of PEM,
// at most MaxCertificates. None is an empty result.
func listsOf(file []byte) (lists [][]byte) {
	if len(file) > 0 && file[0] == 0x30 {
		return [][]byte{file}
	}
	for rest := file; len(lists) < MaxCertificates; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type == "X509 CRL" {
			lists = append(lists, block.Bytes)
		}
	}
	return lists
}
