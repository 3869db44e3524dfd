package negotiate

// Negotiate flags of NTLM messages (MS-NLMP 2.2.2.5), those that this package reads or writes.
const (
	FlagUnicode          uint32 = 0x00000001
	FlagOEM              uint32 = 0x00000002
	FlagRequestTarget    uint32 = 0x00000004
	FlagSign             uint32 = 0x00000010
	FlagSeal             uint32 = 0x00000020
	FlagDatagram         uint32 = 0x00000040
	FlagLMKey            uint32 = 0x00000080
	FlagNTLM             uint32 = 0x00000200
	FlagAnonymous        uint32 = 0x00000800
	FlagDomainSupplied   uint32 = 0x00001000
	FlagStationSupplied  uint32 = 0x00002000
	FlagAlwaysSign       uint32 = 0x00008000
	FlagTargetTypeDomain uint32 = 0x00010000
	FlagTargetTypeServer uint32 = 0x00020000
	FlagExtendedSecurity uint32 = 0x00080000
	FlagTargetInfo       uint32 = 0x00800000
	FlagVersion          uint32 = 0x02000000
	Flag128              uint32 = 0x20000000
	FlagKeyExchange      uint32 = 0x40000000
	Flag56               uint32 = 0x80000000
)

// clientFlags are what the initiator asks for: the set that Windows clients send when they want messages sealed, without
// the LAN Manager key, which NTLMv2 never uses.
const clientFlags = FlagUnicode | FlagOEM | FlagRequestTarget | FlagSign | FlagSeal | FlagNTLM | FlagAlwaysSign |
	FlagExtendedSecurity | FlagVersion | Flag128 | FlagKeyExchange | Flag56

// DefaultHostFlags are what an acceptor grants, of what its client asks for, unless it is told otherwise.
const DefaultHostFlags = FlagUnicode | FlagRequestTarget | FlagSign | FlagSeal | FlagNTLM | FlagAlwaysSign |
	FlagExtendedSecurity | FlagVersion | Flag128 | FlagKeyExchange | Flag56

// sealingNeeds are the flags without which this package does not seal, with the names that errors use for them.
func sealingNeeds() []namedFlag {
	return []namedFlag{
		{FlagUnicode, "NEGOTIATE_UNICODE"},
		{FlagSign, "NEGOTIATE_SIGN"},
		{FlagSeal, "NEGOTIATE_SEAL"},
		{FlagExtendedSecurity, "NEGOTIATE_EXTENDED_SESSIONSECURITY"},
		{Flag128, "NEGOTIATE_128"},
		{FlagKeyExchange, "NEGOTIATE_KEY_EXCH"},
	}
}

type namedFlag struct {
	bit  uint32
	name string
}
