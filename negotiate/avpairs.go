package negotiate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Identifiers of AV pairs (MS-NLMP 2.2.2.1).
const (
	avEOL             = 0
	avNetBIOSComputer = 1
	avNetBIOSDomain   = 2
	avDNSComputer     = 3
	avDNSDomain       = 4
	avDNSTree         = 5
	avFlags           = 6
	avTimestamp       = 7
	avTargetName      = 9
	avBindings        = 10
)

// avMIC is the bit of the flags pair by which a client says that its type 3 message carries a MIC.
const avMIC = 0x2

// Bounds for what a peer lists: MS-NLMP knows 11 identifiers, and no name of a host comes near 1 KiB.
const (
	maxPairs = 32
	maxName  = 1 << 10
)

type avPair struct {
	id    uint16
	value []byte
}

// avPairs are the pairs in the order in which they came, without the closing one.
type avPairs []avPair

// parsePairs reads pairs up to the closing one and returns what lies behind it.
func parsePairs(b []byte) (pairs avPairs, rest []byte, err error) {
	for len(b) >= 4 {
		id, size := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		b = b[4:]
		switch {
		case size > len(b):
			return nil, nil, fmt.Errorf("AV pair %d claims %d bytes of the %d left", id, size, len(b))
		case id == avEOL && size != 0:
			return nil, nil, fmt.Errorf("the closing AV pair has %d bytes", size)
		case id == avEOL:
			return pairs, b, nil
		case len(pairs) == maxPairs:
			return nil, nil, fmt.Errorf("more than %d AV pairs", maxPairs)
		case pairs.has(id):
			return nil, nil, fmt.Errorf("AV pair %d comes twice", id)
		}
		if err := checkPair(id, size); err != nil {
			return nil, nil, err
		}
		pairs, b = append(pairs, avPair{id, b[:size]}), b[size:]
	}
	return nil, nil, errors.New("the AV pairs have no closing pair")
}

// checkPair holds the pairs of fixed size to it and the names to their bound.
func checkPair(id uint16, size int) error {
	want := size
	switch id {
	case avFlags:
		want = 4
	case avTimestamp:
		want = 8
	case avBindings:
		want = 16
	case avNetBIOSComputer, avNetBIOSDomain, avDNSComputer, avDNSDomain, avDNSTree, avTargetName:
		want = min(size, maxName)
	}
	if size != want {
		return fmt.Errorf("AV pair %d has %d bytes, not %d", id, size, want)
	}
	return nil
}

func (p avPairs) has(id uint16) bool { return p.get(id) != nil }

// get returns the value, nil when the pair is absent; an empty value is not nil.
func (p avPairs) get(id uint16) []byte {
	for _, pair := range p {
		if pair.id == id {
			return pair.value[:len(pair.value):len(pair.value)]
		}
	}
	return nil
}

// text returns a name exactly as sent, "" when the pair is absent.
func (p avPairs) text(id uint16) (string, error) {
	s, err := fromUTF16(p.get(id))
	if err != nil {
		return "", fmt.Errorf("AV pair %d: %w", id, err)
	}
	return s, nil
}

// set replaces the pair or adds it at the end; the receiver stays as it is.
func (p avPairs) set(id uint16, value []byte) avPairs {
	out := make(avPairs, 0, len(p)+1)
	placed := false
	for _, pair := range p {
		if pair.id == id {
			pair.value, placed = value, true
		}
		out = append(out, pair)
	}
	if !placed {
		out = append(out, avPair{id, value})
	}
	return out
}

// without returns the pairs but those named; the receiver stays as it is.
func (p avPairs) without(ids ...uint16) avPairs {
	return slices.DeleteFunc(slices.Clone(p), func(pair avPair) bool { return slices.Contains(ids, pair.id) })
}

// flags returns the value of the flags pair, 0 when it is absent.
func (p avPairs) flags() uint32 {
	v := p.get(avFlags)
	if v == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(v)
}

// bytes writes the pairs with the closing one.
func (p avPairs) bytes() []byte {
	var out []byte
	for _, pair := range p {
		out = binary.LittleEndian.AppendUint16(out, pair.id)
		out = binary.LittleEndian.AppendUint16(out, uint16(len(pair.value)))
		out = append(out, pair.value...)
	}
	return append(out, 0, 0, 0, 0)
}
