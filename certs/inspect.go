package certs

import (
	"crypto/x509"
	"errors"
	"time"
)

// Options say against what a chain is held.
type Options struct {
	// Host is a DNS name (a trailing dot, any case and letters beyond ASCII are
	// fine) or an IP address (in brackets, with a zone or not); empty: none.
	Host string
	// Now is the time of the inspection; zero: time.Now.
	Now time.Time
	// Roots are the trusted roots; nil: those of the system, which Go loads
	// once a process, at a cost of milliseconds.
	Roots *x509.CertPool
	// Store names Roots for the report; empty: "system" when Roots is nil,
	// else "given".
	Store string
	// Pin is what ParsePin returned, or empty.
	Pin string
	// Staple is the OCSP response stapled to the handshake, DER; empty: none.
	Staple []byte
}

// Inspect looks at a chain, leaf first, every certificate in DER. It never
// fails: what can't be read is said in ParseError. raw may be empty.
func Inspect(raw [][]byte, o Options) Inspection {
	i := Inspection{Host: shown(o.Host)}
	i.LeftOut = max(0, len(raw)-MaxCertificates)
	raw = raw[:min(len(raw), MaxCertificates)]
	if len(raw) == 0 {
		return i.unread(o, errors.New("no certificate"))
	}
	served := make([]parsed, len(raw))
	for n, der := range raw {
		served[n] = parse(der)
		i.Certificates = append(i.Certificates, describe(served[n]))
	}
	leaf := served[0]
	i.SHA1, i.SHA256 = i.Certificates[0].SHA1, i.Certificates[0].SHA256
	i.Pinned = pinned(leaf, o.Pin)
	i.ParseError = i.Certificates[0].ParseError
	if leaf.cert == nil {
		return i.unread(o, leaf.err)
	}
	i.Name = inspectName(leaf.cert, o.Host)
	if i.Host == "" {
		i.Served = servedNames(leaf.cert)
	}
	i.Purpose = inspectPurpose(leaf.cert)
	i.Properties = leafProperties(leaf.cert)
	i.inspectChain(served, o)
	return i
}

// inspectChain fills in what the certificates above the leaf have a say in.
func (i *Inspection) inspectChain(served []parsed, o Options) {
	now, leaf := o.now(), served[0]
	if !leaf.whole {
		i.Dates, i.Strength = leafDates(leaf.cert, now), leafStrength(leaf.cert)
		i.Trust = Trust{Store: o.store(), Cause: CauseMalformed, Detail: i.ParseError}
		i.Revocation = inspectRevocation(leaf.cert, nil, o.Staple, now)
		return
	}
	c := newChain(served, o, now)
	j := c.trust()
	j.Store = o.store()
	i.Trust, i.Dates, i.Strength = j.Trust, c.inspectDates(j), c.inspectStrength(j)
	i.Properties.pathProperties(c, j.known())
	i.Purpose.ByIssuer = j.byIssuer && i.Purpose.EKU != EKUOther
	i.Revocation = inspectRevocation(leaf.cert, c.issuer(j), o.Staple, now)
}

// unread completes the inspection of a chain whose leaf gave nothing.
func (i Inspection) unread(o Options, why error) Inspection {
	i.ParseError = shown(why.Error())
	i.Dates.Where, i.Strength.Where = -1, -1
	i.Name.Reason = NameNotAsked
	if o.Host != "" {
		i.Name.Reason = NameNone
	}
	i.Trust = Trust{Store: o.store(), Cause: CauseMalformed, Detail: i.ParseError}
	i.Revocation.Staple = StapleNone
	if len(o.Staple) > 0 {
		i.Revocation.Staple, i.Revocation.StapleDetail = StapleInvalid, "there is no certificate that it could be for"
	}
	return i
}

func (o Options) now() time.Time {
	if o.Now.IsZero() {
		return time.Now()
	}
	return o.Now
}

func (o Options) store() string {
	switch {
	case o.Store != "":
		return shown(o.Store)
	case o.Roots == nil:
		return "system"
	}
	return "given"
}
