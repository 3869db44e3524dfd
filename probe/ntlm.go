package probe

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"pstest/negotiate"
	"pstest/wsman"
)

// leg is the first half of a Negotiate handshake, which carries no credential:
// the type 1 message is out and the host's challenge is in.
type leg struct {
	w         *wire
	initiator *negotiate.Initiator
	challenge negotiate.Challenge
	raw       []byte // the type 2 message in raw form
	form      negotiate.Form
}

// begin sends a type 1 message in SPNEGO form, and in raw form on a new
// connection where the host answers SPNEGO without a challenge: which form it
// speaks is learnt before any credential is sent. open makes the connections;
// the first may be ready already.
func (r *run) begin(ctx context.Context, l line, w *wire, o begun) (*leg, Observed[NTLM]) {
	start := r.env.Now()
	first, fail := r.firstLeg(ctx, l, w, o)
	if first != nil {
		return first, See(r.readNTLM(first)).took(r.env.Now().Sub(start))
	}
	if fail.Class != ClassStatus && fail.Class != ClassMalformed {
		return nil, Fail[NTLM](fail).took(r.env.Now().Sub(start))
	}
	fresh, why := o.reopen(ctx)
	if fresh == nil {
		fail.Raw += "; " + why
		return nil, Fail[NTLM](fail)
	}
	second := o
	second.form = negotiate.Raw
	raw, rawFail := r.firstLeg(ctx, l, fresh, second)
	if raw == nil {
		fresh.close()
		fail.Raw += "; in raw form: " + rawFail.Raw
		return nil, Fail[NTLM](fail).took(r.env.Now().Sub(start))
	}
	return raw, See(r.readNTLM(raw)).took(r.env.Now().Sub(start))
}

// begun is what a first leg needs to know.
type begun struct {
	step     Path // the path of its NTLM observation
	form     negotiate.Form
	bindings []byte
	reopen   func(context.Context) (*wire, string)
}

func (r *run) firstLeg(ctx context.Context, l line, w *wire, o begun) (*leg, *Failure) {
	op := "NTLM negotiation at " + l.url(r.req.Target.Path)
	initiator, err := negotiate.NewInitiator(negotiate.Options{Form: o.form, Bindings: o.bindings,
		Target: "HTTP/" + r.req.Target.Host, Now: r.env.Now, Rand: r.env.Rand})
	if err != nil {
		return nil, &Failure{Class: ClassOurs, Op: op, Raw: clean(err.Error())}
	}
	token := initiator.Begin()
	a, fail := r.do(ctx, w, l, negotiateMessage(o.step, token, fmt.Sprintf("Negotiate (type 1, %s, %d bytes, no credential)", o.form, len(token))))
	if fail != nil {
		return nil, fail
	}
	answered, err := challengeToken(a)
	if err != nil {
		f := statusFailure(a, op)
		f.Raw += ": " + clean(err.Error())
		return nil, f
	}
	c, err := initiator.Challenge(answered)
	if err != nil {
		return nil, &Failure{Class: ClassMalformed, Op: op, Raw: clean(err.Error())}
	}
	if w.closed {
		return nil, &Failure{Class: ClassReset, Op: op, Raw: "the host sent a challenge and closed the connection that it belongs to"}
	}
	inner, _, _, _ := negotiate.Unwrap(answered)
	return &leg{w: w, initiator: initiator, challenge: c, raw: inner, form: o.form}, nil
}

// negotiateMessage is a request with a Negotiate token and no body.
func negotiateMessage(step Path, token []byte, hidden string) message {
	return message{step: step, hidden: hidden, header: [][2]string{
		{"Content-Type", wsman.ContentType}, {"Authorization", "Negotiate " + base64.StdEncoding.EncodeToString(token)}}}
}

// challengeToken takes the token out of a 401's Negotiate line.
func challengeToken(a answer) ([]byte, error) {
	s, ok := negotiate.Find(negotiate.ParseOffer(a.header["Www-Authenticate"]), "Negotiate")
	switch {
	case !ok:
		return nil, errors.New("the host does not offer Negotiate")
	case s.Token == "":
		return nil, errors.New("the host answers a type 1 message without a challenge")
	}
	token, err := base64.StdEncoding.DecodeString(s.Token)
	if err != nil {
		return nil, fmt.Errorf("the Negotiate token is not base64: %w", err)
	}
	return token, nil
}

// readNTLM makes facts of a challenge.
func (r *run) readNTLM(l *leg) NTLM {
	c := l.challenge
	r.learn(c)
	n := NTLM{Form: l.form, NetBIOSComputer: r.scrub.text(c.NetBIOSComputer), NetBIOSDomain: r.scrub.text(c.NetBIOSDomain),
		DNSComputer: r.scrub.text(c.DNSComputer), DNSDomain: r.scrub.text(c.DNSDomain), DNSTree: r.scrub.text(c.DNSTree),
		Build: int(c.Build), Flags: c.Flags, Sealing: c.Sealing()}
	if c.Major != 0 || c.Build != 0 {
		n.Version = fmt.Sprintf("%d.%d.%d", c.Major, c.Minor, c.Build)
	}
	if !c.Timestamp.IsZero() {
		n.Time = c.Timestamp.UTC().Round(0)
		n.Skew = c.Timestamp.Sub(r.env.Now()).Round(time.Second)
	}
	return n
}

// logon spells the account as this host's names ask for. A qualifier goes into
// the domain field, except that of a UPN that does not name the host itself:
// that stays whole, as Windows sends it (MS-NLMP 2.2.1.3, UserName).
func (r *run) logon(c negotiate.Challenge) negotiate.Account {
	a := r.req.Account
	out := negotiate.Account{User: a.User, Domain: a.Qualifier, Password: r.req.Password}
	if a.Form == FormUPN && !r.namesHost(a.Qualifier, c) {
		out.User, out.Domain = a.Asked, ""
	}
	return out
}

// namesHost tells whether a qualifier is one of the host's own names.
func (r *run) namesHost(qualifier string, c negotiate.Challenge) bool {
	short, _, _ := strings.Cut(r.req.Target.Host, ".")
	for _, name := range []string{r.req.Target.Host, short, c.NetBIOSComputer, c.DNSComputer, "."} {
		if name != "" && strings.EqualFold(name, qualifier) {
			return true
		}
	}
	return false
}
