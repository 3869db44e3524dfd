package certs

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
)

// Words of Key.Matches.
const (
	MatchYes     = "yes"
	MatchNo      = "no"
	MatchUnknown = "unknown" // the key could not be read; Detail says why
)

// Words of Key.ProviderState.
const (
	ProviderRecorded    = "recorded"
	ProviderNotRecorded = "not-recorded" // the file names none: whoever imports it chooses
)

var errKeyTooLong = fmt.Errorf("it is longer than %d octets", maxKeyDER)

// Key is what is told of a private key. Nothing of its secret half is in it.
type Key struct {
	Present bool `json:"present,omitempty"`
	// Matches tells whether it belongs to the leaf: a Match… word; empty when
	// there is no key.
	Matches string `json:"matches,omitempty"`
	Type    string `json:"type,omitempty"` // as in Strength; empty: not known
	Bits    int    `json:"bits,omitempty"`
	// Encrypted: the file protects the key by a password.
	Encrypted bool `json:"encrypted,omitempty"`
	// Provider is the name of the cryptographic service or key storage provider
	// that a PFX records (attribute 1.3.6.1.4.1.311.17.1), in which Windows is
	// asked to keep the key. ProviderState is a Provider… word; empty when
	// there is no key.
	Provider      string `json:"provider,omitempty"`
	ProviderState string `json:"providerState,omitempty"`
	// MachineKeySet: the PFX asks for the key to be kept for the computer, not
	// for the user (attribute 1.3.6.1.4.1.311.17.2).
	MachineKeySet bool   `json:"machineKeySet,omitempty"`
	FriendlyName  string `json:"friendlyName,omitempty"` // of a PFX; Windows puts the name of the key container there
	LocalKeyID    string `json:"localKeyId,omitempty"`   // of a PFX, lower-case hexadecimal
	// Detail says why the key could not be read; empty: it could.
	Detail string `json:"detail,omitempty"`
}

// privateKey is a key on its way into a Bundle: its facts and its public half.
type privateKey struct {
	Key
	public any // nil: not known
}

// take fills in what was read of a key, or why nothing was.
func (k *privateKey) take(public any, err error) {
	if err != nil {
		k.Detail = shown("it can't be read: " + err.Error())
		return
	}
	k.public = public
	k.Type, k.Bits = keyOf(&x509.Certificate{PublicKey: public})
}

// publicHalf is all that is kept of a private key.
func publicHalf(key any) (any, error) {
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("it is of a kind that can't sign")
	}
	return signer.Public(), nil
}

// fits compares a key with a certificate.
func (k privateKey) fits(c *x509.Certificate) string {
	public, ok := k.public.(interface{ Equal(crypto.PublicKey) bool })
	switch {
	case !ok || c == nil || c.PublicKey == nil:
		return MatchUnknown
	case public.Equal(c.PublicKey):
		return MatchYes
	}
	return MatchNo
}

func (r *reader) addKey(k privateKey) {
	if r.allKeys++; r.allKeys <= maxKeys {
		r.keys = append(r.keys, k)
	}
}
