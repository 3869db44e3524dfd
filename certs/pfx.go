package certs

import (
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds on a PFX. Its password protects nobody from its maker, who chooses how
// long it takes to open.
const (
	maxRounds   = 2_000_000 // of key derivation, all counts of the file together; Windows writes 2,000 each
	maxSalt     = 1024      // octets
	maxParts    = 64        // elements of the AuthenticatedSafe
	maxBags     = 2 * MaxRead
	maxSafe     = 4 << 20 // octets of an encrypted part
	maxShrouded = 16 << 10
)

// Object identifiers of RFC 7292 (sections 4 and 4.2) and RFC 8018 (appendix C).
const (
	oidData          = "1.2.840.113549.1.7.1"
	oidEncryptedData = "1.2.840.113549.1.7.6"
	oidKeyBag        = "1.2.840.113549.1.12.10.1.1"
	oidShroudedBag   = "1.2.840.113549.1.12.10.1.2"
	oidCertBag       = "1.2.840.113549.1.12.10.1.3"
	oidX509          = "1.2.840.113549.1.9.22.1"
	oidPBES2         = "1.2.840.113549.1.5.13"
	oidPBKDF2        = "1.2.840.113549.1.5.12"
	oidPBMAC1        = "1.2.840.113549.1.5.14"
)

var (
	errPFXFrame  = errors.New("the frame of the PFX is damaged")
	errPFXRounds = errors.New("the count of rounds of key derivation is damaged")
)

// pfx is the frame of a PFX (RFC 7292, section 4), read without any password.
type pfx struct {
	content []byte    // what the MAC is over: the AuthenticatedSafe
	parts   []pfxPart // of it, in its order
	mac     *pfxMAC   // nil: there is none
	rounds  int64     // of key derivation, as far as the frame tells
}

// pfxPart is one ContentInfo of the AuthenticatedSafe.
type pfxPart struct {
	der       []byte // the whole of it
	encrypted bool
	bags      []pfxBag // of one that isn't encrypted
}

// parsePFX reads the frame and refuses before any work is done one that would
// take too much.
func parsePFX(der []byte) (*pfx, error) {
	var body, safe, content, mac cryptobyte.String
	input := cryptobyte.String(der)
	if !input.ReadASN1(&body, asn1.SEQUENCE) || !body.SkipASN1(asn1.INTEGER) || !body.ReadASN1(&safe, asn1.SEQUENCE) {
		return nil, errPFXFrame
	}
	if kind := readOID(&safe); kind != oidData {
		return nil, fmt.Errorf("%w: its integrity is not kept by a password (content type %s)", ErrUnsupported, shown(kind))
	}
	if !safe.ReadASN1(&content, explicit(0)) || !content.ReadASN1(&content, asn1.OCTET_STRING) {
		return nil, errPFXFrame
	}
	p := &pfx{content: content}
	if !body.Empty() {
		if !body.ReadASN1(&mac, asn1.SEQUENCE) {
			return nil, errPFXFrame
		}
		m, err := readMAC(mac)
		if err != nil {
			return nil, err
		}
		p.mac, p.rounds = m, m.rounds
	}
	if err := p.readParts(content); err != nil {
		return nil, err
	}
	return p, p.bounded()
}

// bounded refuses more rounds than are done here.
func (p *pfx) bounded() error {
	if p.rounds > maxRounds {
		return fmt.Errorf("%w: %d, and at most %d are", ErrTooMuchWork, p.rounds, maxRounds)
	}
	return nil
}

func (p *pfx) readParts(content cryptobyte.String) error {
	var list cryptobyte.String
	if !content.ReadASN1(&list, asn1.SEQUENCE) {
		return errPFXFrame
	}
	for !list.Empty() {
		var one, body cryptobyte.String
		if len(p.parts) == maxParts {
			return fmt.Errorf("%w: it has more than %d parts", ErrUnsupported, maxParts)
		}
		if !list.ReadASN1Element(&one, asn1.SEQUENCE) {
			return errPFXFrame
		}
		part := pfxPart{der: one}
		one.ReadASN1(&body, asn1.SEQUENCE)
		if err := p.readPart(&part, body); err != nil {
			return err
		}
		p.parts = append(p.parts, part)
		if err := p.bounded(); err != nil {
			return err
		}
	}
	return nil
}

// readPart reads one ContentInfo: the bags of a plain one, what it takes to open
// an encrypted one.
func (p *pfx) readPart(part *pfxPart, body cryptobyte.String) error {
	kind := readOID(&body)
	var content, safe cryptobyte.String
	if !body.ReadASN1(&content, explicit(0)) {
		return errPFXFrame
	}
	switch kind {
	case oidData:
		if !content.ReadASN1(&safe, asn1.OCTET_STRING) {
			return errPFXFrame
		}
		return p.readBags(part, safe)
	case oidEncryptedData:
		part.encrypted = true
		return p.readEncrypted(content)
	}
	return fmt.Errorf("%w: a part is not kept by a password (content type %s)", ErrUnsupported, shown(kind))
}

// readEncrypted counts what opening an EncryptedData takes (RFC 5652, section 8).
func (p *pfx) readEncrypted(content cryptobyte.String) error {
	var data, info, algorithm cryptobyte.String
	if !content.ReadASN1(&data, asn1.SEQUENCE) || !data.SkipASN1(asn1.INTEGER) || !data.ReadASN1(&info, asn1.SEQUENCE) ||
		!info.SkipASN1(asn1.OBJECT_IDENTIFIER) || !info.ReadASN1(&algorithm, asn1.SEQUENCE) {
		return errPFXFrame
	}
	if len(info) > maxSafe {
		return fmt.Errorf("%w: an encrypted part has more than %d octets", ErrUnsupported, maxSafe)
	}
	rounds, err := roundsOf(algorithm)
	p.rounds += rounds
	return err
}

// roundsOf reads how often an encryption derives its key anew (RFC 7292,
// appendix C; RFC 8018, section 6.2).
func roundsOf(algorithm cryptobyte.String) (int64, error) {
	kind := readOID(&algorithm)
	var params, kdf cryptobyte.String
	if !algorithm.ReadASN1(&params, asn1.SEQUENCE) {
		return 0, errPFXFrame
	}
	if kind == oidPBES2 {
		if !params.ReadASN1(&kdf, asn1.SEQUENCE) {
			return 0, errPFXFrame
		}
		d, err := readPBKDF2(kdf)
		return d.rounds, err
	}
	return readSaltAndRounds(&params, new([]byte))
}

// readSaltAndRounds reads what all derivations begin with.
func readSaltAndRounds(params *cryptobyte.String, salt *[]byte) (int64, error) {
	var octets cryptobyte.String
	if !params.ReadASN1(&octets, asn1.OCTET_STRING) || len(octets) > maxSalt {
		return 0, errPFXFrame
	}
	*salt = octets
	return readRounds(params)
}

// readRounds refuses a count that an int64 can't hold as too many.
func readRounds(s *cryptobyte.String) (int64, error) {
	var body cryptobyte.String
	if !s.ReadASN1(&body, asn1.INTEGER) || len(body) == 0 || body[0]&0x80 != 0 {
		return 0, errPFXRounds
	}
	n := signedInteger(body)
	if !n.IsInt64() || n.Int64() > maxRounds {
		return 0, fmt.Errorf("%w: %s, and at most %d are", ErrTooMuchWork, shown(n.Text(10)), maxRounds)
	}
	if n.Sign() == 0 {
		return 0, errPFXRounds
	}
	return n.Int64(), nil
}

// pbkdf2Params are those of RFC 8018, appendix A.2.
type pbkdf2Params struct {
	salt   []byte
	rounds int64
	length int64  // 0: not given
	prf    string // object identifier; empty: HMAC with SHA-1
}

// readPBKDF2 reads an AlgorithmIdentifier that must be PBKDF2.
func readPBKDF2(algorithm cryptobyte.String) (d pbkdf2Params, err error) {
	if kind := readOID(&algorithm); kind != oidPBKDF2 {
		return d, fmt.Errorf("%w: its key is derived by %s", ErrUnsupported, shown(kind))
	}
	var params, prf cryptobyte.String
	if !algorithm.ReadASN1(&params, asn1.SEQUENCE) {
		return d, errPFXFrame
	}
	if d.rounds, err = readSaltAndRounds(&params, &d.salt); err != nil {
		return d, err
	}
	if params.PeekASN1Tag(asn1.INTEGER) && !params.ReadASN1Integer(&d.length) {
		return d, errPFXFrame
	}
	if params.ReadASN1(&prf, asn1.SEQUENCE) {
		d.prf = readOID(&prf)
	}
	return d, nil
}
