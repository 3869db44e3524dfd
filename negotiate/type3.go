package negotiate

import (
	"encoding/binary"
	"fmt"
	"time"
)

// Authenticate is what a client's AUTHENTICATE_MESSAGE (MS-NLMP 2.2.1.3) says. Names are exactly as sent, since the
// response key is made of them; the slices are copies.
type Authenticate struct {
	Flags                     uint32
	Domain, User, Workstation string
	LM, NT                    []byte // the responses
	EncryptedKey              []byte // random session key, encrypted; nil without key exchange
	HeaderSize                int    // where the payload begins: 64 (no version), 72 (no MIC) or 88 and more
	MIC                       []byte // 16 bytes, nil where the header has no room for one
	V2                        *ClientChallenge
}

// ClientChallenge is the part of an NTLMv2 response that the client made (MS-NLMP 2.2.2.7).
type ClientChallenge struct {
	Proof     [16]byte
	Blob      []byte // what the proof covers, besides the host's challenge
	Timestamp time.Time
	Nonce     [8]byte
	AvFlags   uint32
	Bindings  []byte // hash of the channel bindings, 16 bytes; nil when the pair is absent
	Target    string // name of the service that the client means; "" when absent; fit to be shown
}

// authenticateHeader is the length of a type 3 header without version and MIC.
const authenticateHeader = 64

// ParseAuthenticate reads a raw type 3 message. Names that are not Unicode must be ASCII. V2 is nil unless the NT response
// is an NTLMv2 one.
func ParseAuthenticate(b []byte) (Authenticate, error) {
	m, err := open(b, 3, authenticateHeader)
	if err != nil {
		return Authenticate{}, fmt.Errorf("authenticate message: %w", err)
	}
	a := Authenticate{Flags: m.uint32(60), HeaderSize: m.payloadStart()}
	if err := a.readSlots(m); err != nil {
		return Authenticate{}, fmt.Errorf("authenticate message: %w", err)
	}
	if a.HeaderSize >= micAt+16 {
		a.MIC = append([]byte(nil), m[micAt:micAt+16]...)
	}
	if len(a.NT) <= 24 { // 24 bytes are an NTLMv1 response, none an anonymous logon
		return a, nil
	}
	if a.V2, err = parseV2(a.NT); err != nil {
		return Authenticate{}, fmt.Errorf("authenticate message: NTLMv2 response: %w", err)
	}
	return a, nil
}

// payloadStart is the lowest offset that a filled slot names, or the length of the message.
func (m message) payloadStart() int {
	start := len(m)
	for at := 12; at <= 52; at += 8 {
		if size := binary.LittleEndian.Uint16(m[at:]); size != 0 {
			start = int(min(int64(start), int64(m.uint32(at+4))))
		}
	}
	return start
}

func (a *Authenticate) readSlots(m message) error {
	decode := fromUTF16
	if a.Flags&FlagUnicode == 0 {
		decode = fromOEM
	}
	for _, s := range []struct {
		at   int
		what string
		raw  *[]byte
		text *string
	}{
		{12, "LM response", &a.LM, nil}, {20, "NT response", &a.NT, nil},
		{28, "domain", nil, &a.Domain}, {36, "user", nil, &a.User}, {44, "workstation", nil, &a.Workstation},
		{52, "session key", &a.EncryptedKey, nil},
	} {
		raw, err := m.slot(s.at, authenticateHeader)
		switch {
		case err != nil:
		case s.raw != nil:
			*s.raw = append([]byte(nil), raw...)
		case len(raw) > maxName:
			err = fmt.Errorf("%d bytes, more than %d", len(raw), maxName)
		default:
			*s.text, err = decode(raw)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.what, err)
		}
	}
	return nil
}

// v2Fixed is the length of a client challenge down to its AV pairs.
const v2Fixed = 28

func parseV2(nt []byte) (*ClientChallenge, error) {
	if len(nt) < 16+v2Fixed {
		return nil, fmt.Errorf("%d bytes, at least %d are needed", len(nt), 16+v2Fixed)
	}
	c := &ClientChallenge{Proof: [16]byte(nt[:16]), Blob: nt[16:]}
	if c.Blob[0] != 1 || c.Blob[1] != 1 {
		return nil, fmt.Errorf("response type %d, %d, not 1, 1", c.Blob[0], c.Blob[1])
	}
	var err error
	if c.Timestamp, err = fromFiletime(c.Blob[8:]); err != nil {
		return nil, err
	}
	c.Nonce = [8]byte(c.Blob[16:24])
	pairs, _, err := parsePairs(c.Blob[v2Fixed:])
	if err != nil {
		return nil, err
	}
	target, err := pairs.text(avTargetName)
	if err != nil {
		return nil, err
	}
	c.AvFlags, c.Bindings, c.Target = pairs.flags(), pairs.get(avBindings), shown(target)
	return c, nil
}

// response is all that goes into a type 3 message of ours.
type response struct {
	flags        uint32
	account      Account
	lm, nt       []byte
	encryptedKey []byte
}

// build writes the message with the 88-byte header, its MIC still zero.
func (r response) build() []byte {
	l := newLayout(3, micAt+16)
	l.slot(28, utf16le(r.account.Domain))
	l.slot(36, utf16le(r.account.User))
	l.slot(44, utf16le(r.account.Workstation))
	l.slot(12, r.lm)
	l.slot(20, r.nt)
	l.slot(52, r.encryptedKey)
	l.put32(60, r.flags)
	if r.flags&FlagVersion != 0 {
		l.version(64, ownMajor, 0, 0)
	}
	return l.bytes()
}
