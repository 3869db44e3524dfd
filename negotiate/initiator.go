package negotiate

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// DefaultWorkstation is what an account without a workstation sends: hosts were seen to refuse an empty or very short
// name now and then.
const DefaultWorkstation = "PSTEST-CLIENT"

// Account is who logs on. User and Domain go out as they are; splitting DOMAIN\user is the caller's matter, and
// user@domain may stay whole in User with an empty Domain.
type Account struct {
	User, Domain string
	Password     Secret
	Workstation  string // "": DefaultWorkstation
}

// Options say how one handshake runs.
type Options struct {
	Form     Form    // "": SPNEGO
	Account  Account // may be zero where only Begin and Challenge are used
	Bindings []byte  // application data of the channel binding, see EndPointBindings; nil: the pair is left out
	Target   string  // service name such as HTTP/host; "": the pair is left out

	Now  func() time.Time // clock for hosts that send no timestamp; nil: time.Now
	Rand io.Reader        // nil: crypto/rand
}

// Initiator is the client of one NTLM handshake: Begin, Challenge, Finish, Confirm, in this order, each at most once. It
// speaks NTLMv2 with key exchange, 128-bit sealing and extended session security alone. Not safe for concurrent use.
type Initiator struct {
	o            Options
	type1, type2 []byte
	challenge    Challenge
	session      *Session

	wantMIC   bool // the host asked for a mechListMIC
	mutualMIC bool
}

