package certs

import (
	"crypto/fips140"
	"errors"
	"fmt"
	"strings"

	"software.sslmate.com/src/go-pkcs12"
)

// readPFX reads a PFX (RFC 7292). Its old ciphers and digests are read, never
// relied on, so that strict FIPS 140-3 mode doesn't forbid it.
func (r *reader) readPFX(der []byte) error {
	p, err := parsePFX(der)
	if err != nil {
		return err
	}
	fips140.WithoutEnforcement(func() { err = r.openPFX(p) })
	return err
}

func (r *reader) openPFX(p *pfx) error {
	opener, err := r.unlock(p)
	if err != nil {
		return err
	}
	if p.mac == nil {
		r.warn("the PFX has no MAC: nothing tells whether it was changed")
	}
	for _, part := range p.parts {
		if !part.encrypted {
			r.takeBags(part.bags, opener)
			continue
		}
		list, err := opener.certificates(part.der)
		if err != nil {
			return explainPart(err)
		}
		for _, e := range list {
			r.add(e)
		}
	}
	return nil
}

// explainPart words what the library says of an encrypted part that a right
// password doesn't open. It has no type for the key.
func explainPart(err error) error {
	if strings.HasSuffix(err.Error(), "expected exactly one key bag") {
		return errHiddenKey
	}
	return fmt.Errorf("opening an encrypted part: %w", err)
}

// unlock finds the password: none at all, the empty one, or what is asked for.
// The opener is nil when nothing needs one.
func (r *reader) unlock(p *pfx) (*pfxOpener, error) {
	if p.mac == nil && p.firstEncrypted() == nil {
		return nil, nil
	}
	if opener, err := p.tryPassword(""); opener != nil || err != nil {
		r.warn("the PFX opens without a password")
		return opener, err
	}
	text, err := r.password()
	if err != nil {
		return nil, err
	}
	for _, c := range text {
		if c > 0xffff {
			return nil, errPasswordUnusable
		}
	}
	opener, err := p.tryPassword(text)
	if err == nil && opener == nil {
		err = ErrWrongPassword
	}
	return opener, err
}

// tryPassword returns nil and nil for a wrong password.
func (p *pfx) tryPassword(text string) (*pfxOpener, error) {
	for _, form := range pfxPasswords(text) {
		opener, err := newPFXOpener(form)
		if err != nil {
			return nil, err
		}
		if p.mac != nil {
			if p.mac.fits(p.content, form) {
				return opener, nil
			}
			continue
		}
		err = p.firstEncrypted()(opener)
		if unsupported := pkcs12.NotImplementedError(""); errors.As(err, &unsupported) {
			return nil, explainPart(err)
		}
		if err == nil || errors.Is(explainPart(err), errHiddenKey) {
			return opener, nil
		}
	}
	return nil, nil
}

// firstEncrypted opens the first element that a password protects: without a
// MAC only that tells whether a password is right. nil: there is none.
func (p *pfx) firstEncrypted() func(*pfxOpener) error {
	for _, part := range p.parts {
		if part.encrypted {
			return func(o *pfxOpener) error {
				_, err := o.certificates(part.der)
				return err
			}
		}
		for _, b := range part.bags {
			if b.kind == oidShroudedBag {
				return func(o *pfxOpener) error {
					_, err := o.publicKey(b.value)
					return err
				}
			}
		}
	}
	return nil
}

// takeBags takes over the bags of a plain part.
func (r *reader) takeBags(bags []pfxBag, opener *pfxOpener) {
	for _, b := range bags {
		switch b.kind {
		case oidCertBag:
			if der := b.certificate(); der != nil {
				r.add(Entry{DER: der, FriendlyName: b.friendlyName, LocalKeyID: b.localKeyID})
			} else {
				r.warn("a certificate that is not of the kind X.509 was passed over")
			}
		case oidKeyBag, oidShroudedBag:
			r.takeKey(b, opener)
		default:
			r.warn("a bag of type %s was passed over", b.kind)
		}
	}
}

// takeKey takes over the facts of a key, whose attributes nothing encrypts.
func (r *reader) takeKey(b pfxBag, opener *pfxOpener) {
	k := privateKey{Key: Key{Present: true, Encrypted: b.kind == oidShroudedBag, ProviderState: ProviderNotRecorded,
		Provider: b.provider, MachineKeySet: b.machine, FriendlyName: b.friendlyName, LocalKeyID: b.localKeyID}}
	if k.Provider != "" {
		k.ProviderState = ProviderRecorded
	}
	switch {
	case r.allKeys >= maxKeys:
	case k.Encrypted:
		k.take(opener.publicKey(b.value))
	default:
		k.take(parseKey(b.value))
	}
	r.addKey(k)
}

// openKeyBlock opens a key that PEM holds encrypted (RFC 7468, section 11), if
// there is a password. Only asking for it can fail.
func (r *reader) openKeyBlock(k *privateKey, der []byte) error {
	rounds, err := shroudedRounds(der)
	if r.rounds += rounds; err == nil && r.rounds > maxRounds {
		err = ErrTooMuchWork
	}
	switch {
	case err != nil:
		k.take(nil, err)
		return nil
	case r.o.Password == nil:
		k.take(nil, ErrPasswordNeeded)
		return nil
	}
	text, err := r.password()
	if err != nil {
		return err
	}
	fips140.WithoutEnforcement(func() {
		var opener *pfxOpener
		if opener, err = newPFXOpener(pfxPasswords(text)[0]); err == nil {
			k.take(opener.publicKey(der))
		}
	})
	return err
}
