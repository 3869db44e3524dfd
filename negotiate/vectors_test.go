package negotiate

import (
	"bytes"
	"crypto/rc4"
	"encoding/hex"
	"strings"
	"testing"
)

// The example of MS-NLMP 4.2.1 and 4.2.4 (NTLMv2 authentication): names, keys and messages as Microsoft prints them.
const (
	specChallenge = "4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef00000000000000002400240044000000" +
		"060070170000000f53006500720076006500720002000c0044006f006d00610069006e0001000c0053006500720076006500720000000000"
	specAuthenticate = "4e544c4d5353500003000000180018006c00000054005400840000000c000c00480000000800080054000000100010005c" +
		"00000010001000d8000000358288e20501280a0000000f44006f006d00610069006e00550073006500720043004f004d0050005500540045" +
		"005200" +
		"86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa68cd0ab851e51c96aabc927bebef6a1c010100000000000000000000" +
		"00000000aaaaaaaaaaaaaaaa0000000002000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000" +
		"c5dad2544fc9799094ce1ce90bc9d03e"
	specOWF          = "0c868a403bfd7a93a3001ef22ef02e3f" // 4.2.4.1.1
	specBaseKey      = "8de40ccadbc14a82f15cb0ad0de95ca3" // 4.2.4.1.2
	specProof        = "68cd0ab851e51c96aabc927bebef6a1c" // 4.2.4.2.2
	specLM           = "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"
	specEncryptedKey = "c5dad2544fc9799094ce1ce90bc9d03e" // 4.2.4.2.3
	specFlags        = 0xe28a8233                         // 4.2.4
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func same(t *testing.T, what string, got []byte, want string) {
	t.Helper()
	if !bytes.Equal(got, unhex(t, want)) {
		t.Errorf("%s is %x, not %s", what, got, want)
	}
}

// MS-NLMP 4.2.4.3: the challenge message of the example.
func TestSpecChallenge(t *testing.T) {
	c, err := ParseChallenge(unhex(t, specChallenge))
	if err != nil {
		t.Fatal(err)
	}
	if c.TargetName != "Server" || c.NetBIOSComputer != "Server" || c.NetBIOSDomain != "Domain" || c.Flags != specFlags ||
		c.Major != 6 || c.Minor != 0 || c.Build != 6000 || !c.Timestamp.IsZero() || !c.Sealing() {
		t.Errorf("read as %+v", c)
	}
	same(t, "server challenge", c.ServerChallenge[:], "0123456789abcdef")
	spec := ChallengeSpec{
		Flags: specFlags, ServerChallenge: c.ServerChallenge, TargetName: "Server", NetBIOSComputer: "Server",
		NetBIOSDomain: "Domain", Major: 6, Build: 6000,
	}
	want := unhex(t, specChallenge)
	want[20] &^= byte(FlagOEM) // ours says Unicode alone, and a domain
	want[22] = want[22]&^2 | 1
	if got := BuildChallenge(spec); !bytes.Equal(got, want) {
		t.Errorf("built\n%x, want\n%x", got, want)
	}
}

// MS-NLMP 4.2.4.1 and 4.2.4.2: keys and responses.
func TestSpecKeys(t *testing.T) {
	owf, err := NTOWFv2("User", "Domain", NewSecret("Password"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "NTOWFv2", owf, specOWF)
	m, err := ParseAuthenticate(unhex(t, specAuthenticate))
	if err != nil {
		t.Fatal(err)
	}
	if m.User != "User" || m.Domain != "Domain" || m.Workstation != "COMPUTER" || m.HeaderSize != 72 || m.MIC != nil {
		t.Errorf("read as %+v", m)
	}
	same(t, "LM response", m.LM, specLM)
	same(t, "encrypted key", m.EncryptedKey, specEncryptedKey)
	proof, err := NTProof(owf, [8]byte(unhex(t, "0123456789abcdef")), m.V2.Blob)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "computed proof", proof, specProof)
	same(t, "sent proof", m.V2.Proof[:], specProof)
	base, err := SessionBaseKey(owf, proof)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "session base key", base, specBaseKey)
	exported, err := rc4k(base, m.EncryptedKey)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "exported session key", exported, strings.Repeat("55", 16)) // 4.2.1
}

