package negotiate

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Reasons for which an Acceptor refuses a logon, to be told apart with errors.Is.
var (
	ErrLogon     = errors.New("unknown user or wrong password")
	ErrAnonymous = errors.New("anonymous logon")
	ErrNTLMv1    = errors.New("the response is not NTLMv2")
	ErrMIC       = errors.New("the message integrity code does not match the handshake")
)

// AcceptorOptions say how the host of one handshake behaves.
type AcceptorOptions struct {
	Challenge ChallengeSpec // a zero ServerChallenge is drawn from Rand
	// Password looks up an account by the names as the client sent them, the domain in whatever spelling; false: unknown.
	Password func(user, domain string) (Secret, bool)
	Rand     io.Reader // nil: crypto/rand
}

// Logon is what the type 3 message of a client said. It judges nothing: channel bindings and target are for the caller.
type Logon struct {
	User, Domain, Workstation string
	Flags                     uint32 // negotiated: what host and client both set
	HeaderSize                int    // of the type 3 message, see Authenticate
	Form                      Form
	MIC                       bool   // the message had a MIC, and it was right
	MechListMIC               bool   // the client's mechListMIC was verified
	Bindings                  []byte // hash of the client's channel bindings; nil when it sent none
	Target                    string // the service that the client meant; "" when it did not say
}

// Acceptor is the host of one NTLM handshake, raw or in SPNEGO as the client begins it. Not safe for concurrent use.
type Acceptor struct {
	o       AcceptorOptions
	form    Form
	want    acceptorState
	needMIC bool // this host asked for a mechListMIC

	mechList     []byte // as the client sent it
	type1, type2 []byte
	flags        uint32 // of the challenge
	logon        Logon
	session      *Session
}

type acceptorState int

const (
	wantFirst acceptorState = iota
	wantNegotiate
	wantAuthenticate
	finished
)

