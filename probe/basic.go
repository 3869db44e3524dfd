package probe

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"pstest/negotiate"
	"pstest/wsman"
)

// canary tries Basic over plain HTTP with a random account, where the host
// offers it: a refusal is what is documented. The real account stays out of it.
func (r *run) canary(ctx context.Context, w *wire, l line) Observed[Authentication] {
	c := r.facts.HTTP.Challenge
	switch {
	case c.State != Seen:
		return Skip[Authentication]("the offer is not known")
	case !c.Value.Offers("Basic"):
		return Skip[Authentication]("the host does not offer Basic over HTTP")
	}
	random := make([]byte, 16)
	if _, err := io.ReadFull(r.env.Rand, random); err != nil {
		return Fail[Authentication](&Failure{Class: ClassOurs, Op: "make a canary", Raw: clean(err.Error())})
	}
	user := "pstest-canary-" + hex.EncodeToString(random[:4])
	return r.basic(ctx, w, l, attemptBasic{step: PathHTTPCanary, user: user, password: negotiate.NewSecret(hex.EncodeToString(random[4:])), sent: SentCanary})
}

// basicInClear sends the real password over plain HTTP, which only
// --send-password-in-clear asks for. w may be nil or closed.
func (r *run) basicInClear(ctx context.Context, w *wire, l line) {
	f := &r.facts.HTTP
	defer func() { r.gate.leave(PathHTTPBasic, f.Basic) }()
	switch {
	case !r.req.Account.Given():
		f.Basic = Skip[Authentication](noAccount)
	case !r.req.InClear:
		f.Basic = Skip[Authentication]("withheld: the password never goes over plain HTTP unless --send-password-in-clear says so")
	case f.Challenge.State != Seen:
		f.Basic = Skip[Authentication]("withheld: the offer is not known")
	case !f.Challenge.Value.Offers("Basic"):
		f.Basic = Skip[Authentication]("withheld: the host does not offer Basic over HTTP")
	default:
		f.Basic = r.gatedBasic(ctx, w, l, PathHTTPBasic)
	}
}

// basicHTTPS tries Basic with the real account over TLS. The connection is made
// beside the inspection and waits for its verdict, for the offer and for the gate.
func (r *run) basicHTTPS(ctx context.Context, l line, s *shared) {
	f := &r.facts.HTTPS
	defer func() { r.gate.leave(PathHTTPSBasic, f.Basic) }()
	switch {
	case !r.req.Target.asks(RouteBasicHTTPS):
		f.Basic = Skip[Authentication](notAsked)
		return
	case !r.req.Account.Given():
		f.Basic = Skip[Authentication](noAccount)
		return
	}
	own, why := r.secured(ctx, l, s)
	if why != "" {
		f.Basic = Skip[Authentication](why)
		return
	}
	w := newWire(own.conn)
	defer w.close()
	if why := fit(own, s); why != "" {
		f.Basic = Skip[Authentication](why)
		return
	}
	if !s.look.wait(ctx) {
		f.Basic = Skip[Authentication]("the run ended before its turn")
		return
	}
	if why := basicNotOffered(f.Challenge); why != "" {
		f.Basic = Skip[Authentication](why)
		return
	}
	f.Basic = r.gatedBasic(ctx, w, l, PathHTTPSBasic)
}

// basicNotOffered says why the offer speaks against an attempt. A listener that
// does not answer a request without credentials leaves the offer unknown, and
// the attempt is made.
func basicNotOffered(c Observed[Challenge]) string {
	switch {
	case c.State == Seen && !c.Value.Offers("Basic"):
		return "withheld: the host does not offer Basic over HTTPS"
	case c.State == Failed && c.Failure.Class == ClassTLSAlert:
		return "no TLS connection (" + string(c.Failure.Class) + ")"
	}
	return ""
}

// gatedBasic sends the real account in Basic when its form and the gate allow it.
func (r *run) gatedBasic(ctx context.Context, w *wire, l line, step Path) Observed[Authentication] {
	if why := r.gate.enter(ctx, step); why != "" {
		return Skip[Authentication](why)
	}
	user, why := r.basicUser()
	if why != "" {
		return Skip[Authentication](why)
	}
	return r.basic(ctx, w, l, attemptBasic{step: step, user: user, password: r.req.Password, sent: SentPassword})
}

// basicUser spells the account as Basic has it: unqualified, for local accounts
// alone. A qualifier that names the host is dropped; any other is a domain, and
// an attempt would only cost a bad logon.
func (r *run) basicUser() (user, why string) {
	a := r.req.Account
	if strings.Contains(a.User, ":") {
		return "", "withheld: a user name with a colon can't be sent in Basic (RFC 7617 section 2)"
	}
	if a.Form != FormUnqualified && !r.qualifierIsHost() {
		return "", "withheld: Basic takes local accounts alone, and the qualifier " + clean(a.Qualifier) + " is none of the host's names"
	}
	return a.User, ""
}

// learn keeps the names of a challenge for the steps that spell the account.
func (r *run) learn(c negotiate.Challenge) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.host = c
}

// qualifierIsHost compares with the names of the challenge where one was seen.
func (r *run) qualifierIsHost() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.namesHost(r.req.Account.Qualifier, r.host)
}

type attemptBasic struct {
	step     Path
	user     string
	password negotiate.Secret
	sent     string
}

// basic makes one Basic attempt with an Identify envelope. A connection that
// the host closed behind its challenge is replaced, over plain HTTP alone: a
// TLS connection was vetted as it is.
func (r *run) basic(ctx context.Context, w *wire, l line, a attemptBasic) Observed[Authentication] {
	start := r.env.Now()
	if w == nil || (w.closed && !l.https) {
		fresh, fail := l.openWire(ctx)
		if fail != nil {
			return Skip[Authentication](fail.why(l.port))
		}
		defer fresh.close()
		w = fresh
	}
	secret := base64.StdEncoding.EncodeToString([]byte(a.user + ":" + a.password.Reveal()))
	ans, fail := r.do(ctx, w, l, message{step: a.step, secret: true, body: wsman.IdentifyRequest(), hidden: fmt.Sprintf("Basic (%s, not shown)", a.sent),
		header: [][2]string{{"Content-Type", wsman.ContentType}, {"Authorization", "Basic " + secret}}})
	res := Authentication{Scheme: "Basic", Sent: a.sent, User: clean(a.user)}
	if fail != nil {
		o := Fail[Authentication](fail)
		o.Value = res
		o.Value.Outcome = NoAnswer
		return o.took(r.env.Now().Sub(start))
	}
	res.Status = ans.status
	r.prove(&res, ans, nil, false)
	return See(res).took(r.env.Now().Sub(start))
}
