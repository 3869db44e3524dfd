package negotiate

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
)

// SignatureSize is the length of every signature (MS-NLMP 2.2.2.9.2).
const SignatureSize = 16

// Session signs and seals the messages of one authenticated connection (MS-NLMP 3.4, connection oriented, extended
// session security). Each direction has a key stream and counts its messages from 0, so the order of calls is the order
// on the wire. It is not safe for concurrent use.
type Session struct {
	out, in direction
	wrap    bool // key exchange was negotiated: the checksum in a signature is encrypted
}

// direction is what one way needs. Copying it saves the state of its key stream.
type direction struct {
	signKey []byte
	stream  rc4.Cipher
	seq     uint32
}

// NewClientSession makes the client's end from the exported session key (16 bytes) and the negotiated flags. Without
// extended session security, or without signing and sealing both, there is no session: an error.
func NewClientSession(key []byte, flags uint32) (*Session, error) {
	return newSession(key, flags, "client", "server")
}

// NewHostSession makes the host's end.
func NewHostSession(key []byte, flags uint32) (*Session, error) {
	return newSession(key, flags, "server", "client")
}

func newSession(key []byte, flags uint32, here, there string) (*Session, error) {
	if err := Available(); err != nil {
		return nil, err
	}
	if len(key) != 16 {
		return nil, fmt.Errorf("session key of %d bytes, not 16", len(key))
	}
	if flags&FlagExtendedSecurity == 0 {
		return nil, errors.New("extended session security was not negotiated")
	}
	if flags&(FlagSign|FlagSeal) == 0 {
		return nil, errors.New("neither signing nor sealing was negotiated")
	}
	out, err := newDirection(key, flags, here, there)
	if err != nil {
		return nil, err
	}
	in, err := newDirection(key, flags, there, here)
	if err != nil {
		return nil, err
	}
	return &Session{out: out, in: in, wrap: flags&FlagKeyExchange != 0}, nil
}

// newDirection derives the keys of MS-NLMP 3.4.5.2 (SIGNKEY) and 3.4.5.3 (SEALKEY).
func newDirection(key []byte, flags uint32, from, to string) (direction, error) {
	way := "session key to " + from + "-to-" + to
	stream, err := rc4.NewCipher(derive(weaken(key, flags), way+" sealing key magic constant\x00"))
	if err != nil {
		return direction{}, fmt.Errorf("set up RC4: %w", err)
	}
	return direction{signKey: derive(key, way+" signing key magic constant\x00"), stream: *stream}, nil
}

func derive(key []byte, constant string) []byte {
	sum := md5.Sum(append(append([]byte(nil), key...), constant...))
	return sum[:]
}

// weaken shortens the key that sealing starts from where 128 bits were not negotiated (MS-NLMP 3.4.5.3).
func weaken(key []byte, flags uint32) []byte {
	switch {
	case flags&Flag128 != 0:
		return key
	case flags&Flag56 != 0:
		return key[:7]
	}
	return key[:5]
}

// sign makes the signature of msg and moves on (MS-NLMP 3.4.4.2).
func (d *direction) sign(msg []byte, wrap bool) (sig [SignatureSize]byte) {
	binary.LittleEndian.PutUint32(sig[12:], d.seq)
	h := hmac.New(md5.New, d.signKey)
	_, _ = h.Write(sig[12:]) // a hash never fails to write
	_, _ = h.Write(msg)
	copy(sig[4:12], h.Sum(nil))
	if wrap {
		d.stream.XORKeyStream(sig[4:12], sig[4:12])
	}
	sig[0] = 1
	d.seq++
	return sig
}

// Seal encrypts the next message to the peer and signs it. plain stays as it is.
func (s *Session) Seal(plain []byte) (sealed, signature []byte) {
	sealed = make([]byte, len(plain))
	sig := s.sealInto(sealed, plain)
	return sealed, sig[:]
}

// sealInto seals into dst, which is as long as plain.
func (s *Session) sealInto(dst, plain []byte) [SignatureSize]byte {
	s.out.stream.XORKeyStream(dst, plain)
	return s.out.sign(plain, s.wrap)
}

// Unseal decrypts the next message of the peer. A wrong length, sequence number or checksum is an error, and leaves the
// session as it was.
func (s *Session) Unseal(sealed, signature []byte) ([]byte, error) {
	if len(signature) != SignatureSize {
		return nil, fmt.Errorf("unseal: signature of %d bytes, not %d", len(signature), SignatureSize)
	}
	next, plain := s.in, make([]byte, len(sealed))
	next.stream.XORKeyStream(plain, sealed)
	if err := next.check(plain, signature, s.wrap); err != nil {
		return nil, fmt.Errorf("unseal: %w", err)
	}
	s.in = next
	return plain, nil
}

// Sign makes a signature of the next message to the peer, which travels in clear.
func (s *Session) Sign(msg []byte) []byte {
	sig := s.out.sign(msg, s.wrap)
	return sig[:]
}

// Verify holds the next message of the peer to its signature; an error leaves the session as it was.
func (s *Session) Verify(msg, sig []byte) error {
	if len(sig) != SignatureSize {
		return fmt.Errorf("verify: signature of %d bytes, not %d", len(sig), SignatureSize)
	}
	next := s.in
	if err := next.check(msg, sig, s.wrap); err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	s.in = next
	return nil
}

// check moves on and compares; sig has its length.
func (d *direction) check(msg, sig []byte, wrap bool) error {
	want := d.sign(msg, wrap)
	if subtle.ConstantTimeCompare(want[:], sig) == 1 {
		return nil
	}
	got, expected := binary.LittleEndian.Uint32(sig[12:]), binary.LittleEndian.Uint32(want[12:])
	if got != expected {
		return fmt.Errorf("sequence number %d where %d was expected", got, expected)
	}
	return errors.New("the signature does not match the message")
}

// signMechList makes a mechListMIC. It counts as a message, but the key stream goes back to where it was: the first
// message after it starts from the same state (MS-SPNG 3.3.5.1).
func (s *Session) signMechList(list []byte) []byte {
	before := s.out.stream
	sig := s.Sign(list)
	s.out.stream = before
	return sig
}

// verifyMechList holds the peer's mechListMIC to the list, with the same return of the key stream.
func (s *Session) verifyMechList(list, mic []byte) error {
	before := s.in.stream
	if err := s.Verify(list, mic); err != nil {
		return err
	}
	s.in.stream = before
	return nil
}
