package negotiate

import (
	"bytes"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	encasn1 "encoding/asn1"
)

// Form is how NTLM messages travel inside Negotiate: inside SPNEGO tokens, or bare. Hosts answer in the form of the
// client.
type Form string

// The two forms.
const (
	SPNEGO Form = "spnego"
	Raw    Form = "raw"
)

// State is the negState of a NegTokenResp (RFC 4178 4.2.2); "" means that it was left out.
type State string

// The states of RFC 4178.
const (
	AcceptCompleted  State = "accept-completed"
	AcceptIncomplete State = "accept-incomplete"
	Reject           State = "reject"
	RequestMIC       State = "request-mic"
)

// states are in the order of their ENUMERATED values.
func states() [4]State { return [4]State{AcceptCompleted, AcceptIncomplete, Reject, RequestMIC} }

// Object identifiers of the two mechanisms that matter here.
const (
	MechNTLM   = "1.3.6.1.4.1.311.2.2.10" // MS-NLMP 1.9
	mechSPNEGO = "1.3.6.1.5.5.2"          // RFC 4178 4
)

func oidNTLM() encasn1.ObjectIdentifier {
	return encasn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 2, 2, 10}
}
func oidSPNEGO() encasn1.ObjectIdentifier { return encasn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 2} }

// TokenInfo is what a SPNEGO token says besides its inner token; it is zero for a raw one.
type TokenInfo struct {
	Init          bool     // a NegTokenInit, the first token of an initiator
	MechTypes     []string // the mechanisms that a NegTokenInit offers, best first
	State         State
	SupportedMech string // the mechanism that an acceptor chose; "" when left out
	MechListMIC   []byte // nil when left out

	mechList []byte // the DER that a mechListMIC covers
}

// Bounds: Windows offers four mechanisms, and no identifier of a mechanism in use has more than 12 arcs.
const (
	maxMechs = 16
	maxArcs  = 32
)

// Unwrap reads a token of either form. inner is nil where a SPNEGO token carries none; it is not looked into, but a raw
// token must be an NTLM message. Tokens of other mechanisms, such as bare Kerberos, are errors.
func Unwrap(token []byte) (inner []byte, form Form, info TokenInfo, err error) {
	switch {
	case len(token) > maxToken:
		return nil, "", info, fmt.Errorf("negotiate token: %d bytes, more than %d", len(token), maxToken)
	case len(token) >= len(signature) && string(token[:len(signature)]) == signature:
		return token, Raw, info, nil
	case len(token) > 0 && token[0] == 0x60:
		inner, info, err = unwrapInit(token)
	case len(token) > 0 && token[0] == 0xA1:
		inner, info, err = unwrapResp(token)
	default:
		err = errors.New("neither NTLM nor SPNEGO")
	}
	if err != nil {
		return nil, "", TokenInfo{}, fmt.Errorf("negotiate token: %w", err)
	}
	return inner, SPNEGO, info, nil
}

func tag(n uint8) asn1.Tag { return asn1.Tag(n).ContextSpecific().Constructed() }

// unwrapInit reads [APPLICATION 0] { thisMech, [0] NegTokenInit } (RFC 4178 4.2, RFC 2743 3.1).
func unwrapInit(token []byte) ([]byte, TokenInfo, error) {
	in, info := cryptobyte.String(token), TokenInfo{Init: true}
	var app, outer, seq cryptobyte.String
	var mech string
	if !in.ReadASN1(&app, asn1.Tag(0x60)) || !in.Empty() || !readOID(&app, &mech) {
		return nil, info, errors.New("malformed framing")
	}
	if mech != mechSPNEGO {
		return nil, info, fmt.Errorf("mechanism %s, not SPNEGO", mech)
	}
	if !app.ReadASN1(&outer, tag(0)) || !app.Empty() || !outer.ReadASN1(&seq, asn1.SEQUENCE) || !outer.Empty() {
		return nil, info, errors.New("malformed NegTokenInit")
	}
	if err := info.readMechs(&seq); err != nil {
		return nil, info, err
	}
	if !seq.SkipOptionalASN1(tag(1)) { // reqFlags: unused since RFC 4178
		return nil, info, errors.New("malformed reqFlags")
	}
	inner, err := readOctets(&seq, 2, "mechToken")
	if err != nil {
		return nil, info, err
	}
	info.MechListMIC, err = readInitMIC(&seq)
	return inner, info, err
}

