package probe

import (
	"context"
	"sync"
)

// notAsked is why a step that --route or the URL's scheme excludes did not run.
const notAsked = "not asked for: the route or the URL's scheme excludes it"

// noAccount is why a credentialed step did not run.
const noAccount = "no account was given (-u)"

// halfHTTP looks at the HTTP listener. Its probes have a connection each and
// run side by side: a complete look costs four round trips.
func (r *run) halfHTTP(ctx context.Context, l line) {
	if r.req.Target.NoHTTP {
		r.skipHalf(notAsked, PathHTTPDial, PathHTTPChallenge, PathHTTPIdentify, PathHTTPNTLM, PathHTTPRaw, PathHTTPTLS, PathHTTPCanary,
			PathHTTPNegotiate, PathHTTPUnsealed, PathHTTPBasic)
		close(r.identified)
		return
	}
	look := newLook()
	side := r.group()
	side.Go(func() { r.challengeHTTP(ctx, l, look) })
	side.Go(func() {
		r.facts.HTTP.Identify = r.identifyAlone(ctx, l)
		close(r.identified)
	})
	side.Go(func() { r.negotiateHTTP(ctx, l) })
	side.Go(func() { r.asGoTools(ctx, l) })
	side.Wait()
}

// skipHalf gives a reason to every observation of a half and frees the gate of
// its credentialed steps.
func (r *run) skipHalf(why string, paths ...Path) {
	for _, p := range paths {
		r.facts.Blank(p, why)
		r.gate.skip(p)
	}
}

// challengeHTTP observes the connection, the offer, and what hangs on them: the
// canary where Basic is offered, and TLS where the port does not speak HTTP.
func (r *run) challengeHTTP(ctx context.Context, l line, look *look) {
	f := &r.facts.HTTP
	defer look.challenged()
	conn, fail := l.open(ctx)
	f.Dial = r.dialed(l.addr, l.port, conn, fail)
	if fail != nil {
		why := fail.why(l.port)
		f.Challenge, f.TLS, f.Canary = Skip[Challenge](why), Skip[Handshake](why), Skip[Authentication](why)
		r.basicInClear(ctx, nil, l)
		return
	}
	w := newWire(conn)
	defer w.close()
	f.Challenge = r.challengeOn(ctx, w, l, PathHTTPChallenge)
	look.challenged()
	f.TLS = r.tlsOnHTTP(ctx, l, f.Challenge)
	f.Canary = r.canary(ctx, w, l)
	r.basicInClear(ctx, w, l)
}

// tlsOnHTTP tries TLS where the HTTP port did not answer as HTTP.
func (r *run) tlsOnHTTP(ctx context.Context, l line, c Observed[Challenge]) Observed[Handshake] {
	suspicious := c.State == Failed && (c.Failure.Class == ClassReset || c.Failure.Class == ClassMalformed)
	if c.State == Seen && c.Value.Status == 400 {
		suspicious = true
	}
	if !suspicious {
		return Skip[Handshake]("only tried where the port does not answer as HTTP")
	}
	tls := line{run: r, addr: l.addr, port: l.port, https: true}
	return r.shake(ctx, tls, strict)
}

// look is what the credential-free part of one half tells the others.
type look struct {
	once sync.Once
	done chan struct{} // the challenge has been observed, or can't be
}

func newLook() *look { return &look{done: make(chan struct{})} }

func (k *look) challenged() { k.once.Do(func() { close(k.done) }) }

// wait returns when the challenge is known; false: the run ended before that.
func (k *look) wait(ctx context.Context) bool {
	select {
	case <-k.done:
		return true
	case <-ctx.Done():
		return false
	}
}
