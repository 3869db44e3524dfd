package negotiate

import "fmt"

// Version that our own messages carry: NTLM as Windows 10 and Server 2016 speak it, no build. Hosts use it for
// debugging alone (MS-NLMP 2.2.2.10).
const ownMajor = 10

// NegotiateMessage is what a client's NEGOTIATE_MESSAGE (MS-NLMP 2.2.1.1) says.
type NegotiateMessage struct {
	Flags               uint32
	Domain, Workstation string // "" unless the client supplied them; fit to be shown
	Major, Minor        uint8  // zero when the message has no version
	Build               uint16
}

// negotiateHeader is the length of a type 1 message down to its flags; some clients stop there.
const negotiateHeader = 16

// ParseNegotiateMessage reads a raw type 1 message. The domain and workstation slots, and the version, may be missing.
func ParseNegotiateMessage(b []byte) (NegotiateMessage, error) {
	m, err := open(b, 1, negotiateHeader)
	if err != nil {
		return NegotiateMessage{}, fmt.Errorf("negotiate message: %w", err)
	}
	n := NegotiateMessage{Flags: m.uint32(12)}
	if n.Domain, err = m.supplied(16, n.Flags&FlagDomainSupplied); err != nil {
		return NegotiateMessage{}, fmt.Errorf("negotiate message: domain: %w", err)
	}
	if n.Workstation, err = m.supplied(24, n.Flags&FlagStationSupplied); err != nil {
		return NegotiateMessage{}, fmt.Errorf("negotiate message: workstation: %w", err)
	}
	if n.Flags&FlagVersion != 0 && len(m) >= 40 {
		n.Major, n.Minor, n.Build = m[32], m[33], uint16(m[34])|uint16(m[35])<<8
	}
	return n, nil
}

// supplied reads an OEM name that a flag announces; without the flag it is "".
func (m message) supplied(at int, flag uint32) (string, error) {
	if flag == 0 {
		return "", nil
	}
	if len(m) < at+8 {
		return "", fmt.Errorf("announced, but the message has %d bytes", len(m))
	}
	raw, err := m.slot(at, 32)
	if err != nil {
		return "", err
	}
	if len(raw) > maxName {
		return "", fmt.Errorf("%d bytes, more than %d", len(raw), maxName)
	}
	return shown(string(raw)), nil
}

// buildNegotiate writes the initiator's type 1 message: flags and version, neither domain nor workstation.
func buildNegotiate() []byte {
	l := newLayout(1, 40)
	l.put32(12, clientFlags)
	l.version(32, ownMajor, 0, 0)
	return l.bytes()
}