// NewInitiator prepares a handshake. The error is ErrFIPS, an unknown form, or a name too long to send.
func NewInitiator(o Options) (*Initiator, error) {
	if err := Available(); err != nil {
		return nil, err
	}
	if o.Form == "" {
		o.Form = SPNEGO
	}
	if o.Form != SPNEGO && o.Form != Raw {
		return nil, fmt.Errorf("unknown form %q", o.Form)
	}
	if o.Account.Workstation == "" {
		o.Account.Workstation = DefaultWorkstation
	}
	for _, name := range []string{o.Account.User, o.Account.Domain, o.Account.Workstation, o.Target} {
		if n := len(utf16le(name)); n > maxName {
			return nil, fmt.Errorf("a name of the logon takes %d bytes, more than %d", n, maxName)
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	return &Initiator{o: o, type1: buildNegotiate()}, nil
}

// Begin returns the token with the type 1 message. It carries no credential, and names neither user nor workstation.
func (i *Initiator) Begin() []byte {
	if i.o.Form == Raw {
		return append([]byte(nil), i.type1...)
	}
	return WrapInit(i.type1)
}

// Challenge reads the host's answer to Begin. It returns what the host says even where Finish will refuse to go on.
func (i *Initiator) Challenge(token []byte) (Challenge, error) {
	inner, form, info, err := Unwrap(token)
	switch {
	case err != nil:
		return Challenge{}, err
	case form != i.o.Form:
		return Challenge{}, fmt.Errorf("the host answered in %s form to a token in %s form", form, i.o.Form)
	case info.Init:
		return Challenge{}, errors.New("the host answered with a first token of its own")
	case info.State == Reject:
		return Challenge{}, errors.New("the host rejected the negotiation")
	case info.SupportedMech != "" && info.SupportedMech != MechNTLM:
		return Challenge{}, fmt.Errorf("the host chose mechanism %s, which was not offered", info.SupportedMech)
	case inner == nil:
		return Challenge{}, errors.New("the host answered without a challenge")
	}
	c, err := ParseChallenge(inner)
	if err != nil {
		return Challenge{}, err
	}
	i.type2 = append([]byte(nil), inner...)
	i.challenge, i.wantMIC = c, info.State == RequestMIC
	return c, nil
}

// Finish returns the token with the type 3 message, the one that proves the password, and starts the session. It is an
// error before Challenge, a second time, without user or password, or where the challenge does not grant sealing.
func (i *Initiator) Finish() ([]byte, error) {
	switch missing := i.challenge.MissingForSealing(); {
	case i.type2 == nil:
		return nil, errors.New("authenticate: no challenge was read")
	case i.session != nil:
		return nil, errors.New("authenticate: the challenge was answered already")
	case i.o.Account.User == "" || !i.o.Account.Password.Given():
		return nil, errors.New("authenticate: no user or no password")
	case len(missing) > 0:
		return nil, fmt.Errorf("authenticate: the host does not grant %s", strings.Join(missing, ", "))
	}
	type3, mic, err := i.authenticate()
	if err != nil {
		return nil, fmt.Errorf("authenticate: %w", err)
	}
	if i.o.Form == Raw {
		return type3, nil
	}
	resp := NegTokenResp{State: AcceptIncomplete, Token: type3}
	if mic || i.wantMIC {
		resp.MechListMIC = i.session.signMechList(ownMechList())
	}
	return resp.Wrap(), nil
}

// authenticate makes the type 3 message and the session; mic reports whether the message has a MIC.
func (i *Initiator) authenticate() (type3 []byte, mic bool, err error) {
	var random [8 + 16]byte // nonce, exported session key
	if _, err := io.ReadFull(i.o.Rand, random[:]); err != nil {
		return nil, false, fmt.Errorf("draw random bytes: %w", err)
	}
	nonce, exported := random[:8], random[8:]
	r := response{flags: i.challenge.Flags & (clientFlags | FlagTargetInfo) &^ FlagOEM, account: i.o.Account}
	key, err := i.respond(&r, nonce)
	if err != nil {
		return nil, false, err
	}
	if r.encryptedKey, err = rc4k(key, exported); err != nil {
		return nil, false, err
	}
	if i.session, err = NewClientSession(exported, r.flags); err != nil {
		return nil, false, err
	}
	type3 = r.build()
	if mic = !i.challenge.Timestamp.IsZero(); mic {
		copy(type3[micAt:], messageMIC(exported, i.type1, i.type2, type3))
	}
	return type3, mic, nil
}

// respond fills in the responses of MS-NLMP 3.3.2 and returns the session base key. The LM response is zero where the
// challenge has a timestamp.
func (i *Initiator) respond(r *response, nonce []byte) ([]byte, error) {
	owf, err := NTOWFv2(r.account.User, r.account.Domain, r.account.Password)
	if err != nil {
		return nil, err
	}
	blob, err := i.blob(nonce)
	if err != nil {
		return nil, err
	}
	proof := hmacMD5(owf, i.challenge.ServerChallenge[:], blob)
	r.nt = append(proof, blob...)
	r.lm = make([]byte, 24)
	if i.challenge.Timestamp.IsZero() {
		r.lm = append(hmacMD5(owf, i.challenge.ServerChallenge[:], nonce), nonce...)
	}
	return hmacMD5(owf, proof), nil
}

// blob makes the client challenge (MS-NLMP 2.2.2.7): the host's pairs, and behind them ours.
func (i *Initiator) blob(nonce []byte) ([]byte, error) {
	pairs, err := i.answerPairs()
	if err != nil {
		return nil, err
	}
	stamp := pairs.get(avTimestamp)
	if stamp == nil {
		stamp = filetime(i.o.Now())
	}
	b := []byte{1, 1, 0, 0, 0, 0, 0, 0}
	b = append(append(b, stamp...), nonce...)
	b = append(append(append(b, 0, 0, 0, 0), pairs.bytes()...), 0, 0, 0, 0)
	if len(b) > maxToken-1-16 {
		return nil, fmt.Errorf("the host's AV pairs leave no room: the response would take %d bytes", len(b))
	}
	return b, nil
}

// answerPairs adds to the host's pairs what MS-NLMP 3.1.5.1.2 has the client add. Without channel bindings their pair is
// left out: MS-NLMP would send zeros, but Windows hosts were seen to hold those against the channel and refuse
// (gss-ntlmssp issue 25).
func (i *Initiator) answerPairs() (avPairs, error) {
	var pairs avPairs
	if i.challenge.TargetInfo != nil {
		var err error
		if pairs, _, err = parsePairs(i.challenge.TargetInfo); err != nil {
			return nil, err
		}
	}
	pairs = pairs.without(avTargetName, avBindings) // the client's to say; never echoed
	flags := pairs.flags() &^ avMIC
	if !i.challenge.Timestamp.IsZero() {
		flags |= avMIC
	}
	if flags != 0 || pairs.has(avFlags) {
		pairs = pairs.set(avFlags, binary.LittleEndian.AppendUint32(nil, flags))
	}
	if i.o.Bindings != nil {
		hash, err := BindingsHash(i.o.Bindings)
		if err != nil {
			return nil, err
		}
		pairs = pairs.set(avBindings, hash)
	}
	if i.o.Target != "" {
		pairs = pairs.set(avTargetName, utf16le(i.o.Target))
	}
	return pairs, nil
}

// ErrUnconfirmed says that a host in SPNEGO form sent no last token. RFC 4178 has it send one, so nothing but its status
// line tells whether it accepted.
var ErrUnconfirmed = errors.New("the host sent no final negotiation token")

// Confirm reads the host's last token. In raw form there is none; in SPNEGO form it must say accept-completed, an absent
// one is ErrUnconfirmed, and its mechListMIC is verified where it has one. It must precede the first Unseal.
func (i *Initiator) Confirm(token []byte) error {
	if i.session == nil {
		return errors.New("confirm: the challenge was not answered")
	}
	if len(token) == 0 {
		if i.o.Form == SPNEGO {
			return ErrUnconfirmed
		}
		return nil
	}
	_, form, info, err := Unwrap(token)
	switch {
	case err != nil:
		return fmt.Errorf("confirm: %w", err)
	case form != i.o.Form || form == Raw || info.Init:
		return errors.New("confirm: the host sent a token that does not end a negotiation")
	case info.State != AcceptCompleted:
		return fmt.Errorf("confirm: the host says %q, not %q", info.State, AcceptCompleted)
	case info.MechListMIC == nil:
		return nil
	}
	if err := i.session.verifyMechList(ownMechList(), info.MechListMIC); err != nil {
		return fmt.Errorf("confirm: mechListMIC: %w", err)
	}
	i.mutualMIC = true
	return nil
}

// MutualMIC reports whether the host's mechListMIC was verified: it knows the session key.
func (i *Initiator) MutualMIC() bool { return i.mutualMIC }

// Session returns the client's end of the session, nil before Finish.
func (i *Initiator) Session() *Session { return i.session }
