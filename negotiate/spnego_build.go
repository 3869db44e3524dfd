package negotiate

import (
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// NegTokenResp says what a token after the first one shall contain; fields with their zero value are left out.
type NegTokenResp struct {
	State       State
	NTLM        bool // supportedMech is NTLM; for the first answer of an acceptor
	Token       []byte
	MechListMIC []byte
}

// WrapInit makes a NegTokenInit that offers NTLM alone, with its first message.
func WrapInit(inner []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.Tag(0x60), func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSPNEGO())
		b.AddASN1(tag(0), func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(tag(0), func(b *cryptobyte.Builder) { b.AddBytes(ownMechList()) })
				addOctets(b, 2, inner)
			})
		})
	})
	return b.BytesOrPanic() // fails on lengths past 32 bits alone
}

// ownMechList is the DER of mechTypes as WrapInit sends it: the list that a mechListMIC covers.
func ownMechList() []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidNTLM()) })
	return b.BytesOrPanic()
}

// Wrap makes the token. A State that RFC 4178 does not know is left out.
func (r NegTokenResp) Wrap() []byte {
	all := states()
	var b cryptobyte.Builder
	b.AddASN1(tag(1), func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			if value := slices.Index(all[:], r.State); value >= 0 {
				b.AddASN1(tag(0), func(b *cryptobyte.Builder) { b.AddASN1Enum(int64(value)) })
			}
			if r.NTLM {
				b.AddASN1(tag(1), func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidNTLM()) })
			}
			addOctets(b, 2, r.Token)
			addOctets(b, 3, r.MechListMIC)
		})
	})
	return b.BytesOrPanic() // fails on lengths past 32 bits alone
}

func addOctets(b *cryptobyte.Builder, n uint8, value []byte) {
	if value != nil {
		b.AddASN1(tag(n), func(b *cryptobyte.Builder) { b.AddASN1OctetString(value) })
	}
}