func (t *TokenInfo) readMechs(seq *cryptobyte.String) error {
	var field, list, mechs cryptobyte.String
	if !seq.ReadASN1(&field, tag(0)) || !field.ReadASN1Element(&list, asn1.SEQUENCE) || !field.Empty() {
		return errors.New("malformed mechTypes")
	}
	t.mechList = list
	if !list.ReadASN1(&mechs, asn1.SEQUENCE) {
		return errors.New("malformed mechTypes")
	}
	for !mechs.Empty() {
		var mech string
		if !readOID(&mechs, &mech) {
			return errors.New("malformed mechanism in mechTypes")
		}
		if t.MechTypes = append(t.MechTypes, mech); len(t.MechTypes) > maxMechs {
			return fmt.Errorf("more than %d mechanisms", maxMechs)
		}
	}
	return nil
}

// readInitMIC reads what may follow in a NegTokenInit: mechListMIC in [3] (RFC 4178), or hints in [3] and mechListMIC in
// [4] (MS-SPNG 2.2.1, NegTokenInit2). Hints are passed over.
func readInitMIC(seq *cryptobyte.String) ([]byte, error) {
	at := uint8(3)
	if probe := *seq; probe.PeekASN1Tag(tag(3)) {
		var field cryptobyte.String
		if !probe.ReadASN1(&field, tag(3)) {
			return nil, errors.New("malformed field 3")
		}
		if field.PeekASN1Tag(asn1.SEQUENCE) {
			*seq, at = probe, 4
		}
	}
	mic, err := readOctets(seq, at, "mechListMIC")
	if err == nil && !seq.Empty() {
		err = errors.New("bytes behind the NegTokenInit")
	}
	return mic, err
}

// unwrapResp reads [1] NegTokenResp (RFC 4178 4.2.2).
func unwrapResp(token []byte) ([]byte, TokenInfo, error) {
	in, info := cryptobyte.String(token), TokenInfo{}
	var outer, seq cryptobyte.String
	if !in.ReadASN1(&outer, tag(1)) || !in.Empty() || !outer.ReadASN1(&seq, asn1.SEQUENCE) || !outer.Empty() {
		return nil, info, errors.New("malformed NegTokenResp")
	}
	if err := info.readState(&seq); err != nil {
		return nil, info, err
	}
	inner, err := readOctets(&seq, 2, "responseToken")
	if err != nil {
		return nil, info, err
	}
	if info.MechListMIC, err = readOctets(&seq, 3, "mechListMIC"); err != nil {
		return nil, info, err
	}
	if !seq.Empty() {
		return nil, info, errors.New("bytes behind the NegTokenResp")
	}
	if bytes.Equal(inner, info.MechListMIC) {
		info.MechListMIC = nil // old implementations repeat the token in place of a MIC
	}
	return inner, info, nil
}

func (t *TokenInfo) readState(seq *cryptobyte.String) error {
	var field cryptobyte.String
	var present bool
	if !seq.ReadOptionalASN1(&field, &present, tag(0)) {
		return errors.New("malformed negState")
	}
	if present {
		var value int
		known := states()
		if !field.ReadASN1Enum(&value) || !field.Empty() || value < 0 || value >= len(known) {
			return errors.New("malformed negState")
		}
		t.State = known[value]
	}
	if !seq.ReadOptionalASN1(&field, &present, tag(1)) {
		return errors.New("malformed supportedMech")
	}
	if present && (!readOID(&field, &t.SupportedMech) || !field.Empty()) {
		return errors.New("malformed supportedMech")
	}
	return nil
}

// readOID reads an object identifier into its dotted form.
func readOID(s *cryptobyte.String, to *string) bool {
	var oid encasn1.ObjectIdentifier
	if !s.ReadASN1ObjectIdentifier(&oid) || len(oid) > maxArcs {
		return false
	}
	*to = oid.String()
	return true
}

// readOctets reads an optional [n] OCTET STRING; nil when it is absent or empty.
func readOctets(seq *cryptobyte.String, n uint8, what string) ([]byte, error) {
	var field, value cryptobyte.String
	var present bool
	if !seq.ReadOptionalASN1(&field, &present, tag(n)) {
		return nil, fmt.Errorf("malformed %s", what)
	}
	if present && (!field.ReadASN1(&value, asn1.OCTET_STRING) || !field.Empty()) {
		return nil, fmt.Errorf("malformed %s", what)
	}
	if len(value) == 0 {
		return nil, nil
	}
	return value, nil
}
