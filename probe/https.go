package probe

import (
	"context"
	"sync"

	"pstest/wsman"
)

// shared is what the inspection of the HTTPS listener tells the steps that
// would send a credential there.
type shared struct {
	look  *look
	known chan struct{} // tls is filled in
	once  sync.Once
	tls   Observed[Handshake]

	mu    sync.Mutex
	spare *Handshake // of a connection beside the inspection, whose certificate was seen
}

func (s *shared) tell(o Observed[Handshake]) {
	s.once.Do(func() {
		s.tls = o
		close(s.known)
	})
}

// keep remembers a handshake for a host that serves one connection at a time
// and left the inspection waiting.
func (s *shared) keep(own shaken) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if own.saw && s.spare == nil {
		s.spare = &own.handshake
	}
}

// halfHTTPS looks at the HTTPS listener: one connection inspects and reads the
// offer, the credentialed ones are opened beside it and wait for its verdict.
func (r *run) halfHTTPS(ctx context.Context, l line) {
	if r.req.Target.NoHTTPS {
		r.skipHalf(notAsked, PathHTTPSDial, PathHTTPSTLS, PathHTTPSLegacy, PathHTTPSPlain, PathHTTPSChallenge,
			PathHTTPSIdentify, PathHTTPSNTLM, PathHTTPSNegotiate, PathHTTPSBasic)
		return
	}
	s := &shared{look: newLook(), known: make(chan struct{})}
	side := r.group()
	side.Go(func() { r.inspectHTTPS(ctx, l, s) })
	side.Go(func() { r.negotiateHTTPS(ctx, l, s) })
	side.Go(func() { r.basicHTTPS(ctx, l, s) })
	side.Wait()
	if f := &r.facts.HTTPS; s.spare != nil && f.TLS.State == Failed && f.TLS.Failure.Class == ClassSilent {
		f.TLS = See(*s.spare).took(f.TLS.Took)
		r.challengeAgain(ctx, l)
	}
}

// challengeAgain asks for the offer where the inspection never got its turn.
func (r *run) challengeAgain(ctx context.Context, l line) {
	conn, why := r.again(ctx, l)
	if conn == nil {
		r.facts.HTTPS.Challenge = Skip[Challenge](why)
		return
	}
	w := newWire(conn)
	defer w.close()
	r.facts.HTTPS.Challenge = r.challengeOn(ctx, w, l, PathHTTPSChallenge)
}

// inspectHTTPS observes the connection, the handshake and the offer.
func (r *run) inspectHTTPS(ctx context.Context, l line, s *shared) {
	f := &r.facts.HTTPS
	defer s.look.challenged()
	start := r.env.Now()
	conn, fail := l.open(ctx)
	f.Dial = r.dialed(l.addr, l.port, conn, fail)
	if fail != nil {
		why := fail.why(l.port)
		f.TLS, f.Legacy, f.Plain = Skip[Handshake](why), Skip[Handshake](why), Skip[Challenge](why)
		f.Challenge, f.Identify = Skip[Challenge](why), Skip[wsman.Identity](why)
		s.tell(f.TLS)
		return
	}
	defer conn.Close()
	shaken := r.shakeOn(ctx, conn, l, strict)
	f.TLS = shaken.observed().took(r.env.Now().Sub(start))
	s.tell(f.TLS)
	if shaken.conn == nil {
		r.explainTLS(ctx, l, shaken)
		return
	}
	f.Legacy = Skip[Handshake]("only tried where the strict handshake fails")
	f.Plain = Skip[Challenge]("only tried where the port does not speak TLS")
	w := newWire(shaken.conn)
	f.Challenge = r.challengeOn(ctx, w, l, PathHTTPSChallenge)
	if f.Challenge.State == Failed && f.Challenge.Failure.Class == ClassTLSAlert {
		f.TLS.Value.Refused = f.Challenge.Failure
	}
	s.look.challenged()
	f.Identify = r.identifyHTTPS(ctx, w, l)
}

// explainTLS looks again where the strict handshake failed: with old versions
// and suites, with plain HTTP, and at the bytes of a certificate that Go
// refuses to parse.
func (r *run) explainTLS(ctx context.Context, l line, s shaken) {
	f := &r.facts.HTTPS
	why := "no TLS connection (" + string(s.fail.Class) + ")"
	f.Challenge, f.Identify = Skip[Challenge](why), Skip[wsman.Identity](why)
	f.Legacy = Skip[Handshake]("only tried where an older version or suite could help")
	f.Plain = Skip[Challenge]("only tried where the port does not speak TLS")
	side := r.group()
	switch s.fail.Class {
	case ClassTLSAlert, ClassTLSVersion:
		f.Legacy = r.shake(ctx, l, legacy)
	case ClassReset:
		side.Go(func() { f.Legacy = r.shake(ctx, l, legacy) })
		side.Go(func() { f.Plain = r.plainOnHTTPS(ctx, l) })
	case ClassPlainOnTLS, ClassNotTLS:
		f.Plain = r.plainOnHTTPS(ctx, l)
	case ClassMalformed:
		if !s.saw {
			r.readRawChain(ctx, l)
		}
	}
	side.Wait()
}

// plainOnHTTPS asks the HTTPS port in plain HTTP, without credentials.
func (r *run) plainOnHTTPS(ctx context.Context, l line) Observed[Challenge] {
	l.https = false
	conn, fail := l.open(ctx)
	if fail != nil {
		return Skip[Challenge](fail.why(l.port))
	}
	w := newWire(conn)
	defer w.close()
	return r.challengeOn(ctx, w, l, PathHTTPSPlain)
}

// identifyHTTPS asks Identify over TLS where the HTTP listener gave none.
func (r *run) identifyHTTPS(ctx context.Context, w *wire, l line) Observed[wsman.Identity] {
	select {
	case <-r.identified:
	case <-ctx.Done():
		return Skip[wsman.Identity]("the run ended before its turn")
	}
	if r.facts.HTTP.Identify.State == Seen {
		return Skip[wsman.Identity]("the HTTP listener gave it")
	}
	if !w.closed {
		return r.identifyOn(ctx, w, l, PathHTTPSIdentify)
	}
	conn, why := r.again(ctx, l)
	if conn == nil {
		return Skip[wsman.Identity](why)
	}
	fresh := newWire(conn)
	defer fresh.close()
	return r.identifyOn(ctx, fresh, l, PathHTTPSIdentify)
}
