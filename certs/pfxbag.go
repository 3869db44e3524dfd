package certs

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Attributes of a bag: RFC 2985, section 5.5, and Microsoft's own for the
// provider that is to keep a key and for keeping it for the computer.
const (
	oidFriendlyName  = "1.2.840.113549.1.9.20"
	oidLocalKeyID    = "1.2.840.113549.1.9.21"
	oidProviderName  = "1.3.6.1.4.1.311.17.1"
	oidMachineKeySet = "1.3.6.1.4.1.311.17.2"
)

// pfxBag is one SafeBag (RFC 7292, section 4.2).
type pfxBag struct {
	kind  string // object identifier
	value []byte // what its [0] holds
	pfxAttributes
}

type pfxAttributes struct {
	friendlyName, localKeyID, provider string
	machine                            bool
}

// readBags reads the SafeContents of a plain part.
func (p *pfx) readBags(part *pfxPart, safe cryptobyte.String) error {
	var list cryptobyte.String
	if !safe.ReadASN1(&list, asn1.SEQUENCE) {
		return errPFXFrame
	}
	for !list.Empty() {
		if len(part.bags) == maxBags {
			return fmt.Errorf("%w: a part has more than %d bags", ErrUnsupported, maxBags)
		}
		bag, ok := readBag(&list)
		if !ok {
			return errPFXFrame
		}
		if bag.kind == oidShroudedBag {
			rounds, err := shroudedRounds(bag.value)
			if err != nil {
				return err
			}
			p.rounds += rounds
		}
		part.bags = append(part.bags, bag)
	}
	return nil
}

func readBag(list *cryptobyte.String) (bag pfxBag, ok bool) {
	var body, value, attributes cryptobyte.String
	if !list.ReadASN1(&body, asn1.SEQUENCE) {
		return bag, false
	}
	bag.kind = readOID(&body)
	if bag.kind == "" || !body.ReadASN1(&value, explicit(0)) {
		return bag, false
	}
	bag.value = value
	if body.ReadASN1(&attributes, asn1.SET) {
		bag.pfxAttributes = readAttributes(attributes)
	}
	return bag, true
}

// readAttributes reads the attributes that matter here, of each its first
// value, up to the first damage.
func readAttributes(set cryptobyte.String) (a pfxAttributes) {
	for !set.Empty() {
		var one, values, value cryptobyte.String
		if !set.ReadASN1(&one, asn1.SEQUENCE) {
			return a
		}
		kind := readOID(&one)
		if !one.ReadASN1(&values, asn1.SET) {
			return a
		}
		switch kind {
		case oidFriendlyName:
			a.friendlyName = readBMP(&values)
		case oidProviderName:
			a.provider = readBMP(&values)
		case oidLocalKeyID:
			if values.ReadASN1(&value, asn1.OCTET_STRING) {
				a.localKeyID = shown(hex.EncodeToString(value[:min(len(value), MaxRunes)]))
			}
		case oidMachineKeySet:
			a.machine = true
		}
	}
	return a
}

const tagBMPString = asn1.Tag(30)

// readBMP reads a BMPString, fit to be kept; empty when it isn't one.
func readBMP(values *cryptobyte.String) string {
	var octets cryptobyte.String
	if !values.ReadASN1(&octets, tagBMPString) {
		return ""
	}
	var units []uint16
	for rest := []byte(octets[:min(len(octets), 4*MaxRunes)]); len(rest) >= 2; rest = rest[2:] {
		units = append(units, binary.BigEndian.Uint16(rest))
	}
	return shown(string(utf16.Decode(units)))
}

// shroudedRounds counts what opening an EncryptedPrivateKeyInfo takes (RFC 5958,
// section 3).
func shroudedRounds(value []byte) (int64, error) {
	var info, algorithm cryptobyte.String
	input := cryptobyte.String(value)
	if len(value) > maxShrouded {
		return 0, fmt.Errorf("a private key: %w", errKeyTooLong)
	}
	if !input.ReadASN1(&info, asn1.SEQUENCE) || !info.ReadASN1(&algorithm, asn1.SEQUENCE) {
		return 0, errPFXFrame
	}
	return roundsOf(algorithm)
}

// certificate reads a CertBag (RFC 7292, section 4.2.3); nil: it holds another
// kind of certificate.
func (b pfxBag) certificate() []byte {
	var body, wrapped, der cryptobyte.String
	input := cryptobyte.String(b.value)
	if !input.ReadASN1(&body, asn1.SEQUENCE) || readOID(&body) != oidX509 ||
		!body.ReadASN1(&wrapped, explicit(0)) || !wrapped.ReadASN1(&der, asn1.OCTET_STRING) {
		return nil
	}
	return der
}
