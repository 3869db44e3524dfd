package probe

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"pstest/negotiate"
	"pstest/wsman"
)

// asGoTools looks at NTLM over HTTP as Terraform, Packer and other Go tools do
// it: raw tokens, made by the library that they use, no sealing. The type 1
// message carries no credential. With --try-unsealed the handshake goes on
// behind an accepted sealed one: an Identify in clear, to learn whether such
// tools would be let in.
func (r *run) asGoTools(ctx context.Context, l line) {
	f := &r.facts.HTTP
	defer func() { r.gate.leave(PathHTTPUnsealed, f.Unsealed) }()
	w, fail := l.openWire(ctx)
	if fail != nil {
		why := fail.why(l.port)
		f.Raw, f.Unsealed = Skip[NTLM](why), Skip[Authentication](why)
		return
	}
	defer w.close()
	start := r.env.Now()
	type2, c, fail := r.rawLeg(ctx, w, l)
	if fail != nil {
		f.Raw = Fail[NTLM](fail).took(r.env.Now().Sub(start))
		f.Unsealed = Skip[Authentication]("no challenge came to a raw type 1 message")
		return
	}
	f.Raw = See(r.readNTLM(&leg{challenge: c, form: negotiate.Raw})).took(r.env.Now().Sub(start))
	f.Unsealed = r.unsealed(ctx, w, l, unsealedLeg{type2: type2, challenge: c})
}

// rawLeg sends go-ntlmssp's type 1 message and reads the challenge.
func (r *run) rawLeg(ctx context.Context, w *wire, l line) ([]byte, negotiate.Challenge, *Failure) {
	op := "raw NTLM negotiation at " + l.url(r.req.Target.Path)
	token := negotiate.UnsealedType1()
	a, fail := r.do(ctx, w, l, negotiateMessage(PathHTTPRaw, token, fmt.Sprintf("Negotiate (type 1, raw, %d bytes, no credential)", len(token))))
	if fail != nil {
		return nil, negotiate.Challenge{}, fail
	}
	answered, err := challengeToken(a)
	if err != nil {
		fail := statusFailure(a, op)
		fail.Raw += ": " + clean(err.Error())
		return nil, negotiate.Challenge{}, fail
	}
	c, err := negotiate.ParseChallenge(answered)
	if err != nil {
		return nil, c, &Failure{Class: ClassMalformed, Op: op, Raw: clean(err.Error())}
	}
	return answered, c, nil
}

type unsealedLeg struct {
	type2     []byte
	challenge negotiate.Challenge
}

// unsealed sends go-ntlmssp's type 3 message with an Identify in clear. It
// waits until the sealed attempt was accepted, so it can't be a wrong password.
func (r *run) unsealed(ctx context.Context, w *wire, l line, u unsealedLeg) Observed[Authentication] {
	switch {
	case !r.req.Unsealed:
		return Skip[Authentication]("only tried with --try-unsealed")
	case !r.req.Account.Given():
		return Skip[Authentication](noAccount)
	case !r.req.Target.asks(RouteNegotiateHTTP):
		return Skip[Authentication](notAsked)
	}
	if why := r.gate.enter(ctx, PathHTTPUnsealed); why != "" {
		return Skip[Authentication](why)
	}
	if !r.gate.wasSealed() {
		return Skip[Authentication]("only tried behind an accepted sealed attempt")
	}
	start := r.env.Now()
	account := r.logon(u.challenge)
	token, err := negotiate.UnsealedType3(u.type2, account)
	if err != nil {
		return Fail[Authentication](&Failure{Class: ClassOurs, Op: "authenticate unsealed", Raw: clean(err.Error())})
	}
	return r.sendUnsealed(ctx, w, l, token, start)
}

func (r *run) sendUnsealed(ctx context.Context, w *wire, l line, token []byte, start time.Time) Observed[Authentication] {
	ans, fail := r.do(ctx, w, l, message{step: PathHTTPUnsealed, secret: true, body: wsman.IdentifyRequest(),
		hidden: fmt.Sprintf("Negotiate (type 3, raw, unsealed, %d bytes, not shown)", len(token)),
		header: [][2]string{{"Content-Type", wsman.ContentType}, {"Authorization", "Negotiate " + base64.StdEncoding.EncodeToString(token)}}})
	res := Authentication{Scheme: "Negotiate", Form: negotiate.Raw, Sent: SentNTLM, User: r.req.Account.Asked}
	if fail != nil {
		o := Fail[Authentication](fail).took(r.env.Now().Sub(start))
		o.Value = res
		o.Value.Outcome = NoAnswer
		return o
	}
	res.Status = ans.status
	r.prove(&res, ans, nil, false)
	return See(res).took(r.env.Now().Sub(start))
}