// The responses of the initiator for the challenge of the example, whose random bytes and clock are those of 4.2.1.
func TestSpecResponses(t *testing.T) {
	i, err := NewInitiator(Options{
		Form: Raw, Account: Account{User: "User", Domain: "Domain", Password: NewSecret("Password"), Workstation: "COMPUTER"},
		Rand: bytes.NewReader(unhex(t, strings.Repeat("aa", 8)+strings.Repeat("55", 16))),
		Now:  atEpoch,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.Challenge(unhex(t, specChallenge)); err != nil {
		t.Fatal(err)
	}
	token, err := i.Finish()
	if err != nil {
		t.Fatal(err)
	}
	m, err := ParseAuthenticate(token)
	if err != nil {
		t.Fatal(err)
	}
	want, err := ParseAuthenticate(unhex(t, specAuthenticate))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "NT response", m.NT, hex.EncodeToString(want.NT))
	same(t, "LM response", m.LM, specLM)
	same(t, "encrypted key", m.EncryptedKey, specEncryptedKey)
	sealed, sig := i.Session().Seal(utf16le("Plaintext"))
	same(t, "data", sealed, "54e50165bf1936dc996020c1811b0f06fb5f")
	same(t, "signature", sig, "010000007fb38ec5c55d497600000000")
}

// MS-NLMP 4.2.4.4: GSS_WrapEx with key exchange; and the checksum before it is encrypted, as without key exchange.
func TestSpecSealing(t *testing.T) {
	key := unhex(t, strings.Repeat("55", 16))
	s, err := NewClientSession(key, specFlags)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "sign key", s.out.signKey, "4788dc861b4782f35d43fd98fe1a2d39")
	want, err := rc4.NewCipher(unhex(t, "59f600973cc4960a25480a7c196e4c58"))
	if err != nil {
		t.Fatal(err)
	}
	if s.out.stream != *want {
		t.Error("the seal key is not that of the example")
	}
	sealed, sig := s.Seal(utf16le("Plaintext"))
	same(t, "data", sealed, "54e50165bf1936dc996020c1811b0f06fb5f")
	same(t, "signature", sig, "010000007fb38ec5c55d497600000000")
	plain, err := NewClientSession(key, specFlags&^FlagKeyExchange)
	if err != nil {
		t.Fatal(err)
	}
	_, sig = plain.Seal(utf16le("Plaintext"))
	same(t, "signature without key exchange", sig, "0100000070352851f256430900000000")
	host, err := NewHostSession(key, specFlags)
	if err != nil {
		t.Fatal(err)
	}
	got, err := host.Unseal(sealed, unhex(t, "010000007fb38ec5c55d497600000000"))
	if err != nil || !bytes.Equal(got, utf16le("Plaintext")) {
		t.Errorf("the host reads %q, %v", got, err)
	}
}

// MS-NLMP 4.2.3.4 (NTLMv1 with client challenge): extended session security with a 56-bit key and no key exchange.
func TestSpecSealing56(t *testing.T) {
	key := unhex(t, "eb93429a8bd952f8b89c55b87f475edc") // 4.2.3.1.3, the key exchange key
	s, err := NewClientSession(key, 0x820a8233&^Flag128|Flag56)
	if err != nil {
		t.Fatal(err)
	}
	sealed, sig := s.Seal(utf16le("Plaintext"))
	same(t, "data", sealed, "a02372f6530273f3aa1eb90190ce5200c99d")
	same(t, "signature", sig, "01000000ff2aeb52f681793a00000000")
	same(t, "sign key", s.out.signKey, "60e799be5c72fc92922ae8ebe961fb8d")
}

// The example of "NTLM and Channel Binding Hash (aka Extended Protection for Authentication)", Microsoft Open
// Specifications blog: the hash of a certificate, and the value of the pair made of it.
func TestBindingsHash(t *testing.T) {
	data := append([]byte("tls-server-end-point:"),
		unhex(t, "ea05fefecc6b0bd571dbbc5baa3ed45386d0446835f7b74c85621b9983475f95")...)
	got, err := BindingsHash(data)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "hash", got, "6586e99d81c2fc984e47172fd4dd0310")
	if got, err := BindingsHash(nil); got != nil || err != nil {
		t.Errorf("no data gives %x, %v", got, err)
	}
}
