package probe

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"pstest/negotiate"
	"pstest/wsman"
)

// negotiateHTTP observes NTLM over HTTP: the challenge, and with an account an
// authenticated Identify in sealed messages.
func (r *run) negotiateHTTP(ctx context.Context, l line) {
	f := &r.facts.HTTP
	defer func() { r.gate.leave(PathHTTPNegotiate, f.Negotiate) }()
	w, fail := l.openWire(ctx)
	if fail != nil {
		why := fail.why(l.port)
		f.NTLM, f.Negotiate = Skip[NTLM](why), Skip[Authentication](why)
		return
	}
	defer w.close()
	first, ntlm := r.begin(ctx, l, w, begun{step: PathHTTPNTLM, form: negotiate.SPNEGO, reopen: l.reopen})
	f.NTLM = ntlm
	f.Negotiate = r.finish(ctx, l, first, lastLeg{step: PathHTTPNegotiate, route: RouteNegotiateHTTP, ntlm: ntlm, sealed: true})
}

// negotiateHTTPS observes NTLM with channel bindings over TLS.
func (r *run) negotiateHTTPS(ctx context.Context, l line, s *shared) {
	f := &r.facts.HTTPS
	defer func() { r.gate.leave(PathHTTPSNegotiate, f.Negotiate) }()
	own, why := r.secured(ctx, l, s)
	if why != "" {
		f.NTLM, f.Negotiate = Skip[NTLM](why), Skip[Authentication](why)
		return
	}
	w := newWire(own.conn)
	defer w.close()
	bindings, err := negotiate.EndPointBindings(own.leaf)
	word := bindingsWord(bindings, err)
	first, ntlm := r.begin(ctx, l, w, begun{step: PathHTTPSNTLM, form: negotiate.SPNEGO, bindings: bindings, reopen: r.reopenTLS(l, own)})
	f.NTLM = ntlm
	f.Negotiate = r.finish(ctx, l, first, lastLeg{step: PathHTTPSNegotiate, route: RouteNegotiateHTTPS, ntlm: ntlm,
		unfit: fit(own, s), bindings: word})
}

// bindingsWord names the channel binding in use: RFC 5929 section 4.1.
func bindingsWord(b []byte, err error) string {
	if err != nil {
		return clean("none: " + err.Error())
	}
	kind, hash, _ := strings.Cut(string(b), ":")
	return fmt.Sprintf("%s, %d-bit hash", kind, len(hash)*8)
}

// lastLeg is the second half of a handshake, the one that proves a password.
type lastLeg struct {
	step     Path
	route    Route
	ntlm     Observed[NTLM]
	sealed   bool
	unfit    string // why the connection may not carry a credential; "": it may
	bindings string
}

// finish sends the type 3 message with an Identify request, when the gate lets
// it, and proves what came back.
func (r *run) finish(ctx context.Context, l line, first *leg, a lastLeg) Observed[Authentication] {
	if first != nil {
		defer first.w.close()
	}
	switch {
	case !r.req.Target.asks(a.route):
		return Skip[Authentication](notAsked)
	case !r.req.Account.Given():
		return Skip[Authentication](noAccount)
	case a.unfit != "":
		return Skip[Authentication](a.unfit)
	case first == nil:
		return noChallenge(a.ntlm)
	}
	if missing := first.challenge.MissingForSealing(); len(missing) > 0 {
		return Skip[Authentication]("withheld: the host does not grant " + strings.Join(missing, ", "))
	}
	if why := r.gate.enter(ctx, a.step); why != "" {
		return Skip[Authentication](why)
	}
	return r.type3(ctx, l, first, a)
}

// noChallenge: the handshake ended before anything secret was sent.
func noChallenge(ntlm Observed[NTLM]) Observed[Authentication] {
	if ntlm.State != Failed {
		return Skip[Authentication](ntlm.Why)
	}
	if ntlm.Failure.Class != ClassStatus {
		return Fail[Authentication](ntlm.Failure)
	}
	return See(Authentication{Outcome: NoChallenge, Scheme: "Negotiate", Sent: SentNothing, Detail: ntlm.Failure.Raw})
}

func (r *run) type3(ctx context.Context, l line, first *leg, a lastLeg) Observed[Authentication] {
	start := r.env.Now()
	op := "authenticate at " + l.url(r.req.Target.Path)
	account := r.logon(first.challenge)
	if err := first.initiator.As(account); err != nil {
		return Fail[Authentication](&Failure{Class: ClassOurs, Op: op, Raw: clean(err.Error())})
	}
	token, err := first.initiator.Finish()
	if err != nil {
		return Fail[Authentication](&Failure{Class: ClassOurs, Op: op, Raw: clean(err.Error())})
	}
	res := Authentication{Scheme: "Negotiate", Form: first.form, Sent: SentNTLM, User: account.User, Domain: account.Domain, Bindings: a.bindings}
	ans, fail := r.do(ctx, first.w, l, sealedMessage(a, first.initiator.Session(), token))
	took := r.env.Now().Sub(start)
	if fail != nil {
		o := Fail[Authentication](fail).took(took)
		o.Value = res
		o.Value.Outcome = NoAnswer
		return o
	}
	res.Status = ans.status
	bad := confirm(&res, first.initiator, ans)
	r.prove(&res, ans, first.initiator.Session(), a.sealed)
	if bad && res.Outcome == Accepted {
		res.Outcome = Unproven
	}
	return See(res).took(took)
}

// sealedMessage is the request with the type 3 token: an Identify envelope,
// sealed where the route is plain HTTP, so that nothing of it can be read or
// changed on the way (MS-WSMV 2.2.9.1).
func sealedMessage(a lastLeg, session *negotiate.Session, token []byte) message {
	contentType, body := wsman.ContentType, wsman.IdentifyRequest()
	if a.sealed {
		contentType, body = negotiate.SealMessage(session, wsman.ContentType, body)
	}
	return message{step: a.step, body: body, secret: true, hidden: fmt.Sprintf("Negotiate (type 3, %d bytes, not shown)", len(token)),
		header: [][2]string{{"Content-Type", contentType}, {"Authorization", "Negotiate " + base64.StdEncoding.EncodeToString(token)}}}
}

// confirm reads the host's last token, which precedes what it sealed. It
// reports true where the token is there and wrong, so that the answer proves
// nothing; one that is missing leaves the proof to what the answer holds.
func confirm(res *Authentication, i *negotiate.Initiator, ans answer) bool {
	if ans.status == 401 {
		return false
	}
	var token []byte
	if s, ok := negotiate.Find(negotiate.ParseOffer(ans.header["Www-Authenticate"]), "Negotiate"); ok {
		token, _ = base64.StdEncoding.DecodeString(s.Token)
	}
	err := i.Confirm(token)
	if err != nil {
		res.Detail = clean(err.Error())
	}
	res.Mutual = i.MutualMIC()
	return err != nil && !errors.Is(err, negotiate.ErrUnconfirmed)
}
