package negotiate

import (
	"errors"
	"fmt"
	"time"
)

// Challenge is what a host's CHALLENGE_MESSAGE (MS-NLMP 2.2.1.2) says. The names are fit to be shown: what cannot be
// printed became U+FFFD.
type Challenge struct {
	Flags           uint32
	ServerChallenge [8]byte
	TargetInfo      []byte // the AV pairs as they came, with the closing one; nil when the message has none

	TargetName      string
	NetBIOSComputer string
	NetBIOSDomain   string
	DNSComputer     string
	DNSDomain       string
	DNSTree         string

	Timestamp    time.Time // the host's clock; zero when the pair is absent
	Major, Minor uint8     // version of the system; zero when the message has none
	Build        uint16
}

// challengeHeader is the length of the header without the version, which older hosts leave out.
const challengeHeader = 48

// ParseChallenge reads a raw CHALLENGE_MESSAGE. A length, offset, AV pair or text that is not as MS-NLMP has it is an
// error.
func ParseChallenge(b []byte) (Challenge, error) {
	m, err := open(b, 2, challengeHeader)
	if err != nil {
		return Challenge{}, fmt.Errorf("challenge message: %w", err)
	}
	c := Challenge{Flags: m.uint32(20), ServerChallenge: [8]byte(m[24:32])}
	if err := c.readTargetName(m); err != nil {
		return Challenge{}, fmt.Errorf("challenge message: target name: %w", err)
	}
	if err := c.readTargetInfo(m); err != nil {
		return Challenge{}, fmt.Errorf("challenge message: target information: %w", err)
	}
	if err := c.readVersion(m); err != nil {
		return Challenge{}, fmt.Errorf("challenge message: %w", err)
	}
	return c, nil
}

func (c *Challenge) readTargetName(m message) error {
	raw, err := m.slot(12, challengeHeader)
	if err != nil {
		return err
	}
	if len(raw) > maxName {
		return fmt.Errorf("%d bytes, more than %d", len(raw), maxName)
	}
	name := string(raw)
	if c.Flags&FlagUnicode != 0 {
		if name, err = fromUTF16(raw); err != nil {
			return err
		}
	}
	c.TargetName = shown(name)
	return nil
}

func (c *Challenge) readTargetInfo(m message) error {
	raw, err := m.slot(40, challengeHeader)
	if err != nil || raw == nil {
		return err
	}
	pairs, rest, err := parsePairs(raw)
	if err != nil {
		return err
	}
	if len(rest) != 0 {
		return fmt.Errorf("%d bytes behind the closing AV pair", len(rest))
	}
	c.TargetInfo = append([]byte(nil), raw...)
	if stamp := pairs.get(avTimestamp); stamp != nil {
		if c.Timestamp, err = fromFiletime(stamp); err != nil {
			return err
		}
	}
	return c.readNames(pairs)
}

func (c *Challenge) readNames(pairs avPairs) error {
	for id, to := range map[uint16]*string{
		avNetBIOSComputer: &c.NetBIOSComputer, avNetBIOSDomain: &c.NetBIOSDomain,
		avDNSComputer: &c.DNSComputer, avDNSDomain: &c.DNSDomain, avDNSTree: &c.DNSTree,
	} {
		name, err := pairs.text(id)
		if err != nil {
			return err
		}
		*to = shown(name)
	}
	return nil
}

func (c *Challenge) readVersion(m message) error {
	if c.Flags&FlagVersion == 0 {
		return nil
	}
	if len(m) < challengeHeader+8 {
		return errors.New("the version that its flags announce is missing")
	}
	c.Major, c.Minor, c.Build = m[48], m[49], uint16(m[50])|uint16(m[51])<<8
	return nil
}

// Sealing reports whether the host granted all that sealed messages need here: signing, sealing, extended session
// security, 128-bit keys, key exchange and Unicode.
func (c Challenge) Sealing() bool { return len(c.MissingForSealing()) == 0 }

// MissingForSealing names the flags, as MS-NLMP spells them, that the host did not grant; it is empty when none is
// missing.
func (c Challenge) MissingForSealing() []string {
	var missing []string
	for _, f := range sealingNeeds() {
		if c.Flags&f.bit == 0 {
			missing = append(missing, "NTLMSSP_"+f.name)
		}
	}
	return missing
}

// ChallengeSpec says what a CHALLENGE_MESSAGE shall contain.
type ChallengeSpec struct {
	Flags           uint32 // for an Acceptor: what it may grant, 0 meaning DefaultHostFlags; TARGET_INFO is always set
	ServerChallenge [8]byte

	TargetName      string // "": the NetBIOS domain
	NetBIOSComputer string // each name is left out when ""
	NetBIOSDomain   string
	DNSComputer     string
	DNSDomain       string
	DNSTree         string

	Timestamp    time.Time // left out when zero
	Major, Minor uint8     // written when Flags have FlagVersion
	Build        uint16
}

// BuildChallenge writes a CHALLENGE_MESSAGE, the AV pairs in the order that Windows hosts use. Names are cut at 255
// characters. Text is Unicode, unless Flags have FlagOEM without FlagUnicode.
func BuildChallenge(s ChallengeSpec) []byte {
	flags := s.Flags&^(FlagTargetTypeDomain|FlagTargetTypeServer) | FlagTargetInfo
	target := s.TargetName
	if target == "" {
		target = s.NetBIOSDomain
	}
	name := oem(cut(target))
	if flags&FlagOEM == 0 || flags&FlagUnicode != 0 {
		flags = flags&^FlagOEM | FlagUnicode
		name = utf16le(cut(target))
	}
	l := newLayout(2, challengeHeader+8)
	copy(l.head[24:], s.ServerChallenge[:])
	l.slot(12, name)
	l.slot(40, s.pairs().bytes())
	if flags&FlagVersion != 0 {
		l.version(48, s.Major, s.Minor, s.Build)
	}
	l.put32(20, flags|s.targetType())
	return l.bytes()
}

// targetType says whether the target is a domain or, as on a workgroup host, the server itself (MS-NLMP 2.2.2.5 I, J).
func (s ChallengeSpec) targetType() uint32 {
	if s.NetBIOSDomain != "" && s.NetBIOSDomain != s.NetBIOSComputer {
		return FlagTargetTypeDomain
	}
	return FlagTargetTypeServer
}

func (s ChallengeSpec) pairs() avPairs {
	var pairs avPairs
	for _, name := range []struct {
		id    uint16
		value string
	}{
		{avNetBIOSDomain, s.NetBIOSDomain}, {avNetBIOSComputer, s.NetBIOSComputer},
		{avDNSDomain, s.DNSDomain}, {avDNSComputer, s.DNSComputer}, {avDNSTree, s.DNSTree},
	} {
		if name.value != "" {
			pairs = append(pairs, avPair{name.id, utf16le(cut(name.value))})
		}
	}
	if !s.Timestamp.IsZero() {
		pairs = append(pairs, avPair{avTimestamp, filetime(s.Timestamp)})
	}
	return pairs
}

// cut keeps a name to a length that the parser of the other side takes.
func cut(name string) string {
	runes := []rune(name)
	return string(runes[:min(len(runes), 255)])
}