// NewAcceptor prepares a handshake. The error is ErrFIPS, or that of Rand.
func NewAcceptor(o AcceptorOptions) (*Acceptor, error) {
	if err := Available(); err != nil {
		return nil, err
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Challenge.Flags == 0 {
		o.Challenge.Flags = DefaultHostFlags
	}
	if o.Challenge.ServerChallenge == [8]byte{} {
		if _, err := io.ReadFull(o.Rand, o.Challenge.ServerChallenge[:]); err != nil {
			return nil, fmt.Errorf("draw the server challenge: %w", err)
		}
	}
	return &Acceptor{o: o}, nil
}

// Step takes the client's next token and returns the host's next one, nil where there is none to send. done is true once
// the logon succeeded. After an error the handshake is over.
func (a *Acceptor) Step(token []byte) (answer []byte, done bool, err error) {
	defer func() {
		if err != nil {
			a.want, a.session = finished, nil
		}
	}()
	inner, form, info, err := Unwrap(token)
	if err != nil {
		return nil, false, err
	}
	switch {
	case a.want == finished:
		return nil, false, errors.New("accept: the handshake is over")
	case a.want == wantFirst:
		a.form, a.mechList = form, info.mechList
		return a.first(inner, info)
	case form != a.form || info.Init:
		return nil, false, errors.New("accept: the client changed the form of its tokens")
	case a.want == wantNegotiate:
		answer, err = a.negotiate(inner, NegTokenResp{State: AcceptIncomplete})
		return answer, false, err
	}
	answer, err = a.authenticate(inner, info)
	return answer, err == nil, err
}

// first answers the opening token. Where NTLM is not the mechanism that the client likes best, its token is not for us:
// the answer chooses NTLM, and asks for a mechListMIC (RFC 4178 5).
func (a *Acceptor) first(inner []byte, info TokenInfo) ([]byte, bool, error) {
	resp := NegTokenResp{State: AcceptIncomplete, NTLM: true}
	if a.form == SPNEGO {
		at := slices.Index(info.MechTypes, MechNTLM)
		if !info.Init || at < 0 {
			return nil, false, errors.New("accept: the client does not offer NTLM")
		}
		if at > 0 {
			resp.State, a.needMIC = RequestMIC, true
		}
		if at > 0 || inner == nil {
			a.want = wantNegotiate
			return resp.Wrap(), false, nil
		}
	}
	answer, err := a.negotiate(inner, resp)
	return answer, false, err
}

// negotiate answers a type 1 message with the challenge (MS-NLMP 3.2.5.1.1), inside resp where in SPNEGO form.
func (a *Acceptor) negotiate(type1 []byte, resp NegTokenResp) ([]byte, error) {
	n, err := ParseNegotiateMessage(type1)
	if err != nil {
		return nil, err
	}
	if n.Flags&(FlagUnicode|FlagOEM) == 0 {
		return nil, errors.New("accept: the client offers no encoding of names")
	}
	spec := a.o.Challenge
	spec.Flags &= n.Flags | FlagNTLM // a host names NTLM whether or not its client does
	if n.Flags&FlagUnicode == 0 {
		spec.Flags |= FlagOEM
	}
	a.type1, a.type2 = slices.Clone(type1), BuildChallenge(spec)
	a.flags = message(a.type2).uint32(20)
	a.want = wantAuthenticate
	if a.form == Raw {
		return slices.Clone(a.type2), nil
	}
	resp.Token = a.type2
	return resp.Wrap(), nil
}

// authenticate judges the type 3 message (MS-NLMP 3.2.5.1.2), and the mechListMIC that may come with it.
func (a *Acceptor) authenticate(type3 []byte, info TokenInfo) ([]byte, error) {
	m, err := ParseAuthenticate(type3)
	if err != nil {
		return nil, err
	}
	a.logon = Logon{
		User: m.User, Domain: m.Domain, Workstation: shown(m.Workstation),
		Flags: m.Flags & a.flags, HeaderSize: m.HeaderSize, Form: a.form,
	}
	key, err := a.verify(m)
	if err != nil {
		return nil, fmt.Errorf("accept: %w", err)
	}
	if err := a.checkMIC(m, type3, key); err != nil {
		return nil, fmt.Errorf("accept: %w", err)
	}
	if a.logon.Flags&(FlagSign|FlagSeal) != 0 && a.logon.Flags&FlagExtendedSecurity != 0 {
		if a.session, err = NewHostSession(key, a.logon.Flags); err != nil {
			return nil, fmt.Errorf("accept: %w", err)
		}
	}
	a.want = finished
	if a.form == Raw {
		return nil, nil
	}
	return a.complete(info)
}

// verify holds the response to the password and returns the exported session key. The domain counts as the client sent
// it.
func (a *Acceptor) verify(m Authenticate) ([]byte, error) {
	switch {
	case m.User == "" || len(m.NT) == 0 || m.Flags&FlagAnonymous != 0:
		return nil, ErrAnonymous
	case m.V2 == nil:
		return nil, ErrNTLMv1
	}
	a.logon.Bindings, a.logon.Target = m.V2.Bindings, m.V2.Target
	password, known := a.o.Password(m.User, m.Domain)
	owf, err := NTOWFv2(m.User, m.Domain, password)
	if err != nil {
		return nil, err
	}
	proof := hmacMD5(owf, a.o.Challenge.ServerChallenge[:], m.V2.Blob)
	if subtle.ConstantTimeCompare(proof, m.V2.Proof[:]) != 1 || !known {
		return nil, ErrLogon
	}
	key := hmacMD5(owf, proof)
	if f := a.logon.Flags; f&FlagKeyExchange == 0 || f&(FlagSign|FlagSeal) == 0 {
		return key, nil
	}
	if len(m.EncryptedKey) != 16 {
		return nil, fmt.Errorf("encrypted session key of %d bytes, not 16", len(m.EncryptedKey))
	}
	return rc4k(key, m.EncryptedKey)
}

// checkMIC verifies the MIC where the client's pairs say that there is one.
func (a *Acceptor) checkMIC(m Authenticate, type3, key []byte) error {
	if m.V2.AvFlags&avMIC == 0 {
		return nil
	}
	if m.MIC == nil || subtle.ConstantTimeCompare(messageMIC(key, a.type1, a.type2, type3), m.MIC) != 1 {
		return ErrMIC
	}
	a.logon.MIC = true
	return nil
}

// complete ends a SPNEGO negotiation: a mechListMIC is answered with one (RFC 4178 5).
func (a *Acceptor) complete(info TokenInfo) ([]byte, error) {
	resp := NegTokenResp{State: AcceptCompleted}
	switch {
	case info.MechListMIC == nil && a.needMIC:
		return nil, errors.New("accept: the client did not send the mechListMIC that it was asked for")
	case info.MechListMIC == nil:
		return resp.Wrap(), nil
	case a.session == nil:
		return nil, errors.New("accept: a mechListMIC, but no signing was negotiated")
	}
	if err := a.session.verifyMechList(a.mechList, info.MechListMIC); err != nil {
		return nil, fmt.Errorf("accept: mechListMIC: %w", err)
	}
	a.logon.MechListMIC = true
	resp.MechListMIC = a.session.signMechList(a.mechList)
	return resp.Wrap(), nil
}

// Form returns how the client's tokens travel, "" before the first Step.
func (a *Acceptor) Form() Form { return a.form }

// Logon returns what the client's type 3 message said, as far as it was read, also where Step refused it.
func (a *Acceptor) Logon() Logon { return a.logon }

// Session returns the host's end of the session; nil before the logon, and where no signing or sealing was negotiated.
func (a *Acceptor) Session() *Session { return a.session }
